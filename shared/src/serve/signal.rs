//! The first signal asks a service to stop, the second one ends it.

use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// A token that is cancelled at the first SIGTERM or SIGINT. At the second one the process ends at once with exit code 1.
///
/// # Errors
/// The runtime cannot listen for signals.
pub fn shutdown_on_signal() -> std::io::Result<CancellationToken> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let stop = CancellationToken::new();
    let asked = stop.clone();
    tokio::spawn(async move {
        for first in [true, false] {
            let name = tokio::select! {
                _ = terminate.recv() => "SIGTERM",
                _ = interrupt.recv() => "SIGINT",
            };
            if first {
                tracing::info!(signal = name, "stopping; a second signal ends the process at once");
                asked.cancel();
            } else {
                tracing::error!(signal = name, "second signal: ending without waiting for work in flight");
                std::process::exit(1);
            }
        }
    });
    Ok(stop)
}
