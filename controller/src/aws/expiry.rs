//! When credentials end, as Prometheus sees it.

use std::time::{SystemTime, UNIX_EPOCH};

use aws_credential_types::provider::{self, ProvideCredentials, SharedCredentialsProvider, future};
use prometheus::{IntGaugeVec, Opts, Registry};

use crate::metrics::register;

/// The controller's own credentials, where a role stands otherwise.
const OWN: &str = "";

/// When the credentials of each role end. There are as many series as roles in use; credentials that last have none.
#[derive(Clone, Debug)]
pub struct Expiry(IntGaugeVec);

impl Expiry {
    /// Registers the metric.
    ///
    /// # Errors
    /// The registry has one of that name already.
    pub fn new(registry: &Registry) -> prometheus::Result<Self> {
        let help = "When the credentials in use end, by role; role is empty for the controller's own.";
        let vec = IntGaugeVec::new(Opts::new("cooper_aws_credentials_expiry_timestamp_seconds", help), &["role"])?;
        register(registry, vec).map(Self)
    }

    /// The role's credentials end then; `None` where they do not.
    pub(super) fn tell(&self, role: &str, end: Option<SystemTime>) {
        match end.and_then(|end| end.duration_since(UNIX_EPOCH).ok()) {
            Some(end) => self.0.with_label_values(&[role]).set(i64::try_from(end.as_secs()).unwrap_or(i64::MAX)),
            None => self.forget(role),
        }
    }

    /// The role is no longer used.
    pub(super) fn forget(&self, role: &str) {
        // It may never have been told.
        drop(self.0.remove_label_values(&[role]));
    }
}

/// The controller's own credentials, told whenever they are fetched.
#[derive(Debug)]
pub(super) struct Own {
    provider: SharedCredentialsProvider,
    expiry: Expiry,
}

impl Own {
    pub(super) fn new(provider: SharedCredentialsProvider, expiry: Expiry) -> Self {
        Self { provider, expiry }
    }

    async fn fetch(&self) -> provider::Result {
        let credentials = self.provider.provide_credentials().await?;
        self.expiry.tell(OWN, credentials.expiry());
        Ok(credentials)
    }
}

impl ProvideCredentials for Own {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(self.fetch())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use aws_sdk_s3::config::Credentials;
    use prometheus::TextEncoder;

    use super::*;

    #[tokio::test]
    async fn what_ends_is_told_and_what_lasts_is_not() {
        let registry = Registry::new();
        let expiry = Expiry::new(&registry).unwrap();
        let text = || TextEncoder::new().encode_to_string(&registry.gather()).unwrap();
        let of = |end: Option<u64>| {
            let end = end.map(|seconds| UNIX_EPOCH + Duration::from_secs(seconds));
            Own::new(SharedCredentialsProvider::new(Credentials::new("a", "b", None, end, "test")), expiry.clone())
        };
        of(Some(2_000_000_000)).provide_credentials().await.unwrap();
        assert!(text().contains(r#"expiry_timestamp_seconds{role=""} 2000000000"#), "{}", text());
        of(None).provide_credentials().await.unwrap();
        assert!(!text().contains("role="), "{}", text());
    }
}
