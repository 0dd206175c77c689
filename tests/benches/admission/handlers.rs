//! The handlers: one that does as little as a typed webhook can, `/validate` as it is shipped, and the same with twenty guardrails.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::body::Bytes;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::{Json, Router, routing::post};
use kube::core::DynamicObject;
use kube::core::admission::{AdmissionRequest, AdmissionResponse, AdmissionReview};
use shared::admission::Settings;
use shared::{Bucket, annotation};
use webhook::Phase;
use webhook::app::App;
use webhook::caches::Caches;
use webhook::metrics::Metrics;

use crate::{Fault, guardrails};

/// How many handlers there are.
pub(crate) const COUNT: usize = 3;
/// Their names, in the order of everything that is measured.
pub(crate) const NAMES: [&str; COUNT] = ["parse and allow", "/validate", "/validate with 20 guardrails"];

const REGION: &str = "eu-central-1";
/// How many Buckets the caches hold: looking up who claims a name must not depend on it.
const KNOWN: u32 = 1000;

/// The webhook, with a thousand Buckets in its caches; guarded or not.
///
/// # Errors
/// The metrics cannot be registered, or a guardrail is none; a bug.
pub(crate) fn validate(guarded: bool) -> Result<Arc<App>, Fault> {
    let caches = Caches::new(Some(REGION.to_owned()));
    let annotations = [
        (annotation::DEFAULT_REGION, REGION),
        (annotation::OWNER_ACCOUNT_ID, "111122223333"),
        (annotation::NAMESPACE_DELETION_POLICY, "retain"),
    ];
    let buckets = (0..KNOWN).map(|index| {
        let mut bucket = tests::bench::buckets::bare(&format!("known-{index}"));
        bucket.metadata.namespace = Some("default".to_owned());
        bucket
    });
    caches.fill([("default".to_owned(), map(&annotations))], buckets.collect::<Vec<_>>());
    caches.label("default", map(&[("tier", "prod"), ("team", "data")]));
    if guarded {
        caches.guard(guardrails::twenty()?);
    }
    let settings = Settings { default_region: Some(REGION.to_owned()), controller_tags: 2, ..Settings::default() };
    Ok(App::new(settings, Phase::Enforce, Arc::new(caches), Metrics::new()?))
}

fn map(of: &[(&str, &str)]) -> BTreeMap<String, String> {
    of.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

/// A handler that reads the review, its Bucket included, and allows.
pub(crate) fn plain() -> Router {
    Router::new().route("/validate", post(allow))
}

async fn allow(body: Bytes) -> Response {
    let review = serde_json::from_slice::<AdmissionReview<Bucket>>(&body);
    let request: Option<AdmissionRequest<Bucket>> = review.ok().and_then(|review| review.try_into().ok());
    match request {
        Some(request) => Json::<AdmissionReview<DynamicObject>>(AdmissionResponse::from(&request).into_review()).into_response(),
        None => StatusCode::BAD_REQUEST.into_response(),
    }
}
