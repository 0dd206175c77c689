//! How storage class analyses are read from and written to S3.

use aws_sdk_s3::error::BuildError;
use aws_sdk_s3::types::{
    AnalyticsAndOperator as S3And, AnalyticsConfiguration as S3Analytics, AnalyticsExportDestination as S3Destination,
    AnalyticsFilter as S3Filter, AnalyticsS3BucketDestination as S3ExportBucket, StorageClassAnalysis as S3Analysis,
    StorageClassAnalysisDataExport as S3Export,
};

use super::{Analytics, AnalyticsBucket, AnalyticsConfiguration, DataExport, DataExportDestination, StorageClassAnalysis};
use crate::admission::Path;
use crate::fault::Fault;
use crate::subconfig::Have;
use crate::subconfig::filter::{ObjectFilter, ObjectFilterAnd, wire};
use crate::subconfig::keyed::Keyed;
use crate::subconfig::keyed::remote::{self as keyed, Calls, Page};
use crate::subconfig::remote::{Remote, S3Bucket, given};

keyed::calls! {
    Analytics of AnalyticsConfiguration, "Analytics",
    list: list_bucket_analytics_configurations.analytics_configuration_list,
    put: put_bucket_analytics_configuration.analytics_configuration,
    delete: delete_bucket_analytics_configuration
}

impl AnalyticsConfiguration {
    fn from_sdk(configuration: S3Analytics) -> Result<Self, Fault> {
        let filter = configuration.filter.map(|filter| ObjectFilter::from_analytics(filter, &configuration.id)).transpose()?;
        let analysis = configuration.storage_class_analysis;
        let analysis = analysis.map(|analysis| StorageClassAnalysis { data_export: analysis.data_export.map(DataExport::from_sdk) });
        Ok(Self { filter, id: given(&configuration.id), storage_class_analysis: analysis })
    }

    /// The normal form is sent: it is the spelling that S3 takes.
    fn to_sdk(&self, at: &Path<'_>) -> Result<S3Analytics, Fault> {
        let normal = self.clone().normalise();
        let filter = normal.filter.map(|filter| filter.into_analytics(&at.member("filter"))).transpose()?;
        let export = normal.storage_class_analysis.and_then(|analysis| analysis.data_export).map(DataExport::into_sdk).transpose()?;
        let analysis = S3Analysis::builder().set_data_export(export).build();
        let builder = S3Analytics::builder().set_id(normal.id).set_filter(filter).storage_class_analysis(analysis);
        builder.build().map_err(unbuildable)
    }
}

impl ObjectFilter {
    fn from_analytics(filter: S3Filter, id: &str) -> Result<Self, Fault> {
        Ok(match filter {
            S3Filter::Prefix(prefix) => Self { prefix: Some(prefix), ..Self::default() },
            S3Filter::Tag(tag) => Self { tag: Some(wire::tag_from_sdk(tag)), ..Self::default() },
            S3Filter::And(and) => {
                let tags = wire::tags_from_sdk(and.tags);
                Self { and: Some(ObjectFilterAnd { prefix: and.prefix, tags }), ..Self::default() }
            }
            S3Filter::Unknown { .. } | _ => return Err(wire::unknown(Analytics::GET, id)),
        })
    }

    fn into_analytics(self, at: &Path<'_>) -> Result<S3Filter, Fault> {
        match self {
            Self { and: None, prefix: Some(prefix), tag: None } => Ok(S3Filter::Prefix(prefix)),
            Self { and: None, prefix: None, tag: Some(tag) } => Ok(S3Filter::Tag(wire::tag_to_sdk(Analytics::PUT, &tag)?)),
            Self { and: Some(and), prefix: None, tag: None } => {
                let tags = wire::tags_to_sdk(Analytics::PUT, and.tags.as_deref())?;
                Ok(S3Filter::And(S3And::builder().set_prefix(and.prefix).set_tags(tags).build()))
            }
            _ => Err(wire::several(Analytics::PUT, at)),
        }
    }
}

impl DataExport {
    fn from_sdk(export: S3Export) -> Self {
        let bucket = export.destination.and_then(|destination| destination.s3_bucket_destination);
        let bucket = bucket.map(|bucket| AnalyticsBucket {
            bucket: given(&bucket.bucket),
            bucket_account_id: bucket.bucket_account_id,
            format: given(bucket.format.as_str()),
            prefix: bucket.prefix,
        });
        Self {
            destination: bucket.map(|bucket| DataExportDestination { s3_bucket_destination: Some(bucket) }),
            output_schema_version: given(export.output_schema_version.as_str()),
        }
    }

    fn into_sdk(self) -> Result<S3Export, Fault> {
        let bucket = self.destination.and_then(|destination| destination.s3_bucket_destination);
        let destination = |bucket| S3Destination::builder().s3_bucket_destination(bucket).build();
        let destination = bucket.map(|bucket| bucket.into_sdk().map(destination)).transpose()?;
        let version = self.output_schema_version.as_deref().map(Into::into);
        S3Export::builder().set_output_schema_version(version).set_destination(destination).build().map_err(unbuildable)
    }
}

impl AnalyticsBucket {
    fn into_sdk(self) -> Result<S3ExportBucket, Fault> {
        let builder = S3ExportBucket::builder()
            .set_format(self.format.as_deref().map(Into::into))
            .set_bucket_account_id(self.bucket_account_id)
            .set_bucket(self.bucket)
            .set_prefix(self.prefix);
        builder.build().map_err(unbuildable)
    }
}

fn unbuildable(error: BuildError) -> Fault {
    Fault::unbuildable(Analytics::PUT, error)
}
