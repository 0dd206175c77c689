//! How AWS is reached: one HTTP client, one set of credentials per role, one S3 client per region and role.

use std::collections::HashMap;
use std::time::Duration;

use aws_config::identity::IdentityCache;
use aws_config::retry::RetryConfig;
use aws_config::sts::AssumeRoleProvider;
use aws_config::timeout::TimeoutConfig;
use aws_config::{AppName, BehaviorVersion, Region, SdkConfig};
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_sdk_s3::Client;
use aws_smithy_http_client::Builder;
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use aws_types::service_config::ServiceConfigKey;
use shared::arn::{self, Arn};
use shared::place::Place;
use shared::subconfig::carry::Carry;
use shared::subconfig::remote::{S3Bucket, unprefixed};
use shared::telemetry::Chain;
use tokio::sync::Mutex;

use crate::calls::Counting;
use crate::settings::aws::AwsSettings;

#[cfg(test)]
mod tests;

/// How often one call is tried inside the SDK; after that the Bucket is tried again as a whole.
const ATTEMPTS: u32 = 3;
/// How long setting up a connection may take.
const CONNECT: Duration = Duration::from_secs(5);
/// How often the controller asks who it is before it gives up, and how long it waits in between.
const IDENTITY_TRIES: u32 = 5;
const IDENTITY_WAIT: Duration = Duration::from_secs(2);
/// The most clients that are kept. A cluster with more regions and roles builds some of them anew.
const CLIENTS: usize = 512;

/// The way to AWS.
#[derive(Debug)]
pub struct Aws {
    base: SdkConfig,
    settings: AwsSettings,
    counting: Counting,
    carry: Option<Carry>,
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    roles: HashMap<String, SdkConfig>,
    clients: HashMap<(String, Option<String>), Clients>,
}

/// The clients of one region and role.
#[derive(Clone, Debug)]
struct Clients {
    s3: Client,
    control: aws_sdk_s3control::Client,
}

/// Who the controller is to AWS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The account, 12 digits.
    pub account: String,
    /// The ARN of the user or role.
    pub arn: String,
    /// The partition of the ARN.
    pub partition: String,
}

/// Why the controller does not know who it is.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    /// STS refused, or could not be reached.
    #[error(
        "sts:GetCallerIdentity failed {IDENTITY_TRIES} times; give the controller AWS credentials, and check --aws-region and the endpoint flags: {0}"
    )]
    Call(String),
    /// The answer lacks what it is there for.
    #[error("sts:GetCallerIdentity named no account; check --aws-identity-endpoint-url: it has to be an STS endpoint")]
    NoAccount,
}

impl IdentityError {
    /// The kind of error, for a label.
    #[must_use]
    pub fn category(&self) -> &'static str {
        "identity"
    }
}

impl Aws {
    /// Reads the SDK's own environment (credentials, profile, endpoints) once.
    pub async fn load(settings: AwsSettings, counting: Counting) -> Self {
        let timeouts = TimeoutConfig::builder().connect_timeout(CONNECT);
        let timeouts = match settings.timeout {
            Some(attempt) => timeouts.operation_attempt_timeout(attempt).operation_timeout(attempt.saturating_mul(ATTEMPTS)),
            None => timeouts.disable_operation_attempt_timeout().disable_operation_timeout().disable_read_timeout(),
        };
        let loader = aws_config::defaults(BehaviorVersion::v2026_01_12())
            .region(Region::new(settings.region.clone()))
            .retry_config(RetryConfig::standard().with_max_attempts(ATTEMPTS))
            .timeout_config(timeouts.build())
            .http_client(http_client(settings.path_style));
        let loader = match AppName::new(concat!("cooper-controller-", env!("CARGO_PKG_VERSION"))) {
            Ok(name) => loader.app_name(name),
            Err(_) => loader,
        };
        Self { base: loader.load().await, settings, counting, carry: None, kept: Mutex::default() }
    }

    /// The same, with members of S3's answers that the SDK does not know carried over into what is written.
    #[must_use]
    pub fn carrying(self, carry: Carry) -> Self {
        Self { carry: Some(carry), ..self }
    }

    /// Asks STS who the controller is, a few times.
    ///
    /// # Errors
    /// STS did not say.
    pub async fn caller(&self) -> Result<Caller, IdentityError> {
        let config = aws_sdk_sts::config::Builder::from(&self.sts()).interceptor(self.counting.clone()).build();
        let client = aws_sdk_sts::Client::from_conf(config);
        let mut tries = 0;
        let answer = loop {
            tries += 1;
            match client.get_caller_identity().send().await {
                Ok(answer) => break answer,
                Err(error) if tries >= IDENTITY_TRIES => return Err(IdentityError::Call(Chain(&error).to_string())),
                Err(error) => {
                    tracing::warn!(tries, error = %Chain(&error), "sts:GetCallerIdentity failed; trying again");
                    tokio::time::sleep(IDENTITY_WAIT).await;
                }
            }
        };
        let account = answer.account.filter(|account| !account.is_empty()).ok_or(IdentityError::NoAccount)?;
        let arn = answer.arn.unwrap_or_default();
        let partition = Arn::parse(&arn).map_or("aws", |arn| arn.partition).to_owned();
        Ok(Caller { account, arn, partition })
    }

    /// The bucket of this name at this place.
    pub async fn bucket(&self, place: &Place, name: &str) -> S3Bucket {
        let clients = self.clients(&place.region, place.role.as_deref()).await;
        let arn = arn::bucket(name, &place.partition, &place.region, place.account.as_deref().unwrap_or_default());
        S3Bucket::new(clients.s3, clients.control, name, place.account.clone(), arn)
    }

    async fn clients(&self, region: &str, role: Option<&str>) -> Clients {
        let mut kept = self.kept.lock().await;
        let key = (region.to_owned(), role.map(str::to_owned));
        if let Some(clients) = kept.clients.get(&key) {
            return clients.clone();
        }
        if kept.clients.len() >= CLIENTS {
            *kept = Kept::default();
        }
        let config = match role {
            None => self.base.clone(),
            Some(role) => match kept.roles.get(role) {
                Some(config) => config.clone(),
                None => kept.roles.entry(role.to_owned()).or_insert(self.assuming(role).await).clone(),
            },
        };
        let config = config.into_builder().region(Region::new(region.to_owned())).build();
        let control = aws_sdk_s3control::Client::from_conf(self.control(&config));
        let clients = Clients { s3: Client::from_conf(self.s3(&config)), control };
        kept.clients.insert(key, clients.clone());
        clients
    }

    fn s3(&self, config: &SdkConfig) -> aws_sdk_s3::Config {
        let mut builder =
            aws_sdk_s3::config::Builder::from(config).force_path_style(self.settings.path_style).interceptor(self.counting.clone());
        if let Some(carry) = &self.carry {
            builder = builder.interceptor(carry.clone());
        }
        if let Some(endpoint) = &self.settings.endpoint {
            builder.set_endpoint_url(Some(endpoint.clone()));
        }
        // At an endpoint of one's own the SDK asks for a session (CreateSession) before every call about a directory bucket, also
        // before those that take none at AWS, such as CreateBucket.
        if self.settings.endpoint.is_some() || has_endpoint(config) {
            builder = builder.disable_s3_express_session_auth(true);
        }
        builder.build()
    }

    /// S3 Control is where S3 is, unless the SDK's environment names another endpoint for it.
    fn control(&self, config: &SdkConfig) -> aws_sdk_s3control::Config {
        let builder = aws_sdk_s3control::config::Builder::from(config).interceptor(self.counting.clone());
        let mut builder = builder.endpoint_resolver(unprefixed());
        if let Some(endpoint) = &self.settings.endpoint {
            builder.set_endpoint_url(Some(endpoint.clone()));
        }
        builder.build()
    }

    /// The same configuration under a role. Its credentials are fetched when they are first needed, and kept until they end.
    async fn assuming(&self, role: &str) -> SdkConfig {
        let provider = AssumeRoleProvider::builder(role).configure(&self.sts()).session_name("cooper-controller").build().await;
        let builder = self.base.clone().into_builder().identity_cache(IdentityCache::lazy().build());
        builder.credentials_provider(SharedCredentialsProvider::new(provider)).build()
    }

    fn sts(&self) -> SdkConfig {
        match &self.settings.identity_endpoint {
            Some(endpoint) => self.base.clone().into_builder().endpoint_url(endpoint).build(),
            None => self.base.clone(),
        }
    }
}

/// Whether the SDK's environment or profile names an endpoint for S3, or for everything.
fn has_endpoint(config: &SdkConfig) -> bool {
    let key = ServiceConfigKey::builder().service_id("S3").env("AWS_ENDPOINT_URL").profile("endpoint_url").build();
    let own = config.service_config().zip(key.ok()).and_then(|(all, key)| all.load_config(key));
    own.is_some() || config.endpoint_url().is_some()
}

/// One HTTP client for all, as each one of its own would read the trust store and keep connections of its own. With the bucket's
/// name in the host there is a pool for each bucket: few connections may stay idle then, and not for long.
fn http_client(path_style: bool) -> aws_sdk_s3::config::SharedHttpClient {
    let (idle, most) = if path_style { (Duration::from_secs(30), 128) } else { (Duration::from_secs(3), 2) };
    let builder = Builder::new().pool_idle_timeout(idle).pool_max_idle_per_host(most);
    builder.tls_provider(Provider::Rustls(CryptoMode::AwsLc)).build_https()
}
