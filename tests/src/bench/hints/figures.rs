//! What was measured: seconds, as quantiles.

use std::collections::HashMap;
use std::time::Duration;

use crate::s3::Calls;
use crate::scrape::Scrape;

/// A hint that was sent.
#[derive(Clone, Debug)]
pub struct Sent {
    /// The S3 bucket.
    pub bucket: String,
    /// When, on the clock of the record of calls.
    pub at: Duration,
}

/// How long it took from each hint to the first call about its bucket that began later; `None` where there is none yet.
#[must_use]
pub fn waits(hints: &[Sent], calls: &Calls) -> Option<Vec<f64>> {
    let mut times: HashMap<&str, Vec<Duration>> = HashMap::new();
    for call in calls.iter() {
        if let Some(bucket) = call.bucket.as_deref() {
            times.entry(bucket).or_default().push(call.at);
        }
    }
    let first = |hint: &Sent| times.get(hint.bucket.as_str())?.iter().filter(|at| **at >= hint.at).min().copied();
    hints.iter().map(|hint| Some(first(hint)?.saturating_sub(hint.at).as_secs_f64())).collect()
}

/// The quantile (0 to 1) of these values.
#[must_use]
pub fn quantile(values: &[f64], of: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    // The smallest value that so many are not above. Neither sign nor size is lost: there are far fewer than 2^32 values.
    let above = sorted.iter().enumerate().find(|(index, _)| rank(*index + 1) >= of * rank(sorted.len()));
    above.map_or(f64::NAN, |(_, value)| *value)
}

/// The bound that this part (0 to 1) of a histogram's observations is not above.
#[must_use]
pub fn bound(scrape: &Scrape, histogram: &str, of: f64) -> f64 {
    let name = format!("{histogram}_bucket");
    let all = scrape.value(&format!("{histogram}_count"), &[]).unwrap_or_default();
    let buckets = scrape.samples().iter().filter(|sample| sample.name == name && sample.value >= of * all);
    let bounds = buckets.filter_map(|sample| sample.labels.get("le")).map(|le| le.parse().unwrap_or(f64::INFINITY));
    bounds.fold(f64::INFINITY, f64::min)
}

fn rank(index: usize) -> f64 {
    f64::from(u32::try_from(index).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_values_that_were_measured() {
        let values: Vec<f64> = (1..=200).rev().map(f64::from).collect();
        assert!((quantile(&values, 0.5) - 100.0).abs() < 1e-9 && (quantile(&values, 0.99) - 198.0).abs() < 1e-9);
        assert!(quantile(&[], 0.5).is_nan());
    }

    #[test]
    fn a_bound_is_that_of_the_first_bucket_that_holds_enough() {
        let page = "h_bucket{le=\"0.1\"} 50\nh_bucket{le=\"1\"} 99\nh_bucket{le=\"+Inf\"} 100\nh_sum 1\nh_count 100\n";
        let scrape = Scrape::parse(page);
        assert!((bound(&scrape, "h", 0.5) - 0.1).abs() < 1e-9 && (bound(&scrape, "h", 0.99) - 1.0).abs() < 1e-9);
        assert!(bound(&scrape, "h", 1.0).is_infinite());
    }
}
