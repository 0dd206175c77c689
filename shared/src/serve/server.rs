//! Serving HTTP with limits, and what the admin port answers.

use std::net::SocketAddr;
use std::time::Duration;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Router, routing::get};
use axum_server::{Handle, Server};
use prometheus::{Encoder, Registry, TextEncoder};
use tokio_util::sync::CancellationToken;

use super::Readiness;

/// How long a connection may take from being open to its first whole request head.
const FIRST_REQUEST: Duration = Duration::from_secs(10);
/// How long a kept connection may be idle, and how long any later request head may take. The API server and Prometheus keep
/// connections for 90 s (Go `http.Transport.IdleConnTimeout`), so theirs are never closed under them.
const IDLE: Duration = Duration::from_mins(2);
/// The largest request head.
const HEAD_BYTES: usize = 32 * 1024;
/// How long open requests may take to finish when the server stops.
const GRACE: Duration = Duration::from_secs(5);

/// `/livez` and `/healthz`: 200 while the process runs. `/readyz`: 200, or 503 and the parts that are missing, one per line.
pub fn health_router(readiness: Readiness) -> Router {
    Router::new()
        .route("/livez", get(|| async { "ok" }))
        .route("/healthz", get(|| async { "ok" }))
        .route("/readyz", get(ready))
        .with_state(readiness)
}

async fn ready(State(readiness): State<Readiness>) -> Response {
    let missing = readiness.missing();
    if missing.is_empty() {
        return "ok".into_response();
    }
    (StatusCode::SERVICE_UNAVAILABLE, format!("not ready, missing:\n{}\n", missing.join("\n"))).into_response()
}

/// `/metrics`: the registry in the Prometheus text format 0.0.4.
pub fn metrics_router(registry: Registry) -> Router {
    Router::new().route("/metrics", get(metrics)).with_state(registry)
}

async fn metrics(State(registry): State<Registry>) -> Response {
    let mut text = Vec::with_capacity(16 * 1024);
    match TextEncoder::new().encode(&registry.gather(), &mut text) {
        Ok(()) => ([(header::CONTENT_TYPE, prometheus::TEXT_FORMAT)], text).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, format!("metrics cannot be written: {error}\n")).into_response(),
    }
}

/// A server with the limits of everything that listens here: HTTP/1.1 only, bounded request heads, bounded idle time.
#[must_use]
pub fn limited<A>(server: Server<SocketAddr, A>) -> Server<SocketAddr, A> {
    let mut server = server.http1_only().first_request_timeout(FIRST_REQUEST);
    server.http_builder().http1().header_read_timeout(IDLE).max_buf_size(HEAD_BYTES);
    server
}

/// Serves until `stop` is cancelled, then lets open requests finish for 5 s.
///
/// # Errors
/// The listener cannot be used.
pub async fn run(listener: tokio::net::TcpListener, router: Router, stop: CancellationToken) -> std::io::Result<()> {
    let handle = Handle::new();
    let server = limited(axum_server::from_tcp(listener.into_std()?)?).handle(handle.clone());
    let stopper = tokio::spawn(async move {
        stop.cancelled().await;
        handle.graceful_shutdown(Some(GRACE));
    });
    let result = server.serve(router.into_make_service()).await;
    stopper.abort();
    result
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpStream;

    use super::*;

    async fn fetch(at: SocketAddr, path: &'static str) -> String {
        tokio::task::spawn_blocking(move || {
            let mut stream = TcpStream::connect(at).unwrap();
            write!(stream, "GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").unwrap();
            let mut answer = String::new();
            stream.read_to_string(&mut answer).unwrap();
            answer
        })
        .await
        .unwrap()
    }

    #[tokio::test]
    async fn the_admin_port_tells_health_readiness_and_metrics_until_it_is_stopped() {
        let registry = Registry::new();
        registry.register(Box::new(prometheus::IntCounter::new("cooper_test_total", "A test.").unwrap())).unwrap();
        let readiness = Readiness::new(&["certificate", "caches"]);
        let router = health_router(readiness.clone()).merge(metrics_router(registry));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = listener.local_addr().unwrap();
        let stop = CancellationToken::new();
        let server = tokio::spawn(run(listener, router, stop.clone()));

        assert!(fetch(at, "/livez").await.starts_with("HTTP/1.1 200"));
        assert!(fetch(at, "/healthz").await.starts_with("HTTP/1.1 200"));
        let answer = fetch(at, "/readyz").await;
        assert!(answer.starts_with("HTTP/1.1 503") && answer.contains("certificate\ncaches"), "{answer}");
        readiness.set("certificate", true);
        readiness.set("caches", true);
        assert!(fetch(at, "/readyz").await.starts_with("HTTP/1.1 200"));
        let answer = fetch(at, "/metrics").await;
        assert!(answer.contains("text/plain; version=0.0.4") && answer.contains("cooper_test_total 0"), "{answer}");
        assert!(fetch(at, "/nothing").await.starts_with("HTTP/1.1 404"));

        stop.cancel();
        server.await.unwrap().unwrap();
        assert!(tokio::net::TcpStream::connect(at).await.is_err(), "the port is closed after the stop");
    }

    #[tokio::test]
    async fn an_idle_connection_does_not_hold_up_the_stop() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = listener.local_addr().unwrap();
        let stop = CancellationToken::new();
        let server = tokio::spawn(run(listener, health_router(Readiness::new(&[])), stop.clone()));
        let mut idle = TcpStream::connect(at).unwrap();
        write!(idle, "GET /livez HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
        let mut idle = tokio::task::spawn_blocking(move || {
            let mut start = [0; 12];
            idle.read_exact(&mut start).unwrap();
            idle
        })
        .await
        .unwrap();
        stop.cancel();
        server.await.unwrap().unwrap();
        let mut rest = Vec::new();
        idle.read_to_end(&mut rest).unwrap();
    }
}
