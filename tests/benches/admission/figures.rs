//! What is measured of one handler with one kind of review, and all of these side by side.

use std::time::Duration;

use allocation_counter::AllocationInfo;
use hdrhistogram::Histogram;
use serde_json::{Value, json};

use crate::handlers::{COUNT, NAMES};
use crate::reviews::Review;

/// The columns of [`Comparison::row`].
pub(crate) const HEADING: [&str; 8] = ["", "bytes", "p50 µs", "p99 µs", "per second", "throughput", "guarded", "allocations"];

/// One handler, one kind of review.
pub(crate) struct Figures {
    /// Nanoseconds of each answer.
    times: Histogram<u64>,
    /// The time that the answers of each turn took together, on the wall clock.
    turns: Vec<Duration>,
    /// What one answer allocates; only where that can be counted.
    allocated: Option<AllocationInfo>,
}

impl Figures {
    /// Nothing yet.
    ///
    /// # Errors
    /// The bounds are wrong; a bug.
    pub(crate) fn new() -> Result<Self, hdrhistogram::CreationError> {
        Ok(Self { times: Histogram::new_with_bounds(1, 60_000_000_000, 3)?, turns: Vec::new(), allocated: None })
    }

    /// Adds one answer.
    pub(crate) fn add(&mut self, took: Duration) {
        self.times.saturating_record(u64::try_from(took.as_nanos()).unwrap_or(u64::MAX));
    }

    /// The answers of one turn took so long.
    pub(crate) fn turn(&mut self, time: Duration) {
        self.turns.push(time);
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
        let total: Duration = self.turns.iter().sum();
        if total.is_zero() { 0.0 } else { answers / total.as_secs_f64() }
    }

    /// How many times as long as the other this one took: the median of all turns, so that a turn in which the machine was busy with
    /// something else does not count.
    fn times(&self, other: &Self) -> f64 {
        let pairs = self.turns.iter().zip(&other.turns);
        let mut ratios: Vec<f64> = pairs.map(|(this, other)| this.as_secs_f64() / other.as_secs_f64()).collect();
        ratios.sort_unstable_by(f64::total_cmp);
        ratios.get(ratios.len() / 2).copied().unwrap_or(f64::NAN)
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

/// All handlers, one kind of review.
pub(crate) struct Comparison {
    /// The kind of review, and how it came.
    pub(crate) name: String,
    /// Whether there was no network in between.
    pub(crate) in_process: bool,
    /// Whether people write such Buckets.
    pub(crate) usual: bool,
    /// Whether each handler allows the review.
    allowed: [bool; COUNT],
    bytes: usize,
    pub(crate) handlers: [Figures; COUNT],
}

impl Comparison {
    /// Nothing yet.
    ///
    /// # Errors
    /// The bounds of a histogram are wrong; a bug.
    pub(crate) fn new(review: &Review, in_process: bool) -> Result<Self, hdrhistogram::CreationError> {
        let name = if in_process { review.name.to_owned() } else { format!("{}, over TLS", review.name) };
        Ok(Self {
            name,
            in_process,
            usual: review.usual,
            allowed: review.allowed,
            bytes: review.body.len(),
            handlers: [Figures::new()?, Figures::new()?, Figures::new()?],
        })
    }

    /// Whether the handlers of the two ratios below give the same answer: both allow. A refusal names every fault that was found, and
    /// takes as long as there are many.
    pub(crate) fn is_alike(&self) -> [bool; 2] {
        let [plain, ours, guarded] = self.allowed;
        [plain && ours, ours && guarded]
    }

    /// What of the throughput of the handler that reads and allows is left.
    pub(crate) fn throughput(&self) -> f64 {
        let [plain, ours, _] = &self.handlers;
        plain.times(ours)
    }

    /// How many times as long an answer takes with the guardrails.
    pub(crate) fn guarded(&self) -> f64 {
        let [_, ours, guarded] = &self.handlers;
        guarded.times(ours)
    }

    /// The longest that one of a hundred answers of ours takes.
    pub(crate) fn slowest(&self) -> Duration {
        self.handlers.iter().skip(1).map(|figures| figures.percentile(99.0)).max().unwrap_or_default()
    }

    /// The row of a table.
    pub(crate) fn row(&self) -> Vec<String> {
        let of = |value: fn(&Figures) -> String| self.handlers.each_ref().map(value).join(" / ");
        vec![
            self.name.clone(),
            self.bytes.to_string(),
            of(|figures| format!("{:.0}", micros(figures.percentile(50.0)))),
            of(|figures| format!("{:.0}", micros(figures.percentile(99.0)))),
            of(|figures| format!("{:.0}", figures.per_second())),
            format!("{:.2}x", self.throughput()),
            format!("{:.2}x", self.guarded()),
            of(|figures| figures.allocated.map_or_else(|| "-".to_owned(), |info| info.count_total.to_string())),
        ]
    }

    pub(crate) fn json(&self) -> Value {
        let handlers: Vec<Value> = self.handlers.iter().zip(NAMES).map(|(figures, name)| json!({ name: figures.json() })).collect();
        json!({
            "case": self.name, "reviewBytes": self.bytes, "handlers": handlers,
            "throughput": self.throughput(), "guardedTimes": self.guarded(),
        })
    }
}

/// A time in microseconds.
pub(crate) fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}
