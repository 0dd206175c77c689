//! The watches: Buckets and namespaces from the API server into the caches, and what of it calls for a pass.

mod tracker;

use std::sync::Arc;
use std::time::Duration;

use futures::{Stream, StreamExt, TryStreamExt, future, stream};
use jiff::Timestamp;
use k8s_openapi::api::core::v1::Namespace;
use kube::api::Api;
use kube::core::{DeserializeGuard, PartialObjectMeta};
use kube::runtime::reflector::Store;
use kube::runtime::reflector::store::Writer;
use kube::runtime::watcher::{self, Event};
use kube::runtime::{Predicate, PredicateConfig, WatchStreamExt, predicates};
use kube::{Client, Resource, ResourceExt};
use shared::Bucket;
use shared::telemetry::Chain;

pub use self::tracker::Tracker;
use crate::field_export::BucketChanges;
use crate::metrics::Metrics;
use crate::queue::Command;

/// How many objects one page of a list holds; a small page keeps the memory small while a list comes in.
const PAGE: u32 = 100;
/// What kubectl keeps of the last apply. Nobody here reads it.
const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";
/// How long the filter remembers an object that nothing happens to.
const REMEMBERED: Duration = Duration::from_hours(24);

/// Which Buckets are looked after.
#[derive(Clone, Debug, Default)]
pub struct Scope {
    /// Their namespaces; all, if empty.
    pub namespaces: Vec<String>,
    /// Their label selector.
    pub selector: Option<String>,
}

impl Scope {
    /// Whether these are all Buckets of the cluster.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.namespaces.is_empty() && self.selector.is_none()
    }
}

/// Fills the cache of Buckets and yields what follows for the queue. `changes` is told of all that the cache takes in.
pub fn buckets(
    client: Client,
    scope: Scope,
    writer: Writer<Bucket>,
    metrics: Metrics,
    tracker: Tracker,
    changes: BucketChanges,
) -> impl Stream<Item = Command> + Send {
    let api: Api<DeserializeGuard<Bucket>> = match scope.namespaces.as_slice() {
        [one] => Api::namespaced(client, one),
        _ => Api::all(client),
    };
    let config = watcher::Config::default().page_size(PAGE);
    let config = scope.selector.iter().fold(config, |config, selector| config.labels(selector));
    kube::runtime::watcher(api, config)
        .try_filter_map(move |event| future::ok(readable(event, &metrics).filter(|event| is_within(event, &scope.namespaces))))
        .default_backoff()
        .modify(slim)
        .reflect(writer)
        .inspect_ok(move |event| changes.tell(event))
        .scan(tracker, |tracker, event| {
            let commands = match event {
                Ok(event) => tracker.see(&event, Timestamp::now()),
                Err(error) => {
                    tracing::warn!(error = %Chain(&error), "the watch of Buckets hiccuped; it goes on");
                    Vec::new()
                }
            };
            future::ready(Some(stream::iter(commands)))
        })
        .flatten()
}

/// Fills the cache of namespaces and yields those whose annotations or labels changed.
pub fn namespaces(
    client: Client,
    writer: Writer<PartialObjectMeta<Namespace>>,
) -> impl Stream<Item = Result<PartialObjectMeta<Namespace>, watcher::Error>> + Send {
    kube::runtime::watcher(Api::<PartialObjectMeta<Namespace>>::all(client), watcher::Config::default().page_size(PAGE))
        .default_backoff()
        .modify(|namespace| {
            namespace.metadata.managed_fields = None;
            drop_last_applied(namespace);
        })
        .reflect(writer)
        .applied_objects()
        .predicate_filter(predicates::annotations.combine(predicates::labels), PredicateConfig::default().ttl(REMEMBERED))
}

/// The Buckets of a namespace in the cache.
#[must_use]
pub fn buckets_of(namespace: &str, buckets: &Store<Bucket>) -> Vec<Arc<Bucket>> {
    let of = |bucket: &Bucket| bucket.metadata.namespace.as_deref() == Some(namespace);
    buckets.state_filter(of)
}

/// The event, if its object parses. One that does not is told and left alone; it must not stop the watch. If an earlier state of it
/// is in the cache it goes: nothing is done by a spec that is no longer there.
fn readable(event: Event<DeserializeGuard<Bucket>>, metrics: &Metrics) -> Option<Event<Bucket>> {
    let bare = |guard: &DeserializeGuard<Bucket>| {
        let mut bucket = Bucket::default();
        bucket.metadata = guard.meta().clone();
        bucket
    };
    let told = |guard: &DeserializeGuard<Bucket>| {
        if let Err(invalid) = &guard.0 {
            let (namespace, name) = (guard.namespace().unwrap_or_default(), guard.name_any());
            tracing::error!(namespace, name, error = invalid.error, "a Bucket does not parse and is left alone; correct its spec");
            metrics.unreadable.with_label_values(&["Bucket"]).inc();
        }
    };
    match event {
        Event::Apply(DeserializeGuard(Ok(bucket))) => Some(Event::Apply(bucket)),
        Event::InitApply(DeserializeGuard(Ok(bucket))) => Some(Event::InitApply(bucket)),
        Event::Delete(DeserializeGuard(Ok(bucket))) => Some(Event::Delete(bucket)),
        Event::Apply(guard) => {
            told(&guard);
            Some(Event::Delete(bare(&guard)))
        }
        Event::InitApply(guard) => {
            told(&guard);
            None
        }
        Event::Delete(guard) => Some(Event::Delete(bare(&guard))),
        Event::Init => Some(Event::Init),
        Event::InitDone => Some(Event::InitDone),
    }
}

/// One watch serves several namespaces: what lies outside is dropped here.
fn is_within(event: &Event<Bucket>, namespaces: &[String]) -> bool {
    let within = |bucket: &Bucket| {
        namespaces.is_empty() || bucket.metadata.namespace.as_ref().is_some_and(|namespace| namespaces.contains(namespace))
    };
    match event {
        Event::Apply(bucket) | Event::InitApply(bucket) | Event::Delete(bucket) => within(bucket),
        Event::Init | Event::InitDone => true,
    }
}

/// Drops what nobody here reads: the cache holds every Bucket of the cluster.
fn slim(bucket: &mut Bucket) {
    bucket.metadata.managed_fields = None;
    drop_last_applied(bucket);
}

fn drop_last_applied(object: &mut impl Resource) {
    if let Some(annotations) = object.meta_mut().annotations.as_mut() {
        annotations.remove(LAST_APPLIED);
    }
}

#[cfg(test)]
mod tests {
    use k8s_openapi::apimachinery::pkg::apis::meta::v1::ManagedFieldsEntry;
    use kube::runtime::reflector;
    use prometheus::Registry;
    use serde_json::json;
    use shared::BucketSpec;

    use super::*;

    fn guard(spec: &serde_json::Value) -> DeserializeGuard<Bucket> {
        let object = json!({ "apiVersion": "s3.services.k8s.aws/v1alpha1", "kind": "Bucket", "metadata": { "name": "a", "namespace": "n" }, "spec": spec });
        serde_json::from_value(object).unwrap()
    }

    #[test]
    fn an_object_that_does_not_parse_is_counted_and_leaves_the_cache() {
        let metrics = Metrics::new(&Registry::new()).unwrap();
        let good = || guard(&json!({ "name": "logs" }));
        let bad = || guard(&json!({ "name": 7 }));
        assert!(matches!(readable(Event::Apply(good()), &metrics), Some(Event::Apply(_))));
        let Some(Event::Delete(gone)) = readable(Event::Apply(bad()), &metrics) else { panic!() };
        assert_eq!((gone.name_any().as_str(), gone.namespace().as_deref()), ("a", Some("n")));
        assert!(readable(Event::InitApply(bad()), &metrics).is_none());
        assert!(matches!(readable(Event::Delete(bad()), &metrics), Some(Event::Delete(_))));
        assert_eq!(metrics.unreadable.with_label_values(&["Bucket"]).get(), 2);
    }

    #[test]
    fn the_cache_holds_no_ballast() {
        let mut bucket = Bucket::new("a", BucketSpec::default());
        bucket.metadata.managed_fields = Some(vec![ManagedFieldsEntry::default()]);
        bucket.metadata.annotations = Some([(LAST_APPLIED.to_owned(), "{}".to_owned()), ("k".to_owned(), "v".to_owned())].into());
        slim(&mut bucket);
        assert_eq!(bucket.metadata.managed_fields, None);
        assert_eq!(bucket.metadata.annotations.unwrap().into_keys().collect::<Vec<_>>(), ["k"]);
    }

    #[test]
    fn a_namespace_calls_for_its_own_buckets() {
        let (store, mut writer) = reflector::store();
        for (name, namespace) in [("a", "one"), ("b", "two"), ("c", "one")] {
            let mut bucket = Bucket::new(name, BucketSpec::default());
            bucket.metadata.namespace = Some(namespace.to_owned());
            assert_eq!(is_within(&Event::Apply(bucket.clone()), &["one".to_owned()]), namespace == "one");
            writer.apply_watcher_event(&Event::Apply(bucket));
        }
        let mut names: Vec<String> = buckets_of("one", &store).into_iter().map(|found| found.name_any()).collect();
        names.sort_unstable();
        assert_eq!(names, ["a", "c"]);
    }
}
