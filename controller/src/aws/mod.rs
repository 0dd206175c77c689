//! How AWS is reached: one HTTP client, one set of credentials per role, one S3 client per region, role and endpoint.

mod expiry;
mod identity;
mod recent;
mod role;

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use aws_config::identity::IdentityCache;
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{AppName, BehaviorVersion, Region, SdkConfig};
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_sdk_s3::Client;
use aws_smithy_http_client::Builder;
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use aws_types::service_config::ServiceConfigKey;
use shared::arn;
use shared::place::Place;
use shared::subconfig::carry::Carry;
use shared::subconfig::remote::{S3Bucket, Whole, unprefixed};

pub use self::expiry::Expiry;
use self::expiry::Own;
pub use self::identity::{Caller, IdentityError};
use self::recent::Recent;
use self::role::AssumedRole;
pub use self::role::SESSION;
use crate::calls::Counting;
use crate::hints::queue::LONG_POLL;
use crate::limiter::{Limit, Limits};
use crate::settings::aws::AwsSettings;
use crate::settings::hints::QueueAddress;

/// What each request says of the program that makes it, before its version: CloudTrail shows it as part of `userAgent`.
pub const APP: &str = "app/cooper-controller-";

/// How often one call is tried inside the SDK; after that the Bucket is tried again as a whole.
const ATTEMPTS: u32 = 3;
/// How long setting up a connection may take.
const CONNECT: Duration = Duration::from_secs(5);
/// The most clients that are kept. A cluster with more regions, roles and endpoints builds some of them anew.
const CLIENTS: usize = 512;
/// The most roles whose credentials are kept.
const ROLES: usize = 4096;

/// The way to AWS.
#[derive(Debug)]
pub struct Aws {
    base: SdkConfig,
    settings: AwsSettings,
    counting: Counting,
    carry: Option<Carry>,
    limits: Option<Limits>,
    sts: aws_sdk_sts::Client,
    kept: Mutex<Kept>,
}

#[derive(Debug)]
struct Kept {
    roles: Recent<String, AssumedRole>,
    clients: Recent<Key, Clients>,
}

/// What a client is made for: buckets that differ in one of these never share one.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Key {
    region: String,
    role: Option<String>,
    /// The endpoint of the bucket's namespace.
    endpoint: Option<String>,
}

/// The clients of one region, role and endpoint.
#[derive(Clone, Debug)]
struct Clients {
    s3: Client,
    control: aws_sdk_s3control::Client,
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
        let loader = app_name().into_iter().fold(loader, aws_config::ConfigLoader::app_name);
        Self::new(loader.load().await, settings, counting)
    }

    fn new(base: SdkConfig, settings: AwsSettings, counting: Counting) -> Self {
        let expiry = counting.0.credentials.clone();
        let own = base.credentials_provider().map(|provider| SharedCredentialsProvider::new(Own::new(provider, expiry)));
        let mut base = base.into_builder();
        base.set_credentials_provider(own);
        let base = base.build();
        let mut sts = aws_sdk_sts::config::Builder::from(&base).interceptor(counting.clone());
        sts.set_endpoint_url(settings.identity_endpoint.clone().or_else(|| named_endpoint(&base, "STS")));
        let kept = Kept { roles: Recent::new(ROLES), clients: Recent::new(CLIENTS) };
        Self {
            base,
            settings,
            counting,
            carry: None,
            limits: None,
            sts: aws_sdk_sts::Client::from_conf(sts.build()),
            kept: Mutex::new(kept),
        }
    }

    /// The same, with members of S3's answers that the SDK does not know carried over into what is written.
    #[must_use]
    pub fn carrying(self, carry: Carry) -> Self {
        Self { carry: Some(carry), ..self }
    }

    /// The same, with requests to S3 that wait for their turn, and writes that leave only while this process leads.
    #[must_use]
    pub fn limited(self, limits: Limits) -> Self {
        Self { limits: Some(limits), ..self }
    }

    /// Whether S3 told the account of this place, this recently, that there are too many requests.
    #[must_use]
    pub fn was_throttled(&self, place: &Place, within: Duration) -> bool {
        self.limit(place).is_some_and(|limit| limit.was_throttled(within))
    }

    /// The bucket of this name at this place. Nothing is asked: where the role cannot be assumed, the first call says so.
    pub fn bucket(&self, place: &Place, name: &str) -> S3Bucket {
        let clients = self.clients(place);
        let arn = arn::bucket(name, &place.partition, &place.region, place.account.as_deref().unwrap_or_default());
        S3Bucket::new(clients.s3, clients.control, name, place.account.clone(), arn)
    }

    /// The clients of a place: the only place where clients are made.
    fn clients(&self, place: &Place) -> Clients {
        let key = Key { region: place.region.clone(), role: place.role.clone(), endpoint: place.endpoint.clone() };
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let Kept { roles, clients } = &mut *kept;
        clients.get_or_make(key, || {
            let builder = self.base.clone().into_builder().region(Region::new(place.region.clone()));
            let role = place
                .role
                .as_ref()
                .map(|arn| roles.get_or_make(arn.clone(), || AssumedRole::new(arn, self.sts.clone(), self.counting.0.credentials.clone())));
            let config = match role.clone().map(SharedCredentialsProvider::new) {
                None => builder.build(),
                // The role keeps its credentials itself, for the clients of all regions and endpoints.
                Some(role) => builder.identity_cache(IdentityCache::no_cache()).credentials_provider(role).build(),
            };
            // STS never goes to the endpoint of a namespace: its client knows nothing of it.
            let endpoint = self.endpoint(place);
            let limit = self.limit(place);
            let config = limit.as_ref().map_or_else(|| config.clone(), |limit| limit.over(&config, ATTEMPTS));
            let control = aws_sdk_s3control::Client::from_conf(self.control(&config, endpoint, limit.as_ref()));
            let s3 = self.s3(&config, endpoint, limit.as_ref());
            let s3 = role.into_iter().fold(s3, aws_sdk_s3::config::Builder::interceptor);
            Clients { s3: Client::from_conf(s3.build()), control }
        })
    }

    /// A client for the queue, with the controller's own credentials. It does not try again by itself, and waits as long as SQS may.
    pub fn sqs(&self, queue: &QueueAddress) -> aws_sdk_sqs::Client {
        let region = queue.region.clone().unwrap_or_else(|| self.settings.region.clone());
        let longest = LONG_POLL + CONNECT * 2;
        let timeouts = TimeoutConfig::builder().connect_timeout(CONNECT).read_timeout(longest).operation_timeout(longest);
        let builder = aws_sdk_sqs::config::Builder::from(&self.base)
            .region(Region::new(region))
            .endpoint_url(&queue.endpoint)
            .retry_config(RetryConfig::disabled())
            .timeout_config(timeouts.build());
        aws_sdk_sqs::Client::from_conf(builder.build())
    }

    fn endpoint<'a>(&'a self, place: &'a Place) -> Option<&'a String> {
        place.endpoint.as_ref().or(self.settings.endpoint.as_ref())
    }

    fn limit(&self, place: &Place) -> Option<Limit> {
        let endpoint = self.endpoint(place).map(String::as_str);
        self.limits.as_ref().map(|limits| limits.of(place.account.as_deref(), &place.region, endpoint))
    }

    fn s3(&self, config: &SdkConfig, endpoint: Option<&String>, limit: Option<&Limit>) -> aws_sdk_s3::config::Builder {
        let mut builder = aws_sdk_s3::config::Builder::from(config)
            .force_path_style(self.settings.path_style)
            .interceptor(Whole)
            .interceptor(self.counting.clone());
        if let Some(limit) = limit {
            builder = builder.interceptor(limit.clone()).retry_partition(limit.retry_partition());
        }
        if let Some(carry) = &self.carry {
            builder = builder.interceptor(carry.clone());
        }
        let endpoint = endpoint.cloned().or_else(|| named_endpoint(config, "S3"));
        let is_own = endpoint.is_some();
        builder.set_endpoint_url(endpoint);
        // At an endpoint of one's own the SDK asks for a session (CreateSession) before every call about a directory bucket, also
        // before those that take none at AWS, such as CreateBucket.
        if is_own {
            builder = builder.disable_s3_express_session_auth(true);
        }
        builder
    }

    /// S3 Control is where S3 is, unless the SDK's environment names another endpoint for it.
    fn control(&self, config: &SdkConfig, endpoint: Option<&String>, limit: Option<&Limit>) -> aws_sdk_s3control::Config {
        let builder = aws_sdk_s3control::config::Builder::from(config).interceptor(Whole).interceptor(self.counting.clone());
        let mut builder = builder.endpoint_resolver(unprefixed());
        if let Some(limit) = limit {
            builder = builder.interceptor(limit.clone()).retry_partition(limit.retry_partition());
        }
        builder.set_endpoint_url(endpoint.cloned().or_else(|| named_endpoint(config, "S3 Control")));
        builder.build()
    }
}

/// What the program calls itself in each request; [`APP`] is how that begins.
fn app_name() -> Option<AppName> {
    AppName::new(concat!("cooper-controller-", env!("CARGO_PKG_VERSION"))).ok()
}

/// The endpoint that the SDK's environment or profile names for a service, or for everything. The SDK takes an empty one for an address.
fn named_endpoint(config: &SdkConfig, service: &'static str) -> Option<String> {
    let key = ServiceConfigKey::builder().service_id(service).env("AWS_ENDPOINT_URL").profile("endpoint_url").build();
    let own = config.service_config().zip(key.ok()).and_then(|(all, key)| all.load_config(key));
    own.into_iter().chain(config.endpoint_url().map(str::to_owned)).find(|endpoint| !endpoint.trim().is_empty())
}

/// One HTTP client for all, as each one of its own would read the trust store and keep connections of its own. With the bucket's
/// name in the host there is a pool for each bucket: few connections may stay idle then, and not for long.
fn http_client(path_style: bool) -> aws_sdk_s3::config::SharedHttpClient {
    let (idle, most) = if path_style { (Duration::from_secs(30), 128) } else { (Duration::from_secs(3), 2) };
    let builder = Builder::new().pool_idle_timeout(idle).pool_max_idle_per_host(most);
    builder.tls_provider(Provider::Rustls(CryptoMode::AwsLc)).build_https()
}

#[cfg(test)]
mod tests;
