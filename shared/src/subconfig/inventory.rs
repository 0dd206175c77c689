//! Inventory

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Inventory
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Inventory {}
