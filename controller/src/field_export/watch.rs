//! What calls for a pass over a FieldExport: itself, and its Bucket.

use futures::channel::mpsc::UnboundedSender;
use futures::{Stream, StreamExt, TryStreamExt, future, stream};
use kube::api::Api;
use kube::core::DeserializeGuard;
use kube::runtime::reflector::store::Writer;
use kube::runtime::reflector::{ObjectRef, Store};
use kube::runtime::watcher::{self, Event};
use kube::runtime::{PredicateConfig, WatchStreamExt};
use kube::{Client, ResourceExt};
use prometheus::IntCounter;
use shared::Bucket;
use shared::field_export::FieldExport;
use tokio::sync::broadcast::{self, error::RecvError};

use super::memory::digest;
use crate::watch::Scope;

/// How many objects one page of a list holds.
const PAGE: u32 = 100;
/// How many changed Buckets may wait; if there are more, all FieldExports are looked at.
const WAITING: usize = 256;

/// A Bucket that changed; `None` where any may have.
type Changed = Option<(String, String)>;

/// Where the watch of Buckets tells what changed, status included.
#[derive(Clone, Debug)]
pub struct BucketChanges(broadcast::Sender<Changed>);

impl Default for BucketChanges {
    fn default() -> Self {
        Self(broadcast::channel(WAITING).0)
    }
}

impl BucketChanges {
    /// Tells of what happened to a Bucket; to be called once the cache knows it.
    pub fn tell(&self, event: &Event<Bucket>) {
        if self.0.receiver_count() == 0 {
            return;
        }
        let changed = match event {
            Event::Apply(bucket) | Event::Delete(bucket) => Some((bucket.namespace().unwrap_or_default(), bucket.name_any())),
            Event::InitDone => None,
            Event::Init | Event::InitApply(_) => return,
        };
        // Nobody listens any more while the process ends.
        drop(self.0.send(changed));
    }

    /// Whenever a Bucket changed, or many may have.
    pub fn all(&self) -> impl Stream<Item = ()> + Send + use<> {
        stream::unfold(self.0.subscribe(), |mut receiver| async {
            match receiver.recv().await {
                Ok(_) | Err(RecvError::Lagged(_)) => Some(((), receiver)),
                Err(RecvError::Closed) => None,
            }
        })
    }

    /// The FieldExports whose Bucket changed.
    pub fn exports(&self, exports: Store<FieldExport>) -> impl Stream<Item = ObjectRef<FieldExport>> + Send + use<> {
        let changes = stream::unfold(self.0.subscribe(), |mut receiver| async {
            let changed = match receiver.recv().await {
                Ok(changed) => changed,
                Err(RecvError::Lagged(_)) => None,
                Err(RecvError::Closed) => return None,
            };
            Some((changed, receiver))
        });
        changes.flat_map(move |changed| stream::iter(of(&exports, changed.as_ref())))
    }
}

fn of(exports: &Store<FieldExport>, changed: Option<&(String, String)>) -> Vec<ObjectRef<FieldExport>> {
    let wanted = |export: &FieldExport| {
        let source = export.spec.as_ref().map(|spec| spec.from.resource.name.as_str());
        changed.is_none_or(|(namespace, name)| export.metadata.namespace.as_ref() == Some(namespace) && source == Some(name.as_str()))
    };
    exports.state_filter(wanted).iter().map(|export| ObjectRef::from_obj(export.as_ref())).collect()
}

/// Fills the cache of FieldExports and yields those that call for a pass: new ones, changed ones and such that are being deleted. Those
/// that are gone go to `gone`.
pub(super) fn exports(
    client: Client,
    scope: Scope,
    writer: Writer<FieldExport>,
    gone: UnboundedSender<FieldExport>,
    unreadable: IntCounter,
) -> impl Stream<Item = Result<FieldExport, watcher::Error>> + Send {
    let api: Api<DeserializeGuard<FieldExport>> = match scope.namespaces.as_slice() {
        [one] => Api::namespaced(client, one),
        _ => Api::all(client),
    };
    let config = watcher::Config::default().page_size(PAGE);
    let config = scope.selector.iter().fold(config, |config, selector| config.labels(selector));
    kube::runtime::watcher(api, config)
        .try_filter_map(move |event| future::ok(readable(event, &unreadable).filter(|event| is_within(event, &scope.namespaces))))
        .default_backoff()
        .modify(slim)
        .reflect(writer)
        .inspect(move |event| {
            if let Ok(Event::Delete(export)) = event {
                // The receiver is gone only while the process ends.
                drop(gone.unbounded_send(export.clone()));
            }
        })
        .applied_objects()
        .predicate_filter(|export: &FieldExport| Some(interest(export)), PredicateConfig::default())
}

/// The event, if its object parses. One that does not is told and left alone; it must not stop the watch.
fn readable(event: Event<DeserializeGuard<FieldExport>>, unreadable: &IntCounter) -> Option<Event<FieldExport>> {
    let read = |DeserializeGuard(read): DeserializeGuard<FieldExport>| match read {
        Ok(export) => Some(export),
        Err(invalid) => {
            let metadata = &invalid.metadata;
            let (namespace, name) = (metadata.namespace.as_deref(), metadata.name.as_deref());
            tracing::error!(namespace, name, error = invalid.error, "a FieldExport does not parse and is left alone; correct its spec");
            unreadable.inc();
            None
        }
    };
    Some(match event {
        Event::Apply(guard) => Event::Apply(read(guard)?),
        Event::InitApply(guard) => Event::InitApply(read(guard)?),
        Event::Delete(guard) => Event::Delete(read(guard)?),
        Event::Init => Event::Init,
        Event::InitDone => Event::InitDone,
    })
}

/// One watch serves several namespaces: what lies outside is dropped here.
fn is_within(event: &Event<FieldExport>, namespaces: &[String]) -> bool {
    match event {
        Event::Apply(export) | Event::InitApply(export) | Event::Delete(export) => {
            namespaces.is_empty() || export.metadata.namespace.as_ref().is_some_and(|namespace| namespaces.contains(namespace))
        }
        Event::Init | Event::InitDone => true,
    }
}

/// Drops what nobody here reads.
fn slim(export: &mut FieldExport) {
    export.metadata.managed_fields = None;
    export.metadata.labels = None;
    if let Some(annotations) = export.metadata.annotations.as_mut() {
        annotations.retain(|name, _| name == shared::annotation::EXPORTED_TO);
    }
}

/// What about a FieldExport calls for a pass. What the controller writes itself does not.
fn interest(export: &FieldExport) -> u64 {
    digest((export.metadata.generation, export.metadata.deletion_timestamp.is_some()))
}

#[cfg(test)]
mod tests {
    use kube::runtime::reflector;
    use serde_json::json;

    use super::*;

    fn export(namespace: &str, name: &str, source: &str) -> FieldExport {
        let resource = json!({ "group": "s3.services.k8s.aws", "kind": "Bucket", "name": source });
        let spec = json!({ "from": { "path": ".a", "resource": resource }, "to": { "kind": "secret", "name": "app" } });
        let metadata = json!({ "name": name, "namespace": namespace, "generation": 1, "labels": { "a": "b" },
            "annotations": { "s3.services.k8s.aws/exported-to": "secret/a/b/c", "x": "y" } });
        serde_json::from_value(json!({ "metadata": metadata, "spec": spec })).unwrap()
    }

    fn bucket(namespace: &str, name: &str) -> Bucket {
        let mut bucket = Bucket::new(name, shared::BucketSpec::default());
        bucket.metadata.namespace = Some(namespace.to_owned());
        bucket
    }

    #[tokio::test]
    async fn a_bucket_calls_for_the_exports_of_its_fields() {
        let (store, mut writer) = reflector::store();
        for (namespace, name, source) in [("a", "one", "x"), ("a", "two", "y"), ("b", "three", "x")] {
            writer.apply_watcher_event(&Event::Apply(export(namespace, name, source)));
        }
        let changes = BucketChanges::default();
        changes.tell(&Event::Apply(bucket("a", "y")));
        let mut called = Box::pin(changes.exports(store));
        for event in [Event::Init, Event::InitApply(bucket("a", "y")), Event::Apply(bucket("a", "x")), Event::Delete(bucket("b", "x"))] {
            changes.tell(&event);
        }
        assert_eq!(called.next().await.unwrap().name, "one");
        assert_eq!(called.next().await.unwrap().name, "three");
        changes.tell(&Event::InitDone);
        let all = called.by_ref().take(3).map(|called| called.name).collect::<Vec<_>>().await;
        assert_eq!(all.len(), 3, "after a gap any may have changed: {all:?}");
        for _ in 0..2 * WAITING {
            changes.tell(&Event::Apply(bucket("nowhere", "z")));
        }
        assert_eq!(called.take(3).count().await, 3, "too many changes at once");
    }

    #[test]
    fn own_writes_call_for_nothing() {
        let mut export = export("a", "b", "c");
        let before = interest(&export);
        slim(&mut export);
        export.metadata.finalizers = Some(vec!["x".to_owned()]);
        assert_eq!(interest(&export), before);
        assert_eq!(export.metadata.annotations.as_ref().map(std::collections::BTreeMap::len), Some(1));
        export.metadata.generation = Some(2);
        assert_ne!(interest(&export), before);
    }

    #[test]
    fn what_does_not_parse_is_told() {
        let unreadable = IntCounter::new("a", "a").unwrap();
        let guard = |kind: &str| {
            let mut value = serde_json::to_value(export("a", "b", "c")).unwrap();
            value["spec"]["to"]["kind"] = json!(kind);
            serde_json::from_value::<DeserializeGuard<FieldExport>>(value).unwrap()
        };
        assert!(readable(Event::Apply(guard("secret")), &unreadable).is_some());
        assert!(readable(Event::Apply(guard("Pod")), &unreadable).is_none());
        assert_eq!(unreadable.get(), 1);
        assert!(
            is_within(&Event::Apply(export("a", "b", "c")), &["a".to_owned()])
                && !is_within(&Event::Apply(export("a", "b", "c")), &["b".to_owned()])
        );
    }
}
