//! Replication. S3 API: GetBucketReplication, PutBucketReplication, DeleteBucketReplication.

use std::collections::BTreeSet;

use super::{Calls, Put, SubResource, keyed, lifecycle, not_found};
use crate::s3::error::S3Error;
use crate::s3::operation::Operation;
use crate::s3::shape::{Kind, SWITCH, Shape, Times};
use crate::s3::world::{Bucket, Doc};
use crate::s3::xml::Element;

pub(super) struct Replication;

static CALLS: Calls = Calls {
    query: "replication",
    get: Operation::read("GetBucketReplication", "s3:GetReplicationConfiguration"),
    put: Some(Operation::write("PutBucketReplication", "s3:PutReplicationConfiguration")),
    delete: Some(Operation::write("DeleteBucketReplication", "s3:PutReplicationConfiguration")),
    list: None,
};
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
    ("StorageClass", Times::Maybe, Kind::Text),
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
        let rules: Vec<_> = root.all("Rule").collect();
        for member in ["ID", "Priority"] {
            let values: Vec<_> = rules.iter().filter_map(|rule| rule.text_of(member)).collect();
            if values.iter().collect::<BTreeSet<_>>().len() < values.len() {
                return Err(S3Error::invalid_request(format!(
                    "Found duplicate {member} among the rules of the replication configuration."
                )));
            }
        }
        rules.iter().try_for_each(|rule| check(rule, put))?;
        for rule in root.children.iter_mut().filter(|child| child.name == "Rule" && !child.has("ID")) {
            rule.children.insert(0, Element { name: "ID".to_owned(), text: lifecycle::random_id(), ..Element::default() });
        }
        Ok(Some(Doc::xml(&root)))
    }
}

fn check(rule: &Element, put: &Put<'_>) -> Result<(), S3Error> {
    if rule.has("Filter") && rule.has("Prefix") {
        return Err(S3Error::malformed_xml());
    }
    if rule.has("Filter") && !rule.has("DeleteMarkerReplication") {
        let text = "DeleteMarkerReplication must be specified for this version of Cross Region Replication configuration schema.";
        return Err(S3Error::invalid_request(text));
    }
    if rule.has("ExistingObjectReplication") {
        return Err(S3Error::invalid_request("ExistingObjectReplication is not supported for this account."));
    }
    let destination = rule.child("Destination").ok_or_else(S3Error::malformed_xml)?;
    if destination.has("ReplicationTime") && !destination.has("Metrics") {
        return Err(S3Error::invalid_request("ReplicationTime cannot be used without Metrics."));
    }
    let there = put.bucket_of_arn(destination.text_of("Bucket").unwrap_or_default());
    match there {
        None => Err(S3Error::invalid_request("Destination bucket must exist.")),
        Some(there) if there.name == put.bucket.name => {
            Err(S3Error::invalid_request("Destination bucket cannot be the same as the source bucket."))
        }
        Some(there) if !is_versioned(there) => Err(S3Error::invalid_request("Destination bucket must have versioning enabled.")),
        Some(_) => Ok(()),
    }
}

fn is_versioned(bucket: &Bucket) -> bool {
    bucket.text_at("versioning", &["Status"]).as_deref() == Some("Enabled")
}
