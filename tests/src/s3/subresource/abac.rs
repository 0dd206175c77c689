//! Attribute-based access control. S3 API: GetBucketAbac, PutBucketAbac.

use super::{Calls, Put, SubResource};
use crate::s3::error::S3Error;
use crate::s3::operation::Operation;
use crate::s3::shape::{SWITCH, Shape, Times};
use crate::s3::world::{Bucket, Doc};
use crate::s3::xml::Element;

pub(super) struct Abac;

static CALLS: Calls = Calls {
    query: "abac",
    get: Operation::read("GetBucketAbac", "s3:GetBucketAbac"),
    put: Some(Operation::write("PutBucketAbac", "s3:PutBucketAbac")),
    delete: None,
    list: None,
};
static SHAPE: Shape = Shape(&[("Status", Times::One, SWITCH)]);

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
