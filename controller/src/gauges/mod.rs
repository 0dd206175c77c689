//! What is now: how many Buckets are in which state, which have drifted, and how long ago they were checked. Worked out from the cache
//! when Prometheus asks, so that it is right after a restart and ends with the Bucket.

mod checks;
mod series;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use kube::ResourceExt;
use kube::runtime::reflector::Store;
use prometheus::core::{Collector, Desc};
use prometheus::proto::MetricFamily;
use prometheus::{Gauge, IntGauge, IntGaugeVec, Opts, Registry};
use shared::admission::AdoptionPolicy;
use shared::bucket::ConditionType;
use shared::drift_mode::BUCKET;
use shared::{Bucket, subconfig};

use self::checks::Checks;
pub use self::series::BucketSeries;
use self::series::Series;
use crate::{drift, paused, status, unmanaged};

/// The states of a Bucket, as a label.
pub const STATES: [&str; 7] = ["paused", "synced", "drifted", "terminal", "recoverable", "deleting", "pending"];

/// What the gauges look at.
pub struct View {
    /// The cache of Buckets.
    pub store: Store<Bucket>,
    /// Whether a Bucket is checked for drift at all.
    pub is_checked: Box<dyn Fn(&Bucket) -> bool + Send + Sync>,
    /// The time between two checks, where the Bucket does not say.
    pub period: Duration,
    /// Which series of single Buckets there are.
    pub series: BucketSeries,
    /// Of how many Buckets each metric has series at most.
    pub most: usize,
    /// The clock.
    pub now: fn() -> Timestamp,
}

/// The gauges over the cache of Buckets.
pub struct Gauges {
    view: View,
    desc: Vec<Desc>,
    /// Two scrapes at once would fill the same gauges.
    families: Mutex<Families>,
}

struct Families {
    buckets: IntGaugeVec,
    drifted: IntGaugeVec,
    unmanaged: IntGaugeVec,
    oldest_drift: Gauge,
    oldest_check: Gauge,
    overdue: IntGauge,
    dropped: IntGauge,
    drift: Series,
    open: Series,
    contested: Series,
    plans: Series,
    paused: Series,
    ready: Series,
    checked: Series,
}

impl Families {
    fn new() -> prometheus::Result<Self> {
        let by = |name: &str, help: &str, labels: &[&str]| IntGaugeVec::new(Opts::new(name, help), labels);
        Ok(Self {
            buckets: by("cooper_buckets", "Buckets, by state.", &["state"])?,
            drifted: by(
                "cooper_drifted_buckets",
                "Buckets of which a sub-configuration differs from a spec that did not change.",
                &["config"],
            )?,
            unmanaged: by(
                "cooper_unmanaged_sections",
                "Sections that specs leave out, that are not managed, and in which S3 holds something.",
                &["namespace", "config"],
            )?,
            oldest_drift: Gauge::new("cooper_drift_oldest_open_seconds", "Age of the oldest drift that stands; 0 where none does.")?,
            oldest_check: Gauge::new(
                "cooper_check_oldest_age_seconds",
                "Age of the last check of the Bucket that was not checked for longest.",
            )?,
            overdue: IntGauge::new("cooper_checks_overdue", "Buckets whose check for drift is overdue.")?,
            dropped: IntGauge::new("cooper_bucket_series_dropped", "Series of single Buckets that are left out, as there are too many.")?,
            drift: Series::by_config("cooper_bucket_drift", "1 while a sub-configuration differs from a spec that did not change.")?,
            open: Series::by_config("cooper_drift_open_seconds", "Age of drift that stands.")?,
            contested: Series::by_config(
                "cooper_bucket_drift_contested",
                "1 while drift stands that somebody else writes again after each repair.",
            )?,
            plans: Series::new("cooper_bucket_plan_pending", "1 while the plan of an adoption waits for approval.")?,
            paused: Series::new("cooper_bucket_paused", "1 while a Bucket is paused: S3 is not asked and not written.")?,
            ready: Series::new("cooper_bucket_ready", "1 where S3 holds what the spec says, else 0.")?,
            checked: Series::new("cooper_bucket_last_check_timestamp_seconds", "When all of the bucket was last read.")?,
        })
    }

    fn sums(&self) -> [&dyn Collector; 7] {
        [&self.buckets, &self.drifted, &self.unmanaged, &self.oldest_drift, &self.oldest_check, &self.overdue, &self.dropped]
    }

    fn series(&mut self) -> [&mut Series; 7] {
        [&mut self.drift, &mut self.open, &mut self.contested, &mut self.plans, &mut self.paused, &mut self.ready, &mut self.checked]
    }

    fn reset(&self) {
        for vec in [&self.buckets, &self.drifted, &self.unmanaged] {
            vec.reset();
        }
        for state in STATES {
            self.buckets.with_label_values(&[state]).set(0);
        }
        for config in subconfig::NAMES.iter().copied().chain([BUCKET]) {
            self.drifted.with_label_values(&[config]).set(0);
        }
    }

    /// Takes in all Buckets.
    fn fill(&mut self, view: &View) {
        self.reset();
        let now = (view.now)();
        let (mut checks, mut oldest) = (Checks::default(), 0.0_f64);
        for bucket in view.store.state() {
            self.buckets.with_label_values(&[state(&bucket)]).inc();
            let sections: BTreeSet<&str> = unmanaged::standing(&bucket).iter().map(|entry| entry.config.as_str()).collect();
            for config in sections {
                self.unmanaged.with_label_values(&[bucket.namespace().unwrap_or_default().as_str(), config]).inc();
            }
            if (view.is_checked)(&bucket) {
                checks.add(&bucket, view.period, now);
            }
            oldest = oldest.max(self.drifted(&bucket, view.series, now));
            self.told(&bucket, view.series);
        }
        self.oldest_drift.set(oldest);
        self.oldest_check.set(checks.oldest);
        self.overdue.set(checks.overdue.into());
    }

    /// The drift of one Bucket that stands; its age in seconds.
    fn drifted(&mut self, bucket: &Bucket, series: BucketSeries, now: Timestamp) -> f64 {
        let mut configs: BTreeMap<&str, (f64, bool)> = BTreeMap::new();
        for drift in drift::standing(bucket) {
            let age = drift.first_seen.as_ref().map_or(0.0, |since| now.duration_since(since.0).as_secs_f64().max(0.0));
            let (oldest, contested) = configs.entry(&drift.config).or_default();
            *oldest = oldest.max(age);
            *contested |= drift::is_contested(drift);
        }
        for (config, (age, contested)) in &configs {
            self.drifted.with_label_values(&[*config]).inc();
            if series != BucketSeries::None {
                self.drift.add(bucket, config, 1.0);
                self.open.add(bucket, config, *age);
                if *contested {
                    self.contested.add(bucket, config, 1.0);
                }
            }
        }
        configs.values().map(|(age, _)| *age).fold(0.0, f64::max)
    }

    /// What else is told of one Bucket.
    fn told(&mut self, bucket: &Bucket, series: BucketSeries) {
        if series == BucketSeries::None {
            return;
        }
        if AdoptionPolicy::pending(bucket).is_some() && status::plan(bucket).is_some_and(|plan| plan.approval_required) {
            self.plans.add(bucket, "", 1.0);
        }
        if paused::is_told(bucket) {
            self.paused.add(bucket, "", 1.0);
        }
        if series == BucketSeries::All {
            let is_ready = status::condition(bucket, ConditionType::Ready).is_some_and(|ready| ready.status == "True");
            self.ready.add(bucket, "", f64::from(u8::from(is_ready)));
            if let Some(checked) = checks::checked(bucket) {
                self.checked.add(bucket, "", checked.duration_since(Timestamp::UNIX_EPOCH).as_secs_f64());
            }
        }
    }
}

impl Gauges {
    /// Registers the gauges over this cache.
    ///
    /// # Errors
    /// The registry has gauges of these names already.
    pub fn register(registry: &Registry, view: View) -> prometheus::Result<()> {
        let mut families = Families::new()?;
        let mut desc: Vec<Desc> = families.sums().into_iter().flat_map(Collector::desc).cloned().collect();
        for series in families.series() {
            desc.extend(series.desc().into_iter().cloned());
        }
        registry.register(Box::new(Self { view, desc, families: Mutex::new(families) }))
    }
}

impl Collector for Gauges {
    fn desc(&self) -> Vec<&Desc> {
        self.desc.iter().collect()
    }

    fn collect(&self) -> Vec<MetricFamily> {
        let mut families = self.families.lock().unwrap_or_else(PoisonError::into_inner);
        families.fill(&self.view);
        let (mut all, mut dropped) = (Vec::new(), 0);
        for series in families.series() {
            let (family, left_out) = series.collect(self.view.most);
            all.extend(family);
            dropped += left_out;
        }
        families.dropped.set(i64::try_from(dropped).unwrap_or(i64::MAX));
        all.extend(families.sums().into_iter().flat_map(Collector::collect));
        all
    }
}

/// The state of a Bucket; of several, the one that people have to know of first.
#[must_use]
pub fn state(bucket: &Bucket) -> &'static str {
    let is_true = |kind| status::condition(bucket, kind).is_some_and(|condition| condition.status == "True");
    if bucket.is_being_deleted() {
        "deleting"
    } else if is_true(ConditionType::Paused) {
        "paused"
    } else if is_true(ConditionType::Terminal) {
        "terminal"
    } else if is_true(ConditionType::Drifted) {
        "drifted"
    } else if is_true(ConditionType::Recoverable) {
        "recoverable"
    } else if is_true(ConditionType::Ready) {
        "synced"
    } else {
        "pending"
    }
}

#[cfg(test)]
mod tests;
