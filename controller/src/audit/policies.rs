//! The guardrails and their exceptions, as the watches have them.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use shared::guardrail::types::{BucketGuardrail, BucketGuardrailException};
use shared::guardrail::{Guardrails, ParamsTable, PolicyTable};
use tokio::sync::{Notify, watch};

/// The guardrails and their exceptions; clones share them.
#[derive(Clone, Default)]
pub struct Policies(Arc<Inner>);

#[derive(Default)]
struct Inner {
    tables: Mutex<Tables>,
    /// Made of the tables whenever one of them changes.
    guardrails: RwLock<Arc<Guardrails>>,
    params: RwLock<ParamsTable>,
    /// The ConfigMaps that the guardrails name, by namespace and name.
    named: watch::Sender<Named>,
    changed: Notify,
}

/// Namespaces and names.
type Named = BTreeSet<(String, String)>;

/// What is stored.
#[derive(Default)]
pub struct Tables {
    /// The guardrails.
    pub guardrails: PolicyTable<BucketGuardrail>,
    /// The exceptions.
    pub exceptions: PolicyTable<BucketGuardrailException>,
}

impl Policies {
    /// The guardrails with their exceptions, as they are now.
    #[must_use]
    pub fn guardrails(&self) -> Arc<Guardrails> {
        Arc::clone(&self.0.guardrails.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Changes what is stored.
    pub fn change(&self, change: impl FnOnce(&mut Tables)) {
        {
            let mut tables = self.tables();
            change(&mut tables);
            if !(tables.guardrails.take_changed() | tables.exceptions.take_changed()) {
                return;
            }
            let guardrails = Guardrails::new(tables.guardrails.ready(), tables.exceptions.ready());
            let named = guardrails.params();
            self.0.named.send_if_modified(|known| std::mem::replace(known, named.clone()) != named);
            *self.0.guardrails.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(guardrails);
        }
        self.touch();
    }

    /// The ConfigMaps that guardrails name, as they are now.
    #[must_use]
    pub fn config_maps(&self) -> ParamsTable {
        self.0.params.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Changes what is known of the ConfigMaps; `change` says whether an audit would find something else now.
    pub(super) fn params(&self, change: impl FnOnce(&mut ParamsTable) -> bool) {
        let news = change(&mut self.0.params.write().unwrap_or_else(PoisonError::into_inner));
        if news {
            self.touch();
        }
    }

    /// Which ConfigMaps the guardrails name, now and whenever that changes.
    pub(super) fn named(&self) -> watch::Receiver<Named> {
        self.0.named.subscribe()
    }

    /// Says that an audit would find something else now.
    pub fn touch(&self) {
        self.0.changed.notify_one();
    }

    /// Returns once something changed since this returned last.
    pub async fn changed(&self) {
        self.0.changed.notified().await;
    }

    /// What is stored, for one look.
    pub(super) fn tables(&self) -> MutexGuard<'_, Tables> {
        // A panic leaves at worst one object that is out of date.
        self.0.tables.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;
    use serde_json::json;

    use super::*;

    #[test]
    fn the_guardrails_follow_what_is_stored_and_each_change_is_told_once() {
        let policies = Policies::default();
        let object = json!({"apiVersion": "cooper.dev/v1alpha1", "kind": "BucketGuardrail", "metadata": {"name": "g", "generation": 1}, "spec": {"rules": {"website": "Forbidden"}}});
        let object = serde_json::from_value(object).unwrap();
        policies.change(|tables| tables.guardrails.apply(&object));
        assert_eq!(policies.guardrails().iter().count(), 1);
        assert!(policies.changed().now_or_never().is_some() && policies.changed().now_or_never().is_none());
        policies.change(|tables| tables.guardrails.apply(&object));
        assert!(policies.changed().now_or_never().is_none(), "it is the same");
        policies.change(|tables| tables.guardrails.delete(&object));
        assert!(policies.guardrails().is_empty() && policies.changed().now_or_never().is_some());
    }
}
