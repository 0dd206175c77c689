//! The default retention of Object Lock. S3 API: GetObjectLockConfiguration, PutObjectLockConfiguration.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Object Lock for objects that ask for nothing themselves.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ObjectLock {
    /// The rule for new objects; none where it is absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<ObjectLockRule>,
}

/// The rule for new objects.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ObjectLockRule {
    /// How long new objects are kept from deletion.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_retention: Option<DefaultRetention>,
}

/// How long new objects are kept from deletion: days or years, not both.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DefaultRetention {
    /// Days; at least 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub days: Option<i64>,
    /// GOVERNANCE (those with the right to may still delete) or COMPLIANCE (nobody may).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mode: Option<String>,
    /// Years; at least 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub years: Option<i64>,
}
