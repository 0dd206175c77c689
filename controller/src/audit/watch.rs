//! Keeps the guardrails and their exceptions as the API server has them. Objects are read one by one, so that one that cannot be read
//! does not hide the others.

use futures::{StreamExt, pin_mut};
use kube::api::{Api, ApiResource, DynamicObject};
use kube::runtime::WatchStreamExt;
use kube::runtime::watcher::{self, Config, Event, watcher};
use kube::{Client, Resource};
use shared::guardrail::types::{BucketGuardrail, BucketGuardrailException};
use shared::guardrail::{Policy, PolicyTable};
use shared::telemetry::Chain;

use super::policies::{Policies, Tables};

/// How many objects one page of a list holds.
const PAGE: u32 = 100;

/// Keeps both kinds, for as long as the future is polled.
pub(super) async fn keep(client: Client, policies: Policies) {
    let guardrails = follow::<BucketGuardrail>(&client, &policies, |tables| &mut tables.guardrails);
    let exceptions = follow::<BucketGuardrailException>(&client, &policies, |tables| &mut tables.exceptions);
    futures::join!(guardrails, exceptions);
}

async fn follow<P>(client: &Client, policies: &Policies, of: fn(&mut Tables) -> &mut PolicyTable<P>)
where
    P: Policy + Resource<DynamicType = ()>,
{
    let api = Api::<DynamicObject>::all_with(client.clone(), &ApiResource::erase::<P>(&()));
    let events = watcher(api, Config::default().page_size(PAGE)).default_backoff();
    let mut list = PolicyTable::default();
    let mut told = false;
    pin_mut!(events);
    while let Some(event) = events.next().await {
        match event {
            Ok(event) => take(event, &mut list, |change| policies.change(|tables| change(of(tables)))),
            Err(error) if is_unknown_kind(&error) => {
                if !told {
                    tracing::warn!(kind = P::KIND, "the cluster does not know this kind; there are none until deploy/crds is applied");
                }
                told = true;
            }
            Err(error) => tracing::warn!(kind = P::KIND, error = %Chain(&error), "a watch hiccuped; it goes on"),
        }
    }
}

/// Takes an event over. A list takes the place of what was there once it is whole.
fn take<P: Policy>(event: Event<DynamicObject>, list: &mut PolicyTable<P>, change: impl FnOnce(&mut dyn FnMut(&mut PolicyTable<P>))) {
    match event {
        Event::Init => *list = PolicyTable::default(),
        Event::InitApply(object) => list.apply(&object),
        Event::InitDone => change(&mut |table| *table = std::mem::take(list)),
        Event::Apply(object) => change(&mut |table| table.apply(&object)),
        Event::Delete(object) => change(&mut |table| table.delete(&object)),
    }
}

/// Whether the definition of the kind is missing: an older installation has none.
fn is_unknown_kind(error: &watcher::Error) -> bool {
    matches!(error, watcher::Error::InitialListFailed(kube::Error::Api(status)) if status.code == 404)
}
