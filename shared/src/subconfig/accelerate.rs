//! Transfer Acceleration

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Transfer Acceleration
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Accelerate {}
