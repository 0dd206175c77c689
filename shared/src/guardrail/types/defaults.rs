//! What is filled in where a new Bucket says nothing.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::guardrail::rules::Algorithm;

/// What is filled in where a new Bucket says nothing. Nothing is filled in for a Bucket that adopts or is read-only. On a change only
/// what the stored Bucket has by such a default is kept.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Defaults {
    /// The region, as annotation services.k8s.aws/region, where neither annotation nor namespace nor controller names one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 63))]
    pub region: Option<String>,
    /// Tags, where the Bucket has none of that key.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 50))]
    pub tags: Option<Vec<DefaultTag>>,
    /// spec.publicAccessBlock: All sets all four members.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub public_access_block: Option<AllBlocked>,
    /// spec.encryption.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encryption: Option<DefaultEncryption>,
    /// spec.versioning.status.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub versioning: Option<VersioningOn>,
    /// A lifecycle rule that clears away unfinished uploads after so many days.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 36500))]
    pub abort_incomplete_upload_days: Option<i64>,
    /// Whether the bucket policy gets a statement that denies requests without TLS, where it has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deny_insecure_transport: Option<bool>,
    /// Annotation services.k8s.aws/deletion-policy, where neither Bucket nor namespace has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deletion_policy: Option<DeletionOutcome>,
}

/// A tag that is filled in: with a value, or with that of a label of the namespace.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DefaultTag {
    /// The tag's key.
    #[schemars(length(min = 1, max = 128))]
    pub key: String,
    /// The tag's value.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 256))]
    pub value: Option<String>,
    /// The label of the namespace whose value the tag gets; without that label there is no tag.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 317))]
    pub from_namespace_label: Option<String>,
}

/// All of a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum AllBlocked {
    /// All four members true.
    All,
}

/// How new objects are encrypted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DefaultEncryption {
    /// AES256, aws:kms or aws:kms:dsse.
    pub algorithm: Algorithm,
    /// The KMS key; the account's own key for S3 where it is absent.
    #[serde(rename = "kmsKeyID", skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 2048))]
    pub kms_key_id: Option<String>,
    /// Whether S3 keeps a key for the bucket, so that it asks KMS less often.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bucket_key: Option<bool>,
}

/// Versioning that is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum VersioningOn {
    /// Earlier versions of objects are kept.
    Enabled,
}

/// What happens to the S3 bucket when the Bucket is deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum DeletionOutcome {
    /// It stays.
    Retain,
    /// It is deleted too.
    Delete,
}
