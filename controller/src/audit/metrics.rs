//! What Prometheus sees of audits. The series of guardrails are there while this process leads; those of one that is deleted go with it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use prometheus::{Histogram, HistogramOpts, IntGauge, IntGaugeVec, Opts, Registry};
use shared::guardrail::types::{Action, ResultSource};
use shared::guardrail::{Exception, Guardrails};

use super::tally::Tally;

/// How long before its end an exception counts as expiring.
const EXPIRING: SignedDuration = SignedDuration::from_hours(7 * 24);
/// The states of an exception, as a label.
const STATES: [&str; 3] = ["active", "expiring", "expired"];
const BUCKETS: [f64; 9] = [0.001, 0.005, 0.02, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];

/// The metrics of audits.
#[derive(Clone, Debug)]
pub(super) struct AuditMetrics {
    violations: IntGaugeVec,
    exceptions: IntGaugeVec,
    unobserved: IntGauge,
    last_run: IntGauge,
    duration: Histogram,
    /// The series of violations that are there. They are never all taken away to be filled in anew: a scrape could come in between.
    shown: Arc<Mutex<BTreeSet<Series>>>,
}

/// The labels of one series of violations.
type Series = [String; 4];

impl AuditMetrics {
    /// Registers them.
    ///
    /// # Errors
    /// The registry has one of that name already.
    pub(super) fn new(registry: &Registry) -> prometheus::Result<Self> {
        let violations = Opts::new("cooper_guardrail_violations", "Buckets that do not meet a rule of a guardrail.");
        let unobserved = "Buckets of which the last audit did not know what S3 holds: no pass saw them yet, or they are not as asked.";
        let metrics = Self {
            violations: IntGaugeVec::new(violations, &["guardrail", "rule", "action", "source"])?,
            exceptions: IntGaugeVec::new(
                Opts::new("cooper_exceptions", "Exceptions from guardrails; expiring is one that ends within 7 days."),
                &["state"],
            )?,
            unobserved: IntGauge::new("cooper_audit_unobserved_buckets", unobserved)?,
            last_run: IntGauge::new("cooper_audit_last_run_timestamp_seconds", "End of the last audit, in seconds since 1970; 0 before.")?,
            duration: Histogram::with_opts(
                HistogramOpts::new("cooper_audit_duration_seconds", "Time that an audit of all Buckets takes.").buckets(BUCKETS.to_vec()),
            )?,
            shown: Arc::default(),
        };
        registry.register(Box::new(metrics.violations.clone()))?;
        registry.register(Box::new(metrics.exceptions.clone()))?;
        registry.register(Box::new(metrics.unobserved.clone()))?;
        registry.register(Box::new(metrics.last_run.clone()))?;
        registry.register(Box::new(metrics.duration.clone()))?;
        metrics.forget();
        Ok(metrics)
    }

    /// Shows what an audit found.
    pub(super) fn show(&self, tally: &Tally, guardrails: &Guardrails, took: Duration, now: Timestamp) {
        let series = tally.guardrails.iter().flat_map(|(guardrail, of)| {
            let labels = |rule: &Arc<str>, action: &Action, source: &ResultSource| {
                [guardrail.to_string(), rule.to_string(), action.as_str().to_owned(), source.as_str().to_owned()]
            };
            of.series.iter().map(move |((rule, action, source), count)| (labels(rule, action, source), *count))
        });
        self.set(series.collect());
        let mut states = STATES.map(|state| (state, 0));
        for exception in guardrails.exceptions() {
            let is = state(exception, now);
            states.iter_mut().filter(|(state, _)| *state == is).for_each(|(_, count)| *count += 1);
        }
        for (state, count) in states {
            self.exceptions.with_label_values(&[state]).set(count);
        }
        self.unobserved.set(i64::try_from(tally.unobserved).unwrap_or(i64::MAX));
        self.duration.observe(took.as_secs_f64());
        self.last_run.set(now.as_second());
    }

    /// Shows nothing any more: another process leads, or there are no guardrails.
    pub(super) fn forget(&self) {
        self.set(BTreeMap::new());
        for state in STATES {
            self.exceptions.with_label_values(&[state]).set(0);
        }
        self.unobserved.set(0);
    }

    fn set(&self, series: BTreeMap<Series, i64>) {
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        for (labels, count) in &series {
            self.violations.with_label_values(&labels.each_ref().map(String::as_str)).set(*count);
        }
        for labels in shown.iter().filter(|labels| !series.contains_key(*labels)) {
            // One that is gone already is as good.
            drop(self.violations.remove_label_values(&labels.each_ref().map(String::as_str)));
        }
        *shown = series.into_keys().collect();
    }
}

fn state(exception: &Exception, now: Timestamp) -> &'static str {
    let left = exception.expires_at().duration_since(now);
    match left {
        _ if !exception.is_active(now) => "expired",
        left if left <= EXPIRING => "expiring",
        _ => "active",
    }
}

#[cfg(test)]
mod tests {
    use prometheus::TextEncoder;

    use super::super::tally::Of;
    use super::*;

    #[test]
    fn series_come_and_go_with_what_is_found() {
        let registry = Registry::new();
        let metrics = AuditMetrics::new(&registry).unwrap();
        let text = || TextEncoder::new().encode_to_string(&registry.gather()).unwrap();
        assert!(text().contains("cooper_exceptions{state=\"active\"} 0"), "{}", text());
        let mut tally = Tally::default();
        let mut of = Of::default();
        of.series.insert(("tls".into(), Action::Deny, ResultSource::Observed), 3);
        tally.guardrails.insert("base".into(), of);
        let none = Guardrails::default();
        metrics.show(&tally, &none, Duration::from_millis(3), Timestamp::UNIX_EPOCH);
        let line = "cooper_guardrail_violations{action=\"Deny\",guardrail=\"base\",rule=\"tls\",source=\"observed\"} 3";
        assert!(text().contains(line), "{}", text());
        metrics.show(&Tally::default(), &none, Duration::from_millis(3), Timestamp::UNIX_EPOCH);
        assert!(!text().contains("cooper_guardrail_violations{"), "{}", text());
        assert!(text().contains("cooper_audit_duration_seconds_count 2"), "{}", text());
    }
}
