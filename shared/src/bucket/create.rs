//! What is said about a bucket only once, in CreateBucket.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

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
