//! From a request to the call that it is. What is not known is refused; nothing falls through to a call on the bucket itself.

use hyper::Method;

use super::control;
use super::error::S3Error;
use super::objects;
use super::operation::{self, Operation};
use super::request::Request;
use super::sigv4;
use super::subresource::{self, SubResource};

/// Parameters that shape a call but do not name one.
const MODIFIERS: &[&str] = &[
    "bucket-region",
    "continuation-token",
    "delimiter",
    "encoding-type",
    "fetch-owner",
    "id",
    "key-marker",
    "list-type",
    "marker",
    "max-buckets",
    "max-directory-buckets",
    "max-keys",
    "max-uploads",
    "prefix",
    "start-after",
    "upload-id-marker",
    "version-id-marker",
    "x-id",
];

/// What is to be done.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Job {
    ListBuckets,
    ListDirectoryBuckets,
    CreateBucket,
    HeadBucket,
    DeleteBucket,
    GetLocation,
    CreateSession,
    Objects(objects::Job),
    Config(&'static dyn SubResource, Verb),
    Control(control::Job),
    /// PUT of a sub-resource on a store that takes it for CreateBucket.
    CreateByMistake,
}

/// What is done with a sub-resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verb {
    Get,
    Put,
    Delete,
    List,
}

/// A call: its name and what is to be done.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Route {
    pub(crate) operation: &'static Operation,
    pub(crate) job: Job,
}

impl Route {
    fn to(operation: &'static Operation, job: Job) -> Self {
        Self { operation, job }
    }

    /// The sub-resource, where the call is about one.
    pub(crate) fn sub_resource(&self) -> Option<&'static str> {
        if let Job::Config(sub, _) = self.job { Some(sub.calls().query) } else { None }
    }
}

/// The call that a request is.
pub(crate) fn route(request: &Request) -> Result<Route, S3Error> {
    if control::is_control(&request.path) {
        return control::route(request).map(|(operation, job)| Route::to(operation, Job::Control(job)));
    }
    let mut named = request.query.iter().map(|(name, _)| name.as_str()).filter(|name| !MODIFIERS.contains(name));
    let named = (named.next(), named.next());
    match (&request.bucket, &request.key, named) {
        (_, _, (Some(one), Some(other))) => Err(S3Error::invalid_argument(format!("Conflicting query string parameters: {one}, {other}"))),
        // On S3's own endpoints the host tells the two lists apart; here the service does that the request is signed for.
        (None, _, (None, _)) if request.method == Method::GET && sigv4::service(request) == Some("s3express") => {
            Ok(Route::to(&operation::LIST_DIRECTORY_BUCKETS, Job::ListDirectoryBuckets))
        }
        (None, _, (None, _)) if request.method == Method::GET => Ok(Route::to(&operation::LIST_BUCKETS, Job::ListBuckets)),
        (None, ..) => Err(S3Error::method_not_allowed()),
        (Some(_), Some(_), (name, _)) => on_object(request, name),
        (Some(_), None, (None, _)) => on_bucket(request),
        (Some(_), None, (Some("location"), _)) => match request.method {
            Method::GET => Ok(Route::to(&operation::GET_LOCATION, Job::GetLocation)),
            _ => Err(S3Error::method_not_allowed()),
        },
        (Some(_), None, (Some("session"), _)) if request.method == Method::GET => {
            Ok(Route::to(&operation::CREATE_SESSION, Job::CreateSession))
        }
        (Some(_), None, (Some("versions"), _)) if request.method == Method::GET => {
            Ok(Route::to(&operation::LIST_VERSIONS, Job::Objects(objects::Job::ListVersions)))
        }
        (Some(_), None, (Some("uploads"), _)) if request.method == Method::GET => {
            Ok(Route::to(&operation::LIST_UPLOADS, Job::Objects(objects::Job::ListUploads)))
        }
        (Some(_), None, (Some("delete"), _)) if request.method == Method::POST => {
            Ok(Route::to(&operation::DELETE_OBJECTS, Job::Objects(objects::Job::DeleteMany)))
        }
        (Some(_), None, (Some(name), _)) => on_sub_resource(request, name),
    }
}

fn on_bucket(request: &Request) -> Result<Route, S3Error> {
    match request.method {
        Method::PUT => Ok(Route::to(&operation::CREATE_BUCKET, Job::CreateBucket)),
        Method::HEAD => Ok(Route::to(&operation::HEAD_BUCKET, Job::HeadBucket)),
        Method::DELETE => Ok(Route::to(&operation::DELETE_BUCKET, Job::DeleteBucket)),
        Method::GET if request.parameter("list-type") == Some("2") => {
            Ok(Route::to(&operation::LIST_OBJECTS_V2, Job::Objects(objects::Job::List)))
        }
        Method::GET => Ok(Route::to(&operation::LIST_OBJECTS, Job::Objects(objects::Job::List))),
        _ => Err(S3Error::method_not_allowed()),
    }
}

fn on_object(request: &Request, name: Option<&str>) -> Result<Route, S3Error> {
    let to = |operation, job| Ok(Route::to(operation, Job::Objects(job)));
    match (&request.method, name) {
        (&Method::PUT, None) => to(&operation::PUT_OBJECT, objects::Job::Put),
        (&Method::DELETE, None | Some("versionId")) => to(&operation::DELETE_OBJECT, objects::Job::Delete),
        (&Method::POST, Some("uploads")) => to(&operation::START_UPLOAD, objects::Job::StartUpload),
        (&Method::DELETE, Some("uploadId")) => to(&operation::ABORT_UPLOAD, objects::Job::AbortUpload),
        (method, name) => Err(S3Error::not_implemented(&format!("{method} of an object {}", name.unwrap_or_default()))),
    }
}

fn on_sub_resource(request: &Request, name: &str) -> Result<Route, S3Error> {
    let sub = subresource::of(name).ok_or_else(|| S3Error::not_implemented(name))?;
    let calls = sub.calls();
    let has_id = request.parameter("id").is_some();
    let (operation, verb) = match (&request.method, &calls.list) {
        (&Method::GET, Some(list)) if !has_id => (Some(&list.operation), Verb::List),
        (&Method::GET, _) => (calls.get.as_ref(), Verb::Get),
        (&Method::PUT | &Method::DELETE, Some(_)) if !has_id => {
            return Err(S3Error::invalid_request("Missing required configuration id."));
        }
        (method, _) if *method == sub.put_method() => (calls.put.as_ref(), Verb::Put),
        (&Method::DELETE, _) => (calls.delete.as_ref(), Verb::Delete),
        _ => (None, Verb::Get),
    };
    let operation = operation.ok_or_else(S3Error::method_not_allowed)?;
    Ok(Route::to(operation, Job::Config(sub, verb)))
}

#[cfg(test)]
mod tests {
    use hyper::HeaderMap;
    use hyper::body::Bytes;

    use super::*;

    fn name(method: Method, path: &str, query: &str) -> Result<&'static str, u16> {
        let request = Request::new(method, path, query, HeaderMap::new(), Bytes::new());
        route(&request).map(|route| route.operation.name).map_err(|error| error.status)
    }

    #[test]
    fn requests_are_the_calls_that_they_are() {
        assert_eq!(name(Method::GET, "/", "x-id=ListBuckets"), Ok("ListBuckets"));
        assert_eq!(name(Method::PUT, "/b", ""), Ok("CreateBucket"));
        assert_eq!(name(Method::GET, "/b", "list-type=2&prefix=x"), Ok("ListObjectsV2"));
        assert_eq!(name(Method::GET, "/b/", "tagging="), Ok("GetBucketTagging"));
        assert_eq!(name(Method::GET, "/b", "analytics"), Ok("ListBucketAnalyticsConfigurations"));
        assert_eq!(name(Method::GET, "/b", "analytics&id=x"), Ok("GetBucketAnalyticsConfiguration"));
        assert_eq!(name(Method::DELETE, "/b", "lifecycle"), Ok("DeleteBucketLifecycle"));
        assert_eq!(name(Method::POST, "/b", "metadataTable"), Ok("CreateBucketMetadataTableConfiguration"));
        assert_eq!(name(Method::PUT, "/b", "metadataTable"), Err(405));
        assert_eq!(name(Method::GET, "/b", "versions&max-keys=2"), Ok("ListObjectVersions"));
        assert_eq!(name(Method::GET, "/b", "uploads"), Ok("ListMultipartUploads"));
        assert_eq!(name(Method::POST, "/b", "delete="), Ok("DeleteObjects"));
        assert_eq!(name(Method::DELETE, "/b", "delete="), Err(501));
        assert_eq!(name(Method::DELETE, "/b/k", "versionId=x"), Ok("DeleteObject"));
        assert_eq!(name(Method::DELETE, "/b/k", "uploadId=x"), Ok("AbortMultipartUpload"));
        assert_eq!(name(Method::POST, "/v20180820/tags/arn%3Aaws%3As3%3A%3A%3Ab", ""), Ok("TagResource"));
    }

    #[test]
    fn nothing_falls_through_to_the_bucket() {
        for method in [Method::PUT, Method::DELETE, Method::GET] {
            assert_eq!(name(method, "/b", "somethingNew"), Err(501));
        }
        for sub in subresource::ALL {
            for method in [Method::PUT, Method::DELETE, Method::GET, Method::POST] {
                let found = name(method, "/b", sub.calls().query);
                assert!(!["CreateBucket", "DeleteBucket", "ListObjects"].contains(&found.unwrap_or_default()), "{found:?}");
            }
        }
        assert_eq!(name(Method::DELETE, "/b", "versioning"), Err(405));
        assert_eq!(name(Method::DELETE, "/b", "analytics"), Err(400));
        assert_eq!(name(Method::GET, "/b", "tagging&cors"), Err(400));
    }
}
