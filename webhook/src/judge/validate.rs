//! `/validate`: what the rules find, as an answer.

use std::borrow::Cow;
use std::mem;

use jiff::Timestamp;
use serde_json::value::RawValue;
use shared::Bucket;
use shared::admission::{self, Finding, Operation, Settings, Severity};

use super::guarded::{self, Asked, Said};
use super::{Judgement, Phase, Tally, is_being_deleted};
use crate::caches::Cluster;
use crate::metrics::Decision;
use crate::review::{Cause, Request, Response, Status};
use crate::verdict;

/// Asks all rules.
pub(super) fn validate(request: &Request<'_>, operation: Operation, settings: &Settings, phase: Phase, cluster: &dyn Cluster) -> Judgement {
    let subject = if operation == Operation::Delete { request.old_object } else { request.object };
    let (read_new, read_old) = request.buckets.as_ref().map_or((None, None), |buckets| (buckets.object.as_deref(), buckets.old.as_deref()));
    let known = if operation == Operation::Delete { read_old } else { read_new };
    let bucket = match known.map_or_else(|| read(subject, request).map(Cow::Owned), |bucket| Ok(Cow::Borrowed(bucket))) {
        Ok(bucket) => bucket,
        Err(reason) => return unreadable(request, operation, subject, &reason, settings, phase),
    };
    // A stored object that cannot be read counts as none: nothing of the new one is excused by it.
    let unread = || request.old_object.and_then(|old| read(Some(old), request).ok()).map(Cow::Owned);
    let old = (operation == Operation::Update).then(|| read_old.map(Cow::Borrowed).or_else(unread)).flatten();
    let namespace_name = request.namespace.as_deref().unwrap_or_default();
    let namespace = cluster.namespace(namespace_name);
    let guardrails = cluster.guardrails();
    let asked = admission::Request {
        operation,
        subresource: request.sub_resource.as_deref().filter(|subresource| !subresource.is_empty()),
        bucket: &bucket,
        old: old.as_deref(),
        namespace: namespace.as_deref(),
        namespace_going: cluster.is_going(namespace_name),
        user: &request.user_info.username,
        settings,
        claims: cluster.claims(),
    };
    let expressions = guardrails.as_ref().is_some_and(|guardrails| guardrails.has_expressions());
    let said = guarded::ask(guardrails.as_deref(), &asked, || Asked {
        cluster,
        groups: if expressions { request.user_info.groups() } else { Vec::new() },
        dry_run: request.is_dry_run(),
        now: Timestamp::now(),
    });
    speak(request, &bucket, said, settings, phase)
}

/// The answer that a verdict makes in this phase.
fn speak(request: &Request<'_>, bucket: &Bucket, mut said: Said, settings: &Settings, phase: Phase) -> Judgement {
    let met = mem::take(&mut said.evaluation.met);
    let (times, overran) = (mem::take(&mut said.evaluation.times), mem::take(&mut said.evaluation.overran));
    let (verdict, findings) = (&said.verdict, said.findings());
    let denied: Vec<Finding> = findings.iter().filter(|finding| finding.severity == Severity::Deny).cloned().collect();
    let refuses = !denied.is_empty() && (phase == Phase::Enforce || denied.iter().any(|finding| finding.rule == admission::PROTECTED));
    let mut response = if refuses {
        let mut status = verdict::refusal(verdict::BUCKET, name(request, Some(bucket)), &denied);
        verdict::append(&mut status, &said.evaluation.notes);
        Response::refuse(&request.uid, status)
    } else {
        Response::allow(&request.uid)
    };
    // What does not refuse warns, what would refuse first.
    let warned: Vec<&Finding> = findings.iter().filter(|finding| !refuses || finding.severity == Severity::Warn).collect();
    let mut tally = Tally { panicked: verdict.broken.clone(), met, times, overran, ..Tally::default() };
    // A controller reads no warnings; the audit log and the metrics have them.
    if phase != Phase::Shadow && !settings.controllers.iter().any(|controller| *controller == request.user_info.username) {
        let warnings = verdict::warnings(warned.into_iter());
        (tally.warnings, tally.truncated) = (warnings.texts.len(), warnings.truncated);
        response.warnings = warnings.texts;
    }
    tally.findings = verdict.findings.iter().map(|finding| (finding.rule.clone(), finding.severity.as_str(), finding.ratcheted)).collect();
    tally.guardrails = said.evaluation.counts().into_iter().collect();
    let decision = match (response.allowed, denied.is_empty(), response.warnings.is_empty()) {
        (false, _, _) => Decision::Denied,
        (true, false, _) => Decision::WouldDeny,
        (true, true, false) => Decision::AllowedWarn,
        (true, true, true) => Decision::Allowed,
    };
    let audit = &mut response.audit_annotations;
    audit.insert("decision", decision.as_str().to_owned());
    let ratcheted = findings.iter().filter(|finding| finding.ratcheted).map(|finding| &*finding.rule).collect();
    for (key, ids) in [("rules", verdict.rules()), ("ratcheted", ratcheted)].into_iter().filter(|(_, ids)| !ids.is_empty()) {
        audit.insert(key, verdict::audit_list(ids.into_iter()));
    }
    for (key, ids) in said.audit().into_iter().filter(|(_, ids)| !ids.is_empty()) {
        audit.insert(key, verdict::audit_list(ids.iter().map(String::as_str)));
    }
    if verdict.skipped_stateful {
        audit.insert("stateful", "skipped".to_owned());
    }
    Judgement { response, decision, tally }
}

fn read(object: Option<&RawValue>, request: &Request<'_>) -> Result<Bucket, String> {
    let object = object.ok_or("it is missing in the review")?;
    let mut bucket: Bucket = serde_json::from_str(object.get()).map_err(|error| error.to_string())?;
    if bucket.metadata.namespace.is_none() {
        bucket.metadata.namespace = request.namespace.as_deref().map(str::to_owned);
    }
    Ok(bucket)
}

/// The answer about an object that is no Bucket by its types. It is refused, but for what may never be refused: the deletion, all
/// that happens while it is being deleted, writes of controllers, and changes of an object that was like that before.
fn unreadable(
    request: &Request<'_>,
    operation: Operation,
    object: Option<&RawValue>,
    reason: &str,
    settings: &Settings,
    phase: Phase,
) -> Judgement {
    let was_so_before = operation == Operation::Update && request.old_object.is_some_and(|old| read(Some(old), request).is_err());
    let by_controller = settings.controllers.iter().any(|controller| *controller == request.user_info.username);
    let text = format!("the object cannot be read as a Bucket: {reason}; compare it with kubectl explain bucket --recursive");
    if operation == Operation::Delete || was_so_before || by_controller || object.is_some_and(is_being_deleted) {
        tracing::warn!(uid = %request.uid, reason, "an object that cannot be read as a Bucket was let pass");
        let mut response = Response::allow(&request.uid);
        response.warnings = vec![text.chars().take(256).collect()];
        response.audit_annotations.insert("decision", Decision::AllowedWarn.as_str().to_owned());
        let tally = Tally { warnings: 1, ..Tally::default() };
        return Judgement { response, decision: Decision::AllowedWarn, tally };
    }
    if phase != Phase::Enforce {
        let mut response = Response::allow(&request.uid);
        response.warnings.extend((phase == Phase::Warn).then(|| text.chars().take(256).collect()));
        response.audit_annotations.insert("decision", Decision::WouldDeny.as_str().to_owned());
        let tally = Tally { warnings: response.warnings.len(), ..Tally::default() };
        return Judgement { response, decision: Decision::WouldDeny, tally };
    }
    let mut status = Status::failure(422, "Invalid", format!("Bucket {:?} refused: {text}", name(request, None)));
    let cause = Cause { reason: "FieldValueTypeInvalid", message: text, field: "spec".to_owned() };
    status.details = Some(verdict::details(verdict::BUCKET, name(request, None), vec![cause]));
    let mut response = Response::refuse(&request.uid, status);
    response.audit_annotations.insert("decision", Decision::Denied.as_str().to_owned());
    Judgement { response, decision: Decision::Denied, tally: Tally::default() }
}

/// The object's name, or what its name will begin with.
fn name<'a>(request: &'a Request<'_>, bucket: Option<&'a Bucket>) -> &'a str {
    let given = request.name.as_deref().filter(|name| !name.is_empty());
    let in_object = || bucket.and_then(|bucket| bucket.metadata.name.as_deref().or(bucket.metadata.generate_name.as_deref()));
    given.or_else(in_object).unwrap_or_default()
}
