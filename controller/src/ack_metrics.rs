//! The two metrics by which dashboards of the ACK S3 controller show its calls, under their names and with their labels: calls, not
//! tries. That controller leaves out most of its reads; here all calls about a bucket count. Ours are in [`crate::metrics`].

use std::collections::HashMap;
use std::sync::LazyLock;

use aws_sdk_s3::config::interceptors::FinalizerInterceptorContextRef;
use prometheus::{IntCounterVec, Opts, Registry};
use shared::subconfig;
use shared::subconfig::calls::Calls;

/// The `service` label.
const SERVICE: &str = "s3";

/// The kind of a call that reads one thing, in the words of the ACK runtime.
const READ_ONE: &str = "READ_ONE";
/// The same of several.
const READ_MANY: &str = "READ_MANY";

/// The calls that the ACK S3 controller counts: what the SDK calls them, the kind, and what the dashboards call them where that differs.
const CALLS: &[(&str, &str, Option<&str>)] = &[
    ("CreateBucket", "CREATE", None),
    ("DeleteBucket", "DELETE", None),
    ("PutBucketAbac", "UPDATE", None),
    ("PutBucketAccelerateConfiguration", "UPDATE", Some("PutBucketAccelerate")),
    ("PutBucketAnalyticsConfiguration", "UPDATE", None),
    ("PutBucketAcl", "UPDATE", None),
    ("PutBucketCors", "UPDATE", None),
    ("PutBucketEncryption", "UPDATE", None),
    ("PutBucketIntelligentTieringConfiguration", "UPDATE", None),
    ("PutBucketInventoryConfiguration", "UPDATE", None),
    ("PutBucketLifecycleConfiguration", "UPDATE", Some("PutBucketLifecycle")),
    ("PutBucketLogging", "UPDATE", None),
    ("PutBucketMetricsConfiguration", "UPDATE", None),
    ("PutBucketNotificationConfiguration", "UPDATE", Some("PutBucketNotification")),
    ("PutBucketOwnershipControls", "UPDATE", None),
    ("PutPublicAccessBlock", "UPDATE", None),
    ("PutBucketPolicy", "UPDATE", None),
    ("PutBucketRequestPayment", "UPDATE", None),
    ("PutBucketTagging", "UPDATE", None),
    ("PutBucketVersioning", "UPDATE", None),
    ("PutBucketWebsite", "UPDATE", None),
    ("PutBucketReplication", "UPDATE", None),
    ("PutObjectLockConfiguration", "UPDATE", None),
    ("TagResource", "UPDATE", None),
    ("DeleteBucketAnalyticsConfiguration", "DELETE", None),
    ("DeleteBucketCors", "DELETE", None),
    ("DeleteBucketIntelligentTieringConfiguration", "DELETE", None),
    ("DeleteBucketInventoryConfiguration", "DELETE", None),
    ("DeleteBucketLifecycle", "DELETE", None),
    ("DeleteBucketMetricsConfiguration", "DELETE", None),
    ("DeleteBucketPolicy", "DELETE", None),
    ("DeleteBucketReplication", "DELETE", None),
    ("DeleteBucketTagging", "DELETE", None),
    ("DeleteBucketWebsite", "DELETE", None),
    ("UntagResource", "DELETE", None),
    ("ListTagsForResource", "READ", None),
];

/// The metrics.
#[derive(Clone, Debug)]
pub struct AckMetrics {
    requests: IntCounterVec,
    errors: IntCounterVec,
}

impl AckMetrics {
    /// Registers them. Calls start at 0.
    ///
    /// # Errors
    /// The registry has them already.
    pub fn new(registry: &Registry) -> prometheus::Result<Self> {
        let counter = |name: &str, help: &str, labels: &[&str]| {
            let counter = IntCounterVec::new(Opts::new(name, help), labels)?;
            registry.register(Box::new(counter.clone())).map(|()| counter)
        };
        let metrics = Self {
            requests: counter(
                "ack_outbound_api_requests_total",
                "Calls about buckets, under the names of the ACK S3 controller.",
                &["service", "op_type", "op_id"],
            )?,
            errors: counter(
                "ack_outbound_api_requests_error_total",
                "Of these calls, those that failed; status_code is 1 for the server's fault, 2 for the client's, -1 without an answer.",
                &["service", "op_id", "status_code"],
            )?,
        };
        for (kind, name) in COUNTED.values() {
            metrics.requests.with_label_values(&[SERVICE, kind, name]);
        }
        Ok(metrics)
    }

    /// A call ended, retries and all.
    pub fn ended(&self, operation: &str, context: &FinalizerInterceptorContextRef<'_>) {
        self.count(operation, context.response().map(|response| response.status().as_u16()));
    }

    fn count(&self, operation: &str, status: Option<u16>) {
        let Some((kind, name)) = COUNTED.get(operation) else { return };
        self.requests.with_label_values(&[SERVICE, kind, name]).inc();
        let code = match status {
            Some(200..=399) => return,
            Some(500..) => "1",
            Some(_) => "2",
            None => "-1",
        };
        self.errors.with_label_values(&[SERVICE, name, code]).inc();
    }
}

/// The calls that read, and that the ACK S3 controller does not count.
fn reads() -> impl Iterator<Item = &'static str> {
    let of_sections = subconfig::CALLS.iter().flat_map(Calls::all).map(|call| call.name);
    of_sections.filter(|name| name.starts_with("Get") || name.starts_with("List")).chain(["HeadBucket", "ListBuckets"])
}

/// The kind and the name under which each call about a bucket is counted. Every call to AWS is looked up here.
static COUNTED: LazyLock<HashMap<&str, (&str, &str)>> = LazyLock::new(|| {
    let reads = reads().map(|name| (name, (if name.starts_with("List") { READ_MANY } else { READ_ONE }, name)));
    // What that controller counts goes by its kind and its name.
    reads.chain(CALLS.iter().map(|(call, kind, theirs)| (*call, (*kind, theirs.unwrap_or(call))))).collect()
});

#[cfg(test)]
mod tests {
    use prometheus::TextEncoder;

    use super::*;

    #[test]
    fn calls_are_told_by_the_names_of_the_dashboards() {
        let registry = Registry::new();
        let metrics = AckMetrics::new(&registry).unwrap();
        for (operation, status) in [
            ("PutBucketLifecycleConfiguration", Some(200)),
            ("PutBucketLifecycleConfiguration", Some(503)),
            ("CreateBucket", Some(403)),
            ("DeleteBucket", None),
            ("GetBucketAcl", Some(500)),
            ("ListBucketMetricsConfigurations", Some(200)),
            ("AssumeRole", Some(200)),
        ] {
            metrics.count(operation, status);
        }
        let text = TextEncoder::new().encode_to_string(&registry.gather()).unwrap();
        for line in [
            r#"ack_outbound_api_requests_total{op_id="PutBucketLifecycle",op_type="UPDATE",service="s3"} 2"#,
            r#"ack_outbound_api_requests_error_total{op_id="PutBucketLifecycle",service="s3",status_code="1"} 1"#,
            r#"ack_outbound_api_requests_error_total{op_id="CreateBucket",service="s3",status_code="2"} 1"#,
            r#"ack_outbound_api_requests_error_total{op_id="DeleteBucket",service="s3",status_code="-1"} 1"#,
            r#"ack_outbound_api_requests_total{op_id="GetBucketAcl",op_type="READ_ONE",service="s3"} 1"#,
            r#"ack_outbound_api_requests_error_total{op_id="GetBucketAcl",service="s3",status_code="1"} 1"#,
            r#"ack_outbound_api_requests_total{op_id="ListBucketMetricsConfigurations",op_type="READ_MANY",service="s3"} 1"#,
            r#"ack_outbound_api_requests_total{op_id="HeadBucket",op_type="READ_ONE",service="s3"} 0"#,
            r#"ack_outbound_api_requests_total{op_id="PutBucketAcl",op_type="UPDATE",service="s3"} 0"#,
        ] {
            assert!(text.contains(line), "{line} is not in\n{text}");
        }
        assert!(!text.contains("AssumeRole"), "what is about no bucket is not counted");
    }

    #[test]
    fn every_call_of_the_sub_configurations_is_counted() {
        let calls = subconfig::CALLS.iter().flat_map(Calls::all).map(|call| call.name);
        let lacking: Vec<&str> = calls.filter(|name| !COUNTED.contains_key(name)).collect();
        assert!(lacking.is_empty(), "{lacking:?}");
    }
}
