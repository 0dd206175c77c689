//! What the webhook counts. No label holds a bucket, a namespace or a user, and every series that can exist starts at 0.

mod guardrails;
mod passes;

use std::time::Duration;

use prometheus::core::Collector;
use prometheus::{Histogram, HistogramOpts, HistogramVec, IntCounter, IntCounterVec, IntGauge, IntGaugeVec, Opts, Registry};
use shared::admission;
use shared::guardrail::types::Action;
use shared::guardrail::{Guardrails, Met, Outcome};

use guardrails::GuardrailMetrics;

/// The two webhooks, as the label `webhook`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Webhook {
    /// `/mutate`: defaults.
    Mutate,
    /// `/validate`: refusals and warnings.
    Validate,
}

impl Webhook {
    const ALL: [Self; 2] = [Self::Mutate, Self::Validate];

    /// The label value.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Mutate => "mutate",
            Self::Validate => "validate",
        }
    }
}

/// How a review ended, as the label `decision`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Passed without a word.
    Allowed,
    /// Passed with warnings.
    AllowedWarn,
    /// Refused by a rule.
    Denied,
    /// Passed, although a rule refuses it: not all phases enforce.
    WouldDeny,
    /// Could not be judged: the review is not one, or judging it failed.
    Error,
}

impl Decision {
    const ALL: [Self; 5] = [Self::Allowed, Self::AllowedWarn, Self::Denied, Self::WouldDeny, Self::Error];

    /// The label value.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::AllowedWarn => "allowed_warn",
            Self::Denied => "denied",
            Self::WouldDeny => "would_deny",
            Self::Error => "error",
        }
    }
}

const OPERATIONS: [&str; 4] = ["CREATE", "UPDATE", "DELETE", "other"];
const BUCKETS: [f64; 12] = [50e-6, 100e-6, 250e-6, 500e-6, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5, 2.5];

/// A small Bucket's review has about 2 KiB; 7 MiB are taken.
const BYTES: [f64; 8] = [1e3, 2e3, 5e3, 1e4, 1e5, 5e5, 1e6, 7e6];

/// The kinds that are cached, as the label `kind`.
pub(crate) const CACHES: [&str; 5] = ["Namespace", "Bucket", "BucketGuardrail", "BucketGuardrailException", "ConfigMap"];

/// All metrics of the webhook and the registry they are in.
#[derive(Clone)]
pub struct Metrics {
    registry: Registry,
    requests: IntCounterVec,
    durations: HistogramVec,
    in_flight: IntGauge,
    request_bytes: Histogram,
    rejected: IntCounterVec,
    findings: IntCounterVec,
    defaults: IntCounterVec,
    warnings_emitted: IntCounter,
    warnings_truncated: IntCounter,
    panics: IntCounterVec,
    certificate_expiry: IntGaugeVec,
    certificate_reloads: IntCounterVec,
    selfcheck_failures: IntCounterVec,
    cache_synced: IntGaugeVec,
    cache_errors: IntCounterVec,
    guardrails: GuardrailMetrics,
}

impl Metrics {
    /// Creates and registers all of them, with those of the process (memory, CPU, open files).
    ///
    /// # Errors
    /// A metric's name is not valid or is there twice.
    pub fn new() -> Result<Self, prometheus::Error> {
        let registry = Registry::new();
        let durations =
            HistogramOpts::new("cooper_webhook_request_duration_seconds", "Time from the request's head to the answer, in seconds.");
        let metrics = Self {
            requests: keep(
                &registry,
                counters("cooper_webhook_requests_total", "Admission reviews answered.", &["webhook", "operation", "decision", "dry_run"])?,
            )?,
            durations: keep(&registry, HistogramVec::new(durations.buckets(BUCKETS.to_vec()), &["webhook", "operation"])?)?,
            request_bytes: keep(
                &registry,
                Histogram::with_opts(
                    HistogramOpts::new("cooper_webhook_request_bytes", "Size of the reviews, in bytes.").buckets(BYTES.to_vec()),
                )?,
            )?,
            in_flight: keep(&registry, IntGauge::new("cooper_webhook_in_flight", "Requests being answered now.")?)?,
            rejected: keep(
                &registry,
                counters("cooper_webhook_rejected_requests_total", "Requests that are no admission review of a Bucket.", &["reason"])?,
            )?,
            findings: keep(&registry, counters("cooper_rule_findings_total", "Findings of the rules.", &["rule", "level", "ratcheted"])?)?,
            defaults: keep(&registry, counters("cooper_defaults_applied_total", "Defaults added to new Buckets.", &["default"])?)?,
            warnings_emitted: keep(&registry, IntCounter::new("cooper_warnings_emitted_total", "Warnings sent to clients.")?)?,
            warnings_truncated: keep(&registry, IntCounter::new("cooper_warnings_truncated_total", "Warnings cut short or left out.")?)?,
            panics: keep(
                &registry,
                counters("cooper_webhook_panics_total", "Times that the rules of an area broke off: a bug.", &["area"])?,
            )?,
            certificate_expiry: keep(
                &registry,
                IntGaugeVec::new(
                    Opts::new(
                        "cooper_certificate_expiry_timestamp_seconds",
                        "End of the certificate in use (leaf; 0 before the first one) and of its CA (ca), in seconds since 1970.",
                    ),
                    &["kind"],
                )?,
            )?,
            certificate_reloads: keep(
                &registry,
                counters("cooper_certificate_reloads_total", "Changed certificates that were taken or refused.", &["result"])?,
            )?,
            selfcheck_failures: keep(
                &registry,
                counters("cooper_certificate_selfcheck_failures_total", "Times that the API server could not have called.", &["reason"])?,
            )?,
            cache_synced: keep(
                &registry,
                IntGaugeVec::new(Opts::new("cooper_cache_synced", "1 once the cache of the kind was filled."), &["kind"])?,
            )?,
            cache_errors: keep(&registry, counters("cooper_cache_errors_total", "Failed lists and watches of the kind.", &["kind"])?)?,
            guardrails: GuardrailMetrics::new(&registry)?,
            registry,
        };
        metrics.start_at_zero();
        metrics.registry.register(Box::new(prometheus::process_collector::ProcessCollector::for_self()))?;
        Ok(metrics)
    }

    /// The registry to serve.
    #[must_use]
    pub fn registry(&self) -> &Registry {
        &self.registry
    }

    /// Counts an answered review.
    pub(crate) fn answered(&self, webhook: Webhook, operation: &str, decision: Decision, dry_run: bool, took: Duration) {
        let operation = OPERATIONS.into_iter().find(|known| *known == operation).unwrap_or("other");
        let dry_run = if dry_run { "true" } else { "false" };
        self.requests.with_label_values(&[webhook.as_str(), operation, decision.as_str(), dry_run]).inc();
        self.durations.with_label_values(&[webhook.as_str(), operation]).observe(took.as_secs_f64());
    }

    /// One more request in flight, until the guard is dropped.
    pub(crate) fn enter(&self) -> InFlight {
        self.in_flight.inc();
        InFlight(self.in_flight.clone())
    }

    /// A review of this size came.
    pub(crate) fn came(&self, bytes: usize) {
        self.request_bytes.observe(f64::from(u32::try_from(bytes).unwrap_or(u32::MAX)));
    }

    /// Counts a request that is no review of a Bucket.
    pub(crate) fn rejected(&self, reason: &'static str) {
        self.rejected.with_label_values(&[reason]).inc();
    }

    /// Counts a finding; `level` is `deny` or `warn`.
    pub(crate) fn finding(&self, rule: &str, level: &'static str, ratcheted: bool) {
        self.findings.with_label_values(&[rule, level, if ratcheted { "true" } else { "false" }]).inc();
    }

    /// Counts a default that was added.
    pub(crate) fn defaulted(&self, default: &str) {
        self.defaults.with_label_values(&[default]).inc();
    }

    /// Counts the warnings of one answer.
    pub(crate) fn warned(&self, emitted: usize, truncated: usize) {
        self.warnings_emitted.inc_by(emitted as u64);
        self.warnings_truncated.inc_by(truncated as u64);
    }

    /// Counts a panic in the rules of an area.
    pub(crate) fn panicked(&self, area: &str) {
        self.panics.with_label_values(&[area]).inc();
    }

    /// A certificate was taken; it ends then, in seconds since 1970.
    pub(crate) fn certificate_taken(&self, not_after: i64) {
        self.certificate_expiry.with_label_values(&["leaf"]).set(not_after);
        self.certificate_reloads.with_label_values(&["success"]).inc();
    }

    /// A certificate was refused.
    pub(crate) fn certificate_refused(&self) {
        self.certificate_reloads.with_label_values(&["error"]).inc();
    }

    /// The CA that signed the certificate in use ends then, in seconds since 1970.
    pub(crate) fn authority_seen(&self, not_after: i64) {
        self.certificate_expiry.with_label_values(&["ca"]).set(not_after);
    }

    /// A self-check failed.
    pub(crate) fn selfcheck_failed(&self, reason: &'static str) {
        self.selfcheck_failures.with_label_values(&[reason]).inc();
    }

    /// A cache was filled.
    pub(crate) fn cache_synced(&self, kind: &'static str) {
        self.cache_synced.with_label_values(&[kind]).set(1);
    }

    /// A list or watch failed.
    pub(crate) fn cache_error(&self, kind: &'static str) {
        self.cache_errors.with_label_values(&[kind]).inc();
    }

    /// Guardrails that are used, with their generations; how many guardrails cannot be used, and how many with the exceptions.
    pub(crate) fn guardrails(&self, used: &[(String, i64)], guardrails: Option<&Guardrails>, refused: usize, compile_errors: usize) {
        self.guardrails.set(used, guardrails, refused, compile_errors);
    }

    /// Counts what a rule of a guardrail said.
    pub(crate) fn guardrail_result(&self, guardrail: &str, rule: &str, action: Action, outcome: Outcome, times: usize) {
        self.guardrails.said(guardrail, rule, action, outcome, times);
    }

    /// A guardrail took this long.
    pub(crate) fn guardrail_took(&self, guardrail: &str, time: Duration) {
        self.guardrails.took(guardrail, time);
    }

    /// The expressions of a guardrail took longer than they may.
    pub(crate) fn guardrail_overran(&self, guardrail: &str) {
        self.guardrails.overran(guardrail);
    }

    /// Counts the rules of guardrails that a write meets.
    pub(crate) fn met(&self, met: &[Met]) {
        self.guardrails.met(met);
    }

    fn start_at_zero(&self) {
        for webhook in Webhook::ALL {
            for operation in OPERATIONS {
                self.durations.with_label_values(&[webhook.as_str(), operation]);
                for decision in Decision::ALL {
                    for dry_run in ["true", "false"] {
                        self.requests.with_label_values(&[webhook.as_str(), operation, decision.as_str(), dry_run]);
                    }
                }
            }
        }
        for reason in crate::reject::REASONS {
            self.rejected.with_label_values(&[reason]);
        }
        for result in ["success", "error"] {
            self.certificate_reloads.with_label_values(&[result]);
        }
        // That of the CA comes with the first self-check: a 0 would be an end long ago.
        self.certificate_expiry.with_label_values(&["leaf"]);
        for reason in crate::selfcheck::REASONS {
            self.selfcheck_failures.with_label_values(&[reason]);
        }
        self.findings.with_label_values(&[admission::BROKEN, "warn", "false"]);
        for rule in admission::RULES.iter().chain(admission::OWN_RULES) {
            for (level, ratcheted) in [("deny", "false"), ("warn", "false"), ("warn", "true")] {
                self.findings.with_label_values(&[rule.id, level, ratcheted]);
            }
        }
        for area in admission::areas().chain([crate::judge::WHOLE, crate::judge::GUARDRAILS]) {
            self.panics.with_label_values(&[area]);
        }
        for default in admission::DEFAULTS.iter().chain(shared::guardrail::DEFAULTS) {
            self.defaults.with_label_values(&[default]);
        }
        for kind in CACHES {
            self.cache_synced.with_label_values(&[kind]);
            self.cache_errors.with_label_values(&[kind]);
        }
    }
}

/// Counts down the requests in flight when it is dropped.
pub(crate) struct InFlight(IntGauge);

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.dec();
    }
}

fn as_gauge(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn counters(name: &str, help: &str, labels: &[&str]) -> Result<IntCounterVec, prometheus::Error> {
    IntCounterVec::new(Opts::new(name, help), labels)
}

fn keep<C: Collector + Clone + 'static>(registry: &Registry, collector: C) -> Result<C, prometheus::Error> {
    registry.register(Box::new(collector.clone()))?;
    Ok(collector)
}
