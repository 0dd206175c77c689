//! What the webhook knows of the cluster, so that no review needs a call: the annotations and labels of the namespaces, which
//! Bucket claims which S3 name, and the guardrails with the ConfigMaps that they name.

mod claimant;
mod claims;
mod namespaces;
mod table;
mod watch;
mod watch_params;
mod watch_policies;

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use ::shared::Bucket;
use ::shared::admission::{Claims, Holder, Neighbour};
use ::shared::guardrail::types::{BucketGuardrail, BucketGuardrailException};
use ::shared::guardrail::{Guardrails, NoParams, Params, ParamsFault, ParamsTable, PolicyTable};
use k8s_openapi::api::core::v1::ConfigMap;
use serde_json::Value;

use claims::ClaimTable;
use namespaces::NamespaceTable;
use table::Shared;

pub use watch::{BUCKETS, NAMESPACES};
pub use watch_params::PARAMS;
pub use watch_policies::{EXCEPTIONS, GUARDRAILS};

/// What a review may ask about the cluster; never waits.
pub trait Cluster: Send + Sync {
    /// The annotations of a namespace; `None` where it is not known (yet).
    fn namespace(&self, name: &str) -> Option<Arc<BTreeMap<String, String>>>;

    /// The labels of a namespace; `None` where it is not known (yet).
    fn namespace_labels(&self, _name: &str) -> Option<Arc<BTreeMap<String, String>>> {
        None
    }

    /// The guardrails with their exceptions; `None` where there is no guardrail.
    fn guardrails(&self) -> Option<Arc<Guardrails>> {
        None
    }

    /// The ConfigMaps that guardrails name.
    fn params(&self) -> &dyn Params {
        &NoParams
    }

    /// Whether a namespace is being deleted, and all that is in it.
    fn is_going(&self, _name: &str) -> bool {
        false
    }

    /// Who claims which S3 name.
    fn claims(&self) -> &dyn Claims;
}

/// The caches. Empty and not filled at first; [`watch`](Caches::watch) keeps them up to date, or [`fill`](Caches::fill) sets them.
#[derive(Default)]
pub struct Caches {
    default_region: Option<String>,
    namespaces: Shared<NamespaceTable>,
    claims: Shared<ClaimTable>,
    guardrails: Shared<PolicyTable<BucketGuardrail>>,
    exceptions: Shared<PolicyTable<BucketGuardrailException>>,
    /// Made of the last two whenever one of them changes; `None` where there is no guardrail.
    guarding: RwLock<Option<Arc<Guardrails>>>,
    params: Shared<ParamsTable>,
}

impl Caches {
    /// Empty caches. Buckets that name no region in a namespace that names none count as in `default_region`.
    #[must_use]
    pub fn new(default_region: Option<String>) -> Self {
        Self { default_region, ..Self::default() }
    }

    /// Sets the caches to these namespaces (name and annotations) and Buckets, as if they had been listed; for tests and benches.
    pub fn fill(
        &self,
        namespaces: impl IntoIterator<Item = (String, BTreeMap<String, String>)>,
        buckets: impl IntoIterator<Item = Bucket>,
    ) {
        self.namespaces.replace(namespaces.into_iter().collect());
        self.claims.replace(buckets.into_iter().collect());
    }

    /// Sets the labels of a namespace, for tests and for manifests without a cluster.
    pub fn label(&self, namespace: &str, labels: BTreeMap<String, String>) {
        self.namespaces.change(|table| table.label(namespace, labels));
    }

    /// Judges by these guardrails from now on.
    pub fn guard(&self, guardrails: Guardrails) {
        let guardrails = (!guardrails.is_empty()).then(|| Arc::new(guardrails));
        *self.guarding.write().unwrap_or_else(PoisonError::into_inner) = guardrails;
    }

    /// Sets the ConfigMaps that the guardrails name to these; those that are not among them are missing. For tests, and for manifests
    /// without a cluster.
    pub fn parametrise(&self, maps: impl IntoIterator<Item = ConfigMap>) {
        let wanted = self.guardrails().map(|guardrails| guardrails.params()).unwrap_or_default();
        self.params.replace(ParamsTable::complete(&wanted, maps));
    }

    /// Makes the guardrails anew where a stored object changed; whether one did.
    fn refresh(&self) -> bool {
        let mut changed = false;
        self.guardrails.change(|table| changed |= table.take_changed());
        self.exceptions.change(|table| changed |= table.take_changed());
        if changed {
            let guardrails = self.guardrails.read(PolicyTable::ready);
            self.guard(Guardrails::new(guardrails, self.exceptions.read(PolicyTable::ready)));
        }
        changed
    }
}

impl Cluster for Caches {
    fn namespace(&self, name: &str) -> Option<Arc<BTreeMap<String, String>>> {
        self.namespaces.read(|table| table.annotations(name))
    }

    fn namespace_labels(&self, name: &str) -> Option<Arc<BTreeMap<String, String>>> {
        self.namespaces.read(|table| table.labels(name))
    }

    fn guardrails(&self) -> Option<Arc<Guardrails>> {
        self.guarding.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn params(&self) -> &dyn Params {
        self
    }

    fn is_going(&self, name: &str) -> bool {
        self.namespaces.read(|table| table.is_going(name))
    }

    fn claims(&self) -> &dyn Claims {
        self
    }
}

impl Params for Caches {
    fn config_map(&self, namespace: &str, name: &str) -> Result<Arc<Value>, ParamsFault> {
        self.params.read(|table| table.config_map(namespace, name))
    }
}

impl Claims for Caches {
    fn holder(&self, bucket_name: &str, partition: &str, asking: &Bucket) -> Holder {
        if !self.claims.is_filled() || !self.namespaces.is_filled() {
            return Holder::Unknown;
        }
        let claim = self.claims.read(|claims| {
            self.namespaces.read(|namespaces| claims.holder(bucket_name, partition, asking, namespaces, self.default_region.as_deref()))
        });
        claim.map_or(Holder::Nobody, Holder::Bucket)
    }

    fn neighbour(&self, bucket_name: &str, partition: &str, asking: &Bucket) -> Neighbour {
        if !self.claims.is_filled() || !self.namespaces.is_filled() {
            return Neighbour::Unknown;
        }
        let profile = self.claims.read(|claims| {
            self.namespaces.read(|namespaces| claims.neighbour(bucket_name, partition, asking, namespaces, self.default_region.as_deref()))
        });
        profile.map_or(Neighbour::Nobody, Neighbour::Bucket)
    }
}
