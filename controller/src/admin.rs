//! What an operator may ask for while the process runs, on the loopback interface: `kubectl port-forward` leads there, nothing else.

use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::{Router, routing::get};
use shared::telemetry::{Chain, LogFilter};

/// The largest body.
const BODY_BYTES: usize = 4096;
/// How long a body may take to come.
const BODY_TIME: Duration = Duration::from_secs(10);

/// `/log-filter`: GET tells it, PUT sets it to the text of the body, DELETE sets it back to what it was at the start.
pub fn router(log: LogFilter) -> Router {
    Router::new().route("/log-filter", get(tell).put(change).delete(reset)).with_state(log)
}

async fn tell(State(log): State<LogFilter>) -> String {
    format!("{}\n", log.now())
}

async fn change(State(log): State<LogFilter>, body: Body) -> Response {
    let text = match text(body).await {
        Ok(text) => text,
        Err((status, why)) => return (status, why).into_response(),
    };
    match log.change(&text) {
        Ok(()) => changed(&log),
        Err(error) => (StatusCode::BAD_REQUEST, format!("{}\n", Chain(&error))).into_response(),
    }
}

async fn reset(State(log): State<LogFilter>) -> Response {
    match log.reset() {
        Ok(()) => changed(&log),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, format!("{}\n", Chain(&error))).into_response(),
    }
}

fn changed(log: &LogFilter) -> Response {
    tracing::warn!(filter = log.now(), "the log filter was changed");
    format!("{}\n", log.now()).into_response()
}

/// The body as text, bounded in size and time; or what to answer instead.
async fn text(body: Body) -> Result<String, (StatusCode, &'static str)> {
    match tokio::time::timeout(BODY_TIME, to_bytes(body, BODY_BYTES)).await {
        Err(_) => Err((StatusCode::REQUEST_TIMEOUT, "the body did not come in time\n")),
        Ok(Err(_)) => Err((StatusCode::PAYLOAD_TOO_LARGE, "the body is larger than 4096 bytes, or was cut off\n")),
        Ok(Ok(bytes)) => String::from_utf8(bytes.to_vec()).map_err(|_| (StatusCode::BAD_REQUEST, "the body is not UTF-8\n")),
    }
}
