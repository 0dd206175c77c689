//! Keeps the ConfigMaps that guardrails name: one watch for each, by its name, so that the right to that one is enough.

use std::collections::BTreeMap;

use futures::{StreamExt, pin_mut};
use k8s_openapi::api::core::v1::ConfigMap;
use kube::Client;
use kube::api::Api;
use kube::runtime::WatchStreamExt;
use kube::runtime::watcher::{self, watch_object};
use shared::guardrail::ParamsFault;
use shared::telemetry::Chain;
use tokio_util::task::AbortOnDropHandle;

use super::policies::Policies;

/// Keeps those that are named now, for as long as the future is polled.
pub(super) async fn keep(client: Client, policies: Policies) {
    let mut named = policies.named();
    let mut watches: BTreeMap<(String, String), AbortOnDropHandle<()>> = BTreeMap::new();
    loop {
        let wanted = named.borrow_and_update().clone();
        policies.params(|table| {
            table.name(&wanted);
            true
        });
        watches.retain(|key, _| wanted.contains(key));
        for key in wanted {
            watches.entry(key).or_insert_with_key(|(namespace, name)| {
                let watch = follow(client.clone(), policies.clone(), namespace.clone(), name.clone());
                AbortOnDropHandle::new(tokio::spawn(watch))
            });
        }
        if named.changed().await.is_err() {
            return;
        }
    }
}

async fn follow(client: Client, policies: Policies, namespace: String, name: String) {
    let events = watch_object(Api::<ConfigMap>::namespaced(client, &namespace), &name).default_backoff();
    pin_mut!(events);
    while let Some(event) = events.next().await {
        match event {
            Ok(Some(map)) => policies.params(|table| {
                table.apply(&map);
                true
            }),
            Ok(None) => policies.params(|table| {
                table.delete(&namespace, &name);
                true
            }),
            Err(error) => failed(&policies, &namespace, &name, &error),
        }
    }
}

/// It is told once, not at every try.
fn failed(policies: &Policies, namespace: &str, name: &str, error: &watcher::Error) {
    let fault = if is_forbidden(error) { ParamsFault::Forbidden } else { ParamsFault::Failed };
    policies.params(|table| {
        let news = table.fail(namespace, name, fault);
        if news {
            tracing::warn!(namespace, name, error = %Chain(error), "{}", fault.of(namespace, name));
        }
        news
    });
}

fn is_forbidden(error: &watcher::Error) -> bool {
    match error {
        watcher::Error::InitialListFailed(kube::Error::Api(status)) | watcher::Error::WatchStartFailed(kube::Error::Api(status)) => {
            status.code == 403
        }
        watcher::Error::WatchError(status) => status.code == 403,
        watcher::Error::InitialListFailed(_)
        | watcher::Error::WatchStartFailed(_)
        | watcher::Error::WatchFailed(_)
        | watcher::Error::NoResourceVersion => false,
    }
}
