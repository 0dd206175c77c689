//! What the API server asks.

use std::borrow::Cow;
use std::panic::catch_unwind;

use serde::Deserialize;
use serde_json::value::RawValue;
use shared::Bucket;
use shared::bucket::GROUP;

use super::{API_VERSION, KIND};
use crate::reject::Rejection;

/// The part of an AdmissionReview's request that is used. Objects stay text until it is known which type to read, or are read at once
/// (see [`parse_bucket`]).
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", bound(deserialize = "O: Deserialize<'de>"))]
pub(crate) struct Request<'a, O = &'a RawValue> {
    /// Copied to the answer.
    #[serde(borrow)]
    pub uid: Cow<'a, str>,
    /// The kind of the object that was sent.
    #[serde(borrow)]
    pub kind: Kind<'a>,
    /// `status` and the like; absent or empty for the object itself.
    #[serde(borrow, default)]
    pub sub_resource: Option<Cow<'a, str>>,
    /// The object's name; absent or empty while it is still to be generated.
    #[serde(borrow, default)]
    pub name: Option<Cow<'a, str>>,
    /// The object's namespace.
    #[serde(borrow, default)]
    pub namespace: Option<Cow<'a, str>>,
    /// CREATE, UPDATE, DELETE or CONNECT.
    #[serde(borrow)]
    pub operation: Cow<'a, str>,
    /// Who asks.
    #[serde(borrow, default)]
    pub user_info: User<'a>,
    /// The object as it would be stored; none on DELETE.
    #[serde(default = "none")]
    pub object: Option<O>,
    /// The object as it is stored; none on CREATE.
    #[serde(default = "none")]
    pub old_object: Option<O>,
    /// Both of them, where they were read at once; then there is no text.
    #[serde(skip)]
    pub buckets: Option<Buckets>,
    /// Whether nothing will be stored whatever the answer.
    #[serde(default)]
    pub dry_run: Option<bool>,
}

/// The objects of a review of a Bucket. A Bucket is some kilobytes by itself: boxed, it is not copied from hand to hand.
#[derive(Debug)]
pub(crate) struct Buckets {
    /// The object as it would be stored.
    pub object: Option<Box<Bucket>>,
    /// The object as it is stored.
    pub old: Option<Box<Bucket>>,
}

fn none<O>() -> Option<O> {
    None
}

/// Group, version and kind.
#[derive(Debug, Deserialize)]
#[expect(clippy::struct_field_names, reason = "the API calls it kind")]
pub(crate) struct Kind<'a> {
    #[serde(borrow, default)]
    pub group: Cow<'a, str>,
    #[serde(borrow, default)]
    pub version: Cow<'a, str>,
    #[serde(borrow, default)]
    pub kind: Cow<'a, str>,
}

/// Who asks.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct User<'a> {
    #[serde(borrow, default)]
    pub username: Cow<'a, str>,
    #[serde(borrow, default)]
    groups: Option<&'a RawValue>,
}

impl User<'_> {
    /// The groups; read only where somebody asks.
    pub(crate) fn groups(&self) -> Vec<String> {
        self.groups.and_then(|groups| serde_json::from_str(groups.get()).ok()).unwrap_or_default()
    }
}

impl<O> Request<'_, O> {
    /// Whether the object is a Bucket.
    pub(crate) fn is_bucket(&self) -> bool {
        self.kind.group == GROUP && self.kind.kind == "Bucket"
    }

    /// Whether nothing will be stored whatever the answer.
    pub(crate) fn is_dry_run(&self) -> bool {
        self.dry_run.unwrap_or_default()
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", bound(deserialize = "O: Deserialize<'de>"))]
struct Review<'a, O> {
    #[serde(borrow, default)]
    api_version: Cow<'a, str>,
    #[serde(borrow, default)]
    kind: Cow<'a, str>,
    #[serde(borrow, default = "none")]
    request: Option<Request<'a, O>>,
}

/// Reads a review's request.
///
/// # Errors
/// The body is not JSON, no AdmissionReview of the version that is spoken, or has no request with a uid.
pub(crate) fn parse(body: &[u8]) -> Result<Request<'_>, Rejection> {
    request_of(body)
}

/// Reads a review's request and its Buckets at once, which saves one of two passes over the text. `None` where that does not work, be
/// it for a bug: [`parse`] says why, and whoever reads the text it leaves is guarded.
pub(crate) fn parse_bucket(body: &[u8]) -> Option<Request<'_>> {
    let read = catch_unwind(|| request_of(body)).ok().and_then(Result::ok);
    let request: Request<'_, Box<Bucket>> = read.filter(Request::is_bucket)?;
    let Request { uid, kind, sub_resource, name, namespace, operation, user_info, object, old_object, dry_run, .. } = request;
    let placed = |mut bucket: Box<Bucket>| {
        if bucket.metadata.namespace.is_none() {
            bucket.metadata.namespace = namespace.as_deref().map(str::to_owned);
        }
        bucket
    };
    let buckets = Some(Buckets { object: object.map(placed), old: old_object.map(placed) });
    Some(Request { uid, kind, sub_resource, name, namespace, operation, user_info, object: None, old_object: None, buckets, dry_run })
}

fn request_of<'a, O: Deserialize<'a>>(body: &'a [u8]) -> Result<Request<'a, O>, Rejection> {
    let review: Review<'_, O> = serde_json::from_slice(body).map_err(|error| Rejection::Review(error.to_string()))?;
    if review.api_version != API_VERSION || review.kind != KIND {
        let (version, kind) = (shorten(&review.api_version), shorten(&review.kind));
        return Err(Rejection::Review(format!("it calls itself {version:?} {kind:?}")));
    }
    let request = review.request.ok_or_else(|| Rejection::Review("it has no request".to_owned()))?;
    if request.uid.is_empty() {
        return Err(Rejection::Review("request.uid is empty".to_owned()));
    }
    Ok(request)
}

fn shorten(text: &str) -> String {
    text.chars().take(100).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_null_object_is_none_and_text_with_escapes_is_read() {
        let body = br#"{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":"u\u0031","kind":{"group":"g","version":"v","kind":"K"},
            "operation":"CREATE","object":null,"oldObject":{"a":[1e999]},"userInfo":{"username":"\u00e9","groups":["x"]},"more":{}}}"#;
        let request = parse(body).unwrap();
        assert_eq!((request.uid.as_ref(), request.user_info.username.as_ref()), ("u1", "é"));
        assert!(request.object.is_none() && !request.is_bucket() && !request.is_dry_run());
        assert_eq!(request.old_object.unwrap().get(), r#"{"a":[1e999]}"#);
    }

    #[test]
    fn buckets_are_read_at_once_where_that_works() {
        let review = |kind: &str, spec: &str| {
            format!(
                r#"{{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{{"uid":"u","kind":{{"group":"{GROUP}","kind":"{kind}"}},
                "operation":"UPDATE","namespace":"team","object":{{"metadata":{{"name":"b"}},"spec":{spec}}},"oldObject":null}}}}"#
            )
        };
        let body = review("Bucket", r#"{"name":"logs"}"#);
        let request = parse_bucket(body.as_bytes()).unwrap();
        let buckets = request.buckets.unwrap();
        let bucket = buckets.object.unwrap();
        assert_eq!((bucket.bucket_name(), bucket.metadata.namespace.as_deref()), (Some("logs"), Some("team")));
        assert!(buckets.old.is_none() && request.object.is_none());
        for other in [review("Bucket", r#"{"name":1}"#), review("BucketGuardrail", r#"{"name":"logs"}"#), "{".to_owned()] {
            assert!(parse_bucket(other.as_bytes()).is_none(), "{other}");
        }
        assert!(parse(review("Bucket", r#"{"name":1}"#).as_bytes()).unwrap().object.is_some());
    }

    #[test]
    fn only_v1_is_spoken() {
        let error = parse(br#"{"apiVersion":"admission.k8s.io/v1beta1","kind":"AdmissionReview","request":null}"#).unwrap_err();
        assert!(error.to_string().contains(r#"calls itself "admission.k8s.io/v1beta1""#), "{error}");
    }
}
