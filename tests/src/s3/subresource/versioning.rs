//! Versioning. S3 API: GetBucketVersioning, PutBucketVersioning.

use super::{Calls, Put, SubResource};
use crate::s3::error::S3Error;
use crate::s3::operation::Operation;
use crate::s3::shape::{Kind, SWITCH, Shape, Times};
use crate::s3::world::{Bucket, Doc};
use crate::s3::xml::Element;

pub(super) struct Versioning;

static CALLS: Calls = Calls {
    query: "versioning",
    get: Some(Operation::read("GetBucketVersioning", "s3:GetBucketVersioning")),
    put: Some(Operation::write("PutBucketVersioning", "s3:PutBucketVersioning")),
    delete: None,
    list: None,
};
const ROOT: &str = "VersioningConfiguration";
static SHAPE: Shape = Shape(&[("Status", Times::Maybe, Kind::Word(&["Enabled", "Suspended"])), ("MfaDelete", Times::Maybe, SWITCH)]);

/// Versioning switched on.
pub(crate) fn enabled() -> Doc {
    Doc::xml(&Element::new(ROOT).leaf("Status", "Enabled"))
}

impl SubResource for Versioning {
    fn calls(&self) -> &'static Calls {
        &CALLS
    }

    /// A bucket that never had versioning has no status at all.
    fn missing(&self, _bucket: &Bucket) -> Result<Doc, S3Error> {
        Ok(Doc::xml(&Element::new(ROOT)))
    }

    fn accept(&self, put: &Put<'_>) -> Result<Option<Doc>, S3Error> {
        let root = put.xml(ROOT, &SHAPE)?;
        let Some(status) = root.text_of("Status") else {
            let text = "The Versioning element must be specified";
            return Err(S3Error::new(400, "IllegalVersioningConfigurationException", text));
        };
        if root.has("MfaDelete") && put.request.header("x-amz-mfa").is_none() {
            let text = "This operation may only be performed with multi-factor authentication";
            return Err(S3Error::new(403, "AccessDenied", text));
        }
        if status == "Suspended" {
            may_suspend(put.bucket)?;
        }
        Ok(Some(Doc::xml(&root)))
    }
}

fn may_suspend(bucket: &Bucket) -> Result<(), S3Error> {
    let state = |what: &str| {
        let text = format!("{what} is present on this bucket, so the versioning state cannot be changed.");
        Err(S3Error::new(409, "InvalidBucketState", text))
    };
    if bucket.doc("object-lock").is_some() {
        return state("An Object Lock configuration");
    }
    if bucket.doc("replication").is_some() {
        return state("A replication configuration");
    }
    Ok(())
}
