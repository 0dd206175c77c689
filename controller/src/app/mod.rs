//! The whole process: what is started in which order, and how it ends.

mod caches;
mod error;
mod listen;

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt;
use jiff::Timestamp;
use kube::Client;
use kube::runtime::controller::{self, Action, Controller};
use kube::runtime::reflector;
use prometheus::Registry;
use shared::serve::{Readiness, health_router, metrics_router, run as serve, shutdown_on_signal};
use shared::subconfig::carry::Carry;
use shared::telemetry::Chain;
use shared::{admission, place, telemetry};
use tokio_util::sync::CancellationToken;

pub use self::error::RunError;
use self::listen::{in_background, listener};
use crate::aws::Aws;
use crate::calls::Counting;
use crate::context::Context;
use crate::events::Events;
use crate::gauges::Gauges;
use crate::memory::Memory;
use crate::metrics::Metrics;
use crate::objects::Objects;
use crate::pass;
use crate::references::Roles;
use crate::settings::Settings;
use crate::trigger::Triggers;
use crate::watch::{self, Scope};

/// How long passes under way may take once the process is asked to stop.
const DRAIN: Duration = Duration::from_secs(8);

/// Runs the controller until it is asked to stop.
///
/// # Errors
/// Something that it cannot do without is missing.
pub async fn run(settings: Settings) -> Result<(), RunError> {
    telemetry::init(&settings.serve.log_filter, settings.serve.log_format)?;
    let stop = shutdown_on_signal().map_err(RunError::Signals)?;
    let registry = Registry::new();
    let metrics = Metrics::new(&registry)?;
    let readiness = Readiness::new(&["identity", "namespaces", "buckets"]);
    let metrics_listener = listener("metrics-addr", settings.serve.metrics_addr).await?;
    in_background("metrics-addr", serve(metrics_listener, metrics_router(registry.clone()), stop.clone()));
    let health_listener = listener("healthz-addr", settings.serve.healthz_addr).await?;
    in_background("healthz-addr", serve(health_listener, health_router(readiness.clone()), stop.clone()));

    tokio::select! {
        ended = work(settings, metrics, registry, readiness, stop.clone()) => ended,
        () = late(&stop) => {
            tracing::warn!("passes under way did not end in time; their Buckets are looked at again after the next start");
            Ok(())
        }
    }
}

async fn late(stop: &CancellationToken) {
    stop.cancelled().await;
    tokio::time::sleep(DRAIN).await;
}

async fn work(
    settings: Settings,
    metrics: Metrics,
    registry: Registry,
    readiness: Readiness,
    stop: CancellationToken,
) -> Result<(), RunError> {
    let client = client().await.map_err(RunError::Kubeconfig)?;
    let scope = Scope { namespaces: settings.watch.namespaces.clone(), selector: settings.watch.selector.clone() };
    caches::probe(&client, &scope).await?;

    let (buckets, writer) = reflector::store();
    let (triggers, asked_for) = Triggers::new();
    let namespaces = caches::watch_namespaces(client.clone(), buckets.clone(), triggers);
    let aws = Aws::load(settings.aws.clone(), Counting(metrics.clone())).await.carrying(Carry::new(&registry)?);
    let caller = aws.caller().await?;
    tracing::info!(account = caller.account, arn = caller.arn, region = settings.aws.region, "AWS knows the controller");
    readiness.set("identity", true);
    if namespaces.wait_until_ready().await.is_ok() {
        readiness.set("namespaces", true);
    }

    Gauges::register(&registry, buckets.clone())?;
    let memory = Arc::new(Memory::default());
    let trigger = watch::buckets(client.clone(), scope, writer, metrics.clone(), Arc::clone(&memory));
    caches::announce(buckets.clone(), readiness);
    let (events, publisher) = Events::start(client.clone());
    let context = Arc::new(Context {
        roles: Roles::new(client.clone(), settings.exports.cross_namespace),
        objects: Objects::new(client),
        events,
        buckets: buckets.clone(),
        namespaces,
        aws,
        identity: place::Identity {
            account: Some(caller.account),
            default_region: Some(settings.aws.region.clone()),
            tags: settings.reconcile.tags.clone(),
        },
        admission: admission::Settings {
            default_region: Some(settings.aws.region),
            controller_tags: settings.reconcile.tags.len(),
            ..admission::Settings::default()
        },
        deletion_policy: settings.safety.deletion_policy,
        unset_fields: settings.reconcile.unset_fields,
        period: settings.reconcile.period,
        metrics,
        memory,
        stop: stop.clone(),
        now: Timestamp::now,
    });

    Controller::for_stream(trigger, buckets)
        .with_config(controller::Config::default().concurrency(settings.reconcile.concurrency))
        .reconcile_on(asked_for.map(|(bucket, _)| bucket))
        .graceful_shutdown_on(stop.cancelled_owned())
        .run(pass::reconcile, |_, never: &Infallible, _| -> Action { match *never {} }, context)
        .for_each(|result| async {
            match result {
                // Deleted while it waited for its turn.
                Ok(_) | Err(controller::Error::ObjectNotFound(_)) => {}
                Err(error) => tracing::warn!(error = %Chain(&error), "the watch of Buckets hiccuped; it goes on"),
            }
        })
        .await;
    tracing::info!("all passes ended");
    if publisher.await.is_err() {
        tracing::warn!("publishing Events ended early; some may be lost");
    }
    Ok(())
}

async fn client() -> Result<Client, kube::Error> {
    let mut config = kube::Config::infer().await.map_err(kube::Error::InferConfig)?;
    // The client's own retries wait up to 1,000 s between two tries and say nothing; watches and passes have their own back-off.
    config.default_retry = false;
    Client::try_from(config)
}
