//! What Prometheus is told of single Buckets.

use clap::Args;

/// What Prometheus is told of single Buckets.
#[derive(Clone, Debug, Args)]
pub struct MetricsArgs {
    /// Which series of single Buckets /metrics has: none, drift (of Buckets about which there is something to tell) or all (also, for
    /// each Bucket, whether it is ready and when it was checked).
    #[arg(long, value_name = "WORD", default_value = "drift")]
    pub bucket_metrics: String,
    /// Of how many Buckets each of these metrics has series at most; cooper_bucket_series_dropped counts what is left out.
    #[arg(long, value_name = "NUMBER", default_value_t = 10_000)]
    pub bucket_metrics_limit: u32,
}
