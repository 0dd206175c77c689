//! Sets of demands that go by a standard.
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A set of demands that goes by a standard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
pub enum Bundle {
    /// AWS Foundational Security Best Practices, as Security Hub has them.
    #[serde(rename = "aws-fsbp")]
    AwsFsbp,
    /// CIS AWS Foundations Benchmark 5.0.
    #[serde(rename = "cis-5.0")]
    Cis5,
    /// NIST SP 800-53 Rev. 5, as Security Hub has it.
    #[serde(rename = "nist-800-53")]
    Nist80053,
}
