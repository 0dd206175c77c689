//! Website

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Website
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Website {}
