//! Counts and times every request to AWS, retries included.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use aws_sdk_s3::config::interceptors::{
    BeforeTransmitInterceptorContextMut, BeforeTransmitInterceptorContextRef, FinalizerInterceptorContextRef,
};
use aws_sdk_s3::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_s3::error::BoxError;
use aws_smithy_runtime_api::client::orchestrator::Metadata;
use aws_smithy_types::config_bag::{Storable, StoreReplace};

use crate::metrics::Metrics;

/// What feeds the metrics of requests to AWS.
#[derive(Clone, Debug)]
pub struct Counting(pub Metrics);

/// When the request that is under way was sent. It goes along with the request, so that whoever makes it wait can put that right.
#[derive(Clone, Debug)]
pub struct Sent(Arc<Mutex<Instant>>);

impl Sent {
    fn new() -> Self {
        Self(Arc::new(Mutex::new(Instant::now())))
    }

    /// It is sent now, not before.
    pub fn now(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }

    fn elapsed(&self) -> Duration {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).elapsed()
    }
}

impl Storable for Sent {
    type Storer = StoreReplace<Self>;
}

impl Intercept for Counting {
    fn name(&self) -> &'static str {
        "Counting"
    }

    fn read_before_attempt(
        &self,
        _context: &BeforeTransmitInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        config.interceptor_state().store_put(Sent::new());
        Ok(())
    }

    fn modify_before_transmit(
        &self,
        context: &mut BeforeTransmitInterceptorContextMut<'_>,
        _components: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if let Some(sent) = config.load::<Sent>() {
            context.request_mut().add_extension(sent.clone());
        }
        Ok(())
    }

    fn read_after_attempt(
        &self,
        context: &FinalizerInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let operation = config.load::<Metadata>().map_or("unknown", Metadata::name);
        // The operations and the HTTP statuses are few; error codes are whatever a store makes up.
        let status = context.response().map_or(0, |response| response.status().as_u16());
        let code = if (100..600).contains(&status) { status.to_string() } else { "none".to_owned() };
        self.0.aws_requests.with_label_values(&[operation, code.as_str()]).inc();
        if let Some(sent) = config.load::<Sent>() {
            self.0.aws_seconds.with_label_values(&[operation]).observe(sent.elapsed().as_secs_f64());
        }
        Ok(())
    }

    fn read_after_execution(
        &self,
        context: &FinalizerInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        self.0.ack.ended(config.load::<Metadata>().map_or("unknown", Metadata::name), context);
        Ok(())
    }
}
