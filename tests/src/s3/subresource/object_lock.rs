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
static HOLD: Shape = Shape(&[("Days", Times::Maybe, Kind::Number), ("Years", Times::Maybe, Kind::Number)]);
static RETENTION: Shape = Shape(&[
    ("Mode", Times::Maybe, Kind::Word(&["GOVERNANCE", "COMPLIANCE"])),
    ("Days", Times::Maybe, Kind::Number),
    ("Years", Times::Maybe, Kind::Number),
    ("DefaultEventHold", Times::Maybe, Kind::Node(&HOLD)),
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

/// A mode and a period, or a default event hold, beside which the documentation does not ask for them.
fn check(retention: &Element) -> Result<(), S3Error> {
    let hold = retention.child("DefaultEventHold");
    hold.map_or(Ok(()), period)?;
    let is_bare = ["Days", "Years"].iter().all(|member| !retention.has(member));
    match (hold, retention.has("Mode"), is_bare) {
        (Some(_), _, true) => Ok(()),
        (_, true, false) => period(retention),
        _ => Err(S3Error::malformed_xml()),
    }
}

/// Days or years, within what S3 takes.
fn period(element: &Element) -> Result<(), S3Error> {
    let (period, most) = match (element.number("Days"), element.number("Years")) {
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
