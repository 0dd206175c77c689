//! Access log

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Access log
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Logging {}
