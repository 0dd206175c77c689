//! CloudWatch request metrics. S3 API: ListBucketMetricsConfigurations, PutBucketMetricsConfiguration,
//! DeleteBucketMetricsConfiguration.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::tagging::Tag;

/// CloudWatch request metrics, each with an id of its own; at most 1,000.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Metrics(pub Vec<MetricsConfiguration>);

/// The request metrics of one set of objects.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct MetricsConfiguration {
    /// The objects whose requests count; all where it is absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filter: Option<MetricsFilter>,
    /// The id in the bucket; the value of the dimension FilterId in CloudWatch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
}

/// Whose requests count: those for objects with a prefix or a tag, those through an access point, or those that meet all parts of
/// `and`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct MetricsFilter {
    /// The ARN of the access point that the request came through.
    #[serde(rename = "accessPointARN", skip_serializing_if = "Option::is_none")]
    pub access_point_arn: Option<String>,
    /// Several parts at once; a request has to meet all of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub and: Option<MetricsFilterAnd>,
    /// The start of the key, without a leading slash.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prefix: Option<String>,
    /// A tag that the object carries.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tag: Option<Tag>,
}

/// Parts of a filter that a request has to meet all at once.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct MetricsFilterAnd {
    /// The ARN of the access point that the request came through.
    #[serde(rename = "accessPointARN", skip_serializing_if = "Option::is_none")]
    pub access_point_arn: Option<String>,
    /// The start of the key, without a leading slash.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prefix: Option<String>,
    /// Tags that the object carries, all of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tags: Option<Vec<Tag>>,
}
