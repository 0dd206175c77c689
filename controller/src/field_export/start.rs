//! The life of what carries out FieldExports: it waits until it can, and then works until the process is asked to stop.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use futures::channel::mpsc;
use futures::stream::select;
use futures::{StreamExt, future};
use kube::Client;
use kube::api::{Api, ListParams};
use kube::core::PartialObjectMeta;
use kube::runtime::controller::{self, Action, Controller};
use kube::runtime::reflector;
use prometheus::{IntGauge, Registry};
use shared::field_export::FieldExport;
use shared::telemetry::Chain;
use tokio::sync::watch::Receiver;

use super::exporter::Exporter;
use super::memory::Memory;
use super::metrics::Metrics;
use super::order::Reach;
use super::records::Records;
use super::sandbox::Sandbox;
use super::targets::Targets;
use super::watch::{self, BucketChanges};
use super::{pass, removal};
use crate::context::Context;
use crate::watch::Scope;

/// How many FieldExports are worked on at the same time.
const CONCURRENCY: u16 = 4;
/// How often it is asked whether this process may work, and whether the cache of Buckets is filled.
const ASK: Duration = Duration::from_millis(500);
/// How often it is asked whether the definition is there.
const ASK_DEFINITION: Duration = Duration::from_secs(10);

/// What carrying out FieldExports takes.
pub struct Parts {
    /// The API server.
    pub client: Client,
    /// What the passes over Buckets have at hand.
    pub context: Arc<Context>,
    /// Whose FieldExports are looked after: those beside the Buckets.
    pub scope: Scope,
    /// How far FieldExports may reach.
    pub reach: Reach,
    /// Where the watch of Buckets tells what changed.
    pub changes: BucketChanges,
    /// What is counted.
    pub metrics: Metrics,
}

impl Parts {
    /// Registers the metrics, which are there whether FieldExports are carried out or not.
    ///
    /// # Errors
    /// The registry has one of that name already.
    pub fn metrics(registry: &Registry) -> prometheus::Result<Metrics> {
        Metrics::new(registry)
    }
}

/// Carries out FieldExports until the process is asked to stop.
pub async fn run(parts: Parts) {
    let stop = parts.context.stop.clone();
    let active = parts.metrics.active.clone();
    if parts.context.dry_run {
        tracing::warn!("--dry-run: FieldExports are not carried out: nothing is copied, and one that is deleted waits for its finalizer");
    }
    tokio::select! {
        () = stop.cancelled() => return,
        () = ready(&parts) => {}
    }
    let sandbox = match Sandbox::new() {
        Ok(sandbox) => sandbox,
        Err(error) => {
            tracing::error!(error = %Chain(&error), "FieldExports are not carried out: the system does not say where this program is");
            return;
        }
    };
    tracing::info!("FieldExports are carried out");
    let leads = parts.context.leadership.watch();
    tokio::select! {
        () = work(parts, sandbox) => {}
        () = tell(&active, leads) => {}
    }
    active.set(0);
}

/// Tells whether FieldExports are carried out, which they are not while another process leads.
async fn tell(active: &IntGauge, mut leads: Receiver<bool>) {
    loop {
        active.set(i64::from(*leads.borrow_and_update()));
        if leads.changed().await.is_err() {
            // Leadership lasts as long as the passes do.
            future::pending::<()>().await;
        }
    }
}

/// Waits until this process may write, the definition is there and the cache of Buckets is filled.
async fn ready(parts: &Parts) {
    while !parts.context.may_write() {
        tokio::time::sleep(ASK).await;
    }
    let mut told = false;
    while let Err(error) = listed(&parts.client, &parts.scope).await {
        if !told {
            tracing::error!(
                error = %Chain(&error),
                "FieldExports are not carried out: they cannot be listed; apply their CustomResourceDefinition and the ClusterRole, or say --enable-field-export-reconciler=false"
            );
        }
        told = true;
        tokio::time::sleep(ASK_DEFINITION).await;
    }
    // The cache wakes only the last of those who wait for it: so this asks again and again.
    while tokio::time::timeout(ASK, parts.context.buckets.wait_until_ready()).await.is_err() {}
}

async fn listed(client: &Client, scope: &Scope) -> Result<(), kube::Error> {
    let api: Api<PartialObjectMeta<FieldExport>> = match scope.namespaces.as_slice() {
        [one] => Api::namespaced(client.clone(), one),
        _ => Api::all(client.clone()),
    };
    api.list_metadata(&ListParams::default().limit(1)).await.map(drop)
}

async fn work(parts: Parts, sandbox: Sandbox) {
    let Parts { client, context, scope, reach, changes, metrics } = parts;
    let (exports, writer) = reflector::store();
    let (again, asked_for) = mpsc::unbounded();
    let (gone, lost) = mpsc::unbounded();
    let unreadable = context.metrics.unreadable.with_label_values(&["FieldExport"]);
    let trigger = watch::exports(client.clone(), scope, writer, gone, unreadable);
    let stop = context.stop.clone();
    let exporter = Arc::new(Exporter {
        context,
        reach,
        exports: exports.clone(),
        records: Records::new(client.clone()),
        targets: Targets::new(client),
        sandbox,
        memory: Memory::default(),
        metrics,
        again,
    });
    let passes = Controller::for_stream(trigger, exports.clone())
        .with_config(controller::Config::default().concurrency(CONCURRENCY))
        .reconcile_on(select(asked_for, changes.exports(exports)))
        .graceful_shutdown_on(stop.cancelled_owned())
        .run(pass::reconcile, |_, never: &Infallible, _| -> Action { match *never {} }, Arc::clone(&exporter))
        .for_each(|result| {
            match result {
                // Deleted while it waited for its turn.
                Ok(_) | Err(controller::Error::ObjectNotFound(_)) => {}
                Err(error) => tracing::warn!(error = %Chain(&error), "the watch of FieldExports hiccuped; it goes on"),
            }
            future::ready(())
        });
    let cleaning = lost.for_each(|export| {
        let exporter = Arc::clone(&exporter);
        async move { removal::gone(&exporter, &export).await }
    });
    tokio::select! {
        () = passes => {}
        () = cleaning => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lease::{Leadership, Moment};

    #[tokio::test]
    async fn who_does_not_lead_carries_nothing_out() {
        let (active, leadership) = (IntGauge::new("a", "a").unwrap(), Leadership::none());
        let changes = async {
            for leads in [true, false, true] {
                let news = if leads { leadership.extend(Moment::now().after(ASK)) } else { leadership.end() };
                assert!(news);
                while active.get() != i64::from(leads) {
                    tokio::task::yield_now().await;
                }
            }
        };
        tokio::select! {
            () = changes => {}
            () = tell(&active, leadership.watch()) => panic!("it goes on"),
        }
    }
}
