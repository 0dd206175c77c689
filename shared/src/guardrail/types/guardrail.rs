//! The guardrail itself.

use std::collections::BTreeMap;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kube::core::ClusterResourceScope;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Action, BucketGuardrailStatus, Defaults, Enforcement, Expression, GROUP, Match, ParamsSource, VERSION, Validation};
use crate::guardrail::controls::Bundle;
use crate::guardrail::rules::Rules;
use crate::resource::resource;

/// What a platform team demands of some Buckets.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BucketGuardrail {
    #[serde(skip_deserializing, serialize_with = "api_version")]
    api_version: (),
    #[serde(skip_deserializing, serialize_with = "kind")]
    kind: (),
    /// Name, labels, annotations.
    #[serde(default)]
    pub metadata: ObjectMeta,
    /// What is demanded of which Buckets.
    #[serde(default)]
    pub spec: BucketGuardrailSpec,
    /// What came of it; the controller's to write.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<BucketGuardrailStatus>,
}

resource!(BucketGuardrail, kind "BucketGuardrail", plural "bucketguardrails", group GROUP, version VERSION, scope ClusterResourceScope);

impl BucketGuardrail {
    /// A guardrail of this name.
    #[must_use]
    pub fn new(name: &str, spec: BucketGuardrailSpec) -> Self {
        Self { metadata: ObjectMeta { name: Some(name.to_owned()), ..ObjectMeta::default() }, spec, ..Self::default() }
    }
}

/// What is demanded of which Buckets. All guardrails that match a Bucket count; where two find the same fault, the stricter action
/// holds.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct BucketGuardrailSpec {
    /// What it is for; shown in reports.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 1024))]
    pub description: Option<String>,
    /// Which Buckets it is about; every Bucket where it is absent or empty.
    #[serde(rename = "match", skip_serializing_if = "Option::is_none")]
    pub matching: Option<Match>,
    /// What happens to a Bucket that does not comply.
    #[serde(default)]
    pub enforcement: Enforcement,
    /// The demands that have a field of their own. What is left out is not looked at.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rules: Option<Rules>,
    /// A ConfigMap whose data CEL expressions see as params.data.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub params: Option<ParamsSource>,
    /// Values that the expressions of validations share, in CEL; each may use those before it as variables.name.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 50))]
    pub variables: Option<Vec<Expression>>,
    /// Demands of your own, in CEL.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 100))]
    pub validations: Option<Vec<Validation>>,
    /// What is filled in where a new Bucket says nothing. Nothing that somebody wrote is changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub defaults: Option<Defaults>,
    /// Which guardrail's defaults come first: those of the lower number, then by name. What is filled in stays. 100 where it is absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 1_000_000))]
    pub priority: Option<i64>,
    /// The level of built-in rules for the Buckets that match, by the id of the rule: Deny, Warn, Audit (neither refused nor warned
    /// about) or "Off", with its quotes. Where several guardrails name a rule, the strictest level holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("maxProperties" = 400))]
    pub builtin_rules: Option<BTreeMap<String, Action>>,
    /// Sets of demands that go by a standard: aws-fsbp, cis-5.0, nist-800-53. They weigh what the standard says and never more than
    /// enforcement.action.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 3))]
    pub controls: Option<Vec<Bundle>>,
    /// Whether the controller judges the Buckets that are there already, too. Left out: yes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub background: Option<bool>,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::guardrail::Guardrail;
    use crate::guardrail::testing::from_yaml;

    const MANIFEST: &str = include_str!("../../../testdata/guardrail.yaml");

    #[test]
    fn a_full_manifest_survives_and_can_be_used() {
        let manifest: serde_json::Value = from_yaml(MANIFEST);
        let guardrail: BucketGuardrail = serde_json::from_value(manifest.clone()).unwrap();
        assert_eq!(serde_json::to_value(&guardrail).unwrap(), manifest);
        let ready = Guardrail::compile(&guardrail).unwrap_or_else(|refused| panic!("{refused}"));
        assert!(ready.warnings().is_empty(), "{:?}", ready.warnings());
    }

    #[test]
    fn what_is_left_out_is_filled_in_and_what_is_not_known_is_refused() {
        let guardrail: BucketGuardrail = serde_json::from_value(json!({"metadata": {"name": "x"}})).unwrap();
        assert_eq!((guardrail.spec.enforcement.action, guardrail.spec.background), (Action::Deny, None));
        assert!(serde_json::from_value::<BucketGuardrailSpec>(json!({"enforcement": {"action": "deny"}})).is_err());
        assert!(serde_json::from_value::<BucketGuardrailSpec>(json!({"controls": ["cis"]})).is_err());
    }
}
