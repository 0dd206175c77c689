//! Notifications

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Notifications
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Notification {}
