//! Puts the parts together and takes them apart in order.

use std::net::{SocketAddr, TcpListener};
use std::process::ExitCode;
use std::sync::Arc;

use kube::config::InferConfigError;
use kube::{Api, Client, Config};
use shared::resource_tags::TagTemplateError;
use shared::serve::{self, Readiness, health_router, metrics_router, shutdown_on_signal};
use shared::telemetry::{self, Chain, TelemetryError};
use tokio_util::sync::CancellationToken;

use crate::app::{App, SERVING};
use crate::args::Args;
use crate::caches::{BUCKETS, Caches, EXCEPTIONS, GUARDRAILS, NAMESPACES, PARAMS};
use crate::metrics::Metrics;
use crate::selfcheck::SelfCheck;
use crate::tls::{self, CERTIFICATE, Certificates};

/// Why the webhook does not run.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// Logging could not be set up.
    #[error(transparent)]
    Telemetry(#[from] TelemetryError),
    /// A resource tag is none.
    #[error(transparent)]
    ResourceTags(#[from] TagTemplateError),
    /// A metric could not be registered.
    #[error("metrics cannot be set up; this is a bug")]
    Metrics(#[from] prometheus::Error),
    /// An address cannot be listened on.
    #[error("{address} cannot be listened on; give another address with {flag}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Its flag.
        flag: &'static str,
        /// Why not.
        #[source]
        source: std::io::Error,
    },
    /// The cluster is not known.
    #[error("no cluster is configured; set KUBECONFIG or run in a pod with a service account")]
    Config(#[source] InferConfigError),
    /// The cluster's configuration cannot be used.
    #[error("the cluster's configuration cannot be used; check certificates and keys in the kubeconfig")]
    Client(#[source] Box<kube::Error>),
    /// Serving ended early.
    #[error("serving on the {port} port failed")]
    Serve {
        /// webhook or admin.
        port: &'static str,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// Signals cannot be heard.
    #[error("signals cannot be listened for; run in an environment with SIGTERM and SIGINT")]
    Signals(#[source] std::io::Error),
}

impl RunError {
    /// The kind of error, for a log line.
    #[must_use]
    pub fn category(&self) -> &'static str {
        match self {
            Self::Telemetry(error) => error.category(),
            Self::ResourceTags(error) => error.category(),
            Self::Metrics(_) => "metrics",
            Self::Listen { .. } => "listen",
            Self::Config(_) | Self::Client(_) => "client",
            Self::Serve { .. } => "serve",
            Self::Signals(_) => "signals",
        }
    }
}

/// Logs an error and all that caused it, and writes it to standard error where logging is what failed.
#[must_use]
pub fn complain(error: &RunError) -> ExitCode {
    if matches!(error, RunError::Telemetry(_)) {
        eprintln!("cooper-webhook: {error}");
    }
    let category = error.category();
    tracing::error!(category, error = %Chain(error), "the webhook ends");
    ExitCode::FAILURE
}

/// Runs the webhook until a signal ends it.
///
/// # Errors
/// Something that it cannot do without is missing at the start, or a port is lost.
pub async fn run(args: Args) -> Result<(), RunError> {
    telemetry::init(&args.log_level, args.log_format)?;
    let settings = args.rules.settings()?;
    let stop = shutdown_on_signal().map_err(RunError::Signals)?;
    let listener = listen(args.listen, "--listen")?;
    let local = listener.local_addr().map_err(|source| RunError::Listen { address: args.listen, flag: "--listen", source })?;
    let admin = listen(args.admin_addr, "--admin-addr")?;

    let metrics = Metrics::new()?;
    let readiness = Readiness::new(&[CERTIFICATE, NAMESPACES, BUCKETS, GUARDRAILS, EXCEPTIONS, PARAMS, SERVING]);
    let caches = Arc::new(Caches::new(settings.default_region.clone()));
    let app = App::new(settings, args.phase, Arc::<Caches>::clone(&caches), metrics.clone());
    let client = client().await?;

    let admin_stop = CancellationToken::new();
    let admin_router = health_router(readiness.clone()).merge(metrics_router(metrics.registry().clone()));
    let admin = serve::run(admin, admin_router, admin_stop.clone());
    let certificates =
        Certificates { dir: args.cert_dir, poll: args.cert_poll_seconds, metrics: metrics.clone(), readiness: readiness.clone() };
    let selfcheck = SelfCheck {
        configurations: Api::all(client.clone()),
        name: args.validating_configuration,
        listener: local,
        every: args.selfcheck_seconds,
        metrics: metrics.clone(),
    };
    let serving = async {
        let _admin_ends_last = admin_stop.drop_guard();
        let Some((config, seen)) = stop.run_until_cancelled(certificates.first()).await else { return Ok(()) };
        tokio::select! {
            served = tls::serve(listener, config.clone(), app, readiness.clone(), args.drain_seconds, stop.clone()) => served,
            () = certificates.follow(config, seen) => Ok(()),
            () = selfcheck.repeat(&stop) => Ok(()),
        }
    };
    let working = async {
        tokio::try_join!(async { serving.await.map_err(|source| RunError::Serve { port: "webhook", source }) }, async {
            admin.await.map_err(|source| RunError::Serve { port: "admin", source })
        },)
    };
    let watching = Box::pin(caches.watch(client, metrics, readiness.clone()));
    tokio::select! {
        worked = working => worked.map(|_| ()),
        () = watching => Ok(()),
    }
}

async fn client() -> Result<Client, RunError> {
    let mut config = Config::infer().await.map_err(RunError::Config)?;
    // The client's own retries wait up to 1,000 s between two tries and say nothing; the watches have their own, at most 30 s.
    config.default_retry = false;
    Client::try_from(config).map_err(|error| RunError::Client(Box::new(error)))
}

fn listen(address: SocketAddr, flag: &'static str) -> Result<tokio::net::TcpListener, RunError> {
    let failed = |source| RunError::Listen { address, flag, source };
    let listener = TcpListener::bind(address).map_err(failed)?;
    listener.set_nonblocking(true).map_err(failed)?;
    let local = listener.local_addr().map_err(failed)?;
    tracing::info!(address = %local, flag, "listening");
    tokio::net::TcpListener::from_std(listener).map_err(failed)
}
