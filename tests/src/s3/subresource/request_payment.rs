//! Who pays for requests. S3 API: GetBucketRequestPayment, PutBucketRequestPayment.

use super::{Calls, Put, SubResource};
use crate::s3::error::S3Error;
use crate::s3::operation::Operation;
use crate::s3::shape::{Kind, Shape, Times};
use crate::s3::world::{Bucket, Doc};
use crate::s3::xml::Element;

pub(super) struct RequestPayment;

static CALLS: Calls = Calls {
    query: "requestPayment",
    get: Some(Operation::read("GetBucketRequestPayment", "s3:GetBucketRequestPayment")),
    put: Some(Operation::write("PutBucketRequestPayment", "s3:PutBucketRequestPayment")),
    delete: None,
    list: None,
};
const ROOT: &str = "RequestPaymentConfiguration";
static SHAPE: Shape = Shape(&[("Payer", Times::One, Kind::Word(&["Requester", "BucketOwner"]))]);

impl SubResource for RequestPayment {
    fn calls(&self) -> &'static Calls {
        &CALLS
    }

    fn missing(&self, _bucket: &Bucket) -> Result<Doc, S3Error> {
        Ok(Doc::xml(&Element::new(ROOT).leaf("Payer", "BucketOwner")))
    }

    fn accept(&self, put: &Put<'_>) -> Result<Option<Doc>, S3Error> {
        put.xml(ROOT, &SHAPE).map(|root| Some(Doc::xml(&root)))
    }
}
