//! How many requests go to S3: so many reads and writes a second for each account and region, fewer where S3 says that it is too much.
//!
//! [`rate`] decides, purely; a gate makes requests wait, and so many are under way at once; [`Limits`] knows the limit of each account,
//! region and endpoint. A client of the SDK is under a limit once it has the limit's HTTP client, its interceptor and its retry partition.

mod client;
mod gate;
mod metrics;
pub mod rate;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_config::SdkConfig;
use aws_sdk_s3::config::interceptors::{BeforeTransmitInterceptorContextRef, FinalizerInterceptorContextRef};
use aws_sdk_s3::config::retry::RetryPartition;
use aws_sdk_s3::config::{ConfigBag, Intercept, RuntimeComponents, SharedHttpClient};
use aws_sdk_s3::error::BoxError;
use aws_smithy_types::config_bag::{Storable, StoreReplace};
use shared::fault::{self, Class};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout};

pub use self::client::LimiterError;
pub use self::gate::MOST_WAIT;
use self::gate::{Gate, Late};
pub use self::metrics::LimiterMetrics;
use self::rate::Rate;
use crate::lease::Leadership;
use crate::trigger::Lane;

/// So many limits are kept at least; beyond that, those that no client uses go.
const KEPT: usize = 512;
/// How long a write may be under way after this process has ceased to lead. Others begin no sooner than 5 s after.
const GRACE: Duration = Duration::from_secs(4);
/// Of an answer's body so much is looked at for its error code.
const LOOKED_AT: usize = 1024;
/// So many requests to one account and region are under way at once. Each holds a connection of 30 KiB, 60 with TLS, and a file; more would
/// only wait in S3.
const IN_FLIGHT: usize = 48;

/// What the operator allows, for each account and region.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct PerSecond {
    /// Reads a second; `None` for as many as S3 bears.
    pub reads: Option<f64>,
    /// Writes a second; `None` for as many as S3 bears.
    pub writes: Option<f64>,
}

/// The limits of all accounts and regions.
#[derive(Debug)]
pub struct Limits {
    per_second: PerSecond,
    timeout: Option<Duration>,
    leadership: Leadership,
    metrics: LimiterMetrics,
    known: Mutex<HashMap<Whose, Limit>>,
}

/// Whose requests share a limit.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Whose {
    account: String,
    region: String,
    endpoint: Option<String>,
}

/// The limit of one account, region and endpoint.
#[derive(Clone, Debug)]
pub struct Limit(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    whose: Whose,
    reads: Arc<Gate>,
    writes: Arc<Gate>,
    /// The places of requests under way.
    places: Arc<Semaphore>,
    timeout: Option<Duration>,
    leadership: Leadership,
    metrics: LimiterMetrics,
}

/// What a request does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Read,
    Write,
}

impl Storable for Kind {
    type Storer = StoreReplace<Self>;
}

impl Limits {
    /// Limits of so many requests a second. Each request may take `timeout`, once it is its turn. What writes leaves only while this
    /// process leads, however long it waited: also what the SDK tries again by itself.
    #[must_use]
    pub fn new(per_second: PerSecond, timeout: Option<Duration>, leadership: Leadership, metrics: LimiterMetrics) -> Self {
        Self { per_second, timeout, leadership, metrics, known: Mutex::default() }
    }

    /// The limit of this account, region and endpoint.
    #[must_use]
    pub fn of(&self, account: Option<&str>, region: &str, endpoint: Option<&str>) -> Limit {
        let account = account.unwrap_or_default().to_owned();
        let whose = Whose { account, region: region.to_owned(), endpoint: endpoint.map(str::to_owned) };
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= KEPT && !known.contains_key(&whose) {
            known.retain(|_, limit| Arc::strong_count(&limit.0) > 1);
        }
        known.entry(whose).or_insert_with_key(|whose| Limit::new(whose.clone(), self)).clone()
    }
}

impl Limit {
    fn new(whose: Whose, limits: &Limits) -> Self {
        let (reads, writes) = (Arc::new(Gate::new(limits.per_second.reads)), Arc::new(Gate::new(limits.per_second.writes)));
        let (timeout, leadership, metrics) = (limits.timeout, limits.leadership.clone(), limits.metrics.clone());
        let places = Arc::new(Semaphore::new(IN_FLIGHT));
        let limit = Self(Arc::new(Inner { whose, reads, writes, places, timeout, leadership, metrics }));
        for kind in [Kind::Read, Kind::Write] {
            limit.told(kind, 0);
        }
        limit
    }

    /// The same configuration with an HTTP client under this limit. The SDK's own time-outs of an attempt, and of `attempts`, begin
    /// before the turn of a request: they grow by the longest wait.
    #[must_use]
    pub fn over(&self, config: &SdkConfig, attempts: u32) -> SdkConfig {
        let mut builder = config.to_builder();
        builder.set_http_client(config.http_client().map(|inner| self.http_client(inner)));
        if let Some(timeouts) = config.timeout_config() {
            let longer = |timeout: Option<Duration>, wait| timeout.map(|timeout| timeout.saturating_add(wait));
            let mut longest = timeouts.to_builder();
            longest.set_operation_attempt_timeout(longer(timeouts.operation_attempt_timeout(), MOST_WAIT));
            longest.set_operation_timeout(longer(timeouts.operation_timeout(), MOST_WAIT.saturating_mul(attempts)));
            builder.set_timeout_config(Some(longest.build()));
        }
        builder.build()
    }

    /// An HTTP client whose requests are under this limit.
    #[must_use]
    pub fn http_client(&self, inner: SharedHttpClient) -> SharedHttpClient {
        SharedHttpClient::new(client::Limited { inner, limit: self.clone() })
    }

    /// What the SDK's retries are counted in: those of one account take nothing from another's.
    #[must_use]
    pub fn retry_partition(&self) -> RetryPartition {
        let Whose { account, region, endpoint } = &self.0.whose;
        RetryPartition::new(format!("{account} {region} {}", endpoint.as_deref().unwrap_or_default()))
    }

    /// Whether S3 said that it is too much, this recently.
    #[must_use]
    pub fn was_throttled(&self, within: Duration) -> bool {
        [Kind::Read, Kind::Write].into_iter().any(|kind| self.gate(kind).rate(|rate, now| rate.was_refused(within, now)))
    }

    fn gate(&self, kind: Kind) -> &Arc<Gate> {
        match kind {
            Kind::Read => &self.0.reads,
            Kind::Write => &self.0.writes,
        }
    }

    /// Waits for the turn of a request of this lane and then for a place, which it holds until it is answered.
    async fn turn(&self, kind: Kind, lane: Lane) -> Result<OwnedSemaphorePermit, LimiterError> {
        let began = Instant::now();
        let place = async {
            self.gate(kind).pass(lane).await?;
            let left = MOST_WAIT.saturating_sub(began.elapsed());
            let place = timeout(left, Arc::clone(&self.0.places).acquire_owned()).await;
            // Nobody closes it.
            place.ok().and_then(Result::ok).ok_or(Late)
        };
        let place = place.await;
        self.0.metrics.waited(lane, began.elapsed());
        place.map_err(|Late| {
            let Whose { account, region, .. } = self.0.whose.clone();
            LimiterError::Late { account, region }
        })
    }

    /// Whether the request may still leave now that it is its turn.
    fn lets(&self, kind: Kind) -> Result<(), LimiterError> {
        if kind == Kind::Read || self.0.leadership.holds() { Ok(()) } else { Err(LimiterError::Fenced) }
    }

    /// Returns once a request under way must not go on: what writes could arrive after the next leader's writes.
    async fn revoked(&self, kind: Kind) {
        match kind {
            Kind::Read => std::future::pending().await,
            Kind::Write => self.0.leadership.lost_for(GRACE).await,
        }
    }

    fn answered(&self, kind: Kind) {
        self.gate(kind).rate(Rate::answered);
        self.told(kind, 0);
    }

    fn refused(&self, kind: Kind) {
        self.gate(kind).rate(Rate::refused);
        self.told(kind, 1);
    }

    fn told(&self, kind: Kind, refused: u64) {
        let Whose { account, region, .. } = &self.0.whose;
        let per_second = self.gate(kind).rate(|rate, now| rate.per_second(now));
        self.0.metrics.told(&[account, region, kind.label()], refused, per_second);
    }
}

impl Intercept for Limit {
    fn name(&self) -> &'static str {
        "Limit"
    }

    fn read_before_transmit(
        &self,
        context: &BeforeTransmitInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        config.interceptor_state().store_put(Kind::of_method(context.request().method()));
        Ok(())
    }

    fn read_after_attempt(
        &self,
        context: &FinalizerInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if let Some((kind, answer)) = config.load::<Kind>().zip(context.response()) {
            if is_refusal(answer.status().as_u16(), answer.body().bytes().unwrap_or_default()) {
                self.refused(*kind);
            } else {
                self.answered(*kind);
            }
        }
        Ok(())
    }
}

impl Kind {
    fn of_method(method: &str) -> Self {
        if matches!(method, "GET" | "HEAD") { Self::Read } else { Self::Write }
    }

    fn label(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
        }
    }
}

/// Whether an answer says that there were too many requests; the table of faults decides.
fn is_refusal(status: u16, body: &[u8]) -> bool {
    status >= 400 && fault::classify(status, code(body).unwrap_or_default()) == Class::Throttled
}

/// The code in the body of an error. Source: S3 API reference, "Error responses", "REST error responses".
fn code(body: &[u8]) -> Option<&str> {
    let text = str::from_utf8(body.get(..LOOKED_AT).unwrap_or(body)).ok()?;
    let (code, _) = text.split_once("<Code>")?.1.split_once("</Code>")?;
    Some(code)
}

#[cfg(test)]
mod tests;
