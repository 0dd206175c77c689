//! The API types of replication. Source: S3 API reference, ReplicationConfiguration and its members.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::subconfig::filter::ObjectFilter;

/// To which buckets new objects are copied. Needs versioning on both sides.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Replication {
    /// The ARN of the IAM role that S3 copies with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// A Role resource in the cluster whose ARN is taken for `role`; one of the two.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role_ref: Option<RoleRef>,
    /// What is copied where; at most 1,000.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rules: Option<Vec<ReplicationRule>>,
}

/// A reference to a Role resource (iam.services.k8s.aws/v1alpha1).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RoleRef {
    /// Which Role.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<RoleName>,
}

/// The name of a Role resource.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RoleName {
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Its namespace; that of the Bucket where it is absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
}

/// What is copied to one bucket.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReplicationRule {
    /// Whether delete markers are copied; they are not where this is absent beside a filter.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delete_marker_replication: Option<DeleteMarkerReplication>,
    /// The bucket that takes the copies.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub destination: Option<ReplicationDestination>,
    /// Whether objects are copied that were there before the rule.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub existing_object_replication: Option<ExistingObjectReplication>,
    /// The objects that are copied; `{}` for all. A rule without a filter is of the older form, in which S3 copies delete markers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filter: Option<ObjectFilter>,
    /// The id of the rule; S3 makes one up where it is absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The start of the key, in the older form of a rule; use filter.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prefix: Option<String>,
    /// Which rule counts where two fit and have the same destination: the one with the higher number.
    /// 0 where it is absent beside a filter.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub priority: Option<i64>,
    /// Objects that are copied only where this asks for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_selection_criteria: Option<SourceSelectionCriteria>,
    /// Enabled or Disabled.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
}

/// Whether delete markers are copied.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeleteMarkerReplication {
    /// Enabled or Disabled.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
}

/// Whether objects are copied that were there before the rule.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ExistingObjectReplication {
    /// Enabled or Disabled.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
}

/// Objects that are copied only where this asks for it.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SourceSelectionCriteria {
    /// Whether changes of metadata on replicas are copied back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replica_modifications: Option<ReplicaModifications>,
    /// Whether objects encrypted with a KMS key are copied.
    #[serde(rename = "sseKMSEncryptedObjects", skip_serializing_if = "Option::is_none")]
    pub sse_kms_encrypted_objects: Option<SseKmsEncryptedObjects>,
}

/// Whether changes of metadata on replicas are copied back.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReplicaModifications {
    /// Enabled or Disabled.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
}

/// Whether objects encrypted with a KMS key are copied.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SseKmsEncryptedObjects {
    /// Enabled or Disabled.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
}

/// The bucket that takes the copies and what they look like there.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReplicationDestination {
    /// Who owns the copies; as in the source bucket where it is absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub access_control_translation: Option<AccessControlTranslation>,
    /// The account that owns the destination bucket, 12 digits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// The ARN of the destination bucket.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bucket: Option<String>,
    /// How the copies are encrypted; required where KMS-encrypted objects are copied.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encryption_configuration: Option<ReplicaEncryption>,
    /// Metrics of the replication and events for copies that are late.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metrics: Option<ReplicationMetrics>,
    /// Replication Time Control: copies within 15 minutes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replication_time: Option<ReplicationTime>,
    /// The storage class of the copies; that of the source where it is absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub storage_class: Option<String>,
}

/// Who owns the copies.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AccessControlTranslation {
    /// Destination: the owner of the destination bucket.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
}

/// How the copies are encrypted.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReplicaEncryption {
    /// The ARN of a symmetric KMS key in the region of the destination bucket.
    #[serde(rename = "replicaKMSKeyID", skip_serializing_if = "Option::is_none")]
    pub replica_kms_key_id: Option<String>,
}

/// Metrics of the replication and events for copies that are late.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReplicationMetrics {
    /// After how many minutes a missing copy is an event: 15.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event_threshold: Option<ReplicationMinutes>,
    /// Enabled or Disabled.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
}

/// Replication Time Control.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReplicationTime {
    /// Enabled or Disabled.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// Within how many minutes copies have to be there: 15.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time: Option<ReplicationMinutes>,
}

/// A time in which copies have to be there.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReplicationMinutes {
    /// Minutes; S3 takes 15 only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub minutes: Option<i64>,
}
