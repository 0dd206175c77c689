//! Which Buckets are looked after.

use clap::Args;

/// Which Buckets are looked after.
#[derive(Clone, Debug, Args)]
pub struct WatchArgs {
    /// Namespaces whose Buckets are looked after; all, if empty.
    #[arg(long, value_name = "NAMESPACE", value_delimiter = ',')]
    pub watch_namespace: Vec<String>,
    /// Label selector of the Buckets that are looked after; all, if empty.
    #[arg(long, value_name = "SELECTOR", default_value = "", hide_default_value = true)]
    pub watch_selectors: String,
    /// Kinds that are looked after, separated by commas; all, if empty.
    #[arg(long, value_name = "KIND", value_delimiter = ',')]
    pub reconcile_resources: Vec<String>,
}
