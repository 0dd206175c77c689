//! Counts and times every request to AWS, retries included.

use std::time::Instant;

use aws_sdk_s3::config::interceptors::{BeforeTransmitInterceptorContextRef, FinalizerInterceptorContextRef};
use aws_sdk_s3::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_s3::error::BoxError;
use aws_smithy_runtime_api::client::orchestrator::Metadata;
use aws_smithy_types::config_bag::{Storable, StoreReplace};

use crate::metrics::Metrics;

/// What feeds the metrics of requests to AWS.
#[derive(Clone, Debug)]
pub struct Counting(pub Metrics);

/// When the request that is under way began.
#[derive(Debug)]
struct Began(Instant);

impl Storable for Began {
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
        config.interceptor_state().store_put(Began(Instant::now()));
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
        if let Some(Began(began)) = config.load::<Began>() {
            self.0.aws_seconds.with_label_values(&[operation]).observe(began.elapsed().as_secs_f64());
        }
        Ok(())
    }
}
