//! What the controller listens on and logs, as the flags say.

use std::net::SocketAddr;

use shared::telemetry::LogFormat;

use super::{SettingsError, problem};
use crate::args::serve::ServeArgs;

/// What is logged at debug.
pub(super) const DEBUG: &str = "info,controller=debug,shared=debug";

/// What the controller listens on, and what it logs.
#[derive(Clone, Debug)]
pub struct ServeSettings {
    /// Where /metrics is served.
    pub metrics_addr: SocketAddr,
    /// Where the health endpoints are served.
    pub healthz_addr: SocketAddr,
    /// The log filter.
    pub log_filter: String,
    /// The shape of a log line.
    pub log_format: LogFormat,
}

impl ServeSettings {
    /// Reads the flags.
    ///
    /// # Errors
    /// A flag's value cannot be used.
    pub fn of(args: &ServeArgs) -> Result<Self, SettingsError> {
        let development = args.enable_development_logging;
        address("webhook-server-addr", &args.webhook_server_addr)?;
        Ok(Self {
            metrics_addr: address("metrics-addr", &args.metrics_addr)?,
            healthz_addr: address("healthz-addr", &args.healthz_addr)?,
            log_filter: log_filter(&args.log_level, development),
            log_format: if development { LogFormat::Text } else { LogFormat::Json },
        })
    }
}

/// At debug the libraries would say a hundred times as much as the controller; who wants that names them.
fn log_filter(level: &str, development: bool) -> String {
    match level.trim().to_ascii_lowercase().as_str() {
        "info" if development => DEBUG.to_owned(),
        "debug" => DEBUG.to_owned(),
        _ => level.to_owned(),
    }
}

/// `host:port`; as in Go, no host means all addresses.
fn address(flag: &'static str, text: &str) -> Result<SocketAddr, SettingsError> {
    let whole = if text.starts_with(':') { format!("0.0.0.0{text}") } else { text.to_owned() };
    whole.parse().map_err(|_| problem(flag, format!("{text:?} is no address; write host:port, such as 0.0.0.0:8080")))
}
