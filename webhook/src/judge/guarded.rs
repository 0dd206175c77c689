//! The built-in rules at the levels of the guardrails, and then the guardrails.

use std::borrow::Cow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Instant;

use jiff::Timestamp;
use shared::admission::{self, Finding, Operation, Request, Verdict};
use shared::guardrail::{Evaluation, Guardrails, Levelled, Review, RuleResult, namespace_object};

use crate::caches::Cluster;

/// The area of a panic in guardrails.
pub(crate) const GUARDRAILS: &str = "guardrails";

/// What guardrails ask for beyond what the built-in rules do.
pub(crate) struct Asked<'a> {
    /// What is known of the cluster.
    pub cluster: &'a dyn Cluster,
    /// The groups of the user.
    pub groups: Vec<String>,
    /// Whether nothing will be stored whatever the answer.
    pub dry_run: bool,
    /// What time it is.
    pub now: Timestamp,
}

/// What all rules say of one write.
#[derive(Debug, Default)]
pub(crate) struct Said {
    /// What the built-in rules say.
    pub verdict: Verdict,
    /// What they say that guardrails want to be reported only.
    pub audited: Vec<Finding>,
    /// What the guardrails say.
    pub evaluation: Evaluation,
}

impl Said {
    /// What is to be told, the refusals first.
    pub(crate) fn findings(&self) -> Cow<'_, [Finding]> {
        let guarded = self.evaluation.findings();
        if guarded.is_empty() {
            return Cow::Borrowed(&self.verdict.findings);
        }
        let mut findings = self.verdict.findings.clone();
        findings.extend(guarded);
        admission::sort_findings(&mut findings);
        Cow::Owned(findings)
    }

    /// The entries of the audit log that are about guardrails.
    pub(crate) fn audit(&self) -> [(&'static str, Vec<String>); 3] {
        let audited = self.audited.iter().map(|finding| finding.rule.clone().into_owned()).collect();
        let exceptions = self.evaluation.exceptions().into_iter().map(str::to_owned).collect();
        [
            ("guardrails", self.evaluation.ids(|result: &RuleResult| result.outcome.is_bad())),
            ("exceptions", exceptions),
            ("audited", audited),
        ]
    }
}

/// Asks all rules. Where there are no guardrails nothing else is looked at than the built-in rules; nor for deletions, which no guardrail
/// may hold up, and for parts of the object such as its status.
pub(crate) fn ask<'a>(guardrails: Option<&Guardrails>, request: &Request<'_>, asked: impl FnOnce() -> Asked<'a>) -> Said {
    let judged = request.operation != Operation::Delete && request.subresource.is_none();
    let Some(guardrails) = guardrails.filter(|_| judged) else {
        return Said { verdict: admission::findings(request), ..Said::default() };
    };
    let asked = asked();
    let name = request.bucket.metadata.namespace.as_deref().unwrap_or_default();
    let labels = asked.cluster.namespace_labels(name);
    // Of its annotations only those about Buckets are kept here.
    let namespace = labels.as_deref().filter(|_| guardrails.has_expressions());
    let namespace = namespace.map(|labels| namespace_object(name, labels, request.namespace));
    let started = Instant::now();
    let clock = || started.elapsed();
    let review = Review {
        namespace_labels: labels.as_deref(),
        namespace: namespace.as_ref(),
        groups: &asked.groups,
        dry_run: asked.dry_run,
        params: asked.cluster.params(),
        clock: Some(&clock),
        ..Review::of(request, asked.now)
    };
    let mut broken = false;
    let levelled = guarded(&mut broken, || levelled(guardrails, &review));
    let Levelled { mut verdict, audited } =
        levelled.unwrap_or_else(|| Levelled { verdict: admission::findings(request), audited: Vec::new() });
    let evaluation = guarded(&mut broken, || guardrails.evaluate(&review)).unwrap_or_default();
    if broken {
        verdict.broken.push(GUARDRAILS);
        verdict.findings.push(admission::confession(GUARDRAILS));
        admission::sort_findings(&mut verdict.findings);
    }
    // What a single guardrail broke off with is among its results.
    if evaluation.broken {
        verdict.broken.push(GUARDRAILS);
    }
    Said { verdict, audited, evaluation }
}

fn levelled(guardrails: &Guardrails, review: &Review<'_>) -> Levelled {
    let levels = guardrails.levels(review);
    let settings = levels.settings(review.request.settings);
    let request = Request { settings: &settings, ..*review.request };
    levels.apply(admission::findings(&request), &request)
}

/// A panic is a bug of ours: it stops no Bucket.
fn guarded<T>(broken: &mut bool, ask: impl FnOnce() -> T) -> Option<T> {
    let answer = catch_unwind(AssertUnwindSafe(ask)).ok();
    *broken |= answer.is_none();
    answer
}
