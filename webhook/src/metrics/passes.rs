//! Counts the rules of guardrails that are met. A review meets more than a hundred of them where many guardrails are about its Bucket;
//! to look each one's counter up by its labels would take longer than to ask the rule.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use prometheus::{IntCounter, IntCounterVec};
use shared::guardrail::{Guardrail, Met, Outcome};

/// So many guardrails are remembered at most; a cluster that has more pays for looking counters up.
const MOST: usize = 4096;

/// The counters of the guardrails that were met.
#[derive(Default)]
pub(crate) struct Passes(RwLock<HashMap<Key, Known>>);

/// A guardrail, by its address, and whether its Deny only warns yet.
type Key = (usize, bool);

struct Known {
    /// Keeps the address from becoming another one's.
    _guardrail: Arc<Guardrail>,
    /// By the places of rules. Each is there once its rule was met, as with any other result.
    counters: Vec<OnceLock<IntCounter>>,
}

impl Passes {
    /// Adds what a review met.
    pub(crate) fn count(&self, all: &[Met], results: &IntCounterVec) {
        let new: Vec<&Met> = {
            let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
            let add = |met: &&Met| known.get(&key(met)).map(|known| known.add(met, results)).is_none();
            all.iter().filter(add).collect()
        };
        if new.is_empty() {
            return;
        }
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if known.len() + new.len() > MOST {
            known.clear();
        }
        for met in new {
            known.entry(key(met)).or_insert_with(|| Known::of(met)).add(met, results);
        }
    }

    /// Lets go of guardrails that may be gone.
    pub(crate) fn forget(&self) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

fn key(met: &Met) -> Key {
    (Arc::as_ptr(met.guardrail()).addr(), met.waits())
}

impl Known {
    fn of(met: &Met) -> Self {
        let rules = (0..).take_while(|place| met.rule(*place).is_some());
        Self { _guardrail: Arc::clone(met.guardrail()), counters: rules.map(|_| OnceLock::new()).collect() }
    }

    fn add(&self, met: &Met, results: &IntCounterVec) {
        for place in met.places() {
            let (Some(counter), Some((rule, action))) = (self.counters.get(place), met.rule(place)) else { continue };
            let labels = || [&**met.guardrail().name(), &**rule, action.as_str(), Outcome::Pass.as_str()];
            counter.get_or_init(|| results.with_label_values(&labels())).inc();
        }
    }
}
