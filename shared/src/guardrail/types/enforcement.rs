//! What happens to a Bucket that does not comply.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What happens to a Bucket that does not comply.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Enforcement {
    /// What a rule does that says nothing of its own: Deny refuses the write, Warn warns, Audit only reports, "Off" does nothing. Off
    /// needs its quotes: kubectl reads the bare word as false.
    #[serde(default)]
    pub action: Action,
    /// Until then, Deny only warns.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enforce_after: Option<Time>,
    /// What happens to changes of a Bucket that had the fault before. Ratchet warns, so that it stays editable; Always refuses.
    #[serde(default)]
    pub on_update: OnUpdate,
    /// What a rule that refuses does where it cannot be judged, such as a CEL expression that fails: Deny or Warn.
    #[serde(default)]
    pub on_error: OnError,
    /// What is said once at the end of a refusal, such as whom to ask.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 200))]
    pub message: Option<String>,
}

/// What happens where a rule is not met. The order is that of strictness.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub enum Action {
    /// The rule is not looked at.
    Off,
    /// It is reported and counted.
    Audit,
    /// The write passes with a warning.
    Warn,
    /// The write is refused.
    #[default]
    Deny,
}

impl Action {
    /// The action as it stands in the API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Off => "Off",
            Self::Audit => "Audit",
            Self::Warn => "Warn",
            Self::Deny => "Deny",
        }
    }
}

/// What happens to changes of a Bucket that had the fault before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum OnUpdate {
    /// A fault that the stored Bucket has as well only warns.
    #[default]
    Ratchet,
    /// It refuses, too.
    Always,
}

/// What a rule that refuses does where it cannot be judged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum OnError {
    /// The write is refused.
    #[default]
    Deny,
    /// The write passes with a warning.
    Warn,
}
