//! What the controller listens on.

use std::net::SocketAddr;

use shared::telemetry::Chain;
use tokio::net::TcpListener;

use super::error::RunError;

/// Opens the port of a flag.
pub(super) async fn listener(flag: &'static str, address: SocketAddr) -> Result<TcpListener, RunError> {
    let failed = |source| RunError::Listen { flag, address, source };
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    tracing::info!(flag, address = %listener.local_addr().map_err(failed)?, "listening");
    Ok(listener)
}

/// Serves until the process ends; tells if it ends before.
pub(super) fn in_background(flag: &'static str, serving: impl Future<Output = std::io::Result<()>> + Send + 'static) {
    tokio::spawn(async move {
        if let Err(error) = serving.await {
            tracing::error!(flag, error = %Chain(&error), "stopped listening");
        }
    });
}
