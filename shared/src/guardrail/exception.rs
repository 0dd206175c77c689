//! Exceptions: who is let off which rules, until when.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use kube::core::{Selector, SelectorExt};

use super::Refused;
use super::matching::{fits_labels, selector};
use super::subject::Subject;
use super::types::{BucketGuardrailException, BucketGuardrailExceptionSpec, ExemptBucket, ExemptFrom};
use crate::admission::{Findings, Path, Reason, quote};

/// How long an exception may last, in days, unless the operator says otherwise.
pub const MAX_EXCEPTION_DAYS: i64 = 366;
/// What stands for all rules.
const ALL: &str = "*";

/// An exception, ready to be asked.
#[derive(Clone, Debug)]
pub struct Exception {
    name: Arc<str>,
    guardrails: Vec<ExemptFrom>,
    buckets: Option<Vec<ExemptBucket>>,
    namespace_selector: Option<Selector>,
    object_selector: Option<Selector>,
    expires_at: Timestamp,
}

impl Exception {
    /// Makes it ready. `now` and `max_days` limit its end; give `None` for an exception that is stored already.
    ///
    /// # Errors
    /// What is wrong with it, all at once.
    pub fn compile(object: &BucketGuardrailException, limit: Option<(Timestamp, i64)>) -> Result<Self, Refused> {
        let (spec, mut to) = (&object.spec, Findings::default());
        let at = Path::root("spec");
        guardrails(spec, &at, &mut to);
        buckets(spec, &at, &mut to);
        if spec.reason.trim().chars().count() < 10 {
            to.deny("exception-reason", Reason::Required, at.member("reason"), "say why, in 10 characters or more, best with a ticket");
        }
        let expires_at = spec.expires_at.as_ref().map(|time| time.0);
        ends(expires_at, limit, &at, &mut to);
        let namespace_selector = selector(spec.namespace_selector.as_ref(), &at.member("namespaceSelector"), &mut to);
        let object_selector = selector(spec.object_selector.as_ref(), &at.member("objectSelector"), &mut to);
        Refused::if_any(to)?;
        Ok(Self {
            name: object.metadata.name.as_deref().unwrap_or_default().into(),
            guardrails: spec.guardrails.clone(),
            buckets: spec.buckets.clone(),
            namespace_selector,
            object_selector,
            expires_at: expires_at.unwrap_or(Timestamp::MIN),
        })
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &Arc<str> {
        &self.name
    }

    /// When it stops to count.
    #[must_use]
    pub fn expires_at(&self) -> Timestamp {
        self.expires_at
    }

    /// Whether it counts.
    #[must_use]
    pub fn is_active(&self, now: Timestamp) -> bool {
        now < self.expires_at
    }

    /// Whether it names the guardrail.
    pub(super) fn names(&self, guardrail: &str) -> bool {
        self.guardrails.iter().any(|of| of.name == guardrail)
    }

    /// Whether it lets the Bucket off the rule. Labels of a namespace that are not known let nobody off.
    pub(super) fn exempts(&self, guardrail: &str, rule: &str, subject: &Subject<'_>, labels_known: bool) -> bool {
        let named = |of: &ExemptFrom| of.name == guardrail && of.rules.iter().any(|name| name == rule || name == ALL);
        self.guardrails.iter().any(named) && self.is_for(subject, labels_known)
    }

    fn is_for(&self, subject: &Subject<'_>, labels_known: bool) -> bool {
        let name = subject.bucket().metadata.name.as_deref().unwrap_or_default();
        if let Some(buckets) = &self.buckets {
            return buckets.iter().any(|of| of.name == name && of.namespace == subject.facts.namespace_name());
        }
        let namespace = self.namespace_selector.as_ref().is_none_or(|selector| labels_known && selector.matches(subject.labels));
        let object = self.object_selector.as_ref().is_none_or(|selector| fits_labels(selector, subject.bucket()));
        let any = self.namespace_selector.is_some() || self.object_selector.is_some();
        any && namespace && object
    }
}

fn guardrails(spec: &BucketGuardrailExceptionSpec, at: &Path<'_>, to: &mut Findings) {
    let list = at.member("guardrails");
    if spec.guardrails.is_empty() {
        to.deny("exception-rules", Reason::Required, list, "name a guardrail");
    }
    for (index, of) in spec.guardrails.iter().enumerate() {
        let at = list.index(index);
        if of.name.is_empty() {
            to.deny("exception-rules", Reason::Required, at.member("name"), "name a guardrail");
        }
        if of.rules.is_empty() || of.rules.iter().any(String::is_empty) {
            to.deny("exception-rules", Reason::Required, at.member("rules"), "name at least one rule, or \"*\" for all");
        }
        if of.rules.len() > 1 && of.rules.iter().any(|rule| rule == ALL) {
            to.deny("exception-rules", Reason::Invalid, at.member("rules"), "\"*\" is all rules already; leave the others out");
        }
    }
}

fn buckets(spec: &BucketGuardrailExceptionSpec, at: &Path<'_>, to: &mut Findings) {
    let selects = spec.namespace_selector.is_some() || spec.object_selector.is_some();
    let nobody = "name buckets, or give namespaceSelector";
    match &spec.buckets {
        Some(_) if selects => to.deny("exception-buckets", Reason::Invalid, at.member("buckets"), "give buckets or selectors, not both"),
        Some(buckets) if buckets.is_empty() => to.deny("exception-buckets", Reason::Required, at.member("buckets"), nobody),
        None if !selects => to.deny("exception-buckets", Reason::Required, at.member("buckets"), nobody),
        Some(buckets) => {
            let list = at.member("buckets");
            for (index, _) in buckets.iter().enumerate().filter(|(_, of)| of.name.is_empty() || of.namespace.is_empty()) {
                to.deny("exception-buckets", Reason::Required, list.index(index), "give namespace and name");
            }
        }
        None if spec.namespace_selector.is_none() => {
            let message = "who may edit a Bucket can write its labels, and so let it off; add namespaceSelector, or name buckets";
            to.warn("exception-buckets", Reason::Invalid, at.member("objectSelector"), message);
        }
        None => {}
    }
}

fn ends(expires_at: Option<Timestamp>, limit: Option<(Timestamp, i64)>, at: &Path<'_>, to: &mut Findings) {
    let at = at.member("expiresAt");
    let (Some(end), Some((now, days))) = (expires_at, limit) else {
        if expires_at.is_none() {
            to.deny("exception-expiry", Reason::Required, at, "say when it ends, such as 2027-03-31T00:00:00Z");
        }
        return;
    };
    // Whole seconds, as people write them.
    let now = Timestamp::from_second(now.as_second()).unwrap_or(now);
    let last = now.saturating_add(SignedDuration::from_hours(days.saturating_mul(24))).unwrap_or(Timestamp::MAX);
    if end <= now {
        to.deny("exception-expiry", Reason::Invalid, at, format!("{} is past; give a time to come", quote(&end.to_string())));
    } else if end > last {
        to.deny(
            "exception-expiry",
            Reason::Invalid,
            at,
            format!("{} is more than {days} days ahead; end it before {last}", quote(&end.to_string())),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guardrail::testing::{from_yaml, now};

    fn refused(spec: &str) -> Vec<String> {
        let object = BucketGuardrailException::new("e", from_yaml(spec));
        let refused = Exception::compile(&object, Some((now(), MAX_EXCEPTION_DAYS)));
        refused
            .map_or_else(|refused| refused.findings.iter().map(|found| format!("{} {}", found.rule, found.field)).collect(), |_| Vec::new())
    }

    const GOOD: &str = "{guardrails: [{name: g, rules: [tls]}], buckets: [{namespace: a, name: b}], reason: 'ticket SEC-1234', expiresAt: '2027-03-31T00:00:00Z'}";

    #[test]
    fn a_full_manifest_survives() {
        let manifest: serde_json::Value = from_yaml(
            "{apiVersion: cooper.dev/v1alpha1, kind: BucketGuardrailException, metadata: {name: legacy-site}, spec: {guardrails: [{name: prod-baseline, rules: [publicAccess, tls]}],
              buckets: [{namespace: prod-web, name: site}], reason: 'public website, ticket SEC-1234', approvedBy: security@acme.example, expiresAt: '2027-03-31T00:00:00Z'},
              status: {active: true, usedBy: [prod-web/site], lastUsed: '2027-01-31T00:00:00Z'}}",
        );
        let exception: BucketGuardrailException = serde_json::from_value(manifest.clone()).unwrap();
        assert_eq!(serde_json::to_value(&exception).unwrap(), manifest);
        assert!(refused(GOOD).is_empty());
    }

    #[test]
    fn it_has_a_reason_an_end_rules_and_buckets() {
        let with = |what: &str, other: &str| refused(&GOOD.replace(what, other));
        assert_eq!(with("ticket SEC-1234", "short     "), ["exception-reason spec.reason"]);
        assert_eq!(with("2027-03-31", "2026-12-31"), ["exception-expiry spec.expiresAt"]);
        assert_eq!(with("2027-03-31", "2028-01-03"), ["exception-expiry spec.expiresAt"]);
        assert!(with("2027-03-31", "2028-01-02").is_empty());
        assert_eq!(with(", expiresAt: '2027-03-31T00:00:00Z'", ""), ["exception-expiry spec.expiresAt"]);
        assert_eq!(with("[tls]", "[]"), ["exception-rules spec.guardrails[0].rules"]);
        assert_eq!(with("[tls]", "['*', tls]"), ["exception-rules spec.guardrails[0].rules"]);
        assert_eq!(with("[{name: g, rules: [tls]}]", "[]"), ["exception-rules spec.guardrails"]);
        assert_eq!(with("[{namespace: a, name: b}]", "[]"), ["exception-buckets spec.buckets"]);
        assert_eq!(with("buckets: [{namespace: a, name: b}], ", ""), ["exception-buckets spec.buckets"]);
        assert_eq!(with("buckets:", "namespaceSelector: {}, buckets:"), ["exception-buckets spec.buckets"]);
        let selector = "namespaceSelector: {matchExpressions: [{key: a, operator: Is}]}";
        assert_eq!(with("buckets: [{namespace: a, name: b}]", selector), ["guardrail-selector spec.namespaceSelector.matchExpressions[0]"]);
    }

    #[test]
    fn one_that_is_stored_is_not_refused_for_being_old() {
        let object = BucketGuardrailException::new("e", from_yaml(&GOOD.replace("2027", "2020")));
        let old = Exception::compile(&object, None).unwrap();
        assert!(!old.is_active(now()) && old.is_active("2020-01-01T00:00:00Z".parse().unwrap()));
    }
}
