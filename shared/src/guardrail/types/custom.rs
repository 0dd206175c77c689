//! Demands in CEL.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Action;

/// A named expression.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Expression {
    /// Its name, which is unique in the list.
    #[schemars(length(min = 1, max = 63))]
    pub name: String,
    /// The expression, in CEL.
    #[schemars(length(min = 1, max = 4096))]
    pub expression: String,
}

/// Where CEL expressions get their params from.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ParamsSource {
    /// A ConfigMap. Where it is missing, what uses params cannot be judged, and enforcement.onError decides.
    pub config_map_ref: ConfigMapRef,
}

/// A ConfigMap.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ConfigMapRef {
    /// Its name.
    #[schemars(length(min = 1, max = 253))]
    pub name: String,
    /// Its namespace.
    #[schemars(length(min = 1, max = 63))]
    pub namespace: String,
}

/// A demand of your own.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Validation {
    /// Its name in answers, metrics and exceptions; unique in the guardrail.
    #[schemars(length(min = 1, max = 63))]
    pub name: String,
    /// What has to be true, in CEL.
    #[schemars(length(min = 1, max = 4096))]
    pub expression: String,
    /// What is said where it is not.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 1024))]
    pub message: Option<String>,
    /// An expression that makes the message; message counts where it fails or gives no text.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 4096))]
    pub message_expression: Option<String>,
    /// The field that the answer names; spec where it is absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 256))]
    pub field_path: Option<String>,
    /// What is wrong with the field; Forbidden where it is absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<ValidationReason>,
    /// Deny, Warn, Audit or Off; that of enforcement where it is absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<Action>,
    /// The id of the control that it is for; shown in reports.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 63))]
    pub control: Option<String>,
}

/// What is wrong with a field. Source: Kubernetes API reference, ValidatingAdmissionPolicy, `validations.reason`, and `StatusCause`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum ValidationReason {
    /// The value is not one that is taken.
    Invalid,
    /// The value is missing.
    Required,
    /// The value may not be set, changed or used here.
    Forbidden,
}
