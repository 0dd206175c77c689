//! What Prometheus is told of single Buckets, as the flags say.

use super::{SettingsError, problem};
use crate::args::metrics::MetricsArgs;
use crate::gauges::BucketSeries;

/// What Prometheus is told of single Buckets.
#[derive(Clone, Copy, Debug)]
pub struct MetricsSettings {
    /// Which series there are.
    pub series: BucketSeries,
    /// Of how many Buckets at most.
    pub most: u32,
}

impl MetricsSettings {
    /// Reads the flags.
    ///
    /// # Errors
    /// A flag's value cannot be used.
    pub fn of(args: &MetricsArgs) -> Result<Self, SettingsError> {
        let word = &args.bucket_metrics;
        let series = BucketSeries::WORDS.iter().find(|(known, _)| known == word).map(|(_, series)| *series);
        let wrong = || problem("bucket-metrics", format!("{word:?} is not understood; write none, drift or all"));
        Ok(Self { series: series.ok_or_else(wrong)?, most: args.bucket_metrics_limit })
    }
}
