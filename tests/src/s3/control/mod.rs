//! S3 Control on the same endpoint: the tags of a bucket by its ARN, and the public access block of an account.
//! S3 Control API: ListTagsForResource, TagResource, UntagResource, GetPublicAccessBlock, PutPublicAccessBlock, DeletePublicAccessBlock.

mod account;
mod arn;
mod tags;

use hyper::Method;

use super::behind::Behind;
use super::error::S3Error;
use super::identity::Caller;
use super::operation::{self, Operation};
use super::reply::Reply;
use super::request::{Request, decode};
use super::world::World;
use super::{access, xml};

use arn::Arn;

/// How every path of S3 Control begins.
const START: &str = "/v20180820/";
const TAGS: &str = "/v20180820/tags/";
const BLOCK: &str = "/v20180820/configuration/publicAccessBlock";
const NAMESPACE: &str = "http://awss3control.amazonaws.com/doc/2018-08-20/";
const ACCOUNT: &str = "x-amz-account-id";

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Job {
    ListTags,
    Tag,
    Untag,
    GetBlock,
    PutBlock,
    DeleteBlock,
}

impl Job {
    /// Whether it changes a bucket, so that two at once collide.
    pub(crate) fn writes_on_a_bucket(self) -> bool {
        matches!(self, Self::Tag | Self::Untag)
    }
}

/// Whether a path is one of S3 Control.
pub(crate) fn is_control(path: &str) -> bool {
    path.starts_with(START)
}

/// The bucket in a path of S3 Control, if there is one.
pub(crate) fn bucket_of(path: &str) -> Option<String> {
    Arn::read(&decode(path.strip_prefix(TAGS)?)).map(|arn| arn.bucket)
}

/// The call that a request is.
pub(crate) fn route(request: &Request) -> Result<(&'static Operation, Job), S3Error> {
    let path = request.path.as_str();
    match (&request.method, path.starts_with(TAGS), path.trim_end_matches('/') == BLOCK) {
        (&Method::GET, true, _) => Ok((&operation::LIST_TAGS, Job::ListTags)),
        (&Method::POST, true, _) => Ok((&operation::TAG_RESOURCE, Job::Tag)),
        (&Method::DELETE, true, _) => Ok((&operation::UNTAG_RESOURCE, Job::Untag)),
        (&Method::GET, _, true) => Ok((&operation::GET_ACCOUNT_BLOCK, Job::GetBlock)),
        (&Method::PUT, _, true) => Ok((&operation::PUT_ACCOUNT_BLOCK, Job::PutBlock)),
        (&Method::DELETE, _, true) => Ok((&operation::DELETE_ACCOUNT_BLOCK, Job::DeleteBlock)),
        (_, true, _) | (_, _, true) => Err(S3Error::method_not_allowed()),
        _ => Err(S3Error::not_implemented(path)),
    }
}

/// Whether the job may be begun: the account is the caller's, and the bucket is there and that account's.
pub(crate) fn admit(world: &World, job: Job, request: &Request, caller: &Caller) -> Result<(), S3Error> {
    let account =
        request.header(ACCOUNT).ok_or_else(|| S3Error::invalid_request("Missing required header for this request: x-amz-account-id"))?;
    if account != caller.account.as_ref() {
        return Err(S3Error::access_denied());
    }
    if matches!(job, Job::GetBlock | Job::PutBlock | Job::DeleteBlock) {
        return Ok(());
    }
    let text = decode(request.path.strip_prefix(TAGS).unwrap_or_default());
    let arn = Arn::read(&text).ok_or_else(|| S3Error::invalid_request(format!("Invalid Resource Arn: {text}")))?;
    let bucket = world.buckets.get(arn.bucket.as_str());
    let bucket = bucket.ok_or_else(|| S3Error::new(404, "NoSuchResource", "The specified resource doesn't exist."))?;
    access::admit(world, request, caller, false)?;
    if bucket.arn() == text { Ok(()) } else { Err(S3Error::invalid_request(format!("Invalid Resource Arn: {text}"))) }
}

/// Does the job. Reads are `behind` it for a while.
pub(crate) fn run(world: &mut World, job: Job, request: &Request, caller: &Caller, behind: Behind) -> Result<Reply, S3Error> {
    match job {
        Job::ListTags => tags::list(world, request),
        Job::Tag => tags::add(world, request, behind),
        Job::Untag => tags::take_away(world, request, behind),
        Job::GetBlock => account::get(world, &caller.account),
        Job::PutBlock => account::put(world, request, &caller.account),
        Job::DeleteBlock => {
            world.account_blocks.remove(&caller.account);
            Ok(Reply::empty(204))
        }
    }
}

/// 200 with a document of S3 Control.
fn answer(root: &xml::Element) -> Reply {
    Reply::body("application/xml", root.document_in(NAMESPACE))
}

#[cfg(test)]
mod tests {
    use hyper::HeaderMap;
    use hyper::body::Bytes;

    use super::*;

    #[test]
    fn a_path_names_a_bucket_by_its_arn() {
        let tags = |arn: &str| bucket_of(&format!("{TAGS}{arn}"));
        assert_eq!(tags("arn%3Aaws%3As3%3A%3A%3Ab"), Some("b".to_owned()));
        assert_eq!(tags("arn:aws:s3:::b"), Some("b".to_owned()));
        assert_eq!(
            tags("arn%3Aaws%3As3express%3Aus-west-2%3A111111111111%3Abucket%2Fl--usw2-az1--x-s3"),
            Some("l--usw2-az1--x-s3".to_owned())
        );
        assert_eq!(tags("nonsense"), None);
        assert_eq!(bucket_of(BLOCK), None);
    }

    #[test]
    fn what_is_not_known_is_not_implemented() {
        let status =
            |method, path: &str| route(&Request::new(method, path, "", HeaderMap::new(), Bytes::new())).map_err(|error| error.status);
        assert_eq!(status(Method::GET, "/v20180820/jobs"), Err(501));
        assert_eq!(status(Method::PUT, "/v20180820/tags/x"), Err(405));
        assert_eq!(status(Method::POST, BLOCK), Err(405));
        assert_eq!(status(Method::DELETE, BLOCK).map(|(_, job)| job), Ok(Job::DeleteBlock));
    }
}
