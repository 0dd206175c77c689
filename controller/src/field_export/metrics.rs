//! What Prometheus sees of FieldExports.

use prometheus::{IntCounterVec, IntGauge, Opts, Registry};

/// How a pass over a FieldExport can end, as a label.
pub const RESULTS: [&str; 7] = ["exported", "unchanged", "waiting", "failed", "refused", "removed", "panic"];

/// The metrics of FieldExports.
#[derive(Clone, Debug)]
pub struct Metrics {
    /// Passes over a FieldExport, by result.
    pub passes: IntCounterVec,
    /// Whether FieldExports are carried out.
    pub active: IntGauge,
}

impl Metrics {
    /// Registers them.
    ///
    /// # Errors
    /// The registry has one of that name already.
    pub fn new(registry: &Registry) -> prometheus::Result<Self> {
        let passes = IntCounterVec::new(Opts::new("cooper_field_exports_total", "Passes over a FieldExport."), &["result"])?;
        let help =
            "1 while FieldExports are carried out; 0 where that is switched off, the definition is missing, or another process leads.";
        let active = IntGauge::new("cooper_field_exports_active", help)?;
        registry.register(Box::new(passes.clone()))?;
        registry.register(Box::new(active.clone()))?;
        for result in RESULTS {
            passes.with_label_values(&[result]);
        }
        Ok(Self { passes, active })
    }
}

#[cfg(test)]
mod tests {
    use prometheus::TextEncoder;

    use super::*;

    #[test]
    fn series_start_at_zero() {
        let registry = Registry::new();
        Metrics::new(&registry).unwrap();
        let text = TextEncoder::new().encode_to_string(&registry.gather()).unwrap();
        assert!(
            text.contains("cooper_field_exports_total{result=\"exported\"} 0") && text.contains("cooper_field_exports_active 0"),
            "{text}"
        );
        assert!(Metrics::new(&registry).is_err());
    }
}
