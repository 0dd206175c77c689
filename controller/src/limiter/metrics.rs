//! What Prometheus sees of the limits.

use std::time::Duration;

use prometheus::{GaugeVec, HistogramOpts, HistogramVec, IntCounterVec, Opts, Registry};

use crate::trigger::Lane;

/// Seconds; from no wait to speak of to the longest.
const SECONDS: &[f64] = &[0.001, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 15.0, 60.0, 120.0];

/// What Prometheus sees of the limits. There are as many accounts and regions as the controller has buckets in.
#[derive(Clone, Debug)]
pub struct LimiterMetrics {
    throttled: IntCounterVec,
    rate: GaugeVec,
    wait: HistogramVec,
}

impl LimiterMetrics {
    /// Registers the metrics.
    ///
    /// # Errors
    /// The registry has one of that name already.
    pub fn new(registry: &Registry) -> prometheus::Result<Self> {
        let labels = ["account", "region", "kind"];
        let throttled = Opts::new("cooper_aws_throttled_total", "Requests that S3 refused because there were too many.");
        let throttled = IntCounterVec::new(throttled, &labels)?;
        let rate = Opts::new("cooper_aws_limit_rate", "Requests a second that may go out, as of the last one; +Inf without a limit.");
        let rate = GaugeVec::new(rate, &labels)?;
        let wait = HistogramOpts::new("cooper_aws_limiter_wait_seconds", "Time that a request waited for its turn, by lane.");
        let wait = HistogramVec::new(wait.buckets(SECONDS.to_vec()), &["lane"])?;
        for lane in Lane::ALL {
            wait.with_label_values(&[lane.label()]);
        }
        registry.register(Box::new(throttled.clone()))?;
        registry.register(Box::new(rate.clone()))?;
        registry.register(Box::new(wait.clone()))?;
        Ok(Self { throttled, rate, wait })
    }

    pub(super) fn waited(&self, lane: Lane, time: Duration) {
        self.wait.with_label_values(&[lane.label()]).observe(time.as_secs_f64());
    }

    /// So many were refused of late, and this is the rate now.
    pub(super) fn told(&self, whose: &[&str; 3], refused: u64, per_second: Option<f64>) {
        self.throttled.with_label_values(whose).inc_by(refused);
        self.rate.with_label_values(whose).set(per_second.unwrap_or(f64::INFINITY));
    }
}
