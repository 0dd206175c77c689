//! Keeps guardrails and exceptions up to date, in a cluster that may not know these kinds yet.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};

use ::shared::guardrail::types::{BucketGuardrail, BucketGuardrailException};
use ::shared::guardrail::{Policy, PolicyTable};
use ::shared::serve::Readiness;
use kube::api::{ApiResource, DynamicObject};
use kube::runtime::{WatchStreamExt, watcher};
use kube::{Api, Client, Resource};
use tokio::sync::watch::Sender;

use super::table::{Shared, Table};
use super::watch::{Heard, failed, filled, follow};
use super::watch_params::Named;
use super::{Caches, Cluster as _};
use crate::metrics::Metrics;

/// The part of readiness that waits for the guardrails.
pub const GUARDRAILS: &str = "guardrails";
/// The part of readiness that waits for the exceptions from guardrails.
pub const EXCEPTIONS: &str = "guardrail-exceptions";

impl<P: Policy> Table for PolicyTable<P> {
    type Object = DynamicObject;

    fn apply(&mut self, object: &DynamicObject) {
        Self::apply(self, object);
    }

    fn delete(&mut self, object: &DynamicObject) {
        Self::delete(self, object);
    }
}

impl Caches {
    /// Watches both kinds for as long as the future is polled, and says which ConfigMaps they name.
    pub(super) async fn watch_policies(&self, client: &Client, metrics: &Metrics, readiness: &Readiness, name: &Sender<Named>) {
        let guardrails = self.watch_kind::<BucketGuardrail>(client, &self.guardrails, GUARDRAILS, metrics, readiness, name);
        let exceptions = self.watch_kind::<BucketGuardrailException>(client, &self.exceptions, EXCEPTIONS, metrics, readiness, name);
        futures::join!(guardrails, exceptions);
    }

    /// Objects are read one by one, so that one that cannot be read does not hide the others.
    async fn watch_kind<P>(
        &self,
        client: &Client,
        table: &Shared<PolicyTable<P>>,
        part: &'static str,
        metrics: &Metrics,
        readiness: &Readiness,
        name: &Sender<Named>,
    ) where
        P: Policy + Resource<DynamicType = ()>,
    {
        let api = Api::<DynamicObject>::all_with(client.clone(), &ApiResource::erase::<P>(&()));
        let events = watcher(api, watcher::Config::default()).default_backoff();
        let told = AtomicBool::new(false);
        let renew = || {
            if self.refresh() {
                self.tell(metrics);
                // Exceptions may be there first.
                if self.guardrails.is_filled() {
                    name.send_replace(Some(self.guardrails().map(|guardrails| guardrails.params()).unwrap_or_default()));
                }
            }
        };
        let hear = |what: Heard<'_, watcher::Error>| match what {
            Heard::Filled => {
                renew();
                filled(metrics, readiness, P::KIND, part);
            }
            Heard::Changed => renew(),
            Heard::Error(error) if is_unknown_kind(error) => {
                readiness.set(part, true);
                if part == GUARDRAILS {
                    name.send_if_modified(|named| named.is_none().then(|| *named = Some(BTreeSet::new())).is_some());
                }
                if !told.swap(true, Ordering::Relaxed) {
                    tracing::warn!(kind = P::KIND, "the cluster does not know this kind; there are none until deploy/crds is applied");
                }
            }
            Heard::Error(error) => failed(metrics, P::KIND, error),
        };
        follow(events, table, hear).await;
    }

    fn tell(&self, metrics: &Metrics) {
        let broken = self.guardrails.read(PolicyTable::broken);
        let generations = self.guardrails.read(PolicyTable::generations);
        metrics.guardrails(&generations, self.guardrails().as_deref(), broken, broken + self.exceptions.read(PolicyTable::broken));
    }
}

/// Whether the definition of the kind is missing: an older installation has none.
fn is_unknown_kind(error: &watcher::Error) -> bool {
    matches!(error, watcher::Error::InitialListFailed(kube::Error::Api(status)) if status.code == 404)
}

#[cfg(test)]
mod tests {
    use kube::core::Status;

    use super::*;

    #[test]
    fn only_a_list_of_a_kind_that_is_not_there_is_no_fault() {
        let failed = |code: u16| kube::Error::Api(Box::new(Status { code, ..Status::default() }));
        assert!(is_unknown_kind(&watcher::Error::InitialListFailed(failed(404))));
        assert!(!is_unknown_kind(&watcher::Error::InitialListFailed(failed(403))));
        assert!(!is_unknown_kind(&watcher::Error::WatchStartFailed(failed(404))));
    }
}
