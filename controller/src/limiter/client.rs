//! An HTTP client of the AWS SDK whose requests wait for their turn, so that the SDK's own retries do as well.

use std::time::Duration;

use aws_sdk_s3::config::{RuntimeComponents, SharedHttpClient};
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::connector_metadata::ConnectorMetadata;
use aws_smithy_runtime_api::client::http::{HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponentsBuilder;
use aws_smithy_types::config_bag::ConfigBag;

use super::gate::MOST_WAIT;
use super::{Kind, Limit};
use crate::calls::Sent;
use crate::queue;

/// Why a request was not answered.
#[derive(Debug, thiserror::Error)]
pub enum LimiterError {
    /// Its turn did not come.
    #[error(
        "the request waited {MOST_WAIT:?} for its turn under the request limit of account {account:?} in {region}; give the controller \
         a higher limit (--aws-reads-per-second, --aws-writes-per-second) or fewer workers, or see what else uses up the account's"
    )]
    Late {
        /// The account, as far as it is known.
        account: String,
        /// The region.
        region: String,
    },
    /// It writes, and this process does not lead.
    #[error("not sent, or not waited for: this process no longer leads; whoever holds the Lease goes on")]
    Fenced,
    /// There was no answer.
    #[error("no answer within {0:?} (--http-client-timeout)")]
    NoAnswer(Duration),
}

impl LimiterError {
    /// The kind of error, for a label.
    #[must_use]
    pub fn category(&self) -> &'static str {
        match self {
            Self::Late { .. } => "limited",
            Self::Fenced => "fenced",
            Self::NoAnswer(_) => "timeout",
        }
    }
}

/// The HTTP client.
#[derive(Debug)]
pub(super) struct Limited {
    pub(super) inner: SharedHttpClient,
    pub(super) limit: Limit,
}

#[derive(Debug)]
struct Connector {
    inner: SharedHttpConnector,
    limit: Limit,
}

impl HttpClient for Limited {
    fn http_connector(&self, settings: &HttpConnectorSettings, components: &RuntimeComponents) -> SharedHttpConnector {
        let inner = self.inner.http_connector(settings, components);
        SharedHttpConnector::new(Connector { inner, limit: self.limit.clone() })
    }

    fn validate_base_client_config(&self, components: &RuntimeComponentsBuilder, config: &ConfigBag) -> Result<(), BoxError> {
        self.inner.validate_base_client_config(components, config)
    }

    fn validate_final_config(&self, components: &RuntimeComponents, config: &ConfigBag) -> Result<(), BoxError> {
        self.inner.validate_final_config(components, config)
    }

    fn connector_metadata(&self) -> Option<ConnectorMetadata> {
        self.inner.connector_metadata()
    }
}

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let (inner, limit, lane) = (self.inner.clone(), self.limit.clone(), queue::lane());
        HttpConnectorFuture::new(async move {
            let kind = Kind::of_method(request.method());
            let _place = limit.turn(kind, lane).await.map_err(|late| ConnectorError::other(late.into(), None).never_connected())?;
            limit.lets(kind).map_err(|fenced| ConnectorError::user(fenced.into()).never_connected())?;
            if let Some(sent) = request.extension::<Sent>() {
                sent.now();
            }
            tokio::select! {
                answer = inner.call(request) => answer,
                timeout = waited(limit.0.timeout) => Err(ConnectorError::timeout(LimiterError::NoAnswer(timeout).into())),
                () = limit.revoked(kind) => Err(ConnectorError::user(LimiterError::Fenced.into())),
            }
        })
    }
}

/// Returns after so long; never without a time.
async fn waited(timeout: Option<Duration>) -> Duration {
    match timeout {
        None => std::future::pending().await,
        Some(timeout) => {
            tokio::time::sleep(timeout).await;
            timeout
        }
    }
}
