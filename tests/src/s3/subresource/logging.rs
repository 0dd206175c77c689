//! Server access logging. S3 API: GetBucketLogging, PutBucketLogging.

use super::{Calls, Put, SubResource, acl, logging_permission, ownership_controls as ownership};
use crate::s3::error::S3Error;
use crate::s3::operation::Operation;
use crate::s3::shape::{Kind, Shape, Times};
use crate::s3::world::{Bucket, Doc};
use crate::s3::xml::Element;

pub(super) struct Logging;

static CALLS: Calls = Calls {
    query: "logging",
    get: Some(Operation::read("GetBucketLogging", "s3:GetBucketLogging")),
    put: Some(Operation::write("PutBucketLogging", "s3:PutBucketLogging")),
    delete: None,
    list: None,
};
const ROOT: &str = "BucketLoggingStatus";
static SIMPLE: Shape = Shape(&[]);
static PARTITIONED: Shape = Shape(&[("PartitionDateSource", Times::Maybe, Kind::Word(&["EventTime", "DeliveryTime"]))]);
static FORMAT: Shape =
    Shape(&[("SimplePrefix", Times::Maybe, Kind::Node(&SIMPLE)), ("PartitionedPrefix", Times::Maybe, Kind::Node(&PARTITIONED))]);
static GRANT: Shape = Shape(&[
    ("Grantee", Times::One, Kind::Node(&acl::GRANTEE)),
    ("Permission", Times::One, Kind::Word(&["FULL_CONTROL", "READ", "WRITE"])),
]);
static GRANTS: Shape = Shape(&[("Grant", Times::Any, Kind::Node(&GRANT))]);
static LOGGING: Shape = Shape(&[
    ("TargetBucket", Times::One, Kind::Text),
    ("TargetPrefix", Times::One, Kind::Text),
    ("TargetGrants", Times::Maybe, Kind::Node(&GRANTS)),
    ("TargetObjectKeyFormat", Times::Maybe, Kind::Node(&FORMAT)),
]);
static SHAPE: Shape = Shape(&[("LoggingEnabled", Times::Maybe, Kind::Node(&LOGGING))]);

impl SubResource for Logging {
    fn calls(&self) -> &'static Calls {
        &CALLS
    }

    fn missing(&self, _bucket: &Bucket) -> Result<Doc, S3Error> {
        Ok(Doc::xml(&Element::new(ROOT)))
    }

    fn accept(&self, put: &Put<'_>) -> Result<Option<Doc>, S3Error> {
        let root = put.xml(ROOT, &SHAPE)?;
        let Some(target) = root.at(&["LoggingEnabled", "TargetBucket"]) else { return Ok(None) };
        let unfit = |text: &str| S3Error::new(400, "InvalidTargetBucketForLogging", text);
        let there = put.world.buckets.get(target.text.as_str());
        let there = there.ok_or_else(|| unfit("The target bucket for logging does not exist"))?;
        if there.owner != put.bucket.owner {
            return Err(unfit("The owner for the bucket to be logged and the target bucket must be the same."));
        }
        if there.region != put.bucket.region {
            let text = "Cross S3 location logging not allowed.";
            return Err(S3Error::new(403, "CrossLocationLoggingProhibitted", text));
        }
        let grants = root.at(&["LoggingEnabled", "TargetGrants"]).map_or(&[] as &[Element], |grants| &grants.children);
        if grants.iter().any(|grant| grant.at(&["Grantee", "EmailAddress"]).is_some()) {
            return Err(S3Error::method_not_allowed());
        }
        if !grants.is_empty() && ownership::is_enforced(there) {
            let text = "Target grants not allowed for bucket owner enforced buckets";
            return Err(S3Error::new(400, "AccessControlListNotSupported", text));
        }
        let prefix = root.at(&["LoggingEnabled", "TargetPrefix"]).map_or("", |prefix| prefix.text.as_str());
        if !logging_permission::is_given(there, prefix) {
            return Err(unfit("You must give the log-delivery group WRITE and READ_ACP permissions to the target bucket"));
        }
        Ok(Some(Doc::xml(&root)))
    }
}
