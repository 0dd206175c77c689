//! Storage class analysis. S3 API: ListBucketAnalyticsConfigurations, PutBucketAnalyticsConfiguration,
//! DeleteBucketAnalyticsConfiguration.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::filter::ObjectFilter;

/// Storage class analyses, each with an id of its own; at most 1,000.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Analytics(pub Vec<AnalyticsConfiguration>);

/// One storage class analysis.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AnalyticsConfiguration {
    /// The objects that are analysed; all where it is absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filter: Option<ObjectFilter>,
    /// The id of the analysis in its bucket.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// What becomes of the result.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub storage_class_analysis: Option<StorageClassAnalysis>,
}

/// What becomes of the result of an analysis.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct StorageClassAnalysis {
    /// Where the result is written every day; nowhere where it is absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data_export: Option<DataExport>,
}

/// The daily export of an analysis.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DataExport {
    /// Where the export goes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub destination: Option<DataExportDestination>,
    /// The layout of the export: V_1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output_schema_version: Option<String>,
}

/// Where the export of an analysis goes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DataExportDestination {
    /// The bucket that takes the export.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub s3_bucket_destination: Option<AnalyticsBucket>,
}

/// The bucket that takes the export of an analysis.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AnalyticsBucket {
    /// The ARN of the bucket.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bucket: Option<String>,
    /// The account that owns that bucket, 12 digits. Without it, S3 does not check the owner before it writes.
    #[serde(rename = "bucketAccountID", skip_serializing_if = "Option::is_none")]
    pub bucket_account_id: Option<String>,
    /// CSV.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub format: Option<String>,
    /// What the names of the exported objects start with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prefix: Option<String>,
}
