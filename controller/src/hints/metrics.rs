//! What Prometheus sees of hints. All series are there from the start, at 0, whether there is a queue or not.

use std::time::Duration;

use prometheus::{Histogram, HistogramOpts, IntCounterVec, IntGauge, Opts, Registry};

use super::message::Source;

/// What can become of a message, as a label.
pub(super) const RESULTS: [&str; 8] = ["enqueued", "duplicate", "own", "stale", "unknown_bucket", "ignored", "unreadable", "limited"];
/// Seconds from a change to its hint: CloudTrail and EventBridge take some, a queue that nobody reads holds it for an hour.
const DELAY: &[f64] = &[0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 900.0, 3600.0];
/// Seconds from a hint to the first answer of S3.
const TO_READ: &[f64] = &[0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0];

/// What Prometheus sees of hints.
#[derive(Clone, Debug)]
pub struct HintMetrics {
    hints: IntCounterVec,
    delay: Histogram,
    to_read: Histogram,
    /// 1 where a queue is configured.
    pub(super) configured: IntGauge,
    /// 1 while this process leads and the queue answers.
    pub(super) up: IntGauge,
}

impl HintMetrics {
    /// Registers the metrics.
    ///
    /// # Errors
    /// The registry has one of that name already.
    pub fn new(registry: &Registry) -> prometheus::Result<Self> {
        let help = "Messages of the hint queue, by who tells of the change and what became of it.";
        let hints = IntCounterVec::new(Opts::new("cooper_hints_total", help), &["source", "result"])?;
        for source in Source::ALL {
            for result in RESULTS {
                hints.with_label_values(&[source.label(), result]);
            }
        }
        let delay = HistogramOpts::new("cooper_hint_delay_seconds", "Time from a change of a bucket to the receipt of its hint.");
        let to_read = "Time from the receipt of a hint to S3's first answer in the check that follows.";
        let metrics = Self {
            hints,
            delay: Histogram::with_opts(delay.buckets(DELAY.to_vec()))?,
            to_read: Histogram::with_opts(HistogramOpts::new("cooper_hint_to_read_seconds", to_read).buckets(TO_READ.to_vec()))?,
            configured: IntGauge::new("cooper_hint_queue_configured", "1 where --hint-queue-url names a queue.")?,
            up: IntGauge::new("cooper_hint_queue_up", "1 while this process leads and the hint queue answers.")?,
        };
        registry.register(Box::new(metrics.hints.clone()))?;
        registry.register(Box::new(metrics.delay.clone()))?;
        registry.register(Box::new(metrics.to_read.clone()))?;
        registry.register(Box::new(metrics.configured.clone()))?;
        registry.register(Box::new(metrics.up.clone()))?;
        Ok(metrics)
    }

    pub(super) fn count(&self, source: Source, result: &str) {
        self.hints.with_label_values(&[source.label(), result]).inc();
    }

    pub(super) fn came_after(&self, seconds: f64) {
        self.delay.observe(seconds);
    }

    /// S3 gave its first answer after these hints.
    pub fn read(&self, waited: &[Duration]) {
        for time in waited {
            self.to_read.observe(time.as_secs_f64());
        }
    }
}

#[cfg(test)]
mod tests {
    use prometheus::TextEncoder;

    use super::*;

    #[test]
    fn every_series_is_there_from_the_start() {
        let registry = Registry::new();
        HintMetrics::new(&registry).unwrap();
        let text = TextEncoder::new().encode_to_string(&registry.gather()).unwrap();
        for line in [
            "cooper_hints_total{result=\"enqueued\",source=\"cloudtrail\"} 0",
            "cooper_hints_total{result=\"unreadable\",source=\"unknown\"} 0",
            "cooper_hints_total{result=\"limited\",source=\"config\"} 0",
            "cooper_hint_queue_up 0",
            "cooper_hint_queue_configured 0",
            "cooper_hint_delay_seconds_count 0",
            "cooper_hint_to_read_seconds_count 0",
        ] {
            assert!(text.contains(line), "{line} is not in\n{text}");
        }
    }
}
