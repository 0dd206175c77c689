//! Buckets for the tests of pages.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use kube::runtime::reflector;
use kube::runtime::watcher::Event;
use prometheus::Registry;
use shared::bucket::{AdoptionPlan, BucketStatus, Condition, Drift, FINALIZER, PlannedChange};
use shared::drift_mode::Said;
use shared::{Bucket, BucketSpec};

use super::Sources;
use crate::deletion::Breaker;
use crate::gauges::{BucketSeries, Gauges, View};
use crate::lease::Leadership;
use crate::memory::Memory;
use crate::queue::QueueMetrics;
use crate::settings::gates::Gates;

/// The time in these tests: 1,000 s after the epoch.
pub(super) const NOW: Timestamp = Timestamp::constant(1000, 0);

pub(super) fn time(second: i64) -> Time {
    Time(Timestamp::from_second(second).unwrap())
}

/// A Bucket of its own with these conditions: type, status, reason.
pub(super) fn bucket(namespace: &str, name: &str, conditions: &[(&str, &str, &str)]) -> Bucket {
    let of = |(kind, status, reason): &(&str, &str, &str)| Condition {
        type_: (*kind).to_owned(),
        status: (*status).to_owned(),
        reason: Some((*reason).to_owned()).filter(|reason| !reason.is_empty()),
        message: Some(format!("{name} says {kind}")),
        observed_generation: Some(1),
        last_transition_time: Some(time(400)),
    };
    let mut bucket = Bucket::new(name, BucketSpec { name: format!("s3-{name}"), ..BucketSpec::default() });
    bucket.metadata.namespace = Some(namespace.to_owned());
    bucket.metadata.generation = Some(1);
    bucket.metadata.uid = Some(format!("{namespace}/{name}"));
    bucket.metadata.finalizers = Some(vec![FINALIZER.to_owned()]);
    let conditions = Some(conditions.iter().map(of).collect());
    bucket.status = Some(BucketStatus { conditions, observed_generation: Some(1), ..BucketStatus::default() });
    bucket
}

/// The Bucket with drift that stands since that second.
pub(super) fn drifted(mut bucket: Bucket, config: &str, since: i64, rounds: Option<i64>) -> Bucket {
    let drift = Drift {
        config: config.to_owned(),
        field: format!("spec.{config}.status"),
        desired: Some("Enabled".to_owned()),
        observed: Some("Suspended".to_owned()),
        first_seen: Some(time(since)),
        last_seen: Some(time(990)),
        rounds,
        ..Drift::default()
    };
    bucket.status.as_mut().unwrap().drift.get_or_insert_default().push(drift);
    bucket
}

pub(super) fn checked_at(bucket: &mut Bucket, second: i64) {
    bucket.status.as_mut().unwrap().last_checked = Some(time(second));
}

/// The Bucket with a plan of one change that waits for approval.
pub(super) fn planned(mut bucket: Bucket, hash: &str) -> Bucket {
    let change = PlannedChange {
        config: "versioning".to_owned(),
        field: "spec.versioning.status".to_owned(),
        desired: Some("Enabled".to_owned()),
        observed: Some("Suspended".to_owned()),
        destructive: true,
    };
    let plan = AdoptionPlan { approval_required: true, changes: vec![change], hash: hash.to_owned(), total: 1 };
    bucket.status.as_mut().unwrap().plan = Some(plan);
    bucket
}

/// A leader with these Buckets.
pub(super) fn sources(buckets: Vec<Bucket>) -> Sources {
    let (store, mut writer) = reflector::store();
    for bucket in buckets {
        writer.apply_watcher_event(&Event::Apply(bucket));
    }
    let registry = Registry::new();
    let view = View {
        store: store.clone(),
        is_checked: Box::new(|_| true),
        period: Duration::from_hours(10),
        series: BucketSeries::Drift,
        most: 100,
        now: || NOW,
    };
    Gauges::register(&registry, view).unwrap();
    QueueMetrics::new(&registry).unwrap();
    let breaker = Breaker::register(NonZeroU32::new(1), &registry).unwrap();
    Sources {
        buckets: store,
        namespaces: reflector::store().0,
        registry,
        memory: Arc::new(Memory::default()),
        leadership: Leadership::forever(),
        breaker,
        dry_run: false,
        period: Duration::from_hours(10),
        drift_mode: Said::default(),
        gates: Gates::default(),
        now: || NOW,
    }
}
