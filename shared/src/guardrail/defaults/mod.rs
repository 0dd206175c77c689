//! What guardrails fill in where a new Bucket says nothing. Additions only; on a change only what the stored Bucket has by such a default
//! is kept, so that a manifest without it does not take it away.

mod check;
mod fill;
mod step;

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use json_patch::Patch;
use serde_json::Value;

pub(super) use check::check;
use step::Step;

use super::review::Review;
use super::set::Guardrails;
use super::{Guardrail, evaluate};
use crate::admission::{self, AdoptionPolicy, Claims, Facts, Finding, Holder, Operation, Request, Settings, is_same};
use crate::{Bucket, annotation};

/// What the defaults of guardrails are taken from.
#[derive(Clone, Copy)]
pub struct DefaultsReview<'a> {
    /// What was asked for.
    pub operation: Operation,
    /// The stored object, on Update.
    pub old: Option<&'a Value>,
    /// The annotations of the namespace; nothing is filled in where the cache does not know it.
    pub namespace: Option<&'a BTreeMap<String, String>>,
    /// Its labels.
    pub namespace_labels: Option<&'a BTreeMap<String, String>>,
    /// What the operator set.
    pub settings: &'a Settings,
    /// The user that asks.
    pub user: &'a str,
    /// The account of the controller's own credentials, 12 digits, where it is known.
    pub account: Option<&'a str>,
    /// The ConfigMaps that guardrails name.
    pub params: &'a dyn super::Params,
    /// What time it is.
    pub now: Timestamp,
}

/// What is to be filled in.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Filled {
    /// The additions; empty where there is nothing to fill in.
    pub patch: Patch,
    /// What they are.
    pub applied: Vec<Applied>,
    /// What would have been filled in, and why it was not; for people.
    pub refused: Vec<String>,
}

/// One default that is filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Applied {
    /// The guardrail that gives it.
    pub guardrail: Arc<str>,
    /// Its name, for metrics: its field in `defaults`.
    pub default: &'static str,
    /// The field that is filled in.
    pub field: String,
    /// What is filled in, for people.
    pub value: String,
}

impl Applied {
    /// What is said to the user who makes the Bucket.
    #[must_use]
    pub fn warning(&self) -> String {
        format!("defaulted {}={} ({})", self.field, self.value, self.guardrail)
    }
}

/// The names of all defaults that guardrails give, in the order in which they are filled in.
pub const DEFAULTS: &[&str] = &[
    "region",
    "deletionPolicy",
    "tags",
    "publicAccessBlock",
    "encryption",
    "versioning",
    "abortIncompleteUploadDays",
    "denyInsecureTransport",
];

impl Guardrails {
    /// Whether one of them fills in anything.
    #[must_use]
    pub fn has_defaults(&self) -> bool {
        self.all.iter().any(|guardrail| guardrail.defaults != super::types::Defaults::default())
    }

    /// The defaults for an object, as the API server sent it and after the built-in defaults. The guardrails come by priority, then by
    /// name; what one fills in stays. What would make a built-in rule refuse the object is left out.
    #[must_use]
    pub fn defaults(&self, raw: &Value, review: &DefaultsReview<'_>) -> Filled {
        if !self.has_defaults() || review.namespace.is_none() {
            return Filled::default();
        }
        let Some(bucket) = read(raw).filter(|bucket| takes_defaults(bucket, review.operation)) else { return Filled::default() };
        let guardrails = self.about(&bucket, review);
        let all = steps(&guardrails, raw, review);
        if all.is_empty() {
            return Filled::default();
        }
        without_refusals(all, raw, &bucket, review)
    }

    /// The guardrails that are about the Bucket, in the order of defaults.
    fn about(&self, bucket: &Bucket, review: &DefaultsReview<'_>) -> Vec<&Guardrail> {
        let request = review.request(bucket);
        let asked = Review {
            namespace_labels: review.namespace_labels,
            account: review.account,
            params: review.params,
            ..Review::of(&request, review.now)
        };
        let facts = Facts::of(&request);
        let subject = asked.subject(&facts);
        let mut all: Vec<&Guardrail> = self
            .candidates(facts.namespace_name())
            .map(Arc::as_ref)
            .filter(|of| evaluate::is_about(of, &asked, &subject) == Ok(true))
            .collect();
        all.sort_by(|one, other| (one.priority, &one.name).cmp(&(other.priority, &other.name)));
        all
    }
}

impl<'a> DefaultsReview<'a> {
    fn request<'b>(&self, bucket: &'b Bucket) -> Request<'b>
    where
        'a: 'b,
    {
        Request {
            operation: self.operation,
            subresource: None,
            bucket,
            old: None,
            namespace: self.namespace,
            namespace_going: false,
            user: self.user,
            settings: self.settings,
            claims: &Nobody,
        }
    }
}

/// Nobody else claims the name: no default changes it.
struct Nobody;

impl Claims for Nobody {
    fn holder(&self, _bucket_name: &str, _partition: &str, _asking: &Bucket) -> Holder {
        Holder::Nobody
    }
}

fn read(raw: &Value) -> Option<Bucket> {
    serde_json::from_value(raw.clone()).ok()
}

/// A Bucket that adopts or only looks on is described by what there is.
fn takes_defaults(bucket: &Bucket, operation: Operation) -> bool {
    let read_only = annotation::is_true(bucket.annotation(annotation::READ_ONLY));
    let adopts = AdoptionPolicy::pending(bucket).is_some() || annotation::is_true(bucket.annotation(annotation::ADOPTED));
    operation != Operation::Delete && !read_only && !adopts && !bucket.is_being_deleted()
}

/// The defaults that are missing, in order, each on top of those before it.
fn steps(guardrails: &[&Guardrail], raw: &Value, review: &DefaultsReview<'_>) -> Vec<(Arc<str>, Step)> {
    let (mut object, mut all) = (raw.clone(), Vec::new());
    for guardrail in guardrails {
        for fill in fill::ALL {
            for step in fill(&guardrail.defaults, &object, review) {
                let kept = review.operation == Operation::Create || review.old.is_some_and(|old| step.is_held_by(old));
                if kept && step.apply(&mut object) {
                    all.push((guardrail.name.clone(), step));
                }
            }
        }
    }
    all
}

/// The steps without those that would make a built-in rule refuse the object.
fn without_refusals(all: Vec<(Arc<str>, Step)>, raw: &Value, bucket: &Bucket, review: &DefaultsReview<'_>) -> Filled {
    let denials = |bucket: &Bucket| -> Vec<Finding> { admission::findings(&review.request(bucket)).denials().cloned().collect() };
    let known = denials(bucket);
    let new = |object: &Value| -> Option<Finding> {
        let after = read(object).map(|bucket| denials(&bucket))?;
        after.into_iter().find(|denial| !known.iter().any(|known| is_same(known, denial)))
    };
    let mut whole = raw.clone();
    let fine = all.iter().all(|(_, step)| step.apply(&mut whole)) && new(&whole).is_none();
    let (mut object, mut filled) = (raw.clone(), Filled::default());
    for (guardrail, step) in all {
        let mut next = object.clone();
        if !step.apply(&mut next) {
            continue;
        }
        if let Some(denial) = if fine { None } else { new(&next) } {
            filled.refused.push(format!("{} is not defaulted ({guardrail}), as it would be refused: {denial}", step.field));
            continue;
        }
        filled.patch.0.extend(step.operations(&object));
        filled.applied.push(Applied { guardrail, default: step.default, field: step.field, value: step.value });
        object = next;
    }
    filled
}

#[cfg(test)]
mod tests;
