//! Members that S3 holds and the SDK does not know. A put replaces the whole document, so they would be lost: they are taken from
//! the answer of the read and added to what is written. They are no difference, as nothing here can say what they should be.
//!
//! A store may show members that it does not take. Where it refuses a document that something was added to, the same document goes
//! without them the next time; so one pass fails at most.

mod kept;
mod known;
mod merge;
#[cfg(test)]
mod roundtrip;
#[cfg(test)]
mod sdk;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aws_sdk_s3::config::endpoint::Params;
use aws_sdk_s3::config::interceptors::{BeforeTransmitInterceptorContextMut, FinalizerInterceptorContextRef};
use aws_sdk_s3::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_s3::error::BoxError;
use aws_sdk_s3::primitives::SdkBody;
use aws_smithy_runtime_api::client::endpoint::EndpointResolverParams;
use aws_smithy_runtime_api::client::orchestrator::Metadata;
use aws_smithy_types::config_bag::{Storable, StoreReplace};
use prometheus::{IntCounterVec, Opts, Registry};

use super::CALLS;
use super::calls::Calls;
use crate::fault::{Class, classify};
use crate::region;
use kept::Kept;

/// The most names of unknown members that are logged; a store that makes them up does not fill the log.
const MOST_TOLD: usize = 1000;

/// The interceptor of an S3 client that carries unknown members over. Its clones share what they know.
#[derive(Clone, Debug)]
pub struct Carry {
    state: Arc<Mutex<State>>,
    unknown: IntCounterVec,
}

#[derive(Debug, Default)]
struct State {
    kept: Kept,
    told: BTreeSet<String>,
    /// Unknown members by bucket, where somebody wants to know.
    noted: Option<BTreeMap<String, BTreeSet<String>>>,
}

/// The document that is being written, and whether it got members added.
#[derive(Clone, Copy, Debug)]
struct Written {
    document: u64,
    added: bool,
}

impl Storable for Written {
    type Storer = StoreReplace<Self>;
}

/// The call that is being made reads another page than the first one.
#[derive(Debug)]
struct FurtherPage;

impl Storable for FurtherPage {
    type Storer = StoreReplace<Self>;
}

impl Carry {
    /// An interceptor that counts unknown members in `cooper_s3_unknown_members_total`.
    ///
    /// # Errors
    /// The registry has a metric of that name already.
    pub fn new(registry: &Registry) -> prometheus::Result<Self> {
        let help = "Members of answers of S3 that this version does not know, by the operation that answered.";
        let unknown = IntCounterVec::new(Opts::new("cooper_s3_unknown_members_total", help), &["operation"])?;
        registry.register(Box::new(unknown.clone()))?;
        for calls in CALLS {
            unknown.with_label_values(&[calls.get.name]);
        }
        Ok(Self { state: Arc::default(), unknown })
    }

    /// The same, with a note of the unknown members of each bucket that is read, until they are [asked for](Self::noted).
    #[must_use]
    pub fn noting(self) -> Self {
        self.state().noted = Some(BTreeMap::new());
        self
    }

    /// The unknown members that were read of the bucket of this name since the last time, by their paths.
    #[must_use]
    pub fn noted(&self, bucket: &str) -> BTreeSet<String> {
        self.state().noted.as_mut().and_then(|noted| noted.remove(bucket)).unwrap_or_default()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts unknown members, and logs each name once.
    fn tell(&self, calls: &Calls, bucket: &str, unknown: &[String]) {
        self.unknown.with_label_values(&[calls.get.name]).inc_by(u64::try_from(unknown.len()).unwrap_or(u64::MAX));
        let mut state = self.state();
        if let Some(noted) = state.noted.as_mut().filter(|_| !unknown.is_empty()) {
            noted.entry(bucket.to_owned()).or_default().extend(unknown.iter().map(|member| format!("{}: {member}", calls.name)));
        }
        let told = &mut state.told;
        for member in unknown {
            if told.len() < MOST_TOLD && told.insert(member.clone()) {
                tracing::info!(
                    member,
                    bucket,
                    operation = calls.get.name,
                    "S3 holds a member that this version does not know; it is left as it is"
                );
            }
        }
    }
}

impl Intercept for Carry {
    fn name(&self) -> &'static str {
        "Carry"
    }

    /// After serialisation; checksum and signature come later, with each attempt.
    fn modify_before_retry_loop(
        &self,
        context: &mut BeforeTransmitInterceptorContextMut<'_>,
        _components: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let Some(Call { operation, key, .. }) = call(config) else { return Ok(()) };
        if ["CreateBucket", "DeleteBucket"].contains(&operation) {
            self.state().kept.forget(&key);
        }
        if context.request().uri().contains("continuation-token=") {
            config.interceptor_state().store_put(FurtherPage);
            return Ok(());
        }
        let Some(calls) = CALLS.iter().find(|calls| calls.put.name == operation) else { return Ok(()) };
        let body = context.request().body().bytes().and_then(|body| std::str::from_utf8(body).ok()).unwrap_or_default();
        let document = kept::fingerprint(body);
        let merged = merge::merge(body, self.state().kept.answers(&key, calls.name, document));
        config.interceptor_state().store_put(Written { document, added: merged.is_some() });
        let Some(merged) = merged else { return Ok(()) };
        let request = context.request_mut();
        request.headers_mut().insert("content-length", merged.len().to_string());
        *request.body_mut() = SdkBody::from(merged);
        Ok(())
    }

    fn read_after_execution(
        &self,
        context: &FinalizerInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let (Some(Call { operation, bucket, key }), Some(response)) = (call(config), context.response()) else { return Ok(()) };
        let answer = response.body().bytes().and_then(|body| std::str::from_utf8(body).ok()).unwrap_or_default();
        if let Some(calls) = CALLS.iter().find(|calls| calls.get.name == operation) {
            let answer = if response.status().is_success() { answer } else { "" };
            let unknown = merge::unknown(answer);
            let first = config.load::<FurtherPage>().is_none();
            self.state().kept.read(&key, calls.name, first, (!unknown.is_empty()).then_some(answer));
            self.tell(calls, bucket, &unknown);
        } else if classify(response.status().as_u16(), merge::error_code(answer).as_deref().unwrap_or_default()) == Class::Terminal
            && let Some(calls) = CALLS.iter().find(|calls| calls.put.name == operation)
            && let Some(Written { document, added }) = config.load::<Written>().copied()
        {
            self.state().kept.refused(&key, calls.name, document, added);
        }
        Ok(())
    }
}

/// What a call is about.
struct Call<'a> {
    operation: &'a str,
    bucket: &'a str,
    /// The bucket among all buckets: names are unique within a store only, and within a partition of AWS.
    key: String,
}

fn call(config: &ConfigBag) -> Option<Call<'_>> {
    let params = config.load::<EndpointResolverParams>()?.get::<Params>()?;
    let bucket = params.bucket()?;
    let store = params.endpoint().or_else(|| params.region().and_then(region::partition)).unwrap_or_default();
    Some(Call { operation: config.load::<Metadata>()?.name(), bucket, key: format!("{store} {bucket}") })
}
