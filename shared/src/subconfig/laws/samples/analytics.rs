//! Samples of storage class analyses.

use proptest::option::of;
use proptest::prelude::*;

use super::{Sample, keyed, text};
use crate::subconfig::Analytics;
use crate::subconfig::analytics::{AnalyticsBucket, AnalyticsConfiguration, DataExport, DataExportDestination, StorageClassAnalysis};

impl Sample for Analytics {
    fn samples() -> BoxedStrategy<Self> {
        let bucket = (of(text()), of(text())).prop_map(|(bucket_account_id, prefix)| AnalyticsBucket {
            bucket: Some("arn:aws:s3:::reports".to_owned()),
            bucket_account_id,
            format: Some("CSV".to_owned()),
            prefix,
        });
        let export = of(bucket).prop_map(|bucket| DataExport {
            destination: Some(DataExportDestination { s3_bucket_destination: bucket }),
            output_schema_version: Some("V_1".to_owned()),
        });
        let analysis = of(export).prop_map(|data_export| StorageClassAnalysis { data_export });
        let item = (keyed::filter(), of(analysis)).prop_map(|(filter, storage_class_analysis)| AnalyticsConfiguration {
            filter,
            id: None,
            storage_class_analysis,
        });
        keyed::list(item, |item, id| AnalyticsConfiguration { id: Some(id), ..item }).prop_map(Self).boxed()
    }
}
