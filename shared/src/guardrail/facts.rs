//! `bucket` in the expressions of guardrails: what follows from a Bucket, ready to be asked.

use schemars::JsonSchema;
use serde::Serialize;

/// The facts, all of them always there: a text that is not known is empty.
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct BucketFacts {
    /// The name of the S3 bucket.
    pub name: String,
}
