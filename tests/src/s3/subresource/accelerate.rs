//! Transfer Acceleration. S3 API: GetBucketAccelerateConfiguration, PutBucketAccelerateConfiguration.

use super::{Calls, Put, SubResource};
use crate::s3::error::S3Error;
use crate::s3::operation::Operation;
use crate::s3::shape::{Kind, Shape, Times};
use crate::s3::world::{Bucket, Doc};
use crate::s3::xml::Element;

pub(super) struct Accelerate;

static CALLS: Calls = Calls {
    query: "accelerate",
    get: Some(Operation::read("GetBucketAccelerateConfiguration", "s3:GetAccelerateConfiguration")),
    put: Some(Operation::write("PutBucketAccelerateConfiguration", "s3:PutAccelerateConfiguration")),
    delete: None,
    list: None,
};
const ROOT: &str = "AccelerateConfiguration";
static SHAPE: Shape = Shape(&[("Status", Times::One, Kind::Word(&["Enabled", "Suspended"]))]);

impl SubResource for Accelerate {
    fn calls(&self) -> &'static Calls {
        &CALLS
    }

    fn missing(&self, _bucket: &Bucket) -> Result<Doc, S3Error> {
        Ok(Doc::xml(&Element::new(ROOT)))
    }

    fn accept(&self, put: &Put<'_>) -> Result<Option<Doc>, S3Error> {
        let root = put.xml(ROOT, &SHAPE)?;
        if put.bucket.name.contains('.') {
            let text = "S3 Transfer Acceleration is not supported for buckets with periods (.) in their names";
            return Err(S3Error::invalid_request(text));
        }
        Ok(Some(Doc::xml(&root)))
    }
}
