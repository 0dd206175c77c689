//! Attribute-based access control

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Attribute-based access control
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Abac {}
