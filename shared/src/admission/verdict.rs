//! All rules run over one request, and what the request itself changes about their answer.

use super::facts::{Facts, Operation, Request};
use super::finding::{self, Finding, Findings, Reason, Severity};
use super::rules::{self, On, Rule};
use super::{account, annotations, claims, deletion, directory, location, modes, name, namespace, object, region, update, values};
use crate::{Bucket, BucketSpec, annotation, subconfig};

/// What admission says of one request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// All findings, the refusing ones first, then by field and rule.
    pub findings: Vec<Finding>,
    /// How many more there were: of each severity the first [`Findings::MOST`] are kept.
    pub dropped: usize,
    /// Whether a rule was left out because what it needs to know of other objects is not known yet.
    pub skipped_stateful: bool,
    /// The areas whose rules panicked: a bug of ours. Their findings are missing; a warning says so.
    pub broken: Vec<&'static str>,
}

impl Verdict {
    /// Whether the write is refused.
    #[must_use]
    pub fn is_denied(&self) -> bool {
        self.denials().next().is_some()
    }

    /// The findings that refuse the write.
    pub fn denials(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| finding.severity == Severity::Deny)
    }

    /// The findings that only warn.
    pub fn warnings(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| finding.severity == Severity::Warn)
    }

    /// The ids of the rules that found something, each once, in the order of the findings.
    #[must_use]
    pub fn rules(&self) -> Vec<&str> {
        each_once(self.findings.iter())
    }

    /// The ids of the rules that would have refused the write, had the stored object not had the same fault already.
    #[must_use]
    pub fn ratcheted(&self) -> Vec<&str> {
        each_once(self.findings.iter().filter(|finding| finding.ratcheted))
    }
}

fn each_once<'a>(findings: impl Iterator<Item = &'a Finding>) -> Vec<&'a str> {
    let mut ids: Vec<&'a str> = Vec::new();
    for finding in findings {
        if !ids.contains(&&*finding.rule) {
            ids.push(&finding.rule);
        }
    }
    ids
}

/// What admission says of the request. Every write of a Bucket is judged by this one function, in the webhook and in the controller.
///
/// A finding that would refuse the write only warns where
/// - the stored object has the same fault (an old object stays editable),
/// - the object is deleted or being deleted (nothing but protection from deletion may hold that up), or
/// - a controller asks.
#[must_use]
pub fn findings(request: &Request<'_>) -> Verdict {
    let mut verdict = evaluate(request);
    if verdict.is_denied() {
        ratchet(request, &mut verdict);
        if is_never_denied(request) {
            let findings = verdict.findings.iter_mut().filter(|finding| !may_refuse_deletion(finding, request));
            findings.for_each(|finding| finding.severity = Severity::Warn);
        }
        finding::sort(&mut verdict.findings);
    }
    verdict
}

/// The rules of one area about the object.
struct Area {
    name: &'static str,
    judge: fn(&Facts<'_>, &mut Findings),
    on_delete: bool,
}

const OBJECT: &[Area] = &[
    Area { name: "object", judge: object::findings, on_delete: true },
    Area { name: "deletion", judge: deletion::findings, on_delete: true },
    Area { name: "annotations", judge: annotations::findings, on_delete: false },
    Area { name: "modes", judge: modes::findings, on_delete: false },
    Area { name: "account", judge: account::findings, on_delete: false },
    Area { name: "region", judge: region::findings, on_delete: false },
    Area { name: "claims", judge: claims::findings, on_delete: false },
];

type JudgeSpec = fn(&BucketSpec, &Facts<'_>, &mut Findings);

/// The rules about the spec but those of the sub-configurations.
const SPEC: &[(&str, JudgeSpec)] = &[
    ("update", update::spec_findings),
    ("name", name::findings),
    ("namespace", namespace::findings),
    ("directory", directory::findings),
    ("location", location::findings),
    ("values", values::findings),
];

/// The areas that rules are asked in, each guarded against the panics of the others.
pub fn areas() -> impl Iterator<Item = &'static str> {
    let object = OBJECT.iter().map(|area| area.name);
    ["status"].into_iter().chain(object).chain(SPEC.iter().map(|(name, _)| *name)).chain(subconfig::NAMES.iter().copied())
}

/// The findings of all rules that look at such a request, without regard to what was stored before.
fn evaluate(request: &Request<'_>) -> Verdict {
    let facts = Facts::of(request);
    let mut to = Findings::default();
    to.guarded("status", |to| update::object_findings(&facts, to));
    if request.subresource.is_none() && !is_untouched(request) {
        let areas = OBJECT.iter().filter(|area| area.on_delete || request.operation != Operation::Delete);
        areas.for_each(|area| to.guarded(area.name, |to| (area.judge)(&facts, to)));
        if request.operation != Operation::Delete {
            spec_findings(&facts, &mut to);
        }
    }
    let broken = to.broken().to_vec();
    let (dropped, skipped_stateful) = (to.dropped(), to.skipped_stateful());
    let mut findings = to.sorted();
    findings.retain_mut(|finding| apply_rule(finding, &facts));
    findings.extend(broken.iter().map(|area| confession(area)));
    finding::sort(&mut findings);
    Verdict { findings, dropped, skipped_stateful, broken }
}

/// What is said of rules that panicked. It only warns: one broken rule stops no Bucket.
#[must_use]
pub fn confession(area: &str) -> Finding {
    Finding {
        rule: rules::BROKEN.into(),
        severity: Severity::Warn,
        reason: Reason::Invalid,
        field: "spec".to_owned(),
        message: format!("the rules of {area} broke off, a bug of Cooper's; the others were asked; please report the log of this moment"),
        ratcheted: false,
    }
}

/// Whether an update changed nothing that a rule looks at: finalizers, managed fields, labels, other people's annotations.
pub(crate) fn is_untouched(request: &Request<'_>) -> bool {
    let new = request.bucket;
    request.old.is_some_and(|old| old.spec == new.spec && ours(old).eq(ours(new)))
}

fn ours(bucket: &Bucket) -> impl Iterator<Item = (&String, &String)> {
    crate::bucket::annotations(&bucket.metadata).iter().filter(|(key, _)| annotation::is_ours(key))
}

/// The rules of the spec; a read-only Bucket's spec is the controller's to write.
fn spec_findings(facts: &Facts<'_>, to: &mut Findings) {
    let Some(spec) = facts.spec().filter(|_| !facts.looks_on()) else { return };
    for (name, judge) in SPEC {
        to.guarded(name, |to| judge(spec, facts, to));
    }
    subconfig::findings(spec, facts, to);
}

/// Whether the finding stands, its rule considered; and whether it still refuses the write.
fn apply_rule(finding: &mut Finding, facts: &Facts<'_>) -> bool {
    let Some(rule) = rules::find(&finding.rule) else {
        debug_assert!(false, "rule {} is not in the list of rules", finding.rule);
        return true;
    };
    if is_about_creation(rule) && facts.adoption.policy.is_some() {
        finding.severity = Severity::Warn;
    }
    looks_at(rule, facts.request) && (!rule.off_by_default || facts.request.settings.enabled_rules.iter().any(|id| id == rule.id))
}

fn looks_at(rule: &Rule, request: &Request<'_>) -> bool {
    let operation = match rule.on {
        On::Create => request.operation == Operation::Create,
        On::Update | On::Status => request.operation == Operation::Update,
        On::Write => request.operation != Operation::Delete,
        On::Delete => request.operation == Operation::Delete,
    };
    operation && request.subresource == (rule.on == On::Status).then_some("status")
}

/// Rules for the making of a bucket; one that is adopted was made before, maybe under older rules.
pub(crate) fn is_about_creation(rule: &Rule) -> bool {
    rule.on == On::Create && (matches!(rule.area, 'B' | 'C') || rule.id.starts_with("location-"))
}

pub(crate) fn is_never_denied(request: &Request<'_>) -> bool {
    let being_deleted = request.operation == Operation::Update && request.bucket.is_being_deleted();
    request.operation == Operation::Delete || being_deleted || Facts::of(request).by_controller()
}

/// Protection from deletion is there to refuse one; not to a controller.
fn may_refuse_deletion(finding: &Finding, request: &Request<'_>) -> bool {
    finding.rule == deletion::PROTECTED && !Facts::of(request).by_controller()
}

/// Findings that the stored object has as well (same rule, same field but for places in lists, same text) only warn.
fn ratchet(request: &Request<'_>, verdict: &mut Verdict) {
    // What was dropped from a list that is too long may be new.
    let Some(old) = request.old.filter(|_| request.operation == Operation::Update && verdict.dropped == 0) else { return };
    let before = evaluate(&Request { bucket: old, old: None, ..*request });
    for finding in verdict.findings.iter_mut().filter(|finding| finding.severity == Severity::Deny) {
        if before.denials().any(|earlier| is_same(earlier, finding)) {
            finding.severity = Severity::Warn;
            finding.ratcheted = true;
        }
    }
}

/// Whether both are the same fault, wherever in a list it stands.
pub(crate) fn is_same(one: &Finding, other: &Finding) -> bool {
    one.rule == other.rule && one.message == other.message && is_same_field(&one.field, &other.field)
}

/// Whether both are the same field, but for places in lists.
pub(crate) fn is_same_field(one: &str, other: &str) -> bool {
    one == other || without_indices(one) == without_indices(other)
}

/// `spec.tagging.tagSet[].key` of `spec.tagging.tagSet[3].key`.
pub(super) fn without_indices(field: &str) -> String {
    let mut kept = String::with_capacity(field.len());
    let mut rest = field;
    while let Some((before, after)) = rest.split_once('[') {
        kept.push_str(before);
        kept.push('[');
        rest = after.trim_start_matches(|c: char| c.is_ascii_digit());
        if !rest.starts_with(']') {
            rest = after;
        }
    }
    kept.push_str(rest);
    kept
}
