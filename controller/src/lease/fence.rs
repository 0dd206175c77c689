//! The last look before a request leaves: what writes goes out only while this process may write. So the deadline also holds for what
//! the SDK tries again by itself.

use aws_sdk_s3::config::interceptors::BeforeTransmitInterceptorContextRef;
use aws_sdk_s3::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_s3::error::BoxError;

use super::Leadership;

/// Lets requests that write pass while this process leads.
#[derive(Clone, Debug)]
pub struct Fence(pub Leadership);

/// A write that was not sent.
#[derive(Debug, thiserror::Error)]
#[error("not sent: this process no longer leads; whoever holds the Lease goes on")]
pub struct Fenced;

impl Fenced {
    /// The kind of error, for a label.
    #[must_use]
    pub fn category(&self) -> &'static str {
        "fenced"
    }
}

impl Fence {
    /// Whether a request of this HTTP method may leave now.
    ///
    /// # Errors
    /// It writes, and this process does not lead.
    pub fn lets(&self, method: &str) -> Result<(), Fenced> {
        if matches!(method, "GET" | "HEAD") || self.0.holds() { Ok(()) } else { Err(Fenced) }
    }
}

impl Intercept for Fence {
    fn name(&self) -> &'static str {
        "Fence"
    }

    fn read_before_transmit(
        &self,
        context: &BeforeTransmitInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        Ok(self.lets(context.request().method())?)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use aws_sdk_s3::Client;
    use aws_sdk_s3::config::{BehaviorVersion, Credentials, Region};
    use axum::Router;

    use super::super::Moment;
    use super::*;

    #[tokio::test]
    async fn writes_go_out_only_while_the_process_leads() {
        let leadership = Leadership::none();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, Router::new().fallback(|| async { "" })).await });
        let config = aws_sdk_s3::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("eu-west-1"))
            .credentials_provider(Credentials::new("a", "b", None, None, "test"))
            .endpoint_url(endpoint)
            .force_path_style(true)
            .interceptor(Fence(leadership.clone()))
            .build();
        let client = Client::from_conf(config);
        client.head_bucket().bucket("logs").send().await.unwrap();
        let refused = client.delete_bucket().bucket("logs").send().await.unwrap_err();
        assert!(shared::telemetry::Chain(&refused).to_string().contains("no longer leads"), "{refused:?}");
        assert!(leadership.extend(Moment::now().after(Duration::from_mins(1))));
        client.delete_bucket().bucket("logs").send().await.unwrap();
    }
}
