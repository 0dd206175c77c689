//! What S3 refuses in the lifecycle rules of a directory bucket.
//! Source: S3 API, PutBucketLifecycleConfiguration; S3 User Guide, "Working with S3 Lifecycle for directory buckets".

use crate::s3::error::S3Error;
use crate::s3::xml::Element;

/// Objects expire after days and uploads are aborted; there are no classes, no versions and no tags.
pub(super) fn check(rule: &Element) -> Result<(), S3Error> {
    let filter = rule.child("Filter");
    let conditions = filter.and_then(|filter| filter.child("And")).or(filter);
    let expiration = rule.child("Expiration").into_iter().flat_map(|action| &action.children);
    let actions = ["Transition", "NoncurrentVersionTransition", "NoncurrentVersionExpiration"];
    let foreign = actions.iter().any(|action| rule.has(action)) || expiration.into_iter().any(|member| member.name != "Days");
    if foreign || conditions.is_some_and(|conditions| conditions.has("Tag")) {
        return Err(S3Error::invalid_request(
            "Directory buckets support Expiration in Days and AbortIncompleteMultipartUpload, and no tags",
        ));
    }
    Ok(())
}
