//! What is now: how many Buckets are in which state, and which have drifted. Worked out from the cache when Prometheus asks, so that
//! it is right after a restart and ends with the Bucket.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use kube::ResourceExt;
use kube::runtime::reflector::Store;
use prometheus::core::{Collector, Desc};
use prometheus::proto::MetricFamily;
use prometheus::{IntGaugeVec, Opts, Registry};
use shared::Bucket;
use shared::bucket::ConditionType;

use crate::{drift, paused, status, unmanaged};

/// The states of a Bucket, as a label.
const STATES: [&str; 7] = ["paused", "synced", "drifted", "terminal", "recoverable", "deleting", "pending"];

/// The gauges over the cache of Buckets.
pub struct Gauges {
    store: Store<Bucket>,
    buckets: IntGaugeVec,
    drift: IntGaugeVec,
    unmanaged: IntGaugeVec,
    plans: IntGaugeVec,
    paused: IntGaugeVec,
    /// Two scrapes at once would fill the same gauges.
    one_at_a_time: Mutex<()>,
}

impl Gauges {
    /// Registers the gauges over this cache.
    ///
    /// # Errors
    /// The registry has gauges of these names already.
    pub fn register(registry: &Registry, store: Store<Bucket>) -> prometheus::Result<()> {
        let buckets = IntGaugeVec::new(Opts::new("cooper_buckets", "Buckets, by state."), &["state"])?;
        let drift = Opts::new("cooper_bucket_drift", "1 while a sub-configuration differs from a spec that did not change.");
        let drift = IntGaugeVec::new(drift, &["namespace", "name", "config"])?;
        let unmanaged =
            Opts::new("cooper_unmanaged_sections", "Sections that specs leave out, that are not managed, and in which S3 holds something.");
        let unmanaged = IntGaugeVec::new(unmanaged, &["namespace", "config"])?;
        let plans = Opts::new("cooper_bucket_plan_pending", "1 while the plan of an adoption waits for approval.");
        let plans = IntGaugeVec::new(plans, &["namespace", "name"])?;
        let paused = Opts::new("cooper_bucket_paused", "1 while a Bucket is paused: S3 is not asked and not written.");
        let paused = IntGaugeVec::new(paused, &["namespace", "name"])?;
        registry.register(Box::new(Self { store, buckets, drift, unmanaged, plans, paused, one_at_a_time: Mutex::default() }))
    }

    fn all(&self) -> [&IntGaugeVec; 5] {
        [&self.buckets, &self.drift, &self.unmanaged, &self.plans, &self.paused]
    }

    fn fill(&self) {
        self.buckets.reset();
        self.drift.reset();
        self.unmanaged.reset();
        self.plans.reset();
        self.paused.reset();
        for state in STATES {
            self.buckets.with_label_values(&[state]).set(0);
        }
        for bucket in self.store.state() {
            self.buckets.with_label_values(&[state(&bucket)]).inc();
            let (namespace, name) = (bucket.namespace().unwrap_or_default(), bucket.name_any());
            let sections: BTreeSet<&str> = unmanaged::standing(&bucket).iter().map(|entry| entry.config.as_str()).collect();
            for config in sections {
                self.unmanaged.with_label_values(&[namespace.as_str(), config]).inc();
            }
            if status::plan(&bucket).is_some_and(|plan| plan.approval_required) {
                self.plans.with_label_values(&[namespace.as_str(), name.as_str()]).set(1);
            }
            if paused::is_told(&bucket) {
                self.paused.with_label_values(&[namespace.as_str(), name.as_str()]).set(1);
            }
            for drift in drift::standing(&bucket) {
                self.drift.with_label_values(&[namespace.as_str(), name.as_str(), drift.config.as_str()]).set(1);
            }
        }
    }
}

impl Collector for Gauges {
    fn desc(&self) -> Vec<&Desc> {
        self.all().into_iter().flat_map(Collector::desc).collect()
    }

    fn collect(&self) -> Vec<MetricFamily> {
        let _one = self.one_at_a_time.lock().unwrap_or_else(PoisonError::into_inner);
        self.fill();
        self.all().into_iter().flat_map(Collector::collect).collect()
    }
}

/// The state of a Bucket; of several, the one that people have to know of first.
fn state(bucket: &Bucket) -> &'static str {
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
mod tests {
    use kube::runtime::reflector;
    use kube::runtime::watcher::Event;
    use prometheus::TextEncoder;
    use shared::BucketSpec;
    use shared::bucket::{BucketStatus, Condition, Drift, Unmanaged};

    use super::*;

    fn bucket(name: &str, conditions: &[&str]) -> Bucket {
        let mut bucket = Bucket::new(name, BucketSpec::default());
        bucket.metadata.namespace = Some("team-a".to_owned());
        let of = |kind: &&str| Condition { type_: (*kind).to_owned(), status: "True".to_owned(), ..Condition::default() };
        let conditions = Some(conditions.iter().map(of).collect());
        bucket.status = Some(BucketStatus { conditions, ..BucketStatus::default() });
        bucket
    }

    #[test]
    fn sections_that_are_not_managed_are_counted_by_namespace() {
        let (store, mut writer) = reflector::store();
        let registry = Registry::new();
        Gauges::register(&registry, store).unwrap();
        let entry = |config: &str, field: &str| Unmanaged { config: config.to_owned(), field: field.to_owned(), observed: None };
        for (name, entries) in [("a", vec![entry("cors", "x"), entry("cors", "y")]), ("b", vec![entry("cors", "x"), entry("policy", "x")])]
        {
            let mut bucket = bucket(name, &["Ready"]);
            bucket.status.as_mut().unwrap().unmanaged = Some(entries);
            writer.apply_watcher_event(&Event::Apply(bucket));
        }
        let text = TextEncoder::new().encode_to_string(&registry.gather()).unwrap();
        assert!(text.contains("cooper_unmanaged_sections{config=\"cors\",namespace=\"team-a\"} 2"), "{text}");
        assert!(text.contains("cooper_unmanaged_sections{config=\"policy\",namespace=\"team-a\"} 1"), "{text}");
    }

    #[test]
    fn a_pause_hides_what_was_known_before() {
        let (store, mut writer) = reflector::store();
        let registry = Registry::new();
        Gauges::register(&registry, store).unwrap();
        writer.apply_watcher_event(&Event::Apply(bucket("a", &["Ready", "Drifted", "Paused"])));
        let text = TextEncoder::new().encode_to_string(&registry.gather()).unwrap();
        assert!(text.contains("cooper_buckets{state=\"paused\"} 1"), "{text}");
        assert!(text.contains("cooper_bucket_paused{name=\"a\",namespace=\"team-a\"} 1"), "{text}");
        writer.apply_watcher_event(&Event::Apply(bucket("a", &["Ready"])));
        assert!(!TextEncoder::new().encode_to_string(&registry.gather()).unwrap().contains("cooper_bucket_paused{"));
    }

    #[test]
    fn gauges_follow_the_cache() {
        let (store, mut writer) = reflector::store();
        let registry = Registry::new();
        Gauges::register(&registry, store).unwrap();
        let text = || TextEncoder::new().encode_to_string(&registry.gather()).unwrap();
        assert!(text().contains("cooper_buckets{state=\"synced\"} 0"));
        assert!(!text().contains("cooper_bucket_drift{"));

        let mut drifted = bucket("a", &["ACK.Recoverable", "Drifted"]);
        let entry = Drift { config: "cors".to_owned(), ..Drift::default() };
        drifted.status.as_mut().unwrap().drift = Some(vec![entry]);
        writer.apply_watcher_event(&Event::Apply(drifted.clone()));
        for (name, conditions) in [("b", &["Ready"][..]), ("c", &["ACK.Terminal"]), ("d", &["ACK.Recoverable"]), ("e", &[])] {
            writer.apply_watcher_event(&Event::Apply(bucket(name, conditions)));
        }
        for state in ["drifted", "synced", "terminal", "recoverable", "pending"] {
            assert!(text().contains(&format!("cooper_buckets{{state=\"{state}\"}} 1")), "{state} in {}", text());
        }
        assert!(text().contains("cooper_bucket_drift{config=\"cors\",name=\"a\",namespace=\"team-a\"} 1"), "{}", text());

        writer.apply_watcher_event(&Event::Delete(drifted));
        assert!(!text().contains("cooper_bucket_drift{"), "{}", text());
    }
}
