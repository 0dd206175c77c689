//! What the controller listens on, and what it logs.

use clap::{ArgAction, Args};

/// What the controller listens on, and what it logs.
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
#[derive(Clone, Debug, Args)]
pub struct ServeArgs {
    /// Where /metrics is served.
    #[arg(long, value_name = "ADDRESS", default_value = "0.0.0.0:8080")]
    pub metrics_addr: String,
    /// Where /healthz, /livez and /readyz are served.
    #[arg(long, value_name = "ADDRESS", default_value = "0.0.0.0:8081")]
    pub healthz_addr: String,
    /// Where the operator's requests are taken (log filter, deletion breaker, pages), on the loopback interface only; nowhere, if empty.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8082")]
    pub admin_addr: String,
    /// Serve pages for people at --admin-addr: the fleet, its drift, and what the controller waits for. They only show.
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true", default_value_t = false, value_parser = super::go_bool, action = ArgAction::Set)]
    pub admin_page: bool,
    /// Accepted for the sake of the ACK controller's manifests; admission is a service of its own here, cooper-webhook.
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true", default_value_t = false, value_parser = super::go_bool, action = ArgAction::Set)]
    pub enable_webhook_server: bool,
    /// As above: checked for its form, not used.
    #[arg(long, value_name = "ADDRESS", default_value = "0.0.0.0:9433")]
    pub webhook_server_addr: String,
    /// debug, info, warn, error, dpanic, panic or fatal (the last three as error); or directives such as info,kube=debug.
    #[arg(long, value_name = "LEVEL", default_value = "info")]
    pub log_level: String,
    /// Logs as text for people, from level debug on, instead of JSON.
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true", default_value_t = false, value_parser = super::go_bool, action = ArgAction::Set)]
    pub enable_development_logging: bool,
    /// Look at flags, environment, the API server and AWS, print what is wrong, one finding per line, and end; nothing is written.
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true", default_value_t = false, value_parser = super::go_bool, action = ArgAction::Set)]
    pub check_config: bool,
}
