//! What the webhook knows of the cluster, so that no review needs a call: the annotations of the namespaces, and which Bucket
//! claims which S3 name.

mod claimant;
mod claims;
mod namespaces;
mod table;
mod watch;

use std::collections::BTreeMap;
use std::sync::Arc;

use shared::Bucket;
use shared::admission::{Claims, Holder, Neighbour};

use claims::ClaimTable;
use namespaces::NamespaceTable;
use table::Shared;

pub use watch::{BUCKETS, NAMESPACES};

/// What a review may ask about the cluster; never waits.
pub trait Cluster: Send + Sync {
    /// The annotations of a namespace; `None` where it is not known (yet).
    fn namespace(&self, name: &str) -> Option<Arc<BTreeMap<String, String>>>;

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
}

impl Cluster for Caches {
    fn namespace(&self, name: &str) -> Option<Arc<BTreeMap<String, String>>> {
        self.namespaces.read(|table| table.annotations(name))
    }

    fn is_going(&self, name: &str) -> bool {
        self.namespaces.read(|table| table.is_going(name))
    }

    fn claims(&self) -> &dyn Claims {
        self
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
