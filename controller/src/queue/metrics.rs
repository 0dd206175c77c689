//! What Prometheus sees of the queue.

use std::time::Duration;

use prometheus::{HistogramOpts, HistogramVec, IntGauge, IntGaugeVec, Opts, Registry};

use super::Lanes;
use crate::trigger::Lane;

/// Seconds; from a free worker to a queue that takes an hour.
const SECONDS: &[f64] = &[0.001, 0.01, 0.1, 0.5, 1.0, 2.0, 5.0, 15.0, 60.0, 300.0, 900.0, 3600.0];

/// What Prometheus sees of the queue.
#[derive(Clone, Debug)]
pub struct QueueMetrics {
    depth: IntGaugeVec,
    wait: HistogramVec,
    running: IntGauge,
}

impl QueueMetrics {
    /// Registers the metrics.
    ///
    /// # Errors
    /// The registry has one of that name already.
    pub fn new(registry: &Registry) -> prometheus::Result<Self> {
        let depth = IntGaugeVec::new(Opts::new("cooper_queue_depth", "Buckets that wait for a pass, by lane."), &["lane"])?;
        let wait = HistogramOpts::new("cooper_queue_wait_seconds", "Time that a Bucket waited for its pass, by lane.");
        let wait = HistogramVec::new(wait.buckets(SECONDS.to_vec()), &["lane"])?;
        let running = IntGauge::new("cooper_reconcile_running", "Passes over a Bucket that are under way.")?;
        for lane in Lane::ALL {
            depth.with_label_values(&[lane.label()]);
            wait.with_label_values(&[lane.label()]);
        }
        registry.register(Box::new(depth.clone()))?;
        registry.register(Box::new(wait.clone()))?;
        registry.register(Box::new(running.clone()))?;
        Ok(Self { depth, wait, running })
    }

    pub(super) fn started(&self, lane: Lane, waited: Duration) {
        self.wait.with_label_values(&[lane.label()]).observe(waited.as_secs_f64());
    }

    pub(super) fn show(&self, lanes: &Lanes) {
        let gauge = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
        for lane in Lane::ALL {
            self.depth.with_label_values(&[lane.label()]).set(gauge(lanes.depth(lane)));
        }
        self.running.set(gauge(lanes.running()));
    }
}
