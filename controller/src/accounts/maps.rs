//! Keeps what the ConfigMaps of accounts and teams say. Only these two are ever read.

use std::sync::{Arc, PoisonError, RwLock};

use futures::{StreamExt, future};
use k8s_openapi::api::core::v1::{ConfigMap, Namespace};
use kube::api::Api;
use kube::core::PartialObjectMeta;
use kube::runtime::WatchStreamExt;
use kube::runtime::watcher::watch_object;
use kube::{Client, ResourceExt};
use shared::carm::{ACCOUNT_MAP, RoleMap, RoleMaps, TEAM_MAP};
use shared::telemetry::Chain;
use shared::{Bucket, place};

use super::Surroundings;
use crate::settings::accounts::AccountsSettings;

/// The maps before anything was read.
pub(super) fn unread(settings: &AccountsSettings) -> RoleMaps {
    RoleMaps {
        namespace: settings.system_namespace.clone(),
        accounts: RoleMap::Unread,
        teams: settings.gates.team_level_carm.then_some(RoleMap::Unread),
        by_service: settings.gates.service_level_carm,
    }
}

/// Whether all that count were read.
pub(super) fn are_read(maps: &RoleMaps) -> bool {
    maps.accounts != RoleMap::Unread && maps.teams != Some(RoleMap::Unread)
}

/// Which of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Of {
    Accounts,
    Teams,
}

/// Keeps the maps as the API server has them, as long as the process runs.
pub(super) fn keep(client: &Client, maps: &Arc<RwLock<RoleMaps>>, around: &Surroundings) {
    let (namespace, teams) = {
        let maps = maps.read().unwrap_or_else(PoisonError::into_inner);
        (maps.namespace.clone(), maps.teams.is_some())
    };
    let both = [(Of::Accounts, ACCOUNT_MAP), (Of::Teams, TEAM_MAP)];
    for (of, name) in both.into_iter().filter(|(of, _)| *of == Of::Accounts || teams) {
        let api: Api<ConfigMap> = Api::namespaced(client.clone(), &namespace);
        let (maps, around) = (Arc::clone(maps), around.clone());
        tokio::spawn(watch_object(api, name).default_backoff().for_each(move |seen| {
            match seen {
                Ok(object) => take(&maps, of, object, &around),
                Err(error) => tracing::warn!(name, error = %Chain(&error), "the watch of a ConfigMap of roles hiccuped; it goes on"),
            }
            future::ready(())
        }));
    }
}

/// Takes over what the API server has, and has the Buckets looked at that hang on what changed.
pub(super) fn take(maps: &RwLock<RoleMaps>, of: Of, object: Option<ConfigMap>, around: &Surroundings) {
    let new = object.map_or(RoleMap::Missing, |object| RoleMap::Known(object.data.unwrap_or_default()));
    let old = {
        let mut maps = maps.write().unwrap_or_else(PoisonError::into_inner);
        let slot = match of {
            Of::Accounts => &mut maps.accounts,
            Of::Teams => maps.teams.get_or_insert_default(),
        };
        std::mem::replace(slot, new.clone())
    };
    if old == new {
        return;
    }
    let changed = old.changed(&new);
    tracing::info!(map = ?of, ids = changed.as_ref().map(Vec::len), "a ConfigMap of roles changed");
    around.look(|bucket, namespace| {
        let id = id(of, bucket, namespace, around.own_account.as_deref());
        id.is_some_and(|id| changed.as_ref().is_none_or(|changed| changed.contains(&id)))
    });
}

/// What a Bucket asks the map for.
fn id(of: Of, bucket: &Bucket, namespace: &PartialObjectMeta<Namespace>, own_account: Option<&str>) -> Option<String> {
    let annotations = namespace.annotations();
    let id = match of {
        Of::Accounts => place::account_to_look_up(bucket, annotations, own_account),
        Of::Teams => place::team_to_look_up(annotations),
    };
    id.map(str::to_owned)
}
