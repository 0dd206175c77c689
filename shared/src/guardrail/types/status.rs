//! What came of a guardrail.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::bucket::Condition;

/// What came of a guardrail.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct BucketGuardrailStatus {
    /// The generation of the spec that this status speaks of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub observed_generation: Option<i64>,
    /// What is known about the guardrail, one entry per type: Ready, Compiled, DefaultsConflict, Degraded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conditions: Option<Vec<Condition>>,
    /// How many Buckets it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub matched_buckets: Option<i64>,
    /// How many rules are not met, by what they do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub violations: Option<Violations>,
    /// Some of them, at most 20.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 20))]
    pub samples: Option<Vec<Sample>>,
    /// When all Buckets were last judged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_audit_time: Option<Time>,
}

/// How many rules are not met.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Violations {
    /// Of rules that refuse.
    pub deny: i64,
    /// Of rules that warn.
    pub warn: i64,
    /// Of rules that only report.
    pub audit: i64,
}

/// One rule that one Bucket does not meet.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Sample {
    /// The Bucket's namespace.
    pub namespace: String,
    /// The Bucket's name.
    pub name: String,
    /// The rule.
    pub rule: String,
    /// What is wrong and what to do.
    pub message: String,
    /// Where it was seen: in the Bucket's spec, or in what S3 holds.
    pub source: ResultSource,
}

/// What was judged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ResultSource {
    /// What the Bucket asks for.
    #[default]
    Spec,
    /// What S3 holds.
    Observed,
}

impl ResultSource {
    /// The word in the API and in metrics.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Spec => "spec",
            Self::Observed => "observed",
        }
    }
}
