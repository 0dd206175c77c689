//! Keeps the IAMRoleSelectors, as far as they choose.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use futures::{StreamExt, future};
use kube::api::Api;
use kube::runtime::WatchStreamExt;
use kube::runtime::watcher::{Config, Event, watcher};
use kube::{Client, ResourceExt};
use prometheus::{IntGaugeVec, Opts, Registry};
use shared::iam_role_selector::IamRoleSelector;
use shared::role_selector::Selector;
use shared::telemetry::Chain;

use super::Surroundings;

/// How many objects one page of a list holds.
const PAGE: u32 = 100;
/// The states of a selector, as a label.
const STATES: [&str; 2] = ["valid", "invalid"];

/// The selectors, by name.
#[derive(Debug, Default)]
pub(super) struct Selectors {
    known: Option<BTreeMap<String, Selector>>,
    /// A list that is coming in.
    coming: BTreeMap<String, Selector>,
}

/// How many selectors there are.
#[derive(Clone, Debug)]
pub(super) struct Gauge(IntGaugeVec);

impl Gauge {
    pub(super) fn register(registry: &Registry) -> prometheus::Result<Self> {
        let gauge = IntGaugeVec::new(Opts::new("cooper_iam_role_selectors", "IAMRoleSelectors, by whether they can be used."), &["state"])?;
        registry.register(Box::new(gauge.clone()))?;
        for state in STATES {
            gauge.with_label_values(&[state]).set(0);
        }
        Ok(Self(gauge))
    }

    fn count(&self, selectors: &BTreeMap<String, Selector>) {
        let invalid = selectors.values().filter(|selector| selector.problem().is_some()).count();
        for (state, number) in STATES.into_iter().zip([selectors.len() - invalid, invalid]) {
            self.0.with_label_values(&[state]).set(i64::try_from(number).unwrap_or(i64::MAX));
        }
    }
}

impl Selectors {
    /// The selectors, once they were read.
    pub(super) fn known(&self) -> Option<&BTreeMap<String, Selector>> {
        self.known.as_ref()
    }

    /// Takes an event over. What comes back changed: each selector as it was and as it is.
    pub(super) fn take(&mut self, event: Event<IamRoleSelector>) -> Vec<Selector> {
        let (old, new) = match event {
            Event::Init => {
                self.coming.clear();
                return Vec::new();
            }
            Event::InitApply(object) => {
                self.coming.insert(object.name_any(), Selector::of(&object));
                return Vec::new();
            }
            Event::InitDone => return self.replace(),
            Event::Apply(object) => {
                let new = Selector::of(&object);
                (self.known.get_or_insert_default().insert(new.name.clone(), new.clone()), Some(new))
            }
            Event::Delete(object) => (self.known.get_or_insert_default().remove(&object.name_any()), None),
        };
        if old == new { Vec::new() } else { old.into_iter().chain(new).collect() }
    }

    fn replace(&mut self) -> Vec<Selector> {
        let new = std::mem::take(&mut self.coming);
        let old = self.known.replace(new.clone()).unwrap_or_default();
        let gone = old.values().filter(|selector| new.get(&selector.name) != Some(*selector));
        let come = new.values().filter(|selector| old.get(&selector.name) != Some(*selector));
        gone.chain(come).cloned().collect()
    }
}

/// Keeps the selectors as the API server has them, as long as the process runs, and has the Buckets looked at that one of them is for
/// or was for.
pub(super) async fn keep(client: Client, selectors: Arc<RwLock<Selectors>>, around: Surroundings, gauge: Gauge) {
    let config = Config::default().page_size(PAGE);
    let events = watcher(Api::<IamRoleSelector>::all(client), config).default_backoff();
    let taken = events.for_each(|event| {
        match event {
            Ok(event) => take(&selectors, event, &around, &gauge),
            Err(error) => tracing::warn!(error = %Chain(&error), "the watch of IAMRoleSelectors hiccuped; it goes on"),
        }
        future::ready(())
    });
    taken.await;
}

pub(super) fn take(selectors: &RwLock<Selectors>, event: Event<IamRoleSelector>, around: &Surroundings, gauge: &Gauge) {
    let first = selectors.read().unwrap_or_else(PoisonError::into_inner).known.is_none();
    let changed = {
        let mut selectors = selectors.write().unwrap_or_else(PoisonError::into_inner);
        let changed = selectors.take(event);
        if let Some(known) = selectors.known() {
            gauge.count(known);
            changed.iter().filter(|selector| known.get(&selector.name) == Some(*selector)).for_each(tell);
        }
        changed
    };
    // At the start every Bucket is looked at anyway.
    if !first && !changed.is_empty() {
        let none = BTreeMap::new();
        around.look(|bucket, namespace| {
            let labels = namespace.metadata.labels.as_ref().unwrap_or(&none);
            changed.iter().any(|selector| selector.is_for(bucket, labels))
        });
    }
}

fn tell(selector: &Selector) {
    let Selector { name, resource_version: version, .. } = selector;
    if let Some(problem) = selector.problem() {
        tracing::warn!(name, version, "an IAMRoleSelector cannot be used and chooses no role: {problem}");
    } else {
        tracing::info!(name, version, role = selector.arn, "an IAMRoleSelector is in use");
    }
}
