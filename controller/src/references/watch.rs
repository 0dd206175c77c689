//! Watches the Roles that specs refer to, so that nobody has to ask again and again. Only metadata is sent, and nothing of it is kept:
//! a change of a Role, its status included, calls for one look at it, and only another answer than before calls for its Buckets.

use std::sync::Arc;
use std::time::Duration;

use futures::{Stream, StreamExt};
use kube::ResourceExt;
use kube::api::{Api, DynamicObject, ListParams};
use kube::core::PartialObjectMeta;
use kube::runtime::reflector::{ObjectRef, Store};
use kube::runtime::watcher::{self, Event};
use kube::runtime::{WatchStreamExt, watcher as watch};
use shared::Bucket;
use shared::reference::{self, RoleReference};
use shared::telemetry::Chain;

use super::Roles;
use crate::memory::Memory;
use crate::trigger::{Lane, Triggers};
use crate::watch::Scope;

/// How many objects one page of a list holds.
const PAGE: u32 = 100;
/// How often it is asked whether the cluster has Roles, while a spec refers to one.
const ASK: Duration = Duration::from_secs(5);
/// What the API server answers where it does not know the kind.
const NOT_FOUND: u16 = 404;

/// The Buckets that may refer to a Role, and how one is called.
pub struct Callers {
    /// The cache of Buckets.
    pub buckets: Store<Bucket>,
    /// What is remembered of each.
    pub memory: Arc<Memory>,
    /// Where a look is asked for.
    pub triggers: Triggers,
}

/// Calls for the Buckets whose Role changed, for ever. Nothing is watched before a spec refers to a Role; a cluster without that kind
/// is asked for it now and then.
pub async fn follow(roles: Roles, scope: Scope, callers: Callers) {
    let mut told = false;
    loop {
        roles.known.some().await;
        let api = api(&roles, &scope);
        match api.list_metadata(&ListParams::default().limit(1)).await {
            Ok(_) => {
                told = false;
                tracing::info!("Roles are watched: a spec refers to one");
                while_served(&roles, &callers, watch(api, watcher::Config::default().page_size(PAGE)).default_backoff()).await;
                tracing::info!("the kind Role is gone");
            }
            Err(kube::Error::Api(status)) if status.code == NOT_FOUND => {}
            Err(error) if !told => {
                told = true;
                tracing::warn!(error = %Chain(&error), "Roles cannot be watched; Buckets that wait for one ask now and then");
            }
            Err(_) => {}
        }
        tokio::time::sleep(ASK).await;
    }
}

fn api(roles: &Roles, scope: &Scope) -> Api<PartialObjectMeta<DynamicObject>> {
    match scope.namespaces.as_slice() {
        [one] => Api::namespaced_with(roles.client.clone(), one, &super::kind()),
        _ => Api::all_with(roles.client.clone(), &super::kind()),
    }
}

/// Goes on until the cluster does not know the kind any more.
async fn while_served(
    roles: &Roles,
    callers: &Callers,
    events: impl Stream<Item = Result<Event<PartialObjectMeta<DynamicObject>>, watcher::Error>>,
) {
    let mut events = std::pin::pin!(events);
    while let Some(event) = events.next().await {
        match event {
            Ok(Event::Apply(role) | Event::Delete(role)) => {
                let role = RoleReference { name: role.name_any(), namespace: role.namespace().unwrap_or_default() };
                if roles.known.has(&role) {
                    look(roles, callers, &role).await;
                }
            }
            // After a gap any of them may have changed, or be gone.
            Ok(Event::InitDone) => {
                for role in roles.known.all() {
                    look(roles, callers, &role).await;
                }
            }
            Ok(Event::Init | Event::InitApply(_)) => {}
            Err(error) if is_unknown(&error) => return,
            Err(error) => tracing::debug!(error = %Chain(&error), "the watch of Roles hiccuped; it goes on"),
        }
    }
}

/// Has the Buckets of a Role called for, if it says something else than they were told.
async fn look(roles: &Roles, callers: &Callers, role: &RoleReference) {
    let refers = |bucket: &Bucket| {
        let namespace = bucket.metadata.namespace.as_deref().unwrap_or_default();
        let spec = bucket.spec.as_ref().filter(|spec| reference::is_in(spec));
        spec.is_some_and(|spec| reference::role(spec, namespace, roles.cross_namespace).is_ok_and(|found| found.as_ref() == Some(role)))
    };
    let buckets = callers.buckets.state_filter(refers);
    if buckets.is_empty() {
        roles.known.forget(role);
        return;
    }
    let answer = roles.read(role).await;
    if roles.known.differs(role, answer) {
        tracing::debug!(namespace = role.namespace, role = role.name, buckets = buckets.len(), "a Role changed, and with it its Buckets");
        for bucket in buckets {
            callers.memory.update(&bucket, |remembered| remembered.called = true);
            callers.triggers.send(ObjectRef::from_obj(&bucket), Lane::Retry);
        }
    }
}

fn is_unknown(error: &watcher::Error) -> bool {
    use watcher::Error::{InitialListFailed, WatchError, WatchFailed, WatchStartFailed};
    match error {
        InitialListFailed(kube::Error::Api(status)) | WatchStartFailed(kube::Error::Api(status)) | WatchError(status) => {
            status.code == NOT_FOUND
        }
        InitialListFailed(_) | WatchStartFailed(_) | WatchFailed(_) | watcher::Error::NoResourceVersion => false,
    }
}

#[cfg(test)]
mod tests {
    use kube::core::Status;

    use super::*;

    #[test]
    fn a_kind_that_is_gone_is_told_from_a_hiccup() {
        let failed =
            |code: u16| watcher::Error::InitialListFailed(kube::Error::Api(Status::failure("no", "Reason").with_code(code).boxed()));
        assert!(is_unknown(&failed(404)) && !is_unknown(&failed(403)) && !is_unknown(&failed(500)));
        assert!(!is_unknown(&watcher::Error::NoResourceVersion));
    }
}
