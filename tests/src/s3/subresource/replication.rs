//! Replication. S3 API: GetBucketReplication, PutBucketReplication, DeleteBucketReplication.

use super::{Calls, Put, SubResource, keyed, lifecycle, not_found, replication_destination, replication_rules};
use crate::s3::error::S3Error;
use crate::s3::operation::Operation;
use crate::s3::shape::{Kind, SWITCH, Shape, Times};
use crate::s3::world::{Bucket, Doc};
use crate::s3::xml::Element;

pub(super) struct Replication;

static CALLS: Calls = Calls {
    query: "replication",
    get: Some(Operation::read("GetBucketReplication", "s3:GetReplicationConfiguration")),
    put: Some(Operation::write("PutBucketReplication", "s3:PutReplicationConfiguration")),
    delete: Some(Operation::write("DeleteBucketReplication", "s3:PutReplicationConfiguration")),
    list: None,
};
const CLASS: Kind = Kind::Word(&[
    "STANDARD",
    "REDUCED_REDUNDANCY",
    "STANDARD_IA",
    "ONEZONE_IA",
    "INTELLIGENT_TIERING",
    "GLACIER",
    "GLACIER_IR",
    "DEEP_ARCHIVE",
]);
static STATUS: Shape = Shape(&[("Status", Times::One, SWITCH)]);
static SELECTION: Shape =
    Shape(&[("SseKmsEncryptedObjects", Times::Maybe, Kind::Node(&STATUS)), ("ReplicaModifications", Times::Maybe, Kind::Node(&STATUS))]);
static OWNER: Shape = Shape(&[("Owner", Times::One, Kind::Word(&["Destination"]))]);
static KEY: Shape = Shape(&[("ReplicaKmsKeyID", Times::Maybe, Kind::Text)]);
static MINUTES: Shape = Shape(&[("Minutes", Times::Maybe, Kind::Number)]);
static TIME: Shape = Shape(&[("Status", Times::One, SWITCH), ("Time", Times::One, Kind::Node(&MINUTES))]);
static METRICS: Shape = Shape(&[("Status", Times::One, SWITCH), ("EventThreshold", Times::Maybe, Kind::Node(&MINUTES))]);
static DESTINATION: Shape = Shape(&[
    ("Bucket", Times::One, Kind::Text),
    ("Account", Times::Maybe, Kind::Text),
    ("StorageClass", Times::Maybe, CLASS),
    ("AccessControlTranslation", Times::Maybe, Kind::Node(&OWNER)),
    ("EncryptionConfiguration", Times::Maybe, Kind::Node(&KEY)),
    ("ReplicationTime", Times::Maybe, Kind::Node(&TIME)),
    ("Metrics", Times::Maybe, Kind::Node(&METRICS)),
]);
static RULE: Shape = Shape(&[
    ("ID", Times::Maybe, Kind::Text),
    ("Priority", Times::Maybe, Kind::Number),
    ("Prefix", Times::Maybe, Kind::Text),
    ("Filter", Times::Maybe, Kind::Node(&keyed::FILTER)),
    ("Status", Times::One, SWITCH),
    ("SourceSelectionCriteria", Times::Maybe, Kind::Node(&SELECTION)),
    ("ExistingObjectReplication", Times::Maybe, Kind::Node(&STATUS)),
    ("Destination", Times::One, Kind::Node(&DESTINATION)),
    ("DeleteMarkerReplication", Times::Maybe, Kind::Node(&STATUS)),
]);
static SHAPE: Shape = Shape(&[("Role", Times::One, Kind::Text), ("Rule", Times::Some, Kind::Node(&RULE))]);

impl SubResource for Replication {
    fn calls(&self) -> &'static Calls {
        &CALLS
    }

    fn missing(&self, _bucket: &Bucket) -> Result<Doc, S3Error> {
        Err(not_found("ReplicationConfigurationNotFoundError", "The replication configuration was not found"))
    }

    fn accept(&self, put: &Put<'_>) -> Result<Option<Doc>, S3Error> {
        let mut root = put.xml("ReplicationConfiguration", &SHAPE)?;
        if !is_versioned(put.bucket) {
            let text = "Versioning must be 'Enabled' on the bucket to apply a replication configuration";
            return Err(S3Error::invalid_request(text));
        }
        replication_rules::check(&root)?;
        root.all("Rule").try_for_each(|rule| replication_destination::check(rule, put))?;
        for rule in root.children.iter_mut().filter(|child| child.name == "Rule" && !child.has("ID")) {
            rule.children.insert(0, Element { name: "ID".to_owned(), text: lifecycle::random_id(), ..Element::default() });
        }
        Ok(Some(Doc::xml(&root)))
    }
}

/// Whether versioning is on.
pub(super) fn is_versioned(bucket: &Bucket) -> bool {
    bucket.text_at("versioning", &["Status"]).as_deref() == Some("Enabled")
}
