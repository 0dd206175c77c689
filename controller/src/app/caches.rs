//! The caches: what is watched, and how long it takes to be there.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt;
use k8s_openapi::api::core::v1::Namespace;
use kube::api::{Api, ListParams};
use kube::core::PartialObjectMeta;
use kube::runtime::reflector::{self, ObjectRef, Store};
use kube::{Client, ResourceExt};
use shared::Bucket;
use shared::serve::Readiness;
use shared::telemetry::Chain;

use super::error::RunError;
use crate::audit::Policies;
use crate::memory::{Memory, Remembered};
use crate::trigger::{Lane, Triggers};
use crate::watch::{self, Scope};

/// How long to wait where the API server answers 429, and how often.
const BUSY: Duration = Duration::from_secs(1);
const BUSY_TRIES: u32 = 30;
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
    let mut tries = BUSY_TRIES;
    loop {
        match api.list_metadata(&params).await {
            // The API server prepares the storage of a definition that was just applied.
            Err(kube::Error::Api(status)) if status.code == 429 && tries > 0 => {
                tracing::warn!(reason = status.message, "the API server is busy; listing Buckets again");
                tries -= 1;
                tokio::time::sleep(BUSY).await;
            }
            answer => return answer.map(drop).map_err(refused),
        }
    }
}

/// What a change of a namespace calls for.
pub(super) struct Called {
    /// The cache of Buckets.
    pub buckets: Store<Bucket>,
    /// What is remembered of them.
    pub memory: Arc<Memory>,
    /// Where a look at them is asked for.
    pub triggers: Triggers,
    /// Whom labels matter to.
    pub policies: Policies,
}

/// The cache of namespaces. Where the annotations of one change, its Buckets want a look; where labels choose roles, these as well.
pub(super) fn watch_namespaces(client: Client, called: Called, by_label: bool) -> Store<PartialObjectMeta<Namespace>> {
    let (store, writer) = reflector::store();
    let changes = watch::namespaces(client, writer);
    let mut known: HashMap<String, u64> = HashMap::new();
    tokio::spawn(changes.for_each(move |change| {
        match change {
            Ok(namespace) => {
                called.policies.touch();
                let (name, now) = (namespace.name_any(), digest(&namespace, by_label));
                if known.insert(name.clone(), now) != Some(now) {
                    for bucket in watch::buckets_of(&name, &called.buckets) {
                        called.memory.update(&bucket, Remembered::heard_of_change);
                        called.triggers.send(ObjectRef::from_obj(bucket.as_ref()), Lane::Retry);
                    }
                }
            }
            Err(error) => tracing::warn!(error = %Chain(&error), "the watch of namespaces hiccuped; it goes on"),
        }
        futures::future::ready(())
    }));
    store
}

/// What of a namespace its Buckets hang on.
fn digest(namespace: &PartialObjectMeta<Namespace>, by_label: bool) -> u64 {
    let mut hasher = DefaultHasher::new();
    (&namespace.metadata.annotations, namespace.metadata.labels.as_ref().filter(|_| by_label)).hash(&mut hasher);
    hasher.finish()
}

/// The cache wakes only the last of those who wait for it, and the controller waits as well: so this asks again and again.
pub(super) fn announce(buckets: Store<Bucket>, readiness: Readiness) {
    tokio::spawn(async move {
        if filled(&buckets).await {
            tracing::info!(buckets = buckets.len(), "the cache of Buckets is filled");
            readiness.set("buckets", true);
        }
    });
}

/// Waits until the cache is filled; false if it never will be.
pub(super) async fn filled(buckets: &Store<Bucket>) -> bool {
    loop {
        if let Ok(ready) = tokio::time::timeout(ASK_CACHE, buckets.wait_until_ready()).await {
            return ready.is_ok();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use axum::http::StatusCode;
    use axum::{Json, Router};
    use serde_json::json;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn an_api_server_that_is_busy_at_the_start_is_asked_again() {
        let asked = Arc::new(AtomicU32::new(0));
        let counted = Arc::clone(&asked);
        let busy = Router::new().fallback(move || {
            let is_busy = counted.fetch_add(1, Ordering::SeqCst) < 3;
            let status = json!({ "kind": "Status", "apiVersion": "v1", "status": "Failure", "code": 429, "reason": "TooManyRequests",
                "message": "storage is (re)initializing", "metadata": {} });
            let list = json!({ "kind": "PartialObjectMetadataList", "apiVersion": "meta.k8s.io/v1", "metadata": {}, "items": [] });
            let answer = if is_busy { (StatusCode::TOO_MANY_REQUESTS, Json(status)) } else { (StatusCode::OK, Json(list)) };
            std::future::ready(answer)
        });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, busy).await });
        let mut config = kube::Config::new(address.parse().unwrap());
        (config.default_retry, config.connect_timeout, config.read_timeout) = (false, None, None);
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let client = Client::try_from(config).unwrap();
        probe(&client, &Scope::default()).await.unwrap();
        assert_eq!(asked.load(Ordering::SeqCst), 4);
    }
}
