//! The IAM actions that a call takes.
//! Sources: Service Authorization Reference, "Actions, resources, and condition keys" for Amazon S3 and for Amazon S3 Express; S3 API
//! reference, CreateBucket and PutBucketReplication, "Permissions".

use std::borrow::Cow;

use super::directory;
use super::operation::{self, Operation};
use super::request::Request;

/// What rides on a creation in a header, by the beginning of its name, and what that takes.
const RIDING: [(&str, &[&str]); 4] = [
    ("x-amz-acl", &["s3:PutBucketAcl"]),
    ("x-amz-grant-", &["s3:PutBucketAcl"]),
    ("x-amz-object-ownership", &["s3:PutBucketOwnershipControls"]),
    ("x-amz-bucket-object-lock-enabled", &["s3:PutBucketObjectLockConfiguration", "s3:PutBucketVersioning"]),
];

/// The action of the call itself, on this kind of bucket.
pub(crate) fn own(operation: &Operation, bucket: Option<&str>) -> Cow<'static, str> {
    if !bucket.is_some_and(directory::is_named) {
        return Cow::Borrowed(operation.action);
    }
    match operation.action {
        // What is done inside a directory bucket is allowed as a whole, with the session.
        "s3:ListBucket" => Cow::Borrowed(operation::CREATE_SESSION.action),
        action => Cow::Owned(action.replacen("s3:", "s3express:", 1)),
    }
}

/// All actions that the call takes.
pub(crate) fn needed(operation: &Operation, request: &Request) -> Vec<Cow<'static, str>> {
    let bucket = request.bucket.as_deref();
    let mut all = vec![own(operation, bucket)];
    if operation.name == operation::CREATE_BUCKET.name {
        let is_sent = |name: &str| request.headers.keys().any(|header| header.as_str().starts_with(name));
        all.extend(RIDING.iter().filter(|(name, _)| is_sent(name)).flat_map(|(_, actions)| *actions).copied().map(Cow::Borrowed));
        if contains(&request.body, TAG) {
            all.push(own(&operation::TAG_RESOURCE, bucket));
        }
    }
    let names_a_version = request.parameter("versionId").is_some() || contains(&request.body, VERSION);
    if operation.action == operation::DELETE_OBJECT.action && names_a_version {
        all.push(Cow::Borrowed("s3:DeleteObjectVersion"));
    }
    if operation.name == "PutBucketReplication" {
        all.push(Cow::Borrowed("iam:PassRole"));
    }
    all
}

/// A tag in the body of CreateBucket.
const TAG: &[u8] = b"<Tag>";
/// A version in the body of DeleteObjects.
const VERSION: &[u8] = b"<VersionId>";

fn contains(body: &[u8], part: &[u8]) -> bool {
    body.windows(part.len()).any(|found| found == part)
}

#[cfg(test)]
mod tests {
    use hyper::body::Bytes;
    use hyper::header::{HeaderName, HeaderValue};
    use hyper::{HeaderMap, Method};

    use super::*;

    fn creation(bucket: &str, header: Option<&'static str>, body: &'static str) -> Vec<Cow<'static, str>> {
        let mut headers = HeaderMap::new();
        headers.extend(header.map(|name| (HeaderName::from_static(name), HeaderValue::from_static("x"))));
        let request = Request::new(Method::PUT, &format!("/{bucket}"), "", headers, Bytes::from_static(body.as_bytes()));
        needed(&operation::CREATE_BUCKET, &request)
    }

    #[test]
    fn a_creation_takes_what_rides_on_it() {
        assert_eq!(creation("logs", None, "<Tags></Tags>"), ["s3:CreateBucket"]);
        assert_eq!(creation("logs", Some("x-amz-grant-read"), ""), ["s3:CreateBucket", "s3:PutBucketAcl"]);
        let lock = creation("logs", Some("x-amz-bucket-object-lock-enabled"), "<Tags><Tag></Tag></Tags>");
        assert_eq!(lock, ["s3:CreateBucket", "s3:PutBucketObjectLockConfiguration", "s3:PutBucketVersioning", "s3:TagResource"]);
        let express = creation("logs--euc1-az1--x-s3", None, "<Tags><Tag></Tag></Tags>");
        assert_eq!(express, ["s3express:CreateBucket", "s3express:TagResource"]);
    }

    #[test]
    fn a_directory_bucket_has_actions_of_its_own() {
        let of = |operation, bucket| own(operation, Some(bucket));
        assert_eq!(of(&operation::HEAD_BUCKET, "logs"), "s3:ListBucket");
        assert_eq!(of(&operation::HEAD_BUCKET, "logs--euc1-az1--x-s3"), "s3express:CreateSession");
        assert_eq!(of(&operation::CREATE_SESSION, "logs--euc1-az1--x-s3"), "s3express:CreateSession");
        assert_eq!(of(&operation::DELETE_BUCKET, "logs--euc1-az1--x-s3"), "s3express:DeleteBucket");
    }
}
