//! Keeps the caches up to date: a list and a watch for each, started again after a pause whenever they fail.

use std::fmt::Debug;
use std::sync::Arc;

use ::shared::serve::Readiness;
use ::shared::telemetry::Chain;
use futures::{Stream, StreamExt, pin_mut};
use kube::core::PartialObjectMeta;
use kube::runtime::{WatchStreamExt, watcher};
use kube::{Api, Client};

use super::Caches;
use super::claimant::Claimant;
use super::table::{Shared, Table};
use crate::metrics::Metrics;

/// The part of readiness that waits for the namespaces.
pub const NAMESPACES: &str = "namespaces";
/// The part of readiness that waits for the Buckets.
pub const BUCKETS: &str = "buckets";

impl Caches {
    /// Watches namespaces, Buckets, guardrails with their ConfigMaps, and exceptions for as long as the future is polled; it never ends by itself. A cache
    /// that was filled once stays in use while its watch fails.
    pub async fn watch(self: Arc<Self>, client: Client, metrics: Metrics, readiness: Readiness) {
        let namespaces = Api::<PartialObjectMeta<k8s_openapi::api::core::v1::Namespace>>::all(client.clone());
        let buckets = Api::<Claimant>::all(client.clone());
        let config = watcher::Config::default();
        let namespaces = watcher(namespaces, config.clone()).default_backoff();
        let buckets = watcher(buckets, config).default_backoff();
        let (name, named) = tokio::sync::watch::channel(None);
        let policies = self.watch_policies(&client, &metrics, &readiness, &name);
        let params = self.watch_params(&client, named, &metrics, &readiness);
        let follow_namespaces = follow(namespaces, &self.namespaces, |what| match what {
            Heard::Filled => filled(&metrics, &readiness, "Namespace", NAMESPACES),
            Heard::Changed => {}
            Heard::Error(error) => failed(&metrics, "Namespace", error),
        });
        let follow_buckets = follow(buckets, &self.claims, |what| match what {
            Heard::Filled => filled(&metrics, &readiness, "Bucket", BUCKETS),
            Heard::Changed => {}
            Heard::Error(error) => failed(&metrics, "Bucket", error),
        });
        futures::join!(follow_namespaces, follow_buckets, policies, params);
    }
}

/// What became of a watch.
pub(super) enum Heard<'a, E> {
    Filled,
    Changed,
    Error(&'a E),
}

pub(super) fn filled(metrics: &Metrics, readiness: &Readiness, kind: &'static str, part: &'static str) {
    metrics.cache_synced(kind);
    readiness.set(part, true);
    tracing::debug!(kind, "cache filled");
}

pub(super) fn failed(metrics: &Metrics, kind: &'static str, error: &watcher::Error) {
    metrics.cache_error(kind);
    tracing::warn!(
        kind,
        error = %Chain(error),
        "watch failed and is tried again; check the API server and the RBAC of cooper-webhook"
    );
}

/// Follows a watch. A list is gathered aside and takes the table's place when it is whole.
pub(super) async fn follow<T, E>(
    events: impl Stream<Item = Result<watcher::Event<T::Object>, E>>,
    table: &Shared<T>,
    hear: impl Fn(Heard<'_, E>),
) where
    T: Table,
    T::Object: Debug,
{
    let mut list = T::default();
    pin_mut!(events);
    while let Some(event) = events.next().await {
        match event {
            Ok(watcher::Event::Init) => list = T::default(),
            Ok(watcher::Event::InitApply(object)) => list.apply(&object),
            Ok(watcher::Event::InitDone) => {
                table.replace(std::mem::take(&mut list));
                hear(Heard::Filled);
            }
            Ok(watcher::Event::Apply(object)) => {
                table.change(|table| table.apply(&object));
                hear(Heard::Changed);
            }
            Ok(watcher::Event::Delete(object)) => {
                table.change(|table| table.delete(&object));
                hear(Heard::Changed);
            }
            Err(error) => hear(Heard::Error(&error)),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::collections::BTreeSet;

    use kube::runtime::watcher::Event;

    use super::*;

    #[derive(Debug, Default)]
    struct Names(BTreeSet<&'static str>);

    impl Table for Names {
        type Object = &'static str;

        fn apply(&mut self, object: &Self::Object) {
            self.0.insert(object);
        }

        fn delete(&mut self, object: &Self::Object) {
            self.0.remove(object);
        }
    }

    #[tokio::test]
    async fn a_new_list_takes_the_place_of_the_old_one_only_when_it_is_whole() {
        let table = Shared::<Names>::default();
        let heard = RefCell::new(Vec::new());
        let look = || table.read(|names| names.0.iter().copied().collect::<Vec<_>>().join(","));
        let hear = |what: Heard<'_, &str>| {
            let what = match what {
                Heard::Filled => "filled",
                Heard::Changed => "changed",
                Heard::Error(error) => error,
            };
            heard.borrow_mut().push(format!("{what}: {} {}", look(), table.is_filled()));
        };
        let first =
            [Ok(Event::Init), Ok(Event::InitApply("a")), Err("half"), Ok(Event::Init), Ok(Event::InitApply("b")), Ok(Event::InitDone)];
        let then = [Ok(Event::Apply("c")), Ok(Event::Delete("b")), Err("gone"), Ok(Event::Init), Err("again"), Ok(Event::Init)];
        let last = [Ok(Event::InitApply("d")), Ok(Event::InitDone)];
        follow(futures::stream::iter(first.into_iter().chain(then).chain(last)), &table, hear).await;
        assert_eq!(
            heard.into_inner(),
            ["half:  false", "filled: b true", "changed: b,c true", "changed: c true", "gone: c true", "again: c true", "filled: d true"]
        );
    }
}
