//! What guardrails say of one Bucket: one result per fault and, in an audit, per rule that is met.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use super::met::Met;
use super::types::Action;
use crate::admission::{Finding, Reason, Severity, sort_findings};

/// What came of a rule. The words are those of policy reports, but for `exempt`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// It is not met.
    Fail,
    /// It could not be judged.
    Error,
    /// It is not met, or could not be judged, and an exception lets the Bucket off.
    Exempt,
    /// It is met.
    Pass,
}

impl Outcome {
    /// The word in metrics and reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Fail => "fail",
            Self::Error => "error",
            Self::Exempt => "exempt",
            Self::Pass => "pass",
        }
    }

    /// Whether it counts against the Bucket.
    #[must_use]
    pub fn is_bad(self) -> bool {
        matches!(self, Self::Fail | Self::Error)
    }
}

/// What one rule of one guardrail says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleResult {
    /// The guardrail's name.
    pub guardrail: Arc<str>,
    /// The rule's name in the guardrail.
    pub rule: Arc<str>,
    /// What the rule does here and now: after enforceAfter, onError and the ratchet.
    pub action: Action,
    /// What came of it.
    pub outcome: Outcome,
    /// What is wrong with the field.
    pub reason: Reason,
    /// The field; empty where the rule is met.
    pub field: String,
    /// What is wrong and what to do; empty where the rule is met.
    pub message: String,
    /// Whether it would refuse the write, had the stored Bucket not had the same fault.
    pub ratcheted: bool,
    /// From when on it refuses, where it only warns until then.
    pub refuses_from: Option<Timestamp>,
    /// The controls that it is for, separated by commas.
    pub control: Option<Arc<str>>,
    /// The exception that lets the Bucket off.
    pub exception: Option<Arc<str>>,
}

impl RuleResult {
    /// The id in audit annotations and metrics: `guardrail/<name>/<rule>`.
    #[must_use]
    pub fn id(&self) -> String {
        format!("guardrail/{}/{}", self.guardrail, self.rule)
    }

    /// The finding for an answer, where there is something to say: `[name/rule] field: message`.
    #[must_use]
    pub fn finding(&self) -> Option<Finding> {
        let severity = match self.action {
            Action::Deny => Severity::Deny,
            Action::Warn => Severity::Warn,
            Action::Audit | Action::Off => return None,
        };
        // In front, as long warnings are cut.
        let from = self.refuses_from.map(|from| format!("refused from {from} on: ")).unwrap_or_default();
        self.outcome.is_bad().then(|| Finding {
            rule: Cow::Owned(format!("{}/{}", self.guardrail, self.rule)),
            severity,
            reason: self.reason,
            field: self.field.clone(),
            message: format!("{from}{}", self.message),
            ratcheted: self.ratcheted,
        })
    }

    /// Whether it is the same fault as another one, wherever in a list it stands.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        self.rule == other.rule
            && self.outcome == other.outcome
            && self.message == other.message
            && crate::admission::is_same_field(&self.field, &other.field)
    }
}

/// What all guardrails say of one Bucket.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Evaluation {
    /// By guardrail, then as [`RuleResult`] sorts: the worst first. The order of the guardrails given means nothing.
    pub results: Vec<RuleResult>,
    /// The rules that a write meets and that are not among the results, by guardrail. In an audit all are among the results.
    pub met: Vec<Met>,
    /// What the guardrails that refuse say at the end of a refusal, each text once.
    pub notes: Vec<Arc<str>>,
    /// Whether a guardrail panicked: a bug of ours.
    pub broken: bool,
    /// How long each guardrail took that is about the Bucket, where there is a clock.
    pub times: Vec<(Arc<str>, Duration)>,
    /// The guardrails whose expressions took longer than [`LIMIT`](super::LIMIT).
    pub overran: Vec<Arc<str>>,
}

impl Evaluation {
    /// Whether the write is refused.
    #[must_use]
    pub fn is_denied(&self) -> bool {
        self.results.iter().any(|result| result.outcome.is_bad() && result.action == Action::Deny)
    }

    /// What is to be said, the refusals first. A fault that several guardrails find is said once, by the strictest of them.
    #[must_use]
    pub fn findings(&self) -> Vec<Finding> {
        let mut said: Vec<&RuleResult> = Vec::new();
        for result in self.results.iter().filter(|result| result.outcome.is_bad()) {
            let same = |earlier: &&mut &RuleResult| {
                (&earlier.rule, &earlier.field, &earlier.message) == (&result.rule, &result.field, &result.message)
            };
            match said.iter_mut().find(same) {
                Some(earlier) if earlier.action < result.action => *earlier = result,
                Some(_) => {}
                None => said.push(result),
            }
        }
        let mut findings: Vec<Finding> = said.into_iter().filter_map(RuleResult::finding).collect();
        sort_findings(&mut findings);
        findings
    }

    /// How many results there are of each kind, for metrics.
    #[must_use]
    pub fn counts(&self) -> BTreeMap<(Arc<str>, Arc<str>, Action, Outcome), usize> {
        let mut counts = BTreeMap::new();
        for result in &self.results {
            *counts.entry((result.guardrail.clone(), result.rule.clone(), result.action, result.outcome)).or_default() += 1;
        }
        for met in &self.met {
            for (rule, action) in met.places().filter_map(|place| met.rule(place)) {
                *counts.entry((met.guardrail().name().clone(), rule.clone(), action, Outcome::Pass)).or_default() += 1;
            }
        }
        counts
    }

    /// The ids of the rules that are not met, each once, for the audit annotation.
    #[must_use]
    pub fn ids(&self, wanted: impl Fn(&RuleResult) -> bool) -> Vec<String> {
        let mut ids: Vec<String> = self.results.iter().filter(|result| wanted(result)).map(RuleResult::id).collect();
        ids.sort_unstable();
        ids.dedup();
        ids
    }

    /// The exceptions that were used, each once.
    #[must_use]
    pub fn exceptions(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.results.iter().filter_map(|result| result.exception.as_deref()).collect();
        names.sort_unstable();
        names.dedup();
        names
    }
}
