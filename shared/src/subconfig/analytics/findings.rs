//! What admission says of storage class analyses. Source: S3 API reference, AnalyticsConfiguration, StorageClassAnalysisDataExport
//! and AnalyticsS3BucketDestination.

use super::{Analytics, AnalyticsBucket, AnalyticsConfiguration, DataExport};
use crate::admission::{Facts, Findings, Path, Reason, quote};
use crate::subconfig::keyed::findings::{self as keyed, Filter, bucket_of_arn, no_bucket_arn};

const EXPORT: &str = "analytics-export";

pub(super) fn findings(analytics: &Analytics, at: &Path<'_>, facts: &Facts<'_>, to: &mut Findings) {
    keyed::findings(&analytics.0, at, to, |AnalyticsConfiguration { filter, storage_class_analysis, .. }, at, to| {
        if let Some(filter) = filter {
            Filter::from(filter).findings(&at.member("filter"), to);
        }
        let at = at.member("storageClassAnalysis");
        match storage_class_analysis {
            None => analytics_sca_required(&at, to),
            Some(analysis) => {
                if let Some(export) = &analysis.data_export {
                    analytics_export(export, &at.member("dataExport"), facts, to);
                }
            }
        }
    });
}

fn analytics_sca_required(at: &Path<'_>, to: &mut Findings) {
    to.deny("analytics-sca-required", Reason::Required, at, "S3 needs it; use {} for an analysis without export");
}

fn analytics_export(export: &DataExport, at: &Path<'_>, facts: &Facts<'_>, to: &mut Findings) {
    let version = export.output_schema_version.as_deref();
    word(version, "V_1", &at.member("outputSchemaVersion"), to);
    let at = at.member("destination");
    let Some(bucket) = export.destination.as_ref().and_then(|destination| destination.s3_bucket_destination.as_ref()) else {
        return to.deny(
            EXPORT,
            Reason::Required,
            at.member("s3BucketDestination"),
            "an export needs a bucket; name it, or remove dataExport",
        );
    };
    destination(bucket, &at.member("s3BucketDestination"), facts, to);
}

fn destination(bucket: &AnalyticsBucket, at: &Path<'_>, facts: &Facts<'_>, to: &mut Findings) {
    word(bucket.format.as_deref(), "CSV", &at.member("format"), to);
    let at = at.member("bucket");
    match bucket.bucket.as_deref() {
        None => to.deny(EXPORT, Reason::Required, at, "an export needs a bucket; give its ARN"),
        Some(arn) if bucket_of_arn(arn).is_none() => to.deny(EXPORT, Reason::Invalid, at, no_bucket_arn(arn, facts.partition)),
        Some(_) => {}
    }
}

/// A member that takes one word.
fn word(given: Option<&str>, only: &'static str, at: &Path<'_>, to: &mut Findings) {
    match given {
        None => to.deny(EXPORT, Reason::Required, at, format!("an export needs {only} here")),
        Some(word) if word != only => {
            let message = format!("{} is not {only}, and S3 takes nothing else here", quote(word));
            to.deny(EXPORT, Reason::NotSupported, at, message);
        }
        Some(_) => {}
    }
}

#[cfg(test)]
pub(crate) mod cases {
    use crate::admission::testing::{Case, World, case};

    pub(super) fn analysed(members: &str) -> World {
        World::new().section("analytics", &format!(r#"[{{"id":"a"{members}}}]"#))
    }

    pub(super) fn exported(version: &str, bucket: &str) -> World {
        let destination = format!(r#"{{"s3BucketDestination":{bucket}}}"#);
        let export = format!(r#"{{"outputSchemaVersion":{version},"destination":{destination}}}"#);
        analysed(&format!(r#","storageClassAnalysis":{{"dataExport":{export}}}"#))
    }

    pub(crate) fn all() -> Vec<Case> {
        let bucket = r#"{"bucket":"arn:aws:s3:::reports","format":"CSV"}"#;
        vec![
            case("analytics-sca-required", analysed(""), analysed(r#","storageClassAnalysis":{}"#)),
            case("analytics-export", exported(r#""V1""#, bucket), exported(r#""V_1""#, bucket)),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::cases::{analysed, exported};

    #[test]
    fn every_member_of_an_export_is_looked_at() {
        let fields = |version: &str, bucket: &str| -> Vec<String> {
            let verdict = exported(version, bucket).verdict();
            assert!(verdict.findings.iter().all(|finding| finding.rule == "analytics-export"), "{:?}", verdict.findings);
            let shown = |field: &str| field.trim_start_matches("spec.analytics[0].storageClassAnalysis.dataExport.").to_owned();
            verdict.denials().map(|finding| shown(&finding.field)).collect()
        };
        let at = "destination.s3BucketDestination";
        assert_eq!(fields("null", "null"), [at, "outputSchemaVersion"]);
        assert_eq!(fields(r#""V_1""#, "{}"), [format!("{at}.bucket"), format!("{at}.format")]);
        for bucket in ["", "reports", "arn:aws:s3:::reports/a", "arn:aws:s3express:eu-west-1:123456789012:bucket/a--euw1-az1--x-s3"] {
            assert_eq!(fields(r#""V_1""#, &format!(r#"{{"bucket":"{bucket}","format":"CSV"}}"#)), [format!("{at}.bucket")], "{bucket}");
        }
        assert_eq!(fields(r#""V_1""#, r#"{"bucket":"arn:aws:s3:::reports","format":"csv"}"#), [format!("{at}.format")]);
        assert_eq!(fields(r#""""#, r#"{"bucket":"arn:aws:s3:::reports","format":"CSV"}"#), ["outputSchemaVersion"]);
    }

    #[test]
    fn an_analysis_without_export_is_none_of_its_business() {
        assert_eq!(analysed(r#","storageClassAnalysis":{"dataExport":null}"#).rules(), [""; 0]);
        assert_eq!(analysed(r#","storageClassAnalysis":{"dataExport":{}}"#).rules(), ["analytics-export"]);
    }
}
