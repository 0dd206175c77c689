//! What guardrails are asked: one write, or one Bucket of an audit.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::params::{NoParams, Params};
use super::stopwatch::Clock;
use super::subject::Source;
use crate::admission::Request;
use crate::unset::UnsetFields;

/// One write, or one Bucket of an audit.
#[derive(Clone, Copy)]
pub struct Review<'a> {
    /// What was asked for. In an audit of what S3 holds, the spec of the Bucket is what S3 holds.
    pub request: &'a Request<'a>,
    /// The labels of the namespace; `None` where the cache does not know it.
    pub namespace_labels: Option<&'a BTreeMap<String, String>>,
    /// The Namespace object as JSON, for expressions; `None` where the cache does not know it.
    pub namespace: Option<&'a Value>,
    /// The groups of the user that asks, for expressions.
    pub groups: &'a [String],
    /// Whether nothing is stored.
    pub dry_run: bool,
    /// Whether nobody writes: the controller looks at a Bucket that is there. Users and operations do not count then, nothing is
    /// excused by what was there before, and guardrails with `background: false` say nothing.
    pub audit: bool,
    /// Where the spec comes from.
    pub source: Source<'a>,
    /// What the controller does about sections that a spec leaves out.
    pub unset: UnsetFields,
    /// The account of the controller's own credentials, 12 digits, where it is known.
    pub account: Option<&'a str>,
    /// The ConfigMaps that guardrails name.
    pub params: &'a dyn Params,
    /// What time it is.
    pub now: Timestamp,
    /// What guardrails are timed by; without it none overruns its time.
    pub clock: Option<Clock<'a>>,
}

/// The Namespace of this name as expressions see it, for [`Review::namespace`].
#[must_use]
pub fn namespace_object(name: &str, labels: &BTreeMap<String, String>, annotations: Option<&BTreeMap<String, String>>) -> Value {
    json!({
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": {"name": name, "labels": labels, "annotations": annotations},
    })
}

impl<'a> Review<'a> {
    /// A review of this request, of which nothing else is known.
    #[must_use]
    pub fn of(request: &'a Request<'a>, now: Timestamp) -> Self {
        Self {
            request,
            namespace_labels: None,
            namespace: None,
            groups: &[],
            dry_run: false,
            audit: false,
            source: Source::Spec,
            unset: request.settings.unset,
            account: None,
            params: &NoParams,
            now,
            clock: None,
        }
    }
}
