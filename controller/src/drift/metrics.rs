//! What Prometheus sees of drift as it is found and put right. What stands is in [`crate::gauges`].

use std::time::Duration;

use prometheus::{Histogram, HistogramOpts, HistogramVec, IntCounterVec, Opts, Registry};
use shared::drift_mode::BUCKET;
use shared::subconfig;

use crate::metrics::register;

/// How a check for drift can end, as a label.
const CHECKS: [&str; 3] = ["in_sync", "drifted", "failed"];
/// How it is known when drift began: somebody told of the change, or it came after the check before.
const SOURCES: [&str; 2] = ["hint", "check"];
/// Seconds; from a hint that is followed at once to a month of checks.
const SECONDS: &[f64] = &[1.0, 5.0, 15.0, 60.0, 300.0, 900.0, 3600.0, 14_400.0, 43_200.0, 86_400.0, 604_800.0, 2_592_000.0];

/// What Prometheus sees of drift as it is found and put right.
#[derive(Clone, Debug)]
pub struct DriftMetrics {
    /// Drift found, by sub-configuration.
    pub detected: IntCounterVec,
    /// Drift repaired or not, by sub-configuration and result (success, failed).
    pub remediated: IntCounterVec,
    /// Checks for drift, by result.
    pub checks: IntCounterVec,
    /// Drift that is ignored, found for the first time, by sub-configuration.
    pub ignored: IntCounterVec,
    /// Drift that somebody else writes again and again, by sub-configuration.
    pub contested: IntCounterVec,
    to_detect: HistogramVec,
    to_remediate: Histogram,
}

impl DriftMetrics {
    /// Registers the metrics. All series start at 0.
    ///
    /// # Errors
    /// The registry has one of that name already.
    pub fn new(registry: &Registry) -> prometheus::Result<Self> {
        let counter = |name: &str, help: &str, labels: &[&str]| register(registry, IntCounterVec::new(Opts::new(name, help), labels)?);
        let detect = HistogramOpts::new(
            "cooper_drift_time_to_detect_seconds",
            "Time from a change in S3 until it was found: since the event that told of it, or at most, since the check before.",
        );
        let remediate =
            HistogramOpts::new("cooper_drift_time_to_remediate_seconds", "Time from when drift was found until it was put right.");
        let metrics = Self {
            detected: counter("cooper_drift_detected_total", "Drift found, by sub-configuration.", &["config"])?,
            remediated: counter("cooper_drift_remediated_total", "Drift repaired, or not, by sub-configuration.", &["config", "result"])?,
            checks: counter("cooper_drift_checks_total", "Checks of a bucket for drift.", &["result"])?,
            ignored: counter("cooper_drift_ignored_total", "Drift found in fields that are ignored, by sub-configuration.", &["config"])?,
            contested: counter(
                "cooper_drift_contested_total",
                "Drift that somebody else wrote again and again after its repair, by sub-configuration.",
                &["config"],
            )?,
            to_detect: register(registry, HistogramVec::new(detect.buckets(SECONDS.to_vec()), &["source"])?)?,
            to_remediate: register(registry, Histogram::with_opts(remediate.buckets(SECONDS.to_vec()))?)?,
        };
        for config in subconfig::NAMES.iter().copied().chain([BUCKET]) {
            for counter in [&metrics.detected, &metrics.ignored, &metrics.contested] {
                counter.with_label_values(&[config]);
            }
            for result in ["success", "failed"] {
                metrics.remediated.with_label_values(&[config, result]);
            }
        }
        for result in CHECKS {
            metrics.checks.with_label_values(&[result]);
        }
        for source in SOURCES {
            metrics.to_detect.with_label_values(&[source]);
        }
        Ok(metrics)
    }

    /// Drift was found so long after the change.
    pub fn detected_after(&self, hinted: bool, after: Duration) {
        self.to_detect.with_label_values(&[SOURCES[usize::from(!hinted)]]).observe(after.as_secs_f64());
    }

    /// Drift was put right so long after it was found.
    pub fn remediated_after(&self, after: Duration) {
        self.to_remediate.observe(after.as_secs_f64());
    }
}
