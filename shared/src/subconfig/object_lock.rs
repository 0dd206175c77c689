//! Object Lock

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Object Lock
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ObjectLock {}
