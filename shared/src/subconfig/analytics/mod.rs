//! Storage class analysis. S3 API: ListBucketAnalyticsConfigurations, PutBucketAnalyticsConfiguration,
//! DeleteBucketAnalyticsConfiguration.

mod findings;
#[cfg(feature = "s3")]
mod remote;

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::filter::ObjectFilter;
use super::keyed::{self, Keyed};
use super::{SubConfig, normal};
use crate::BucketSpec;
use crate::admission::{Facts, Findings, Path};

#[cfg(test)]
pub(crate) use findings::cases;

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
    /// What becomes of the result; nothing but what S3 itself shows where it is absent.
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

impl SubConfig for Analytics {
    const NAME: &'static str = "analytics";
    const FIELD: &'static str = "analytics";
    const ABSENT: &'static str = "none";

    fn declared(spec: &BucketSpec) -> Option<Cow<'_, Self>> {
        spec.analytics.as_ref().map(Cow::Borrowed)
    }

    fn declare(self, spec: &mut BucketSpec) {
        spec.analytics = Some(self);
    }

    /// By id: S3 hands them out in an order of its own.
    fn normalise(self) -> Option<Self> {
        keyed::normalise(self.0).map(Self)
    }

    fn findings(&self, at: &Path<'_>, facts: &Facts<'_>, to: &mut Findings) {
        findings::findings(self, at, facts, to);
    }
}

impl Keyed for AnalyticsConfiguration {
    fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// S3 wants to be told of the result even where nothing becomes of it.
    fn normalise(self) -> Self {
        let data_export = self.storage_class_analysis.unwrap_or_default().data_export.and_then(DataExport::normalise);
        Self {
            filter: self.filter.and_then(ObjectFilter::normalise),
            id: normal::text(self.id),
            storage_class_analysis: Some(StorageClassAnalysis { data_export }),
        }
    }
}

impl DataExport {
    fn normalise(self) -> Option<Self> {
        let bucket = self.destination.and_then(|destination| destination.s3_bucket_destination).map(AnalyticsBucket::normalise);
        let destination = bucket.and_then(normal::said).map(|bucket| DataExportDestination { s3_bucket_destination: Some(bucket) });
        normal::said(Self { destination, output_schema_version: normal::text(self.output_schema_version) })
    }
}

impl AnalyticsBucket {
    fn normalise(self) -> Self {
        Self {
            bucket: normal::text(self.bucket),
            bucket_account_id: normal::text(self.bucket_account_id),
            format: normal::text(self.format),
            prefix: normal::text(self.prefix),
        }
    }
}

#[cfg(test)]
#[cfg(feature = "s3")]
mod tests {
    use serde_json::{Value, json};

    use super::Analytics;
    use crate::subconfig::keyed::tests::{assert_settled, pass};
    use crate::subconfig::laws::store::Store;

    fn held(filter: &str) -> Store {
        let store = Store::bare();
        let analysis = "<StorageClassAnalysis/>";
        store
            .set("analytics/a", &format!("<AnalyticsConfiguration><Id>a</Id><Filter>{filter}</Filter>{analysis}</AnalyticsConfiguration>"));
        store
    }

    fn section(filter: &Value) -> Value {
        json!([{"id": "a", "filter": filter}])
    }

    #[test]
    fn a_filter_under_and_is_read_back_with_tags_and_without() {
        let tag = "<Tag><Key>k</Key><Value>v</Value></Tag>";
        assert_settled::<Analytics>(&held("<And><Prefix>x</Prefix></And>"), &section(&json!({"prefix": "x"})));
        assert_settled::<Analytics>(&held("<And><Prefix>x</Prefix></And>"), &section(&json!({"and": {"prefix": "x"}})));
        assert_settled::<Analytics>(&held(&format!("<And>{tag}</And>")), &section(&json!({"tag": {"key": "k", "value": "v"}})));
        let both = json!({"and": {"prefix": "x", "tags": [{"key": "k", "value": "v"}]}});
        assert_settled::<Analytics>(&held(&format!("<And><Prefix>x</Prefix>{tag}</And>")), &section(&both));
        let fields = pass::<Analytics>(&held("<Prefix>y</Prefix>"), &section(&both)).fields;
        assert_eq!(fields, ["spec.analytics[a].filter.and", "spec.analytics[a].filter.prefix"]);
    }

    #[test]
    fn the_analysis_is_sent_where_the_spec_leaves_it_out() {
        let (store, section) = (Store::bare(), json!([{"id": "a"}]));
        assert_eq!(pass::<Analytics>(&store, &section).writes, ["PUT analytics/a"]);
        let document = store.document("analytics/a").unwrap();
        assert!(document.contains("<Id>a</Id><StorageClassAnalysis>"), "{document}");
        assert_settled::<Analytics>(&store, &section);
        assert_settled::<Analytics>(&store, &json!([{"id": "a", "filter": {}, "storageClassAnalysis": {}}]));
    }

    #[test]
    fn a_member_of_the_export_that_differs_is_named() {
        let export = |prefix: &str| {
            let bucket = json!({"bucket": "arn:aws:s3:::reports", "bucketAccountID": "111122223333", "format": "CSV", "prefix": prefix});
            let export = json!({"outputSchemaVersion": "V_1", "destination": {"s3BucketDestination": bucket}});
            json!([{"id": "a", "storageClassAnalysis": {"dataExport": export}}])
        };
        let store = Store::bare();
        pass::<Analytics>(&store, &export("a/")).outcome.unwrap();
        assert_settled::<Analytics>(&store, &export("a/"));
        let fields = pass::<Analytics>(&store, &export("b/")).fields;
        assert_eq!(fields, ["spec.analytics[a].storageClassAnalysis.dataExport.destination.s3BucketDestination.prefix"]);
    }
}
