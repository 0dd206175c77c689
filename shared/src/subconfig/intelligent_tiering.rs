//! Archive tiers of the storage class INTELLIGENT_TIERING. S3 API: ListBucketIntelligentTieringConfigurations,
//! PutBucketIntelligentTieringConfiguration, DeleteBucketIntelligentTieringConfiguration.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::filter::ObjectFilter;

/// Archive settings of the storage class INTELLIGENT_TIERING, each with an id of its own; at most 1,000.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct IntelligentTiering(pub Vec<IntelligentTieringConfiguration>);

/// When which objects of the storage class INTELLIGENT_TIERING are archived.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct IntelligentTieringConfiguration {
    /// The objects that are meant; all where it is absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filter: Option<ObjectFilter>,
    /// The id of the setting in its bucket.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Enabled or Disabled.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// The archive tiers, each at most once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tierings: Option<Vec<Tiering>>,
}

/// One archive tier and when objects move there.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Tiering {
    /// ARCHIVE_ACCESS or DEEP_ARCHIVE_ACCESS.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub access_tier: Option<String>,
    /// Days without access after which an object moves: 90 to 730 for ARCHIVE_ACCESS, 180 to 730 for DEEP_ARCHIVE_ACCESS.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub days: Option<i64>,
}
