//! Taking a new certificate when the files change. The contents are compared, not the files watched: a mounted Secret changes by
//! a symbolic link, which file watches miss.

use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use axum_server::tls_rustls::RustlsConfig;
use shared::serve::Readiness;
use shared::telemetry::Chain;

use super::certificate::{Certificate, Files, TlsError};
use crate::metrics::Metrics;

/// The part of readiness that waits for the first certificate.
pub const CERTIFICATE: &str = "certificate";

/// How long to wait for the first certificate between two looks, at most.
const IMPATIENCE: Duration = Duration::from_secs(1);

/// Where the certificate is, and what to tell when it changes.
pub struct Certificates {
    /// The folder of `tls.crt` and `tls.key`.
    pub dir: PathBuf,
    /// The time between two looks.
    pub poll: Duration,
    /// Where expiry and reloads are counted.
    pub metrics: Metrics,
    /// Where the part [`CERTIFICATE`] is set.
    pub readiness: Readiness,
}

impl Certificates {
    /// Waits until there is a certificate that can be used. What stands in the way is logged once.
    pub async fn first(&self) -> (RustlsConfig, Seen) {
        let mut seen = Seen::default();
        loop {
            if let Some(certificate) = self.look(&mut seen).await {
                self.readiness.set(CERTIFICATE, true);
                return (RustlsConfig::from_config(certificate.config), seen);
            }
            tokio::time::sleep(self.poll.min(IMPATIENCE)).await;
        }
    }

    /// Puts every new certificate that can be used in place of the one in use, for new connections; open ones stay. The one in use
    /// stays too while the new one cannot be used. Never ends by itself.
    pub async fn follow(&self, config: RustlsConfig, mut seen: Seen) {
        loop {
            tokio::time::sleep(self.poll).await;
            if let Some(certificate) = self.look(&mut seen).await {
                config.reload_from_config(certificate.config);
            }
        }
    }

    async fn look(&self, seen: &mut Seen) -> Option<Certificate> {
        let dir = self.dir.clone();
        let files = match tokio::task::spawn_blocking(move || Files::read(&dir)).await.ok()? {
            Ok(files) => files,
            Err(error) => {
                if !std::mem::replace(&mut seen.unreadable, true) {
                    self.complain(&error);
                }
                return None;
            }
        };
        seen.unreadable = false;
        if seen.files.as_ref() == Some(&files) {
            return None;
        }
        let certificate = Certificate::from_files(&files, now()).map_err(|error| self.complain(&error)).ok();
        seen.files = Some(files);
        let certificate = certificate?;
        self.metrics.certificate_taken(certificate.not_after);
        tracing::info!(not_after = certificate.not_after, "certificate taken");
        Some(certificate)
    }

    fn complain(&self, error: &TlsError) {
        self.metrics.certificate_refused();
        let category = error.category();
        tracing::error!(category, error = %Chain(&error), "certificate not taken; one that is in use stays in use");
    }
}

/// What was seen at the last look: the same contents are judged once, missing files complained of once.
#[derive(Default)]
pub struct Seen {
    files: Option<Files>,
    unreadable: bool,
}

fn now() -> i64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}
