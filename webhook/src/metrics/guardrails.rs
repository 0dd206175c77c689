//! What is counted of guardrails. The series of one that is deleted go with it.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use prometheus::core::{Collector, MetricVec, MetricVecBuilder};
use prometheus::{HistogramOpts, HistogramVec, IntCounterVec, IntGauge, IntGaugeVec, Opts, Registry};
use shared::guardrail::types::Action;
use shared::guardrail::{Guardrails, Met, Outcome};

use super::passes::Passes;
use super::{as_gauge, counters, keep};

const BUCKETS: [f64; 7] = [10e-6, 50e-6, 250e-6, 0.001, 0.01, 0.1, 0.25];
const OUTCOMES: [Outcome; 4] = [Outcome::Pass, Outcome::Fail, Outcome::Error, Outcome::Exempt];
const GUARDRAIL: &str = "guardrail";

#[derive(Clone)]
pub(super) struct GuardrailMetrics {
    states: IntGaugeVec,
    generations: IntGaugeVec,
    compile_errors: IntGauge,
    results: IntCounterVec,
    seconds: HistogramVec,
    overruns: IntCounterVec,
    passes: Arc<Passes>,
}

impl GuardrailMetrics {
    pub(super) fn new(registry: &Registry) -> Result<Self, prometheus::Error> {
        let states = Opts::new("cooper_guardrails", "Guardrails that are used, and that cannot be used.");
        let generations = Opts::new("cooper_guardrail_generation", "The generation of the guardrail that is used.");
        let errors = IntGauge::new("cooper_guardrail_compile_errors", "Guardrails and exceptions that cannot be used, and are left out.")?;
        let results = counters(
            "cooper_guardrail_results_total",
            "What the rules of guardrails said of Buckets.",
            &[GUARDRAIL, "rule", "action", "result"],
        )?;
        let seconds =
            HistogramOpts::new("cooper_guardrail_evaluation_seconds", "Time that a guardrail took which is about the Bucket, in seconds.");
        let overruns = counters(
            "cooper_guardrail_overruns_total",
            "Times that the expressions of the guardrail took longer than they may.",
            &[GUARDRAIL],
        )?;
        let metrics = Self {
            states: keep(registry, IntGaugeVec::new(states, &["state"])?)?,
            generations: keep(registry, IntGaugeVec::new(generations, &[GUARDRAIL])?)?,
            compile_errors: keep(registry, errors)?,
            results: keep(registry, results)?,
            seconds: keep(registry, HistogramVec::new(seconds.buckets(BUCKETS.to_vec()), &[GUARDRAIL])?)?,
            overruns: keep(registry, overruns)?,
            passes: Arc::default(),
        };
        for state in ["ready", "refused"] {
            metrics.states.with_label_values(&[state]);
        }
        Ok(metrics)
    }

    /// Those that are used, with their generations; how many guardrails cannot be used, and how many with the exceptions.
    pub(super) fn set(&self, used: &[(String, i64)], guardrails: Option<&Guardrails>, refused: usize, compile_errors: usize) {
        self.states.with_label_values(&["ready"]).set(as_gauge(used.len()));
        self.states.with_label_values(&["refused"]).set(as_gauge(refused));
        self.compile_errors.set(as_gauge(compile_errors));
        let names: BTreeSet<&str> = used.iter().map(|(name, _)| name.as_str()).collect();
        forget(&self.generations, &names);
        forget(&self.results, &names);
        forget(&self.seconds, &names);
        forget(&self.overruns, &names);
        self.passes.forget();
        for (name, generation) in used {
            self.generations.with_label_values(&[name]).set(*generation);
        }
        for guardrail in guardrails.into_iter().flat_map(Guardrails::iter) {
            let name = &**guardrail.name();
            self.seconds.with_label_values(&[name]);
            self.overruns.with_label_values(&[name]);
            for (rule, action) in guardrail.actions() {
                for outcome in OUTCOMES {
                    self.results.with_label_values(&[name, rule, action.as_str(), outcome.as_str()]);
                }
            }
        }
    }

    pub(super) fn said(&self, guardrail: &str, rule: &str, action: Action, outcome: Outcome, times: usize) {
        self.results.with_label_values(&[guardrail, rule, action.as_str(), outcome.as_str()]).inc_by(times as u64);
    }

    pub(super) fn met(&self, met: &[Met]) {
        self.passes.count(met, &self.results);
    }

    pub(super) fn took(&self, guardrail: &str, time: Duration) {
        self.seconds.with_label_values(&[guardrail]).observe(time.as_secs_f64());
    }

    pub(super) fn overran(&self, guardrail: &str) {
        self.overruns.with_label_values(&[guardrail]).inc();
    }
}

/// Takes away the series of all guardrails but these.
fn forget<B: MetricVecBuilder>(metric: &MetricVec<B>, names: &BTreeSet<&str>)
where
    MetricVec<B>: Collector,
{
    for family in metric.collect() {
        for series in family.get_metric() {
            let labels: std::collections::HashMap<&str, &str> =
                series.get_label().iter().map(|label| (label.name(), label.value())).collect();
            if labels.get(GUARDRAIL).is_some_and(|name| !names.contains(name)) {
                // It was there a moment ago; where it is gone already, that is what is wanted.
                metric.remove(&labels).ok();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::json;
    use shared::guardrail::Guardrail;
    use shared::guardrail::types::BucketGuardrail;

    use super::*;

    fn set(specs: &[(&str, serde_json::Value)]) -> Guardrails {
        let compile = |(name, spec): &(&str, serde_json::Value)| {
            let object = BucketGuardrail::new(name, serde_json::from_value(spec.clone()).unwrap());
            Arc::new(Guardrail::compile(&object).unwrap())
        };
        Guardrails::new(specs.iter().map(compile).collect::<Vec<_>>(), [])
    }

    #[test]
    fn series_begin_at_zero_and_go_with_their_guardrail() {
        let registry = Registry::new();
        let metrics = GuardrailMetrics::new(&registry).unwrap();
        let text = || prometheus::TextEncoder::new().encode_to_string(&registry.gather()).unwrap();
        let rules = json!({"rules": {"website": "Forbidden"}});
        let both = set(&[("kept", rules.clone()), ("gone", rules)]);
        metrics.set(&[("kept".to_owned(), 1), ("gone".to_owned(), 1)], Some(&both), 0, 0);
        let series = |name: &str, result: &str| format!("{{action=\"Deny\",guardrail=\"{name}\",result=\"{result}\",rule=\"website\"}} ");
        for result in ["pass", "fail", "error", "exempt"] {
            assert!(text().contains(&format!("cooper_guardrail_results_total{}0", series("gone", result))), "{}", text());
        }
        assert!(text().contains("cooper_guardrail_evaluation_seconds_count{guardrail=\"gone\"} 0"), "{}", text());
        metrics.said("kept", "website", Action::Deny, Outcome::Pass, 2);
        metrics.said("gone", "other", Action::Warn, Outcome::Fail, 1);
        metrics.took("kept", Duration::from_micros(20));
        metrics.overran("kept");
        metrics.set(&[("kept".to_owned(), 2)], Some(&set(&[("kept", json!({"rules": {"website": "Forbidden"}}))])), 1, 2);
        let left = text();
        assert!(!left.contains("gone"), "{left}");
        for kept in [
            format!("cooper_guardrail_results_total{}2", series("kept", "pass")),
            "cooper_guardrail_evaluation_seconds_count{guardrail=\"kept\"} 1".to_owned(),
            "cooper_guardrail_overruns_total{guardrail=\"kept\"} 1".to_owned(),
            "cooper_guardrail_generation{guardrail=\"kept\"} 2".to_owned(),
            "cooper_guardrails{state=\"refused\"} 1".to_owned(),
            "cooper_guardrail_compile_errors 2".to_owned(),
        ] {
            assert!(left.contains(&kept), "{kept} is not in {left}");
        }
        metrics.set(&[], None, 0, 0);
        assert!(!text().contains("guardrail=\""), "{}", text());
    }
}
