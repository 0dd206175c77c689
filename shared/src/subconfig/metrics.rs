//! Request metrics

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Request metrics
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Metrics {}
