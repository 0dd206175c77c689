//! Buckets that are let off some rules for a time.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::{LabelSelector, ObjectMeta, Time};
use kube::core::ClusterResourceScope;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{GROUP, VERSION};
use crate::resource::resource;

/// Buckets that are let off some rules of guardrails for a time. It is no resource of a namespace, or who may edit a namespace could
/// let himself off.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BucketGuardrailException {
    #[serde(skip_deserializing, serialize_with = "api_version")]
    api_version: (),
    #[serde(skip_deserializing, serialize_with = "kind")]
    kind: (),
    /// Name, labels, annotations.
    #[serde(default)]
    pub metadata: ObjectMeta,
    /// Who is let off what, until when.
    #[serde(default)]
    pub spec: BucketGuardrailExceptionSpec,
    /// What came of it; the controller's to write.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<BucketGuardrailExceptionStatus>,
}

resource!(BucketGuardrailException, kind "BucketGuardrailException", plural "bucketguardrailexceptions", group GROUP, version VERSION,
    scope ClusterResourceScope);

impl BucketGuardrailException {
    /// An exception of this name.
    #[must_use]
    pub fn new(name: &str, spec: BucketGuardrailExceptionSpec) -> Self {
        Self { metadata: ObjectMeta { name: Some(name.to_owned()), ..ObjectMeta::default() }, spec, ..Self::default() }
    }
}

/// Who is let off what, until when. The Buckets are given by buckets, or by selectors.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct BucketGuardrailExceptionSpec {
    /// The guardrails, and which of their rules.
    #[schemars(length(min = 1, max = 64))]
    pub guardrails: Vec<ExemptFrom>,
    /// The Buckets by name.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 256))]
    pub buckets: Option<Vec<ExemptBucket>>,
    /// The labels of the Buckets' namespaces.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "super::selector::schema")]
    pub namespace_selector: Option<LabelSelector>,
    /// The labels of the Buckets. Who may edit a Bucket can write its labels; use it beside namespaceSelector only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "super::selector::schema")]
    pub object_selector: Option<LabelSelector>,
    /// Why; at least 10 characters.
    #[schemars(length(min = 10, max = 1024))]
    pub reason: String,
    /// Who agreed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 256))]
    pub approved_by: Option<String>,
    /// From then on it counts no more. At most a year ahead, unless the operator says otherwise.
    #[schemars(required)]
    pub expires_at: Option<Time>,
}

/// A guardrail, and which of its rules.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ExemptFrom {
    /// The guardrail's name.
    #[schemars(length(min = 1, max = 253))]
    pub name: String,
    /// The names of rules, such as publicAccess or that of a validation; `*` for all.
    #[schemars(length(min = 1, max = 128), inner(length(min = 1, max = 63)))]
    pub rules: Vec<String>,
}

/// A Bucket.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ExemptBucket {
    /// Its name.
    #[schemars(length(min = 1, max = 253))]
    pub name: String,
    /// Its namespace.
    #[schemars(length(min = 1, max = 63))]
    pub namespace: String,
}

/// What came of an exception.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct BucketGuardrailExceptionStatus {
    /// Whether it counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub active: Option<bool>,
    /// The Buckets that it was used for, as namespace/name, at most 20.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 20))]
    pub used_by: Option<Vec<String>>,
    /// When it was last used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_used: Option<Time>,
    /// The generation of the spec that this status speaks of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub observed_generation: Option<i64>,
    /// What is known about the exception, one entry per type: Ready.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conditions: Option<Vec<crate::bucket::Condition>>,
}
