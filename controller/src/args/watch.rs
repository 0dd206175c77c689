//! Which Buckets are looked after.

use clap::Args;

/// Which Buckets are looked after.
#[derive(Clone, Debug, Args)]
pub struct WatchArgs {
    /// Namespaces whose Buckets are looked after, separated by commas; all, if empty.
    #[arg(long, value_name = "NAMESPACES", default_value = "", hide_default_value = true)]
    pub watch_namespace: String,
    /// Label selector of the Buckets and FieldExports that are looked after; all, if empty.
    #[arg(long, value_name = "SELECTOR", default_value = "", hide_default_value = true)]
    pub watch_selectors: String,
    /// Kinds that are looked after, separated by commas; all, if empty. Bucket is the only one there is.
    #[arg(long, value_name = "KINDS", default_value = "", hide_default_value = true)]
    pub reconcile_resources: String,
}
