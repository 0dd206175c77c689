//! The two handlers: `/validate` as it is shipped, and one that does as little as a typed webhook can.

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

use crate::Fault;

const REGION: &str = "eu-central-1";
/// How many Buckets the caches hold: looking up who claims a name must not depend on it.
const KNOWN: u32 = 1000;

/// The webhook, with a thousand Buckets in its caches.
///
/// # Errors
/// The metrics cannot be registered; a bug.
pub(crate) fn validate() -> Result<Arc<App>, Fault> {
    let caches = Caches::new(Some(REGION.to_owned()));
    let namespace: BTreeMap<String, String> = [(annotation::DEFAULT_REGION.to_owned(), REGION.to_owned())].into();
    let buckets = (0..KNOWN).map(|index| {
        let mut bucket = tests::bench::buckets::bare(&format!("known-{index}"));
        bucket.metadata.namespace = Some("default".to_owned());
        bucket
    });
    caches.fill([("default".to_owned(), namespace)], buckets.collect::<Vec<_>>());
    let settings = Settings { default_region: Some(REGION.to_owned()), controller_tags: 2, ..Settings::default() };
    Ok(App::new(settings, Phase::Enforce, Arc::new(caches), Metrics::new()?))
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
