//! What is said about a bucket only once, in CreateBucket.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::name::BucketName;
use crate::zone::{Zone, ZoneKind};

/// Read at creation only; S3 has no call that changes it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CreateBucketConfiguration {
    /// What makes the bucket a directory bucket.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bucket: Option<DirectoryBucket>,
    /// The zone of a directory bucket.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<Location>,
    /// The region of a general purpose bucket; leave it out for us-east-1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location_constraint: Option<String>,
}

impl CreateBucketConfiguration {
    /// The same, with all that the name of a directory bucket says already: the zone, and what follows from its kind. What is given
    /// stands. Source: S3 API reference, CreateBucket, `Location` and `Bucket`.
    #[must_use]
    pub fn completed(&self, name: BucketName<'_>) -> Self {
        let mut whole = self.clone();
        if !name.is_directory() {
            return whole;
        }
        let location = whole.location.get_or_insert_default();
        location.name = location.name.take().or_else(|| name.zone_id().map(str::to_owned));
        let kind = location.name.as_deref().and_then(Zone::parse).map(|zone| zone.kind);
        location.type_ = location.type_.take().or_else(|| kind.map(|kind| kind.location_type().to_owned()));
        let kind = location.type_.as_deref().and_then(ZoneKind::of_location_type);
        let bucket = whole.bucket.get_or_insert_default();
        bucket.type_ = bucket.type_.take().or_else(|| Some(DirectoryBucket::TYPE.to_owned()));
        bucket.data_redundancy = bucket.data_redundancy.take().or_else(|| kind.map(|kind| kind.data_redundancy().to_owned()));
        whole
    }
}

impl DirectoryBucket {
    /// The one type that S3 knows.
    pub const TYPE: &'static str = "Directory";
}

/// What makes a bucket a directory bucket.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DirectoryBucket {
    /// SingleAvailabilityZone or SingleLocalZone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data_redundancy: Option<String>,
    /// Directory.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub type_: Option<String>,
}

/// The zone of a directory bucket.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Location {
    /// The zone's id, such as use1-az4.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// AvailabilityZone or LocalZone.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub type_: Option<String>,
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn completed(name: &str, given: Value) -> Value {
        let given: CreateBucketConfiguration = serde_json::from_value(given).unwrap();
        serde_json::to_value(given.completed(BucketName::new(name))).unwrap()
    }

    #[test]
    fn the_name_of_a_directory_bucket_says_it_all() {
        let zone = json!({ "location": { "name": "usw2-az1", "type": "AvailabilityZone" },
            "bucket": { "type": "Directory", "dataRedundancy": "SingleAvailabilityZone" } });
        assert_eq!(completed("logs--usw2-az1--x-s3", json!({})), zone);
        let local = json!({ "location": { "name": "usw2-lax1-az1", "type": "LocalZone" },
            "bucket": { "type": "Directory", "dataRedundancy": "SingleLocalZone" } });
        assert_eq!(completed("logs--usw2-lax1-az1--x-s3", json!({})), local);
        assert_eq!(completed("logs", json!({ "locationConstraint": "EU" })), json!({ "locationConstraint": "EU" }));
    }

    #[test]
    fn what_is_given_stands() {
        let given = json!({ "location": { "name": "usw2-az2", "type": "LocalZone" },
            "bucket": { "type": "Other", "dataRedundancy": "SingleAvailabilityZone" } });
        assert_eq!(completed("logs--usw2-az1--x-s3", given.clone()), given);
        let partly = completed("logs--usw2-az1--x-s3", json!({ "location": { "type": "LocalZone" } }));
        assert_eq!(partly["bucket"]["dataRedundancy"], "SingleLocalZone");
    }
}
