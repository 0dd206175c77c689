//! The caches: what is watched, and how long it takes to be there.

use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt;
use k8s_openapi::api::core::v1::Namespace;
use kube::Client;
use kube::api::{Api, ListParams};
use kube::core::PartialObjectMeta;
use kube::runtime::reflector::{self, ObjectRef, Store};
use shared::Bucket;
use shared::serve::Readiness;
use shared::telemetry::Chain;

use super::error::RunError;
use crate::memory::{Memory, Remembered};
use crate::trigger::{Lane, Triggers};
use crate::watch::{self, Scope};

/// How often the cache of Buckets is asked whether it is filled.
const ASK_CACHE: Duration = Duration::from_millis(100);

/// One Bucket is listed, so that a missing definition or right is told at once and by name.
pub(crate) async fn probe(client: &Client, scope: &Scope) -> Result<(), RunError> {
    let api: Api<PartialObjectMeta<Bucket>> = match scope.namespaces.as_slice() {
        [one] => Api::namespaced(client.clone(), one),
        _ => Api::all(client.clone()),
    };
    let params = ListParams { label_selector: scope.selector.clone(), limit: Some(1), ..ListParams::default() };
    let refused = |error| match (error, &scope.selector) {
        (kube::Error::Api(status), Some(selector)) if status.code == 400 => {
            RunError::Selector { selector: selector.clone(), source: kube::Error::Api(status) }
        }
        (error, _) => RunError::Buckets(error),
    };
    api.list_metadata(&params).await.map(drop).map_err(refused)
}

/// The cache of namespaces, with or without labels. Where one changes, its Buckets want a look.
pub(super) fn watch_namespaces(
    client: Client,
    buckets: Store<Bucket>,
    memory: Arc<Memory>,
    triggers: Triggers,
    labels: bool,
) -> Store<PartialObjectMeta<Namespace>> {
    let (store, writer) = reflector::store();
    let changes = watch::namespaces(client, writer, labels);
    tokio::spawn(changes.for_each(move |change| {
        match change {
            Ok(name) => watch::buckets_of(&name, &buckets).into_iter().for_each(|bucket| {
                memory.update(&bucket, Remembered::heard_of_change);
                triggers.send(ObjectRef::from_obj(bucket.as_ref()), Lane::Retry);
            }),
            Err(error) => tracing::warn!(error = %Chain(&error), "the watch of namespaces hiccuped; it goes on"),
        }
        futures::future::ready(())
    }));
    store
}

/// The cache wakes only the last of those who wait for it, and the controller waits as well: so this asks again and again.
pub(super) fn announce(buckets: Store<Bucket>, readiness: Readiness) {
    tokio::spawn(async move {
        loop {
            match tokio::time::timeout(ASK_CACHE, buckets.wait_until_ready()).await {
                Ok(Ok(())) => break,
                Ok(Err(_)) => return,
                Err(_) => {}
            }
        }
        tracing::info!(buckets = buckets.len(), "the cache of Buckets is filled");
        readiness.set("buckets", true);
    });
}
