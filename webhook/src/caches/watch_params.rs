//! Keeps the ConfigMaps that guardrails name up to date: one watch for each, by its name, so that the right to that one is enough.

use std::collections::{BTreeMap, BTreeSet};

use ::shared::guardrail::{ParamsFault, ParamsTable};
use ::shared::serve::Readiness;
use ::shared::telemetry::Chain;
use futures::future::{AbortHandle, abortable};
use futures::stream::FuturesUnordered;
use futures::{StreamExt, pin_mut};
use k8s_openapi::api::core::v1::ConfigMap;
use kube::runtime::watcher::watch_object;
use kube::runtime::{WatchStreamExt, watcher};
use kube::{Api, Client};
use tokio::sync::watch::Receiver;

use super::Caches;
use super::watch::failed;
use crate::metrics::Metrics;

/// The part of readiness that waits until each ConfigMap that a guardrail names was asked for once, whatever the answer.
pub const PARAMS: &str = "guardrail-params";
const KIND: &str = "ConfigMap";

/// Namespaces and names; `None` as long as the guardrails are not known.
pub(super) type Named = Option<BTreeSet<(String, String)>>;

impl Caches {
    /// Watches those that are named, for as long as the future is polled.
    pub(super) async fn watch_params(&self, client: &Client, mut named: Receiver<Named>, metrics: &Metrics, readiness: &Readiness) {
        let mut watches = FuturesUnordered::new();
        let mut handles: BTreeMap<(String, String), AbortHandle> = BTreeMap::new();
        loop {
            let wanted = named.borrow_and_update().clone();
            if let Some(wanted) = wanted {
                self.params.change(|table| table.name(&wanted));
                for (_, handle) in handles.extract_if(.., |key, _| !wanted.contains(key)) {
                    handle.abort();
                }
                for key in wanted {
                    handles.entry(key).or_insert_with_key(|(namespace, name)| {
                        let watch = self.watch_config_map(client, namespace.clone(), name.clone(), metrics, readiness);
                        let (watch, handle) = abortable(watch);
                        watches.push(watch);
                        handle
                    });
                }
                self.params_answered(metrics, readiness);
            }
            tokio::select! {
                changed = named.changed() => if changed.is_err() { break },
                Some(_) = watches.next() => {}
            }
        }
        while watches.next().await.is_some() {}
    }

    async fn watch_config_map(&self, client: &Client, namespace: String, name: String, metrics: &Metrics, readiness: &Readiness) {
        let events = watch_object(Api::<ConfigMap>::namespaced(client.clone(), &namespace), &name).default_backoff();
        pin_mut!(events);
        while let Some(event) = events.next().await {
            match event {
                Ok(Some(map)) => self.params.change(|table| table.apply(&map)),
                Ok(None) => self.params.change(|table| table.delete(&namespace, &name)),
                Err(error) => self.params_failed(&namespace, &name, &error, metrics),
            }
            self.params_answered(metrics, readiness);
        }
    }

    /// A right that is missing is told once, not at every try.
    fn params_failed(&self, namespace: &str, name: &str, error: &watcher::Error, metrics: &Metrics) {
        let fault = if is_forbidden(error) { ParamsFault::Forbidden } else { ParamsFault::Failed };
        let mut news = false;
        self.params.change(|table| news = table.fail(namespace, name, fault));
        if fault != ParamsFault::Forbidden {
            return failed(metrics, KIND, error);
        }
        metrics.cache_error(KIND);
        if news {
            let advice = "params of a guardrail may not be read, and what asks for them follows its onError; allow cooper-webhook to list and watch this ConfigMap";
            tracing::warn!(namespace, name, error = %Chain(error), "{advice}");
        }
    }

    fn params_answered(&self, metrics: &Metrics, readiness: &Readiness) {
        if self.params.read(ParamsTable::is_answered) {
            metrics.cache_synced(KIND);
            readiness.set(PARAMS, true);
        }
    }
}

fn is_forbidden(error: &watcher::Error) -> bool {
    use watcher::Error::{InitialListFailed, NoResourceVersion, WatchError, WatchFailed, WatchStartFailed};

    match error {
        InitialListFailed(kube::Error::Api(status)) | WatchStartFailed(kube::Error::Api(status)) | WatchError(status) => status.code == 403,
        InitialListFailed(_) | WatchStartFailed(_) | WatchFailed(_) | NoResourceVersion => false,
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::sync::Arc;
    use std::time::Duration;

    use ::shared::guardrail::Params as _;
    use axum::http::{Request, Response};
    use kube::client::Body;
    use serde_json::{Value, json};
    use tokio::sync::watch;

    use super::*;

    /// An API server that has ConfigMap `there`, and lets nobody read `secret`.
    async fn api(request: Request<Body>) -> Result<Response<Body>, Infallible> {
        let uri = request.uri().to_string();
        if uri.contains("watch=true") {
            std::future::pending::<()>().await;
        }
        let list =
            |items: Value| json!({"apiVersion": "v1", "kind": "ConfigMapList", "metadata": {"resourceVersion": "1"}, "items": items});
        let (code, body) = if uri.contains("metadata.name%3Dsecret") {
            (403, json!({"kind": "Status", "status": "Failure", "reason": "Forbidden", "message": "no", "code": 403}))
        } else if uri.contains("metadata.name%3Dthere") {
            (200, list(json!([{"metadata": {"namespace": "platform", "name": "there"}, "data": {"a": "b"}}])))
        } else {
            (200, list(json!([])))
        };
        Ok(Response::builder()
            .status(code)
            .header("content-type", "application/json")
            .body(Body::from(body.to_string().into_bytes()))
            .unwrap())
    }

    fn key(name: &str) -> (String, String) {
        ("platform".to_owned(), name.to_owned())
    }

    async fn until(what: &str, is_so: impl Fn() -> bool) {
        for _ in 0..500 {
            if is_so() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("{what} did not come");
    }

    #[tokio::test]
    async fn each_is_watched_while_it_is_named_and_none_holds_up_readiness() {
        let (caches, metrics, readiness) = (Arc::new(Caches::default()), Metrics::new().unwrap(), Readiness::new(&[PARAMS]));
        let client = Client::new(tower::service_fn(api), "default");
        let (name, named) = watch::channel(None);
        let of = |name: &str| caches.params.read(|table| table.config_map("platform", name));
        let looked = async {
            until("the watch", || name.receiver_count() == 1).await;
            assert_eq!(readiness.missing(), [PARAMS], "the guardrails are not known");
            name.send_replace(Some([key("there"), key("absent"), key("secret")].into()));
            until("readiness", || readiness.missing().is_empty()).await;
            assert_eq!(of("there").unwrap()["data"], json!({"a": "b"}));
            assert_eq!((of("absent"), of("secret")), (Err(ParamsFault::Missing), Err(ParamsFault::Forbidden)));
            name.send_replace(Some([key("secret")].into()));
            until("the end of a watch", || of("there") == Err(ParamsFault::Unread)).await;
            assert!(readiness.missing().is_empty());
        };
        tokio::select! {
            () = looked => {}
            () = caches.watch_params(&client, named, &metrics, &readiness) => panic!("it ended"),
        }
    }
}
