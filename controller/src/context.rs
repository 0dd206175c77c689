//! What every pass has at hand.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use k8s_openapi::api::core::v1::Namespace;
use kube::core::PartialObjectMeta;
use kube::runtime::reflector::{ObjectRef, Store};
use shared::place::{DeletionPolicy, Identity};
use shared::unset::UnsetFields;
use shared::{Bucket, admission};
use tokio_util::sync::CancellationToken;

use crate::aws::Aws;
use crate::events::Events;
use crate::memory::Memory;
use crate::metrics::Metrics;
use crate::objects::Objects;
use crate::references::Roles;

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
    /// Who the controller is, and what it brings along.
    pub identity: Identity,
    /// What the operator set, as the admission rules ask for it.
    pub admission: admission::Settings,
    /// What happens to the S3 bucket of a deleted Bucket where nobody says.
    pub deletion_policy: DeletionPolicy,
    /// What becomes of the sections that a spec leaves out, where the Bucket does not say.
    pub unset_fields: UnsetFields,
    /// The time between two checks for drift.
    pub period: Duration,
    /// What is counted.
    pub metrics: Metrics,
    /// What is remembered of each Bucket.
    pub memory: Arc<Memory>,
    /// Cancelled when the process is asked to stop.
    pub stop: CancellationToken,
    /// The clock.
    pub now: fn() -> Timestamp,
}

/// The annotations of a namespace.
pub type Annotations = BTreeMap<String, String>;

impl Context {
    /// Whether anything may still be written to S3.
    #[must_use]
    pub fn may_write(&self) -> bool {
        !self.stop.is_cancelled()
    }

    /// The annotations of the Bucket's namespace; `None` where the cache does not know it (yet).
    #[must_use]
    pub fn namespace_of(&self, bucket: &Bucket) -> Option<Arc<Annotations>> {
        let name = bucket.metadata.namespace.as_deref()?;
        let found = self.namespaces.get(&ObjectRef::new(name))?;
        Some(Arc::new(found.metadata.annotations.clone().unwrap_or_default()))
    }
}
