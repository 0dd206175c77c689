//! Object Lock. S3 API: GetObjectLockConfiguration, PutObjectLockConfiguration.

use super::{Calls, Put, SubResource, not_found};
use crate::s3::error::S3Error;
use crate::s3::operation::Operation;
use crate::s3::shape::{Kind, Shape, Times};
use crate::s3::world::{Bucket, Doc};
use crate::s3::xml::Element;

pub(super) struct ObjectLock;

static CALLS: Calls = Calls {
    query: "object-lock",
    get: Some(Operation::read("GetObjectLockConfiguration", "s3:GetBucketObjectLockConfiguration")),
    put: Some(Operation::write("PutObjectLockConfiguration", "s3:PutBucketObjectLockConfiguration")),
    delete: None,
    list: None,
};
// The one state that there is.
const ENABLED: &str = "Enabled";
const ROOT: &str = "ObjectLockConfiguration";
static RETENTION: Shape = Shape(&[
    ("Mode", Times::One, Kind::Word(&["GOVERNANCE", "COMPLIANCE"])),
    ("Days", Times::Maybe, Kind::Number),
    ("Years", Times::Maybe, Kind::Number),
]);
static RULE: Shape = Shape(&[("DefaultRetention", Times::One, Kind::Node(&RETENTION))]);
static SHAPE: Shape = Shape(&[("ObjectLockEnabled", Times::One, Kind::Word(&[ENABLED])), ("Rule", Times::Maybe, Kind::Node(&RULE))]);

/// Object Lock without a default retention.
pub(crate) fn enabled() -> Doc {
    Doc::xml(&Element::new(ROOT).leaf("ObjectLockEnabled", ENABLED))
}

impl SubResource for ObjectLock {
    fn calls(&self) -> &'static Calls {
        &CALLS
    }

    fn missing(&self, _bucket: &Bucket) -> Result<Doc, S3Error> {
        Err(not_found("ObjectLockConfigurationNotFoundError", "Object Lock configuration does not exist for this bucket"))
    }

    fn accept(&self, put: &Put<'_>) -> Result<Option<Doc>, S3Error> {
        let root = put.xml(ROOT, &SHAPE)?;
        if let Some(retention) = root.at(&["Rule", "DefaultRetention"]) {
            check(retention)?;
        }
        if put.bucket.text_at("versioning", &["Status"]).as_deref() != Some("Enabled") {
            let text = "Versioning must be 'Enabled' on the bucket to apply a Object Lock configuration";
            return Err(S3Error::new(409, "InvalidBucketState", text));
        }
        Ok(Some(Doc::xml(&root)))
    }
}

fn check(retention: &Element) -> Result<(), S3Error> {
    let (period, most) = match (retention.number("Days"), retention.number("Years")) {
        (Some(days), None) => (days, 36_500),
        (None, Some(years)) => (years, 100),
        _ => return Err(S3Error::malformed_xml()),
    };
    if period < 1 {
        return Err(S3Error::invalid_argument("Default retention period must be a positive integer value."));
    }
    if period > most {
        return Err(S3Error::invalid_argument("Default retention period too large."));
    }
    Ok(())
}
