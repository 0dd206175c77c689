//! One lane: Buckets are made in one namespace, one after the other.

use std::time::Instant;

use hdrhistogram::Histogram;
use kube::Api;
use kube::api::{DeleteParams, PostParams};
use serde_json::{Value, json};
use shared::Bucket;

use crate::Fault;

/// Makes a Bucket of this name.
pub(crate) type Make = fn(&str) -> Result<Bucket, Fault>;

/// The columns of [`row`].
pub(crate) const HEADING: [&str; 7] = ["", "p50 ms", "added", "", "p99 ms", "added", ""];

/// A namespace, and how long creations take there.
pub(crate) struct Lane {
    place: &'static str,
    buckets: Api<Bucket>,
    dry_run: bool,
    /// Microseconds of each creation.
    took: Histogram<u64>,
    made: u32,
}

impl Lane {
    pub(crate) fn new(place: &'static str, buckets: Api<Bucket>, dry_run: bool) -> Result<Self, Fault> {
        Ok(Self { place, buckets, dry_run, took: Histogram::new_with_bounds(1, 60_000_000, 3)?, made: 0 })
    }

    /// Makes so many, each with a name of its own. Turn 0 warms up.
    pub(crate) async fn go(&mut self, make: Make, count: u32, turn: u32) -> Result<(), Fault> {
        let how = PostParams { dry_run: self.dry_run, ..PostParams::default() };
        for _ in 0..count {
            self.made += 1;
            let name = format!("{}-{}", self.place, self.made);
            let bucket = make(&name)?;
            let asked = Instant::now();
            self.buckets.create(&how, &bucket).await?;
            if turn > 0 {
                self.took.saturating_record(u64::try_from(asked.elapsed().as_micros()).unwrap_or(u64::MAX));
            }
            if !self.dry_run {
                self.buckets.delete(&name, &DeleteParams::default()).await?;
            }
        }
        Ok(())
    }

    /// How many times the other lane's time a creation takes here.
    pub(crate) fn times(&self, percentile: f64, other: &Self) -> f64 {
        self.millis(percentile) / other.millis(percentile)
    }

    /// Its figures, for a kind of Bucket.
    pub(crate) fn json(&self, kind: &str) -> Value {
        json!({ "kind": kind, "lane": self.place, "p50Millis": self.millis(50.0), "p99Millis": self.millis(99.0) })
    }

    fn millis(&self, percentile: f64) -> f64 {
        u32::try_from(self.took.value_at_percentile(percentile)).map_or(f64::INFINITY, |micros| f64::from(micros) / 1000.0)
    }
}

/// The row of a lane, compared with the first.
pub(crate) fn row(kind: &str, lane: &Lane, first: &Lane) -> Vec<String> {
    let figures = [50.0, 99.0].map(|percentile| {
        let (here, there) = (lane.millis(percentile), first.millis(percentile));
        [format!("{here:.2}"), format!("{:+.2}", here - there), format!("{:.2}x", lane.times(percentile, first))]
    });
    std::iter::once(format!("{kind}, {}", lane.place)).chain(figures.concat()).collect()
}
