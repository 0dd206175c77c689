//! Why the controller did not start, or ended.

use std::net::SocketAddr;

use shared::telemetry;

use crate::aws::IdentityError;

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
