//! Analytics

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Analytics
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Analytics {}
