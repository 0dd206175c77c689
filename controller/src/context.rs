//! What every pass has at hand.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use k8s_openapi::api::core::v1::Namespace;
use kube::core::PartialObjectMeta;
use kube::runtime::reflector::{ObjectRef, Store};
use shared::drift_mode::Said;
use shared::place::{DeletionPolicy, Identity, Place, Unplaced};
use shared::unset::UnsetFields;
use shared::{Bucket, admission};
use tokio_util::sync::CancellationToken;

use crate::accounts::Accounts;
use crate::audit::Policies;
use crate::aws::Aws;
use crate::deletion::Deletions;
use crate::events::Events;
use crate::lease::Leadership;
use crate::memory::Memory;
use crate::metrics::Metrics;
use crate::objects::Objects;
use crate::references::Roles;
use crate::settings::audit::AuditSettings;
use crate::settings::gates::Gates;

/// What every pass has at hand.
pub struct Context {
    /// Writes to the API server.
    pub objects: Objects,
    /// The Roles that specs refer to.
    pub roles: Roles,
    /// Where Events are published.
    pub events: Events,
    /// The cache of Buckets.
    pub buckets: Store<Bucket>,
    /// The cache of namespaces.
    pub namespaces: Store<PartialObjectMeta<Namespace>>,
    /// The way to AWS.
    pub aws: Aws,
    /// What chooses roles besides annotations.
    pub accounts: Accounts,
    /// Who the controller is, and what it brings along.
    pub identity: Identity,
    /// What the operator set, as the admission rules ask for it.
    pub admission: admission::Settings,
    /// What happens to the S3 bucket of a deleted Bucket where nobody says.
    pub deletion_policy: DeletionPolicy,
    /// What becomes of the sections that a spec leaves out, where the Bucket does not say.
    pub unset_fields: UnsetFields,
    /// The guardrails.
    pub policies: Policies,
    /// Whether nothing is written to S3 at all: what would be done is shown instead.
    pub dry_run: bool,
    /// The features that are on.
    pub gates: Gates,
    /// What all deletions have at hand.
    pub deletions: Deletions,
    /// The time between two checks for drift, where the Bucket does not say.
    pub period: Duration,
    /// What is done about drift where neither the Bucket nor its namespace says.
    pub drift_mode: Said,
    /// What guardrails are asked in the background.
    pub audit: AuditSettings,
    /// What is counted.
    pub metrics: Metrics,
    /// What is remembered of each Bucket.
    pub memory: Arc<Memory>,
    /// Whether this process is the one that works.
    pub leadership: Leadership,
    /// Cancelled when the process is asked to stop.
    pub stop: CancellationToken,
    /// The clock.
    pub now: fn() -> Timestamp,
}

/// The annotations of a namespace.
pub type Annotations = BTreeMap<String, String>;

impl Context {
    /// Forgets what it remembers of Buckets: this process ceased to lead, and another one changes them now.
    pub fn forget(&self) {
        self.memory.keep(|_| false);
        self.deletions.forget();
    }

    /// Whether anything may still be written to S3.
    #[must_use]
    pub fn may_write(&self) -> bool {
        !self.dry_run && !self.stop.is_cancelled() && self.leadership.holds()
    }

    /// The labels of the Bucket's namespace; `None` where the cache does not know it (yet).
    #[must_use]
    pub fn labels_of(&self, bucket: &Bucket) -> Option<Arc<Annotations>> {
        Some(Arc::new(self.around(bucket)?.metadata.labels.clone().unwrap_or_default()))
    }

    /// Where the bucket belongs, and with which role it is reached.
    ///
    /// # Errors
    /// That is not known, or was not chosen well.
    pub fn place_of(&self, bucket: &Bucket, namespace: &Annotations) -> Result<Place, Unplaced> {
        let found = self.around(bucket);
        let labels = found.as_ref().and_then(|namespace| namespace.metadata.labels.as_ref());
        self.accounts.place(bucket, namespace, labels, &self.identity)
    }

    /// The annotations of the Bucket's namespace; `None` where the cache does not know it (yet).
    #[must_use]
    pub fn namespace_of(&self, bucket: &Bucket) -> Option<Arc<Annotations>> {
        Some(Arc::new(self.around(bucket)?.metadata.annotations.clone().unwrap_or_default()))
    }

    /// The Bucket's namespace; `None` where the cache does not know it (yet).
    #[must_use]
    pub fn around(&self, bucket: &Bucket) -> Option<Arc<PartialObjectMeta<Namespace>>> {
        self.namespaces.get(&ObjectRef::new(bucket.metadata.namespace.as_deref()?))
    }
}
