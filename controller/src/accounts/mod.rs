//! What chooses roles besides annotations: the ConfigMaps of accounts and teams, or the IAMRoleSelectors. They are watched, and the
//! Buckets that hang on what changed are looked at at once.

mod maps;
mod selectors;

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use k8s_openapi::api::core::v1::Namespace;
use kube::Client;
use kube::core::PartialObjectMeta;
use kube::runtime::reflector::{ObjectRef, Store};
use prometheus::Registry;
use shared::Bucket;
use shared::carm::RoleMaps;
use shared::place::{self, Identity, Offers, Place, Unplaced};
use shared::role_selector::{self, Choice};

use self::selectors::{Gauge, Selectors};
use crate::settings::accounts::AccountsSettings;
use crate::trigger::{Lane, Triggers};

/// How long the start waits for what chooses roles. Buckets that need it later wait for it themselves.
const PATIENCE: Duration = Duration::from_secs(10);
/// How often it is asked for in that time.
const ASK: Duration = Duration::from_millis(50);

/// What chooses roles besides annotations. Clones share it.
#[derive(Clone, Debug)]
pub struct Accounts(Way);

#[derive(Clone, Debug)]
enum Way {
    None,
    Maps(Arc<RwLock<RoleMaps>>),
    Selectors(Arc<RwLock<Selectors>>),
}

/// Who asks for looks at Buckets when something changes.
#[derive(Clone)]
pub struct Surroundings {
    /// The cache of Buckets.
    pub buckets: Store<Bucket>,
    /// The cache of namespaces.
    pub namespaces: Store<PartialObjectMeta<Namespace>>,
    /// Where a look is asked for.
    pub triggers: Triggers,
    /// The account of the controller's own credentials.
    pub own_account: Option<String>,
}

impl Accounts {
    /// Starts watching what the settings say.
    ///
    /// # Errors
    /// The registry has a metric of the same name already.
    pub fn start(client: &Client, settings: &AccountsSettings, around: Surroundings, registry: &Registry) -> prometheus::Result<Self> {
        let gauge = Gauge::register(registry)?;
        if !settings.carm && (settings.gates.team_level_carm || settings.gates.service_level_carm) {
            tracing::warn!("TeamLevelCARM and ServiceLevelCARM do nothing with --enable-carm=false");
        }
        Ok(Self(if settings.gates.iam_role_selector {
            let selectors = Arc::default();
            tokio::spawn(selectors::keep(client.clone(), Arc::clone(&selectors), around, gauge));
            Way::Selectors(selectors)
        } else if settings.carm {
            let maps = Arc::new(RwLock::new(maps::unread(settings)));
            maps::keep(client, &maps, &around);
            Way::Maps(maps)
        } else {
            Way::None
        }))
    }

    /// Waits until what chooses roles was read, but not for ever: without a right to read it most Buckets still work.
    pub async fn read(&self) {
        let read = async {
            while !self.is_read() {
                tokio::time::sleep(ASK).await;
            }
        };
        if tokio::time::timeout(PATIENCE, read).await.is_err() {
            tracing::warn!("the ConfigMaps of roles, or the IAMRoleSelectors, were not read in time; Buckets that need them wait for them");
        }
    }

    /// Where the bucket belongs, and with which role it is reached. The annotations and labels are those of its namespace.
    ///
    /// # Errors
    /// That is not known, or was not chosen well.
    pub fn place(
        &self,
        bucket: &Bucket,
        annotations: &BTreeMap<String, String>,
        labels: Option<&BTreeMap<String, String>>,
        identity: &Identity,
    ) -> Result<Place, Unplaced> {
        match &self.0 {
            Way::None => place::resolve(bucket, annotations, identity, Offers::None),
            Way::Maps(maps) => {
                let maps = maps.read().unwrap_or_else(PoisonError::into_inner);
                place::resolve(bucket, annotations, identity, Offers::Maps(&maps))
            }
            Way::Selectors(selectors) => {
                let choice = match selectors.read().unwrap_or_else(PoisonError::into_inner).known() {
                    Some(known) => role_selector::choose(known.values(), bucket, labels.unwrap_or(&BTreeMap::new())),
                    None => Choice::Unread,
                };
                place::resolve(bucket, annotations, identity, Offers::Selectors(choice))
            }
        }
    }

    fn is_read(&self) -> bool {
        match &self.0 {
            Way::None => true,
            Way::Maps(maps) => maps::are_read(&maps.read().unwrap_or_else(PoisonError::into_inner)),
            Way::Selectors(selectors) => selectors.read().unwrap_or_else(PoisonError::into_inner).known().is_some(),
        }
    }
}

impl Surroundings {
    /// Asks for a look at the Buckets that this holds for; it is given the Bucket and its namespace.
    fn look(&self, concerned: impl Fn(&Bucket, &PartialObjectMeta<Namespace>) -> bool) {
        for bucket in self.buckets.state() {
            let namespace = bucket.metadata.namespace.as_deref().and_then(|name| self.namespaces.get(&ObjectRef::new(name)));
            if namespace.is_some_and(|namespace| concerned(&bucket, &namespace)) {
                self.triggers.send(ObjectRef::from_obj(bucket.as_ref()), Lane::Retry);
            }
        }
    }
}

#[cfg(test)]
mod tests;
