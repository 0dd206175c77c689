//! What is measured of one handler with one kind of review, and two of these side by side.

use std::time::Duration;

use allocation_counter::AllocationInfo;
use hdrhistogram::Histogram;
use serde_json::{Value, json};

/// The columns of [`Comparison::row`].
pub(crate) const HEADING: [&str; 7] = ["", "p50 µs", "p99 µs", "per second", "bytes of review", "allocations", "bytes allocated"];

/// One handler, one kind of review.
pub(crate) struct Figures {
    /// Nanoseconds of each answer.
    times: Histogram<u64>,
    /// The time of all answers together, on the wall clock.
    total: Duration,
    /// What one answer allocates; only where that can be counted.
    allocated: Option<AllocationInfo>,
}

impl Figures {
    /// Nothing yet.
    ///
    /// # Errors
    /// The bounds are wrong; a bug.
    pub(crate) fn new() -> Result<Self, hdrhistogram::CreationError> {
        Ok(Self { times: Histogram::new_with_bounds(1, 60_000_000_000, 3)?, total: Duration::ZERO, allocated: None })
    }

    /// Adds one answer.
    pub(crate) fn add(&mut self, took: Duration) {
        self.times.saturating_record(u64::try_from(took.as_nanos()).unwrap_or(u64::MAX));
    }

    /// Adds to the wall clock.
    pub(crate) fn elapsed(&mut self, time: Duration) {
        self.total += time;
    }

    /// Takes over the answers that somebody else saw at the same time.
    pub(crate) fn merge(&mut self, other: &Self) -> Result<(), hdrhistogram::AdditionError> {
        self.times.add(&other.times)
    }

    pub(crate) fn allocated(&mut self, info: AllocationInfo) {
        self.allocated = Some(info);
    }

    pub(crate) fn percentile(&self, percentile: f64) -> Duration {
        Duration::from_nanos(self.times.value_at_percentile(percentile))
    }

    fn per_second(&self) -> f64 {
        let answers = u32::try_from(self.times.len()).map_or(f64::INFINITY, f64::from);
        if self.total.is_zero() { 0.0 } else { answers / self.total.as_secs_f64() }
    }

    fn json(&self) -> Value {
        json!({
            "p50Micros": micros(self.percentile(50.0)),
            "p99Micros": micros(self.percentile(99.0)),
            "perSecond": self.per_second(),
            "allocations": self.allocated.map(|info| info.count_total),
            "bytesAllocated": self.allocated.map(|info| info.bytes_total),
        })
    }
}

/// Two handlers, one kind of review.
pub(crate) struct Comparison {
    /// The kind of review, and how it came.
    pub(crate) name: String,
    /// Whether there was no network in between.
    pub(crate) in_process: bool,
    /// How long the review is.
    pub(crate) bytes: usize,
    /// `/validate`.
    pub(crate) ours: Figures,
    /// The handler that reads the review and allows.
    pub(crate) plain: Figures,
}

impl Comparison {
    /// The row of a table.
    pub(crate) fn row(&self) -> Vec<String> {
        let of = |value: fn(&Figures) -> f64| beside(value(&self.ours), value(&self.plain));
        let counted = |value: fn(&AllocationInfo) -> u64| {
            let number = |figures: &Figures| figures.allocated.as_ref().and_then(|info| u32::try_from(value(info)).ok()).map(f64::from);
            number(&self.ours).zip(number(&self.plain)).map_or_else(|| "-".to_owned(), |(ours, plain)| beside(ours, plain))
        };
        vec![
            self.name.clone(),
            of(|figures| micros(figures.percentile(50.0))),
            of(|figures| micros(figures.percentile(99.0))),
            of(Figures::per_second),
            self.bytes.to_string(),
            counted(|info| info.count_total),
            counted(|info| info.bytes_total),
        ]
    }

    pub(crate) fn json(&self) -> Value {
        json!({ "case": self.name, "reviewBytes": self.bytes, "validate": self.ours.json(), "plain": self.plain.json() })
    }
}

/// A time in microseconds.
pub(crate) fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}

fn beside(ours: f64, plain: f64) -> String {
    format!("{ours:.0} ({:.2}x)", ours / plain)
}
