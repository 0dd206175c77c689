//! Why the controller did not start, or ended.

use std::net::SocketAddr;

use shared::telemetry;

use crate::aws::IdentityError;
use crate::lease::LeaseError;

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
    #[error("cannot list Buckets; apply the CustomResourceDefinitions and the ClusterRole")]
    Buckets(#[source] kube::Error),
    /// The label selector is none.
    #[error("--watch-selectors: {selector:?} is not understood; write one such as team=a,stage in (test,live)")]
    Selector {
        /// What was given.
        selector: String,
        /// What the API server said.
        #[source]
        source: kube::Error,
    },
    /// The Lease cannot be had.
    #[error(transparent)]
    Lease(#[from] LeaseError),
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
            Self::Kubeconfig(_) | Self::Buckets(_) | Self::Selector { .. } => "kubernetes",
            Self::Identity(error) => error.category(),
            Self::Lease(error) => error.category(),
        }
    }
}
