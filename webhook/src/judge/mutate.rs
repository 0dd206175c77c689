//! `/mutate`: what is filled in, as a JSON Patch.

use jiff::Timestamp;
use json_patch::Patch;
use serde_json::Value;
use serde_json::value::RawValue;
use shared::admission::{self, DefaultsContext, Operation, Settings};
use shared::guardrail::{DefaultsReview, Filled, Guardrails};

use super::{Judgement, Tally, is_being_deleted};
use crate::caches::Cluster;
use crate::metrics::Decision;
use crate::review::{Request, Response};
use crate::verdict::{self, WARNINGS};

/// Adds what the namespace says and the object does not, then what guardrails say. Never refuses.
pub(super) fn mutate(request: &Request<'_>, operation: Operation, settings: &Settings, cluster: &dyn Cluster) -> Judgement {
    let guardrails = cluster.guardrails().filter(|guardrails| guardrails.has_defaults());
    let mut response = Response::allow(&request.uid);
    let mut tally = Tally::default();
    // On a change only what guardrails filled in is kept.
    let looked_at = operation == Operation::Create
        || (operation == Operation::Update && guardrails.is_some() && !request.object.is_some_and(is_being_deleted));
    // What cannot be read is left as it is: `/validate` says what is wrong with it.
    let object = request.object.filter(|_| looked_at && is_whole(request)).and_then(read);
    if let Some(object) = object {
        let (patch, filled) = fill(request, &object, operation, settings, cluster, guardrails.as_deref(), &mut tally);
        if !patch.0.is_empty() {
            match serde_json::to_vec(&patch) {
                Ok(patch) => response = response.with_patch(&patch),
                Err(error) => tracing::error!(%error, "a patch cannot be written; the Bucket goes on without defaults"),
            }
            response.audit_annotations.insert("defaulted", verdict::audit_list(tally.defaults.iter().copied()));
        }
        response.warnings = warnings(&filled);
        tally.warnings = response.warnings.len();
    }
    let decision = if response.warnings.is_empty() { Decision::Allowed } else { Decision::AllowedWarn };
    response.audit_annotations.insert("decision", decision.as_str().to_owned());
    Judgement { response, decision, tally }
}

/// All additions, and what is to be said of those of guardrails.
fn fill(
    request: &Request<'_>,
    object: &Value,
    operation: Operation,
    settings: &Settings,
    cluster: &dyn Cluster,
    guardrails: Option<&Guardrails>,
    tally: &mut Tally,
) -> (Patch, Filled) {
    let name = request.namespace.as_deref().unwrap_or_default();
    let namespace = cluster.namespace(name);
    let defaults = admission::defaults(object, &DefaultsContext { operation, namespace: namespace.as_deref(), settings });
    tally.defaults = defaults.applied;
    let Some(guardrails) = guardrails else { return (defaults.patch, Filled::default()) };
    let mut whole = object.clone();
    if json_patch::patch(&mut whole, &defaults.patch).is_err() {
        return (defaults.patch, Filled::default());
    }
    let labels = cluster.namespace_labels(name);
    let old = request.old_object.filter(|_| operation == Operation::Update).and_then(read);
    let filled = guardrails.defaults(
        &whole,
        &DefaultsReview {
            operation,
            old: old.as_ref(),
            namespace: namespace.as_deref(),
            namespace_labels: labels.as_deref(),
            settings,
            user: &request.user_info.username,
            account: None,
            params: cluster.params(),
            now: Timestamp::now(),
        },
    );
    tally.defaults.extend(filled.applied.iter().map(|applied| applied.default));
    let mut patch = defaults.patch;
    patch.0.extend(filled.patch.0.iter().cloned());
    (patch, filled)
}

/// What guardrails filled in, and what they did not, at most as many as an answer takes.
fn warnings(filled: &Filled) -> Vec<String> {
    let applied = filled.applied.iter().map(shared::guardrail::Applied::warning);
    let all: Vec<String> = applied.chain(filled.refused.iter().cloned()).collect();
    let shown = if all.len() > WARNINGS { WARNINGS - 1 } else { all.len() };
    let more = (all.len() > shown).then(|| format!("and {} more", all.len() - shown));
    all.iter().take(shown).map(|text| verdict::plain_warning(text)).chain(more).collect()
}

fn read(object: &RawValue) -> Option<Value> {
    serde_json::from_str(object.get()).ok()
}

/// Whether the object itself is written, not a part of it such as its status.
fn is_whole(request: &Request<'_>) -> bool {
    request.sub_resource.as_deref().unwrap_or_default().is_empty()
}
