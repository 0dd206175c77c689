//! Scheduled lists of the objects. S3 API: ListBucketInventoryConfigurations, PutBucketInventoryConfiguration,
//! DeleteBucketInventoryConfiguration.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Scheduled lists of the objects of the bucket, each with an id of its own; at most 1,000.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Inventory(pub Vec<InventoryConfiguration>);

/// One scheduled list of objects.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct InventoryConfiguration {
    /// Where the list goes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub destination: Option<InventoryDestination>,
    /// The objects that are listed; all where it is absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filter: Option<InventoryFilter>,
    /// The id of the list in its bucket.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// All or Current.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub included_object_versions: Option<String>,
    /// Whether lists are made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_enabled: Option<bool>,
    /// What the list says of an object besides its key, such as Size, LastModifiedDate, StorageClass, ETag or EncryptionStatus.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub optional_fields: Option<Vec<String>>,
    /// How often a list is made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub schedule: Option<InventorySchedule>,
}

/// Where a list of objects goes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct InventoryDestination {
    /// The bucket that takes the list.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub s3_bucket_destination: Option<InventoryBucket>,
}

/// The bucket that takes a list of objects.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct InventoryBucket {
    /// The account that owns that bucket, 12 digits. Without it, S3 does not check the owner before it writes.
    #[serde(rename = "accountID", skip_serializing_if = "Option::is_none")]
    pub account_id: Option<String>,
    /// The ARN of the bucket.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bucket: Option<String>,
    /// How the list is encrypted; as that bucket has it where this is absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encryption: Option<InventoryEncryption>,
    /// CSV, ORC or Parquet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub format: Option<String>,
    /// What the names of the list's objects start with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prefix: Option<String>,
}

/// How a list of objects is encrypted.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct InventoryEncryption {
    /// Encryption with a KMS key.
    #[serde(rename = "sseKMS", skip_serializing_if = "Option::is_none")]
    pub sse_kms: Option<SseKms>,
}

/// Encryption with a KMS key.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SseKms {
    /// The ARN of the key.
    #[serde(rename = "keyID", skip_serializing_if = "Option::is_none")]
    pub key_id: Option<String>,
}

/// Which objects are listed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct InventoryFilter {
    /// The start of the key, without a leading slash.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prefix: Option<String>,
}

/// How often a list is made.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct InventorySchedule {
    /// Daily or Weekly.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub frequency: Option<String>,
}
