//! Attribute-based access control: whether the tags of the bucket count in IAM policies. S3 API: GetBucketAbac, PutBucketAbac.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Attribute-based access control by the tags of the bucket.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Abac {
    /// Enabled or Disabled.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
}
