//! Series of single Buckets. Prometheus holds each of them in memory: so many are given at most, and who has very many Buckets may do
//! without.

use prometheus::core::{Collector, Desc};
use prometheus::proto::MetricFamily;
use prometheus::{GaugeVec, Opts};
use shared::Bucket;

/// Which series of single Buckets there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BucketSeries {
    /// None: only sums.
    None,
    /// Those of Buckets about which there is something to tell: drift, a pause, a plan to approve.
    #[default]
    Drift,
    /// These, and for every Bucket whether it is ready and when it was checked.
    All,
}

impl BucketSeries {
    /// The words of the flag.
    pub const WORDS: [(&'static str, Self); 3] = [("none", Self::None), ("drift", Self::Drift), ("all", Self::All)];
}

/// One metric with a series for each of some Buckets.
pub(super) struct Series {
    vec: GaugeVec,
    by_config: bool,
    rows: Vec<Row>,
}

/// Namespace, name and sub-configuration, and the value.
type Row = ((String, String, String), f64);

impl Series {
    /// A metric by namespace and name.
    pub(super) fn new(name: &str, help: &str) -> prometheus::Result<Self> {
        Ok(Self { vec: GaugeVec::new(Opts::new(name, help), &["namespace", "name"])?, by_config: false, rows: Vec::new() })
    }

    /// A metric by namespace, name and sub-configuration.
    pub(super) fn by_config(name: &str, help: &str) -> prometheus::Result<Self> {
        Ok(Self { vec: GaugeVec::new(Opts::new(name, help), &["namespace", "name", "config"])?, by_config: true, rows: Vec::new() })
    }

    pub(super) fn add(&mut self, bucket: &Bucket, config: &str, value: f64) {
        let metadata = &bucket.metadata;
        let of = |text: &Option<String>| text.clone().unwrap_or_default();
        self.rows.push(((of(&metadata.namespace), of(&metadata.name), config.to_owned()), value));
    }

    /// The series, of so many Buckets at most and always the same ones; and how many there are no series of.
    pub(super) fn collect(&mut self, most: usize) -> (Vec<MetricFamily>, usize) {
        let mut rows = std::mem::take(&mut self.rows);
        let dropped = rows.len().saturating_sub(most);
        if dropped > 0 {
            rows.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
            rows.truncate(most);
        }
        for ((namespace, name, config), value) in &rows {
            let labels = [namespace.as_str(), name.as_str(), config.as_str()];
            let gauge = self.vec.with_label_values(if self.by_config { &labels } else { &labels[..2] });
            // Two fields of one sub-configuration: the larger one counts.
            gauge.set(value.max(gauge.get()));
        }
        let families = self.vec.collect();
        self.vec.reset();
        (families, dropped)
    }

    pub(super) fn desc(&self) -> Vec<&Desc> {
        self.vec.desc()
    }
}
