//! Replication

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Replication
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Replication {}
