//! The whole fleet in numbers: those that Prometheus is told, so that both say the same. Pure.

use std::collections::BTreeMap;
use std::time::Duration;

use prometheus::proto::{Metric, MetricFamily};

use super::moment::span;
use super::value::visible;
use crate::gauges::STATES;
use crate::trigger::Lane;

/// The states, those first that somebody has to look after.
const ORDER: [&str; STATES.len()] = ["drifted", "terminal", "recoverable", "pending", "deleting", "paused", "synced"];

/// The fleet in numbers.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Fleet {
    /// Buckets by state.
    pub(super) states: Vec<Count>,
    /// All of them.
    pub(super) all: u64,
    /// Drifted Buckets by sub-configuration; those that are.
    pub(super) drifted: Vec<Count>,
    /// The age of the oldest drift that stands.
    pub(super) oldest_drift: Option<String>,
    /// The age of the check that is longest ago.
    pub(super) oldest_check: Option<String>,
    /// Checks that are late.
    pub(super) overdue: u64,
    /// Buckets that wait for a pass, by lane.
    pub(super) lanes: Vec<Count>,
    /// Passes under way.
    pub(super) running: u64,
    /// Requests to AWS, by account and region.
    pub(super) limits: Vec<Limits>,
}

/// How many there are of something.
#[derive(Debug, PartialEq)]
pub(super) struct Count {
    pub(super) what: String,
    pub(super) number: u64,
}

/// What is sent to S3 of one account and region.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Limits {
    pub(super) account: String,
    pub(super) region: String,
    pub(super) reads: Kind,
    pub(super) writes: Kind,
}

/// Reads, or writes.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Kind {
    /// How many a second may go out; `None` for as many as S3 bears.
    pub(super) per_second: Option<String>,
    /// How many S3 refused since the start, because there were too many.
    pub(super) throttled: u64,
}

impl Count {
    /// As people read it.
    pub(super) fn name(&self) -> String {
        visible(&self.what)
    }

    /// The Buckets that are counted here, as a list that this parameter selects.
    pub(super) fn link(&self, parameter: &str) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        format!("/buckets?{}", query.append_pair(parameter, &self.what).finish())
    }
}

impl Fleet {
    /// The fleet as the metrics show it.
    pub(super) fn of(metrics: &[MetricFamily]) -> Self {
        let by = |name: &str, label: &str| -> BTreeMap<String, u64> {
            series(metrics, name).map(|metric| (labelled(metric, label).to_owned(), count(metric.get_gauge().get_value()))).collect()
        };
        let one = |name: &str| series(metrics, name).next().map_or(0.0, |metric| metric.get_gauge().get_value());
        let of =
            |counts: &BTreeMap<String, u64>, what: &str| Count { what: what.to_owned(), number: counts.get(what).copied().unwrap_or(0) };
        let (states, lanes) = (by("cooper_buckets", "state"), by("cooper_queue_depth", "lane"));
        let drifted = by("cooper_drifted_buckets", "config").into_iter().filter(|(_, number)| *number > 0);
        let mut drifted: Vec<Count> = drifted.map(|(what, number)| Count { what, number }).collect();
        drifted.sort_by_key(|count| std::cmp::Reverse(count.number));
        let age = |name: &str| Some(one(name)).filter(|age| *age > 0.0).map(|age| span(Duration::from_secs(count(age))));
        Self {
            states: ORDER.map(|state| of(&states, state)).into(),
            all: states.values().sum(),
            drifted,
            oldest_drift: age("cooper_drift_oldest_open_seconds"),
            oldest_check: age("cooper_check_oldest_age_seconds"),
            overdue: count(one("cooper_checks_overdue")),
            lanes: Lane::ALL.map(|lane| of(&lanes, lane.label())).into(),
            running: count(one("cooper_reconcile_running")),
            limits: limits(metrics),
        }
    }

    /// How many wait for a pass.
    pub(super) fn waiting(&self) -> u64 {
        self.lanes.iter().map(|lane| lane.number).sum()
    }
}

impl Limits {
    /// Both kinds and their names.
    pub(super) fn kinds(&self) -> [(&Kind, &'static str); 2] {
        [(&self.reads, "Reads"), (&self.writes, "Writes")]
    }
}

fn limits(metrics: &[MetricFamily]) -> Vec<Limits> {
    let mut all: BTreeMap<(&str, &str), Limits> = BTreeMap::new();
    for metric in series(metrics, "cooper_aws_limit_rate") {
        let kind = kind(&mut all, metric);
        let rate = metric.get_gauge().get_value();
        kind.per_second = rate.is_finite().then(|| format!("{rate:.0}"));
    }
    for metric in series(metrics, "cooper_aws_throttled_total") {
        kind(&mut all, metric).throttled = count(metric.get_counter().get_value());
    }
    all.into_values().collect()
}

fn kind<'a, 'm>(all: &'a mut BTreeMap<(&'m str, &'m str), Limits>, metric: &'m Metric) -> &'a mut Kind {
    let (account, region) = (labelled(metric, "account"), labelled(metric, "region"));
    let new = || Limits { account: account.to_owned(), region: region.to_owned(), ..Limits::default() };
    let limits = all.entry((account, region)).or_insert_with(new);
    if labelled(metric, "kind") == "write" { &mut limits.writes } else { &mut limits.reads }
}

fn series<'m>(metrics: &'m [MetricFamily], name: &str) -> impl Iterator<Item = &'m Metric> {
    metrics.iter().filter(move |family| family.name() == name).flat_map(MetricFamily::get_metric)
}

fn labelled<'m>(metric: &'m Metric, name: &str) -> &'m str {
    metric.get_label().iter().find(|label| label.name() == name).map_or("", |label| label.value())
}

/// A number of things. Gauges are floating-point numbers; ours count things, or seconds.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "what is out of bounds becomes the bound")]
fn count(value: f64) -> u64 {
    value.max(0.0) as u64
}

#[cfg(test)]
mod tests {
    use prometheus::{GaugeVec, IntCounterVec, IntGaugeVec, Opts, Registry};

    use super::*;
    use crate::metrics::register;
    use crate::queue::QueueMetrics;

    #[test]
    fn an_empty_fleet_is_all_zeros() {
        let registry = Registry::new();
        QueueMetrics::new(&registry).unwrap();
        let fleet = Fleet::of(&registry.gather());
        assert_eq!((fleet.all, fleet.waiting(), fleet.states.len(), fleet.lanes.len()), (0, 0, STATES.len(), 4));
        let sorted = |mut states: [&'static str; STATES.len()]| {
            states.sort_unstable();
            states
        };
        assert_eq!(sorted(ORDER), sorted(STATES), "every state has a place");
        assert!(fleet.drifted.is_empty() && fleet.oldest_drift.is_none() && fleet.limits.is_empty());
    }

    #[test]
    fn the_numbers_are_those_of_the_metrics() {
        let registry = Registry::new();
        let gauges = |name: &str, label| register(&registry, IntGaugeVec::new(Opts::new(name, "x"), &[label]).unwrap()).unwrap();
        let (buckets, drifted) = (gauges("cooper_buckets", "state"), gauges("cooper_drifted_buckets", "config"));
        buckets.with_label_values(&["synced"]).set(7);
        buckets.with_label_values(&["drifted"]).set(3);
        for (config, number) in [("cors", 1), ("policy", 2), ("acl", 0)] {
            drifted.with_label_values(&[config]).set(number);
        }
        let labels = ["account", "region", "kind"];
        let rate = register(&registry, GaugeVec::new(Opts::new("cooper_aws_limit_rate", "x"), &labels).unwrap()).unwrap();
        let throttled = register(&registry, IntCounterVec::new(Opts::new("cooper_aws_throttled_total", "x"), &labels).unwrap()).unwrap();
        rate.with_label_values(&["1", "eu-west-1", "read"]).set(120.4);
        rate.with_label_values(&["1", "eu-west-1", "write"]).set(f64::INFINITY);
        throttled.with_label_values(&["1", "eu-west-1", "read"]).inc_by(9);
        let fleet = Fleet::of(&registry.gather());
        assert_eq!(fleet.all, 10);
        let told: Vec<_> = fleet.drifted.iter().map(|count| (count.what.as_str(), count.number)).collect();
        assert_eq!(told, [("policy", 2), ("cors", 1)], "the most first, and no zeros");
        let Limits { reads, writes, .. } = &fleet.limits[0];
        assert_eq!((reads.per_second.as_deref(), reads.throttled, writes.per_second.as_deref()), (Some("120"), 9, None));
        assert_eq!(fleet.limits.len(), 1);
    }
}
