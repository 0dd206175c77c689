//! Serving HTTPS until asked to stop, without a failed call on the way.

use std::sync::Arc;
use std::time::Duration;

use axum_server::Handle;
use axum_server::tls_rustls::{RustlsConfig, from_tcp_rustls};
use shared::serve::{Readiness, limited};
use tokio_util::sync::CancellationToken;

use crate::app::{self, App};

/// How long requests in flight may take to finish at the end; longer than the API server waits for a webhook by default.
const GRACE: Duration = Duration::from_secs(15);

/// Serves the webhook. When `stop` is cancelled the part `serving` of the readiness goes, so that the Service sends no new
/// connections; for the time `drain` every answer closes its connection, so that the API server opens its next one elsewhere; then
/// nothing more is accepted and requests in flight finish.
///
/// # Errors
/// The listener cannot be used.
pub async fn serve(
    listener: tokio::net::TcpListener,
    config: RustlsConfig,
    app: Arc<App>,
    readiness: Readiness,
    drain: Duration,
    stop: CancellationToken,
) -> std::io::Result<()> {
    let handle = Handle::new();
    let router = app::router(Arc::clone(&app));
    let server = limited(from_tcp_rustls(listener.into_std()?, config)?).handle(handle.clone()).accept_error_handler(|peer, error| {
        tracing::debug!(?peer, %error, "connection not accepted");
    });
    readiness.set(app::SERVING, true);
    let stopper = tokio::spawn(async move {
        stop.cancelled().await;
        readiness.set(app::SERVING, false);
        app.drain();
        tokio::time::sleep(drain).await;
        handle.graceful_shutdown(Some(GRACE));
    });
    let result = server.serve(router.into_make_service()).await;
    stopper.abort();
    result
}
