//! Attribute-based access control. S3 API: GetBucketAbac, PutBucketAbac.

use super::{Calls, Put, SubResource};
use crate::s3::error::S3Error;
use crate::s3::operation::Operation;
use crate::s3::shape::{SWITCH, Shape, Times};
use crate::s3::world::{Bucket, Doc};
use crate::s3::xml::Element;

pub(super) struct Abac;

const QUERY: &str = "abac";
static CALLS: Calls = Calls {
    query: QUERY,
    get: Some(Operation::read("GetBucketAbac", "s3:GetBucketABAC")),
    put: Some(Operation::write("PutBucketAbac", "s3:PutBucketABAC")),
    delete: None,
    list: None,
};
static SHAPE: Shape = Shape(&[("Status", Times::One, SWITCH)]);

/// Refuses to change tags by PutBucketTagging while they decide about access. S3 API: PutBucketTagging says that it cannot be used
/// then, and names no code; this is the one that S3 gives for calls that a bucket does not take.
pub(super) fn forbids_tagging(bucket: &Bucket) -> Result<(), S3Error> {
    if bucket.text_at(QUERY, &["Status"]).as_deref() == Some("Enabled") { Err(S3Error::method_not_allowed()) } else { Ok(()) }
}

impl SubResource for Abac {
    fn calls(&self) -> &'static Calls {
        &CALLS
    }

    fn missing(&self, _bucket: &Bucket) -> Result<Doc, S3Error> {
        Ok(Doc::xml(&Element::new("AbacStatus").leaf("Status", "Disabled")))
    }

    fn accept(&self, put: &Put<'_>) -> Result<Option<Doc>, S3Error> {
        put.xml("AbacStatus", &SHAPE).map(|root| Some(Doc::xml(&root)))
    }
}
