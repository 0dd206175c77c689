//! From a review's request to its answer, without waiting for anything: reads the objects, asks the rules, writes the answer.

pub(crate) mod guarded;
mod mutate;
mod phase;
pub(crate) mod policy;
mod validate;

use std::borrow::Cow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use serde_json::value::RawValue;
use shared::Bucket;
use shared::admission::{Operation, Settings};
use shared::guardrail::types::Action;
use shared::guardrail::{LIMIT, Met, Outcome};

use crate::caches::Cluster;
use crate::metrics::{Decision, Metrics, Webhook};
use crate::review::{Request, Response, Status};

pub(crate) use guarded::GUARDRAILS;
pub use phase::Phase;

/// The answer to one review, and what is counted about it.
pub(crate) struct Judgement {
    pub response: Response,
    pub decision: Decision,
    pub tally: Tally,
}

/// Guardrail and rule, what the rule does and what it said.
type Guarded = (Arc<str>, Arc<str>, Action, Outcome);

/// What is counted about one review besides its decision.
#[derive(Default)]
pub(crate) struct Tally {
    findings: Vec<(Cow<'static, str>, &'static str, bool)>,
    guardrails: Vec<(Guarded, usize)>,
    times: Vec<(Arc<str>, Duration)>,
    overran: Vec<Arc<str>>,
    met: Vec<Met>,
    defaults: Vec<&'static str>,
    warnings: usize,
    truncated: usize,
    wrong_kind: bool,
    panicked: Vec<&'static str>,
}

impl Tally {
    /// Adds it to the metrics.
    pub(crate) fn count(&self, metrics: &Metrics) {
        self.findings.iter().for_each(|(rule, level, ratcheted)| metrics.finding(rule, level, *ratcheted));
        for ((guardrail, rule, action, outcome), times) in &self.guardrails {
            metrics.guardrail_result(guardrail, rule, *action, *outcome, *times);
        }
        self.times.iter().for_each(|(guardrail, time)| metrics.guardrail_took(guardrail, *time));
        for guardrail in &self.overran {
            metrics.guardrail_overran(guardrail);
            let most = LIMIT.as_millis();
            tracing::warn!(
                guardrail = &**guardrail,
                "its expressions took longer than {most} ms; what was left followed onError; make them cheaper"
            );
        }
        metrics.met(&self.met);
        self.defaults.iter().for_each(|default| metrics.defaulted(default));
        metrics.warned(self.warnings, self.truncated);
        if self.wrong_kind {
            metrics.rejected("wrong_kind");
        }
        self.panicked.iter().for_each(|area| metrics.panicked(area));
    }
}

/// The area of a panic outside the rules.
pub(crate) const WHOLE: &str = "webhook";

const NOT_OURS: &str = "only CREATE, UPDATE and DELETE of Buckets of s3.services.k8s.aws are judged here, and of guardrails of cooper.dev; correct the rules of the webhook configuration";

/// Judges one request. A panic in a rule is a bug of ours: it is caught, and the answer says so.
pub(crate) fn judge(webhook: Webhook, request: &Request<'_>, settings: &Settings, phase: Phase, cluster: &dyn Cluster) -> Judgement {
    let Some(operation) = operation(&request.operation) else {
        return error(request, 400, "BadRequest", NOT_OURS);
    };
    let policy = policy::kind(request).filter(|_| webhook == Webhook::Validate);
    if policy.is_none() && !request.is_bucket() {
        let mut judgement = error(request, 400, "BadRequest", NOT_OURS);
        judgement.tally.wrong_kind = true;
        return judgement;
    }
    let judged = catch_unwind(AssertUnwindSafe(|| match webhook {
        Webhook::Mutate => mutate::mutate(request, operation, settings, cluster),
        Webhook::Validate => match policy {
            Some(kind) => policy::validate(request, kind, operation, phase, cluster),
            None => validate::validate(request, operation, settings, phase, cluster),
        },
    }));
    judged.unwrap_or_else(|_| panicked(webhook, request, operation, phase))
}

fn operation(name: &str) -> Option<Operation> {
    match name {
        "CREATE" => Some(Operation::Create),
        "UPDATE" => Some(Operation::Update),
        "DELETE" => Some(Operation::Delete),
        _ => None,
    }
}

fn is_being_deleted(object: &RawValue) -> bool {
    #[derive(Default, Deserialize)]
    #[serde(rename_all = "camelCase", default)]
    struct Meta {
        deletion_timestamp: Option<serde::de::IgnoredAny>,
    }
    #[derive(Deserialize)]
    struct Object {
        #[serde(default)]
        metadata: Meta,
    }
    serde_json::from_str::<Object>(object.get()).is_ok_and(|object| object.metadata.deletion_timestamp.is_some())
}

/// The answer where judging panicked. Defaults do without; a deletion, and what happens during one, goes on; the rest is refused,
/// as nobody knows what it is.
fn panicked(webhook: Webhook, request: &Request<'_>, operation: Operation, phase: Phase) -> Judgement {
    let text = "the webhook failed while it judged this object; this is a bug, please report the webhook's log of this moment";
    let goes_on = webhook == Webhook::Mutate
        || phase != Phase::Enforce
        || operation == Operation::Delete
        || request.object.is_some_and(is_being_deleted)
        || request.buckets.as_ref().is_some_and(|buckets| buckets.object.as_deref().is_some_and(Bucket::is_being_deleted));
    let mut judgement = error(request, 500, "InternalError", text);
    if goes_on {
        judgement.response.allowed = true;
        judgement.response.status = None;
        judgement.response.warnings = vec![text.to_owned()];
        judgement.tally.warnings = 1;
    }
    judgement.tally.panicked = vec![WHOLE];
    judgement
}

fn error(request: &Request<'_>, code: u16, reason: &'static str, text: &str) -> Judgement {
    let asked: String = format!("{} of {}/{} {}", request.operation, request.kind.group, request.kind.version, request.kind.kind);
    tracing::error!(uid = %request.uid, asked, "{text}");
    let mut response = Response::refuse(&request.uid, Status::failure(code, reason, format!("{asked:.200}: {text}")));
    response.audit_annotations.insert("decision", Decision::Error.as_str().to_owned());
    Judgement { response, decision: Decision::Error, tally: Tally::default() }
}
