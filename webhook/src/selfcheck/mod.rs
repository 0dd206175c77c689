//! The webhook calls itself as the API server would, and says so when the API server would fail.
//!
//! Certificate and `caBundle` change independently. Where they no longer fit, nothing in this process is wrong and every write of a
//! Bucket is refused all the same, so somebody has to look from the other side.

mod called;
mod dial;

use std::net::SocketAddr;
use std::time::Duration;

use k8s_openapi::api::admissionregistration::v1::ValidatingWebhookConfiguration;
use kube::Api;
use shared::telemetry::Chain;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

pub use self::called::Called;
pub use self::dial::{Shown, dial};
use crate::metrics::Metrics;

/// The longest that one call may take.
const LIMIT: Duration = Duration::from_secs(10);
const UNTRUSTED: &str = "untrusted";
const UNREACHABLE: &str = "unreachable";
const UNREADABLE: &str = "unreadable";
/// Why a self-check fails, as the label `reason`.
pub(crate) const REASONS: [&str; 3] = [UNTRUSTED, UNREACHABLE, UNREADABLE];

/// Why the API server could not call.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The certificate is not trusted, or speaks for another name.
    #[error("the caBundle does not trust the certificate that is served")]
    Untrusted(#[source] rustls::Error),
    /// Nobody answers.
    #[error("the own listener {at} does not answer")]
    Unreachable {
        /// The listener.
        at: SocketAddr,
        /// Why not.
        #[source]
        source: std::io::Error,
    },
    /// The configuration cannot be read from the API server.
    #[error("the configuration cannot be read")]
    Configuration(#[source] Box<kube::Error>),
    /// The API server does not answer.
    #[error("the API server does not answer within {} s", LIMIT.as_secs())]
    Silent,
    /// The configuration does not say how to call, or whom to trust.
    #[error("the configuration cannot be used: {0}")]
    Unusable(String),
}

impl Fault {
    /// The label `reason`.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Untrusted(_) => UNTRUSTED,
            Self::Unreachable { .. } => UNREACHABLE,
            Self::Silent | Self::Configuration(_) | Self::Unusable(_) => UNREADABLE,
        }
    }

    /// What to do about it.
    fn advice(&self) -> &'static str {
        match self {
            Self::Untrusted(_) => {
                "writes of Buckets are refused meanwhile; see whether cooper-certs (or cert-manager's cainjector) runs and writes caBundle"
            }
            Self::Unreachable { .. } => "see what keeps this process from answering: CPU, memory, open files",
            Self::Silent => "see whether this pod reaches the API server",
            Self::Configuration(_) => "apply deploy/webhook and deploy/rbac/webhook.yaml, or name it with --validating-configuration",
            Self::Unusable(_) => "have cooper-certs (or cert-manager's cainjector) write caBundle; apply deploy/webhook if it was changed",
        }
    }
}

/// What is called, how often, and where failures are counted.
pub struct SelfCheck {
    /// The configurations of the cluster.
    pub configurations: Api<ValidatingWebhookConfiguration>,
    /// The name of the one that makes the API server call us.
    pub name: String,
    /// Where we listen.
    pub listener: SocketAddr,
    /// The time between two calls; zero is never.
    pub every: Duration,
    /// Where failures and the CA's end are shown.
    pub metrics: Metrics,
}

impl SelfCheck {
    /// Calls again and again until `stop` is cancelled. Never ends by itself.
    pub async fn repeat(&self, stop: &CancellationToken) {
        if !self.every.is_zero() {
            stop.run_until_cancelled(self.forever()).await;
        }
        std::future::pending::<()>().await;
    }

    async fn forever(&self) {
        let mut failed = false;
        loop {
            sleep(self.every).await;
            failed = match Box::pin(self.check()).await {
                Ok(()) => {
                    if failed {
                        tracing::info!(configuration = self.name, "self-check passes again");
                    }
                    false
                }
                Err(fault) => {
                    self.metrics.selfcheck_failed(fault.reason());
                    let (reason, advice, error) = (fault.reason(), fault.advice(), Chain(&fault));
                    tracing::error!(reason, configuration = self.name, %error, "self-check failed; {advice}");
                    true
                }
            };
        }
    }

    /// Calls by each way that the configuration knows.
    async fn check(&self) -> Result<(), Fault> {
        let configuration = timeout(LIMIT, self.configurations.get(&self.name)).await.map_err(|_| Fault::Silent)?;
        let configuration = configuration.map_err(|error| Fault::Configuration(Box::new(error)))?;
        for called in Called::all(&configuration)? {
            let shown = timeout(LIMIT, dial(self.listener, &called)).await;
            let late = |_| Fault::Unreachable { at: self.listener, source: std::io::ErrorKind::TimedOut.into() };
            if let Some(not_after) = shown.map_err(late)??.authority_ends(&called) {
                self.metrics.authority_seen(not_after);
            }
        }
        Ok(())
    }
}
