//! ACL

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// ACL
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Acl {}
