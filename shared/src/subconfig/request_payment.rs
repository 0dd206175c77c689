//! Requester Pays. S3 API: GetBucketRequestPayment, PutBucketRequestPayment.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Who pays for requests and downloads.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RequestPayment {
    /// BucketOwner or Requester.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payer: Option<String>,
}
