//! Request payment

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Request payment
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RequestPayment {}
