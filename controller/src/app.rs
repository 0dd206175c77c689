//! The whole process: what is started in which order, and how it ends.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use futures::channel::mpsc;
use futures::{StreamExt, stream};
use jiff::Timestamp;
use k8s_openapi::api::core::v1::Namespace;
use kube::Client;
use kube::api::{Api, ListParams};
use kube::core::PartialObjectMeta;
use kube::runtime::controller::{self, Action, Controller};
use kube::runtime::reflector::{self, Store};
use prometheus::Registry;
use shared::serve::{Readiness, health_router, metrics_router, run as serve, shutdown_on_signal};
use shared::subconfig::carry::Carry;
use shared::telemetry::Chain;
use shared::{Bucket, admission, place, telemetry};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::aws::{Aws, IdentityError};
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
use crate::watch::{self, Scope};

/// How long passes under way may take once the process is asked to stop.
const DRAIN: Duration = Duration::from_secs(8);
/// How often the cache of Buckets is asked whether it is filled.
const ASK_CACHE: Duration = Duration::from_millis(100);

/// Why the controller did not start, or ended.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The log cannot be set up.
    #[error("the log cannot be set up; correct --log-level")]
    Telemetry(#[from] telemetry::TelemetryError),
    /// The process cannot listen for signals.
    #[error("cannot listen for signals; run on a system that has them")]
    Signals(#[source] std::io::Error),
    /// A port cannot be opened.
    #[error("cannot listen on {address}; free the port, or give another with --{flag}")]
    Listen {
        /// The flag that names the port.
        flag: &'static str,
        /// The address.
        address: SocketAddr,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The metrics cannot be registered.
    #[error("the metrics cannot be registered; this is a bug")]
    Metrics(#[from] prometheus::Error),
    /// There is no way to the API server.
    #[error("no way to the API server; run in a cluster, or set KUBECONFIG")]
    Kubeconfig(#[source] kube::Error),
    /// The Buckets cannot be listed.
    #[error("cannot list Buckets; apply the CustomResourceDefinitions and the ClusterRole, and check --watch-selectors")]
    Buckets(#[source] kube::Error),
    /// AWS does not say who the controller is.
    #[error(transparent)]
    Identity(#[from] IdentityError),
}

impl RunError {
    /// The kind of error, for a label.
    #[must_use]
    pub fn category(&self) -> &'static str {
        match self {
            Self::Telemetry(error) => error.category(),
            Self::Signals(_) | Self::Listen { .. } | Self::Metrics(_) => "start",
            Self::Kubeconfig(_) | Self::Buckets(_) => "kubernetes",
            Self::Identity(error) => error.category(),
        }
    }
}

/// Runs the controller until it is asked to stop.
///
/// # Errors
/// Something that it cannot do without is missing.
pub async fn run(settings: Settings) -> Result<(), RunError> {
    telemetry::init(&settings.log_filter, settings.log_format)?;
    let stop = shutdown_on_signal().map_err(RunError::Signals)?;
    let registry = Registry::new();
    let metrics = Metrics::new(&registry)?;
    let readiness = Readiness::new(&["identity", "namespaces", "buckets"]);
    let metrics_listener = listener("metrics-addr", settings.metrics_addr).await?;
    in_background("metrics-addr", serve(metrics_listener, metrics_router(registry.clone()), stop.clone()));
    let health_listener = listener("healthz-addr", settings.healthz_addr).await?;
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

async fn listener(flag: &'static str, address: SocketAddr) -> Result<TcpListener, RunError> {
    let failed = |source| RunError::Listen { flag, address, source };
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    tracing::info!(flag, address = %listener.local_addr().map_err(failed)?, "listening");
    Ok(listener)
}

fn in_background(flag: &'static str, serving: impl Future<Output = std::io::Result<()>> + Send + 'static) {
    tokio::spawn(async move {
        if let Err(error) = serving.await {
            tracing::error!(flag, error = %Chain(&error), "stopped listening");
        }
    });
}

async fn work(
    settings: Settings,
    metrics: Metrics,
    registry: Registry,
    readiness: Readiness,
    stop: CancellationToken,
) -> Result<(), RunError> {
    let client = client().await.map_err(RunError::Kubeconfig)?;
    let scope = Scope { namespaces: settings.namespaces.clone(), selector: settings.selector.clone() };
    probe(&client, &scope).await?;

    let (namespaces, changed) = watch_namespaces(client.clone());
    let aws = Aws::load(settings.aws.clone(), Counting(metrics.clone())).await.carrying(Carry::new(&registry)?);
    let caller = aws.caller().await?;
    tracing::info!(account = caller.account, arn = caller.arn, region = settings.aws.region, "AWS knows the controller");
    readiness.set("identity", true);
    if namespaces.wait_until_ready().await.is_ok() {
        readiness.set("namespaces", true);
    }

    let (buckets, writer) = reflector::store();
    Gauges::register(&registry, buckets.clone())?;
    let memory = Arc::new(Memory::default());
    let trigger = watch::buckets(client.clone(), scope, writer, metrics.clone(), Arc::clone(&memory));
    announce(buckets.clone(), readiness);
    let (events, publisher) = Events::start(client.clone());
    let context = Arc::new(Context {
        roles: Roles::new(client.clone(), settings.cross_namespace),
        objects: Objects::new(client),
        events,
        buckets: buckets.clone(),
        namespaces,
        aws,
        identity: place::Identity {
            account: Some(caller.account),
            default_region: Some(settings.aws.region.clone()),
            tags: settings.tags.clone(),
        },
        admission: admission::Settings {
            default_region: Some(settings.aws.region),
            controller_tags: settings.tags.len(),
            ..admission::Settings::default()
        },
        deletion_policy: settings.deletion_policy,
        unset_fields: settings.unset_fields,
        period: settings.period,
        metrics,
        memory,
        stop: stop.clone(),
        now: Timestamp::now,
    });

    let of_changed = {
        let buckets = buckets.clone();
        changed.flat_map(move |name| stream::iter(watch::buckets_of(&name, &buckets)))
    };
    Controller::for_stream(trigger, buckets)
        .with_config(controller::Config::default().concurrency(settings.concurrency))
        .reconcile_on(of_changed)
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

/// One Bucket is listed, so that a missing definition or right is told at once and by name.
async fn probe(client: &Client, scope: &Scope) -> Result<(), RunError> {
    let api: Api<PartialObjectMeta<Bucket>> = match scope.namespaces.as_slice() {
        [one] => Api::namespaced(client.clone(), one),
        _ => Api::all(client.clone()),
    };
    let params = ListParams { label_selector: scope.selector.clone(), limit: Some(1), ..ListParams::default() };
    api.list_metadata(&params).await.map(drop).map_err(RunError::Buckets)
}

/// The cache of namespaces, and the names of those that change from now on.
fn watch_namespaces(client: Client) -> (Store<PartialObjectMeta<Namespace>>, mpsc::UnboundedReceiver<String>) {
    let (store, writer) = reflector::store();
    let (sender, receiver) = mpsc::unbounded();
    let changes = watch::namespaces(client, writer);
    tokio::spawn(changes.for_each(move |change| {
        match change {
            // The receiver is gone only while the process ends.
            Ok(name) => drop(sender.unbounded_send(name)),
            Err(error) => tracing::warn!(error = %Chain(&error), "the watch of namespaces hiccuped; it goes on"),
        }
        futures::future::ready(())
    }));
    (store, receiver)
}

/// The cache wakes only the last of those who wait for it, and the controller waits as well: so this asks again and again.
fn announce(buckets: Store<Bucket>, readiness: Readiness) {
    tokio::spawn(async move {
        loop {
            match tokio::time::timeout(ASK_CACHE, buckets.wait_until_ready()).await {
                Ok(Ok(())) => break,
                Ok(Err(_)) => return,
                Err(_) => {}
            }
        }
        tracing::info!(buckets = buckets.len(), "the cache of Buckets is filled");
        readiness.set("buckets", true);
    });
}
