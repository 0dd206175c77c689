//! What the controller listens on and logs, as the flags say.

use std::net::{SocketAddr, ToSocketAddrs};

use shared::telemetry::{self, LogFormat};

use super::{SettingsError, problem};
use crate::args::serve::ServeArgs;

/// What is logged for people.
pub(super) const DEBUG: &str = "debug";

/// What the controller listens on, and what it logs.
#[derive(Clone, Debug)]
pub struct ServeSettings {
    /// Where /metrics is served.
    pub metrics_addr: SocketAddr,
    /// Where the health endpoints are served.
    pub healthz_addr: SocketAddr,
    /// Where the operator's requests are taken, on the loopback interface.
    pub admin_addr: Option<SocketAddr>,
    /// Whether pages for people are served there.
    pub admin_page: bool,
    /// Whether a webhook server was asked for, which this program does not have.
    pub webhook_server: bool,
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
        let admin_addr = admin_address(&args.admin_addr)?;
        if args.admin_page && admin_addr.is_none() {
            return Err(problem(
                "admin-page",
                "--admin-addr is empty, so there is no place for it; give an address, or leave this out".to_owned(),
            ));
        }
        Ok(Self {
            metrics_addr: address("metrics-addr", &args.metrics_addr)?,
            healthz_addr: address("healthz-addr", &args.healthz_addr)?,
            admin_addr,
            admin_page: args.admin_page,
            webhook_server: args.enable_webhook_server,
            log_filter: log_filter(&args.log_level, development)?,
            log_format: if development { LogFormat::Text } else { LogFormat::Json },
        })
    }
}

/// For people, debug is what info is for machines, as with zap.
fn log_filter(level: &str, development: bool) -> Result<String, SettingsError> {
    telemetry::check(level).map_err(|error| problem("log-level", error.to_string()))?;
    let at_info = level.trim().eq_ignore_ascii_case("info");
    Ok(if development && at_info { DEBUG } else { level.trim() }.to_owned())
}

/// Whoever may talk to this address may say what is logged and what is deleted: it has to be the Pod's own.
fn admin_address(text: &str) -> Result<Option<SocketAddr>, SettingsError> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    let address = address("admin-addr", text)?;
    if address.ip().is_loopback() {
        return Ok(Some(address));
    }
    let text = format!("{text:?} can be reached from outside; write a loopback address such as 127.0.0.1:8082, or nothing to do without");
    Err(problem("admin-addr", text))
}

/// `host:port`; as in Go, no host means all addresses, and of those that a name stands for, the first of IPv4 is taken.
/// Source: Go, package net, "Listen".
fn address(flag: &'static str, text: &str) -> Result<SocketAddr, SettingsError> {
    let whole = if text.starts_with(':') { format!("0.0.0.0{text}") } else { text.to_owned() };
    let wrong = |why: String| problem(flag, format!("{text:?} is no address{why}; write host:port, such as 0.0.0.0:8080"));
    let found: Vec<SocketAddr> = whole.to_socket_addrs().map_err(|error| wrong(format!(" ({error})")))?.collect();
    found.iter().find(|address| address.is_ipv4()).or_else(|| found.first()).copied().ok_or_else(|| wrong(String::new()))
}
