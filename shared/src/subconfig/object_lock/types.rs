//! The API types of Object Lock. Source: S3 API reference, ObjectLockConfiguration and its members.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Object Lock as a whole. The fields are those of the spec.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ObjectLock {
    /// The rule for new objects.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object_lock_configuration: Option<ObjectLockConfiguration>,
    /// Whether objects can be locked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object_lock_enabled_for_bucket: Option<bool>,
}

/// Object Lock for objects that ask for nothing themselves.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ObjectLockConfiguration {
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
    /// An event hold that new objects begin with. Left out, what S3 holds stays.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_event_hold: Option<EventHold>,
    /// GOVERNANCE (those with the right to may still delete) or COMPLIANCE (nobody may).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mode: Option<String>,
    /// Years; at least 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub years: Option<i64>,
}

/// How long an event hold lasts: days or years, not both.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct EventHold {
    /// Days; at least 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub days: Option<i64>,
    /// Years; at least 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub years: Option<i64>,
}
