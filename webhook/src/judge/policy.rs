//! `/validate` of guardrails and exceptions themselves: what cannot be used is refused when it is written.

use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use shared::admission::{Finding, Operation, Reason, Severity};
use shared::did_you_mean;
use shared::guardrail::types::{BucketGuardrail, BucketGuardrailException, GROUP};
use shared::guardrail::{Exception, Guardrail, Guardrails, MAX_EXCEPTION_DAYS};

use super::{Judgement, Phase, Tally, is_being_deleted};
use crate::caches::Cluster;
use crate::metrics::Decision;
use crate::review::{Request, Response};
use crate::verdict::{self, Kind};

/// The rule of an object that does not fit its type.
const UNREADABLE: &str = "guardrail-unreadable";
/// The rule of an exception that names what is not there.
pub(crate) const NAMES_NOTHING: &str = "exception-names-nothing";
const GUARDRAIL: Kind = Kind { group: GROUP, kind: "BucketGuardrail" };
const EXCEPTION: Kind = Kind { group: GROUP, kind: "BucketGuardrailException" };

/// The kind, where it is one of the two.
pub(super) fn kind(request: &Request<'_>) -> Option<Kind> {
    [GUARDRAIL, EXCEPTION].into_iter().find(|known| request.kind.group == known.group && request.kind.kind == known.kind)
}

/// Judges one of them. What is not new or changed is left alone: deletions, the status, and a spec that stays what it was.
pub(super) fn validate(request: &Request<'_>, kind: Kind, operation: Operation, phase: Phase, cluster: &dyn Cluster) -> Judgement {
    let part = request.sub_resource.as_deref().is_some_and(|part| !part.is_empty());
    let left_alone = operation == Operation::Delete || part || request.object.is_some_and(is_being_deleted);
    let findings = match request.object.filter(|_| !left_alone) {
        None => Vec::new(),
        Some(object) => {
            let old = request.old_object.filter(|_| operation == Operation::Update);
            let guardrails = cluster.guardrails();
            if kind == GUARDRAIL { guardrail(object, old) } else { exception(object, old, guardrails.as_deref(), Timestamp::now()) }
        }
    };
    speak(request, kind, &findings, phase)
}

fn speak(request: &Request<'_>, kind: Kind, findings: &[Finding], phase: Phase) -> Judgement {
    let name = request.name.as_deref().unwrap_or_default();
    let denied: Vec<Finding> = findings.iter().filter(|finding| finding.severity == Severity::Deny).cloned().collect();
    let refuses = !denied.is_empty() && phase == Phase::Enforce;
    let mut response =
        if refuses { Response::refuse(&request.uid, verdict::refusal(kind, name, &denied)) } else { Response::allow(&request.uid) };
    let warned: Vec<&Finding> = findings.iter().filter(|finding| !refuses || finding.severity == Severity::Warn).collect();
    let mut tally = Tally::default();
    if phase != Phase::Shadow {
        let warnings = verdict::warnings(warned.into_iter());
        (tally.warnings, tally.truncated) = (warnings.texts.len(), warnings.truncated);
        response.warnings = warnings.texts;
    }
    let decision = match (refuses, denied.is_empty(), response.warnings.is_empty()) {
        (true, _, _) => Decision::Denied,
        (false, false, _) => Decision::WouldDeny,
        (false, true, false) => Decision::AllowedWarn,
        (false, true, true) => Decision::Allowed,
    };
    response.audit_annotations.insert("decision", decision.as_str().to_owned());
    if !findings.is_empty() {
        response.audit_annotations.insert("rules", verdict::audit_list(findings.iter().map(|finding| &*finding.rule)));
    }
    Judgement { response, decision, tally }
}

fn guardrail(object: &RawValue, old: Option<&RawValue>) -> Vec<Finding> {
    let new: BucketGuardrail = match read(object) {
        Ok(new) => new,
        Err(finding) => return vec![finding],
    };
    let unchanged = old.and_then(|old| read::<BucketGuardrail>(old).ok()).is_some_and(|old| old.spec == new.spec);
    softened(guardrail_findings(&new), unchanged)
}

fn exception(object: &RawValue, old: Option<&RawValue>, guardrails: Option<&Guardrails>, now: Timestamp) -> Vec<Finding> {
    let new: BucketGuardrailException = match read(object) {
        Ok(new) => new,
        Err(finding) => return vec![finding],
    };
    let old = old.and_then(|old| read::<BucketGuardrailException>(old).ok());
    let unchanged = old.as_ref().is_some_and(|old| old.spec == new.spec);
    let same_end = old.is_some_and(|old| old.spec.expires_at == new.spec.expires_at);
    let limit = (!same_end).then_some((now, MAX_EXCEPTION_DAYS));
    softened(exception_findings(&new, limit, guardrails), unchanged)
}

/// What is wrong with a guardrail or odd about it.
pub(crate) fn guardrail_findings(object: &BucketGuardrail) -> Vec<Finding> {
    Guardrail::compile(object).map_or_else(|refused| refused.findings, |ready| ready.warnings().to_vec())
}

/// The same of an exception; `guardrails` are those that it can name.
pub(crate) fn exception_findings(
    object: &BucketGuardrailException,
    limit: Option<(Timestamp, i64)>,
    guardrails: Option<&Guardrails>,
) -> Vec<Finding> {
    let mut findings = Exception::compile(object, limit).map_or_else(|refused| refused.findings, |_| Vec::new());
    findings.extend(names_nothing(object, guardrails));
    findings
}

/// What an exception names that is not there: it may come later, or be a slip.
fn names_nothing(object: &BucketGuardrailException, guardrails: Option<&Guardrails>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut odd = |field: String, message: String| {
        let rule = NAMES_NOTHING.into();
        findings.push(Finding { rule, severity: Severity::Warn, reason: Reason::NotSupported, field, message, ratcheted: false });
    };
    for (index, of) in object.spec.guardrails.iter().enumerate() {
        let Some(guardrail) = guardrails.and_then(|all| all.get(&of.name)) else {
            let names = guardrails.into_iter().flat_map(Guardrails::iter).map(|guardrail| &**guardrail.name());
            let hint = did_you_mean(&of.name, names);
            odd(format!("spec.guardrails[{index}].name"), format!("there is no guardrail {:?}.{hint}", of.name));
            continue;
        };
        let known = guardrail.rules();
        for (at, rule) in
            of.rules.iter().enumerate().filter(|(_, rule)| *rule != "*" && *rule != "match" && !known.contains(&rule.as_str()))
        {
            let hint = did_you_mean(rule, known.iter().copied());
            let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
            let message = format!("guardrail {} has no rule {rule:?}; it has {known}.{hint}", of.name);
            odd(format!("spec.guardrails[{index}].rules[{at}]"), message);
        }
    }
    findings
}

/// One that is there keeps its labels and annotations editable.
fn softened(mut findings: Vec<Finding>, unchanged: bool) -> Vec<Finding> {
    for finding in findings.iter_mut().filter(|finding| unchanged && finding.severity == Severity::Deny) {
        (finding.severity, finding.ratcheted) = (Severity::Warn, true);
    }
    findings
}

fn read<T: DeserializeOwned>(object: &RawValue) -> Result<T, Finding> {
    serde_json::from_str(object.get()).map_err(|error| unreadable(&error.to_string()))
}

/// The finding of an object that does not fit its type.
pub(crate) fn unreadable(reason: &str) -> Finding {
    Finding {
        rule: UNREADABLE.into(),
        severity: Severity::Deny,
        reason: Reason::Invalid,
        field: "spec".to_owned(),
        message: format!("it cannot be read: {reason}"),
        ratcheted: false,
    }
}
