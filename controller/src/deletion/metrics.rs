//! What is counted of deletions.

use prometheus::{IntCounterVec, Opts, Registry};

/// How a Bucket went: its S3 bucket deleted; left; not asked about; not its own.
const RESULTS: [&str; 4] = ["deleted", "retained", "detached", "released"];
/// What is emptied out of a bucket.
const KINDS: [&str; 2] = ["version", "upload"];

/// What is counted of deletions.
#[derive(Clone, Debug)]
pub struct DeletionMetrics {
    /// Buckets that went, by what became of their S3 bucket.
    pub deletions: IntCounterVec,
    /// What was deleted out of buckets, by kind.
    pub emptied: IntCounterVec,
}

impl DeletionMetrics {
    /// Registers them; all series start at 0.
    ///
    /// # Errors
    /// The registry has one of that name already.
    pub fn register(registry: &Registry) -> prometheus::Result<Self> {
        let deletions = Opts::new("cooper_deletions_total", "Buckets that went, by what became of their S3 bucket.");
        let emptied = Opts::new("cooper_emptied_total", "Versions, delete markers and uploads deleted to empty a bucket.");
        let metrics = Self { deletions: IntCounterVec::new(deletions, &["result"])?, emptied: IntCounterVec::new(emptied, &["kind"])? };
        registry.register(Box::new(metrics.deletions.clone()))?;
        registry.register(Box::new(metrics.emptied.clone()))?;
        for result in RESULTS {
            metrics.deletions.with_label_values(&[result]);
        }
        for kind in KINDS {
            metrics.emptied.with_label_values(&[kind]);
        }
        Ok(metrics)
    }
}

#[cfg(test)]
mod tests {
    use prometheus::TextEncoder;

    use super::*;

    #[test]
    fn series_start_at_zero() {
        let registry = Registry::new();
        DeletionMetrics::register(&registry).unwrap();
        let text = TextEncoder::new().encode_to_string(&registry.gather()).unwrap();
        for line in ["cooper_deletions_total{result=\"detached\"} 0", "cooper_emptied_total{kind=\"upload\"} 0"] {
            assert!(text.contains(line), "{line} is not in\n{text}");
        }
        assert!(DeletionMetrics::register(&registry).is_err());
    }
}
