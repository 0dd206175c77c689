//! Which Buckets a guardrail is about.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::LabelSelector;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Expression;

/// Which Buckets a guardrail is about: those that meet every part that is given.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Match {
    /// The names of namespaces, one of which has to fit; `*` stands for anything. A label can be written by who may edit the
    /// namespace, its name cannot.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 256), inner(length(max = 253)))]
    pub namespaces: Option<Vec<String>>,
    /// The names of namespaces that are left out; `*` stands for anything.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 256), inner(length(max = 253)))]
    pub exclude_namespaces: Option<Vec<String>>,
    /// The labels of the namespace.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "super::selector::schema")]
    pub namespace_selector: Option<LabelSelector>,
    /// The labels of the Bucket.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "super::selector::schema")]
    pub object_selector: Option<LabelSelector>,
    /// The types of bucket, one of which has to fit.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 3))]
    pub bucket_types: Option<Vec<BucketType>>,
    /// CREATE, UPDATE or both; both where it is absent. Audits of Buckets that are there count as both.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 2))]
    pub operations: Option<Vec<MatchOperation>>,
    /// Users whose writes are not looked at. What they wrote is still audited.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 64))]
    pub exclude_users: Option<Vec<ExcludedUser>>,
    /// Conditions in CEL, all of which have to be true.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 16))]
    pub match_conditions: Option<Vec<Expression>>,
}

/// What kind of bucket the name and its namespace make.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
pub enum BucketType {
    /// An ordinary bucket.
    GeneralPurpose,
    /// A directory bucket (S3 Express One Zone): its name ends with --x-s3.
    Directory,
    /// An ordinary bucket in the namespace of its account and region.
    AccountRegional,
}

impl BucketType {
    /// The word for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::GeneralPurpose => "GeneralPurpose",
            Self::Directory => "Directory",
            Self::AccountRegional => "AccountRegional",
        }
    }
}

/// A write that a guardrail looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum MatchOperation {
    /// New Buckets.
    Create,
    /// Changed Buckets.
    Update,
}

/// A user whose writes are not looked at: one of the two.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ExcludedUser {
    /// The user's name, as Kubernetes knows it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 512))]
    pub name: Option<String>,
    /// A service account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service_account: Option<ServiceAccount>,
}

/// A service account.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ServiceAccount {
    /// Its name.
    #[schemars(length(min = 1, max = 253))]
    pub name: String,
    /// Its namespace.
    #[schemars(length(min = 1, max = 63))]
    pub namespace: String,
}
