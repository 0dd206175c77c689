//! The two paths over HTTP: what a request must be to be read, how long it may take, and what is counted.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Router, middleware, routing::post};
use http_body_util::LengthLimitError;
use shared::admission::Settings;
use tokio::sync::Semaphore;
use tokio::time::timeout;

use crate::caches::Cluster;
use crate::duration;
use crate::judge::{self, Judgement, Phase};
use crate::metrics::{Metrics, Webhook};
use crate::reject::{BODY_BYTES, Rejection};
use crate::review;

/// The part of readiness that is there while requests are welcome.
pub const SERVING: &str = "serving";

/// What the API server allows where its request does not say. Source: Kubernetes, `timeoutSeconds` defaults to 10.
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(10);
/// What the API server allows at most.
const LONGEST_TIMEOUT: Duration = Duration::from_secs(30);
/// The part of the time that is left for the way back.
const WAY_BACK: Duration = Duration::from_millis(200);
/// Reviews judged at once, for each core; more wait.
const PERMITS_PER_CORE: usize = 4;

/// What all requests share.
pub struct App {
    settings: Settings,
    phase: Phase,
    cluster: Arc<dyn Cluster>,
    metrics: Metrics,
    permits: Semaphore,
    draining: AtomicBool,
}

impl App {
    /// An app that judges by these settings and what is known of the cluster, and goes as far as the phase says.
    #[must_use]
    pub fn new(settings: Settings, phase: Phase, cluster: Arc<dyn Cluster>, metrics: Metrics) -> Arc<Self> {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let permits = Semaphore::new(cores * PERMITS_PER_CORE);
        Arc::new(Self { settings, phase, cluster, metrics, permits, draining: AtomicBool::new(false) })
    }

    /// From now on every answer asks for its connection to be closed.
    pub fn drain(&self) {
        self.draining.store(true, Ordering::Release);
    }
}

/// `POST /mutate` and `POST /validate`.
pub fn router(app: Arc<App>) -> Router {
    Router::new()
        .route("/mutate", post(|State(app): State<Arc<App>>, request: Request| async move { answer(&app, Webhook::Mutate, request).await }))
        .route(
            "/validate",
            post(|State(app): State<Arc<App>>, request: Request| async move { answer(&app, Webhook::Validate, request).await }),
        )
        .layer(middleware::map_response_with_state(Arc::clone(&app), close_while_draining))
        .with_state(app)
}

async fn close_while_draining(State(app): State<Arc<App>>, mut response: Response) -> Response {
    if app.draining.load(Ordering::Acquire) {
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

async fn answer(app: &App, webhook: Webhook, request: Request) -> Response {
    let started = Instant::now();
    let _in_flight = app.metrics.enter();
    let time = time_to_answer(request.uri().query());
    let judged = match timeout(time, receive(app, webhook, request)).await {
        Ok(judged) => judged,
        Err(_) => Err(Rejection::Deadline),
    };
    match judged {
        Ok(judged) => judged.send(&app.metrics, webhook, started),
        Err(rejection) => {
            app.metrics.rejected(rejection.category());
            tracing::warn!(webhook = webhook.as_str(), reason = rejection.category(), error = %rejection, "request rejected");
            rejection.into_response()
        }
    }
}

/// Judging itself never waits, so its time is not limited: whoever gets here is answered.
async fn receive(app: &App, webhook: Webhook, request: Request) -> Result<Judged, Rejection> {
    let (parts, body) = request.into_parts();
    check_content_type(&parts.headers)?;
    let body = read(&parts.headers, body).await?;
    app.metrics.came(body.len());
    // The semaphore is never closed; were it, judging without a permit is right.
    let _permit = app.permits.acquire().await.ok();
    let read = if webhook == Webhook::Validate { review::parse_bucket(&body) } else { None };
    let request = read.map_or_else(|| review::parse(&body), Ok)?;
    let judgement = judge::judge(webhook, &request, &app.settings, app.phase, &*app.cluster);
    let (operation, dry_run) = (request.operation.to_string(), request.is_dry_run());
    tracing::debug!(
        webhook = webhook.as_str(),
        uid = %request.uid,
        operation,
        namespace = request.namespace.as_deref(),
        name = request.name.as_deref(),
        decision = judgement.decision.as_str(),
        "judged"
    );
    Ok(Judged { judgement, operation, dry_run })
}

struct Judged {
    judgement: Judgement,
    operation: String,
    dry_run: bool,
}

impl Judged {
    fn send(self, metrics: &Metrics, webhook: Webhook, started: Instant) -> Response {
        let Self { judgement, operation, dry_run } = self;
        let response = match judgement.response.to_json() {
            Ok(json) => ([(header::CONTENT_TYPE, "application/json")], json).into_response(),
            Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, format!("the answer cannot be written: {error}\n")).into_response(),
        };
        judgement.tally.count(metrics);
        metrics.answered(webhook, &operation, judgement.decision, dry_run, started.elapsed());
        response
    }
}

fn check_content_type(headers: &HeaderMap) -> Result<(), Rejection> {
    let given = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let media_type = given.split(';').next().unwrap_or_default().trim();
    if media_type.eq_ignore_ascii_case("application/json") {
        return Ok(());
    }
    Err(Rejection::ContentType(given.chars().take(100).collect()))
}

async fn read(headers: &HeaderMap, body: Body) -> Result<Bytes, Rejection> {
    let announced = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|length| length > BODY_BYTES) {
        return Err(Rejection::TooLarge);
    }
    axum::body::to_bytes(body, BODY_BYTES).await.map_err(|error| {
        let error = error.into_inner();
        if error.is::<LengthLimitError>() { Rejection::TooLarge } else { Rejection::Body(error.to_string()) }
    })
}

/// The time that the API server gives in `?timeout=`, less the way back.
fn time_to_answer(query: Option<&str>) -> Duration {
    let given = query.unwrap_or_default().split('&').find_map(|pair| pair.strip_prefix("timeout="));
    let given = given.and_then(duration::parse).filter(|time| !time.is_zero()).unwrap_or(DEFAULT_TIMEOUT).min(LONGEST_TIMEOUT);
    given.saturating_sub(WAY_BACK).max(given / 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_is_left_for_the_way_back() {
        let cases = [
            (Some("timeout=5s"), 4800),
            (Some("x=1&timeout=500ms"), 300),
            (Some("timeout=100ms"), 50),
            (Some("timeout=10m"), 29_800),
            (Some("timeout=soon"), 9800),
            (Some("timeout=0s"), 9800),
            (Some(""), 9800),
            (None, 9800),
        ];
        for (query, millis) in cases {
            assert_eq!(time_to_answer(query), Duration::from_millis(millis), "{query:?}");
        }
    }

    #[test]
    fn json_is_known_by_its_media_type() {
        let check =
            |value: &'static str| check_content_type(&HeaderMap::from_iter([(header::CONTENT_TYPE, HeaderValue::from_static(value))]));
        assert!(check("application/json").is_ok() && check("Application/JSON; charset=utf-8").is_ok());
        assert!(check("application/jsonp").is_err() && check("").is_err());
        assert!(check_content_type(&HeaderMap::new()).is_err());
    }
}
