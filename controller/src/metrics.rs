//! What Prometheus sees. Labels are bounded, and every series with known labels is there from the start, at 0.

use prometheus::core::Collector;
use prometheus::{HistogramOpts, HistogramVec, IntCounterVec, IntGauge, Opts, Registry};
use shared::admission;
use shared::fault::Class;

use crate::ack_metrics::AckMetrics;
use crate::aws::Expiry;
use crate::drift::DriftMetrics;
use crate::hints::HintMetrics;

/// How a pass can end, as a label.
pub const RESULTS: [&str; 11] =
    ["paused", "synced", "terminal", "recoverable", "not_due", "unsure", "deleted", "gone", "stopped", "error", "panic"];
/// Seconds; from an answer out of the next room to a time-out.
const SECONDS: &[f64] = &[0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0];

/// The metrics that are counted where things happen. Those that follow from the cache are in [`crate::gauges`].
#[derive(Clone, Debug)]
pub struct Metrics {
    /// Drift as it is found and put right.
    pub drift: DriftMetrics,
    /// Passes over a Bucket, by result.
    pub reconciles: IntCounterVec,
    /// Seconds that a pass took, by result.
    pub reconcile_seconds: HistogramVec,
    /// Requests to AWS, retries included, by operation and HTTP status.
    pub aws_requests: IntCounterVec,
    /// Seconds that a request to AWS took, by operation.
    pub aws_seconds: HistogramVec,
    /// Calls to AWS that failed in the end, by class.
    pub faults: IntCounterVec,
    /// 1 where the controller runs with --dry-run.
    pub dry_run: IntGauge,
    /// Objects that could not be read, by kind.
    pub unreadable: IntCounterVec,
    /// Buckets that a rule refuses and that are stored nevertheless, by the rule that is told first.
    pub admission_bypass: IntCounterVec,
    /// When credentials end.
    pub credentials: Expiry,
    /// What others say of buckets.
    pub hints: HintMetrics,
    /// Calls to AWS as the ACK S3 controller counts them.
    pub ack: AckMetrics,
}

impl Metrics {
    /// Registers all metrics, and those of the process.
    ///
    /// # Errors
    /// The registry has one of that name already.
    pub fn new(registry: &Registry) -> prometheus::Result<Self> {
        let counter = |name: &str, help: &str, labels: &[&str]| register(registry, IntCounterVec::new(Opts::new(name, help), labels)?);
        let histogram = |name: &str, help: &str, labels: &[&str]| {
            register(registry, HistogramVec::new(HistogramOpts::new(name, help).buckets(SECONDS.to_vec()), labels)?)
        };
        #[cfg(target_os = "linux")]
        registry.register(Box::new(prometheus::process_collector::ProcessCollector::for_self()))?;
        let metrics = Self {
            drift: DriftMetrics::new(registry)?,
            reconciles: counter("cooper_reconcile_total", "Passes over a Bucket.", &["result"])?,
            reconcile_seconds: histogram("cooper_reconcile_duration_seconds", "Time that a pass over a Bucket took.", &["result"])?,
            aws_requests: counter("cooper_aws_requests_total", "Requests to AWS, retries included.", &["operation", "code"])?,
            aws_seconds: histogram("cooper_aws_request_duration_seconds", "Time that a request to AWS took.", &["operation"])?,
            faults: counter("cooper_faults_total", "Calls to AWS that failed in the end, by class of the fault.", &["class"])?,
            dry_run: register(registry, IntGauge::new("cooper_dry_run", "1 where the controller writes nothing to S3 (--dry-run).")?)?,
            unreadable: counter("cooper_unreadable_objects_total", "Objects that do not parse and are left alone.", &["kind"])?,
            admission_bypass: counter(
                "cooper_admission_bypass_total",
                "Buckets that a rule refuses and that were stored nevertheless, by the first such rule.",
                &["rule"],
            )?,
            credentials: Expiry::new(registry)?,
            hints: HintMetrics::new(registry)?,
            ack: AckMetrics::new(registry)?,
        };
        metrics.start_at_zero();
        Ok(metrics)
    }

    fn start_at_zero(&self) {
        for result in RESULTS {
            self.reconciles.with_label_values(&[result]);
        }
        for class in Class::ALL {
            self.faults.with_label_values(&[class.as_str()]);
        }
        for rule in admission::RULES.iter().chain(admission::OWN_RULES) {
            self.admission_bypass.with_label_values(&[rule.id]);
        }
        for kind in ["Bucket", "FieldExport"] {
            self.unreadable.with_label_values(&[kind]);
        }
    }
}

/// Registers the metric.
///
/// # Errors
/// The registry has one of that name already.
pub fn register<C: Collector + Clone + 'static>(registry: &Registry, collector: C) -> prometheus::Result<C> {
    registry.register(Box::new(collector.clone()))?;
    Ok(collector)
}

#[cfg(test)]
mod tests {
    use prometheus::TextEncoder;

    use super::*;

    #[test]
    fn series_with_known_labels_start_at_zero() {
        let registry = Registry::new();
        Metrics::new(&registry).unwrap();
        let text = TextEncoder::new().encode_to_string(&registry.gather()).unwrap();
        for line in [
            "cooper_drift_detected_total{config=\"bucket\"} 0",
            "cooper_drift_detected_total{config=\"versioning\"} 0",
            "cooper_drift_remediated_total{config=\"policy\",result=\"failed\"} 0",
            "cooper_drift_checks_total{result=\"in_sync\"} 0",
            "cooper_drift_contested_total{config=\"policy\"} 0",
            "cooper_drift_time_to_detect_seconds_count{source=\"hint\"} 0",
            "cooper_reconcile_total{result=\"panic\"} 0",
            "cooper_faults_total{class=\"Throttled\"} 0",
            "cooper_unreadable_objects_total{kind=\"Bucket\"} 0",
        ] {
            assert!(text.contains(line), "{line} is not in\n{text}");
        }
    }

    #[test]
    fn a_second_set_in_one_registry_is_an_error() {
        let registry = Registry::new();
        Metrics::new(&registry).unwrap();
        assert!(Metrics::new(&registry).is_err());
    }
}
