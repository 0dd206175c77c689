//! Intelligent-Tiering

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Intelligent-Tiering
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct IntelligentTiering {}
