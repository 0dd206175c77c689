//! How often, and how much at once.

use clap::Args;
use shared::resource_tags;

/// How often, and how much at once.
#[derive(Clone, Debug, Args)]
pub struct ReconcileArgs {
    /// Seconds between two checks of a bucket for drift; 0 for 36000 (10 h).
    #[arg(long, value_name = "SECONDS", default_value_t = 0)]
    pub reconcile_default_resync_seconds: u64,
    /// The same for one kind, as Bucket=SECONDS; wins over the default.
    #[arg(long, value_name = "KIND=SECONDS", value_delimiter = ',')]
    pub reconcile_resource_resync_seconds: Vec<String>,
    /// How many Buckets are worked on at the same time.
    #[arg(long, value_name = "NUMBER", default_value_t = 10)]
    pub reconcile_default_max_concurrent_syncs: u16,
    /// The same for one kind, as Bucket=NUMBER; wins over the default.
    #[arg(long, value_name = "KIND=NUMBER", value_delimiter = ',')]
    pub reconcile_resource_max_concurrent_syncs: Vec<String>,
    /// Reads from S3 a second, at most, for each account and region; 0 for as many as S3 bears. Where S3 answers that it is too much,
    /// there are fewer for a while.
    #[arg(long, value_name = "NUMBER", default_value_t = 1000.0)]
    pub aws_reads_per_second: f64,
    /// The same for writes.
    #[arg(long, value_name = "NUMBER", default_value_t = 1000.0)]
    pub aws_writes_per_second: f64,
    /// Tags that every bucket gets, key=value with placeholders such as %K8S_NAMESPACE%; an empty value for none.
    #[arg(long, value_name = "KEY=VALUE", value_delimiter = ',', default_values = resource_tags::DEFAULT)]
    pub resource_tags: Vec<String>,
    /// What becomes of the sections that a spec leaves out, where the Bucket's annotation does not say and it was not adopted: reset
    /// (to what S3 gives a new bucket) or ignore (shown, never written).
    #[arg(long, value_name = "WORD", default_value = "reset")]
    pub unset_fields: String,
    /// What is done about drift, where neither the Bucket's annotation nor its namespace's says: remediate, warn (told, and put right
    /// only once somebody approves the plan) or off; sub-configurations may have a mode of their own, as in warn,policy=remediate.
    #[arg(long, value_name = "MODES", default_value = "remediate")]
    pub drift_mode: String,
}
