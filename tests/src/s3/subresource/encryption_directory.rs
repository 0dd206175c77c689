//! What S3 refuses and changes in the default encryption of a directory bucket.
//! Source: S3 API, PutBucketEncryption, notes on directory buckets.

use super::encryption::{DEFAULT, QUERY};
use crate::s3::error::S3Error;
use crate::s3::world::Bucket;
use crate::s3::xml::Element;

/// SSE-S3, or SSE-KMS with the one customer managed key of the bucket, whose bucket key is always on.
pub(super) fn check(root: &mut Element, bucket: &Bucket) -> Result<(), S3Error> {
    let Some(rule) = root.children.first_mut() else { return Ok(()) };
    if rule.has("BlockedEncryptionTypes") {
        return Err(S3Error::invalid_request("BlockedEncryptionTypes is for general purpose buckets only"));
    }
    let algorithm = rule.at(&[DEFAULT, "SSEAlgorithm"]).map(|element| element.text.as_str());
    let key = rule.at(&[DEFAULT, "KMSMasterKeyID"]).map_or("", |element| element.text.as_str());
    match algorithm {
        Some("aws:kms:dsse") => return Err(S3Error::invalid_argument("Directory buckets support AES256 and aws:kms only")),
        Some("aws:kms") => one_key(key, bucket)?,
        _ => return Ok(()),
    }
    rule.children.retain(|child| child.name != "BucketKeyEnabled");
    rule.children.push(Element { name: "BucketKeyEnabled".to_owned(), text: "true".to_owned(), ..Element::default() });
    Ok(())
}

fn one_key(key: &str, bucket: &Bucket) -> Result<(), S3Error> {
    if key.is_empty() {
        return Err(S3Error::invalid_argument("Directory buckets need a customer managed KMS key"));
    }
    if key.starts_with("alias/") || key.contains(":alias/") {
        return Err(S3Error::invalid_argument("Directory buckets take the id or the ARN of a KMS key, no alias"));
    }
    let kept = bucket.text_at(QUERY, &["Rule", DEFAULT, "KMSMasterKeyID"]);
    if kept.is_some_and(|kept| kept != key) {
        return Err(S3Error::invalid_request("A directory bucket has one customer managed KMS key for its lifetime"));
    }
    Ok(())
}
