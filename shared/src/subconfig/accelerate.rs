//! Transfer Acceleration. S3 API: GetBucketAccelerateConfiguration, PutBucketAccelerateConfiguration.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Transfer Acceleration: data goes through the edge location next to the client.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Accelerate {
    /// Enabled or Suspended. Once set, it cannot be taken away, only suspended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
}
