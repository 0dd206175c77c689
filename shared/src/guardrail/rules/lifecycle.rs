//! What happens to objects in time.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Check, Parameters};
use crate::admission::{Findings, Path, Reason};
use crate::guardrail::marks::Marks;
use crate::guardrail::subject::{Absence, Subject};
use crate::guardrail::types::Action;

use super::versioning;
use crate::subconfig::lifecycle::LifecycleRule;
use crate::subconfig::{self, SubConfig};

const FIELD: &str = "spec.lifecycle.rules";

/// What happens to objects in time. Only lifecycle rules that are Enabled count.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Lifecycle {
    /// Whether there has to be a lifecycle rule.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub required: Option<bool>,
    /// Whether there has to be one where earlier versions are kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub required_when_versioned: Option<bool>,
    /// A lifecycle rule for the whole bucket has to clear away unfinished uploads within these days.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub require_abort_incomplete_upload_days: Option<AtMostDays>,
    /// When objects expire.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expiration: Option<Expirations>,
    /// When earlier versions are deleted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub noncurrent_expiration: Option<Expirations>,
    /// Storage classes that objects may not move to.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 16), inner(length(min = 1, max = 64)))]
    pub forbidden_storage_classes: Option<Vec<String>>,
    /// Deny, Warn, Audit or Off; that of enforcement where it is absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<Action>,
}

/// A number of days that may not be exceeded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AtMostDays {
    /// The most days.
    #[schemars(range(min = 1, max = 36500))]
    pub max: i64,
}

/// When objects expire.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Expirations {
    /// Whether a lifecycle rule has to expire some.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub required: Option<bool>,
    /// The most days after which a lifecycle rule may expire them.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 36500))]
    pub max_days: Option<i64>,
}

#[derive(Debug)]
struct Compiled(Lifecycle);

impl Parameters for Lifecycle {
    const ID: &'static str = "lifecycle";
    const DIRECTORY: bool = true;

    fn action(&self) -> Option<Action> {
        self.action
    }

    fn compile(&self, at: &Path<'_>, to: &mut Findings) -> Box<dyn Check> {
        let days = [
            ("requireAbortIncompleteUploadDays", self.require_abort_incomplete_upload_days.map(|days| days.max)),
            ("expiration", self.expiration.and_then(|expiration| expiration.max_days)),
            ("noncurrentExpiration", self.noncurrent_expiration.and_then(|expiration| expiration.max_days)),
        ];
        for (field, _) in days.iter().filter(|(_, days)| days.is_some_and(|days| !(1..=36500).contains(&days))) {
            to.deny("guardrail-range", Reason::Invalid, at.member(field), "use 1 to 36500 days");
        }
        Box::new(Compiled(self.clone()))
    }
}

impl Check for Compiled {
    fn check(&self, subject: &Subject<'_>, to: &mut Marks) {
        let Some(spec) = subject.spec() else { return to.skip() };
        let all = spec.lifecycle.as_ref().and_then(|lifecycle| lifecycle.rules.as_deref()).unwrap_or_default();
        if all.is_empty() && subject.absence(subconfig::Lifecycle::NAME) == Absence::Unknown {
            return to.skip();
        }
        let demand = &self.0;
        let count = all.iter().filter(|rule| is_enabled(rule)).count();
        let versioned = demand.required_when_versioned == Some(true) && versioning::state(spec) == Some("Enabled");
        if count == 0 && (demand.required == Some(true) || versioned) {
            let why = if demand.required == Some(true) { "" } else { ", as earlier versions are kept" };
            to.fail(Reason::Required, FIELD, format!("an Enabled lifecycle rule is required{why}; add one"));
        }
        if let Some(most) = demand.require_abort_incomplete_upload_days.map(|days| days.max) {
            aborts(all, most, to);
        }
        let days = |rule: &LifecycleRule| rule.expiration.as_ref().map(|expiration| (expiration.days, expiration.date.is_some()));
        expires(all, demand.expiration, "expiration.days", "objects", days, to);
        let days = |rule: &LifecycleRule| rule.noncurrent_version_expiration.as_ref().map(|expiration| (expiration.noncurrent_days, false));
        expires(all, demand.noncurrent_expiration, "noncurrentVersionExpiration.noncurrentDays", "earlier versions", days, to);
        self.classes(all, to);
    }
}

fn is_enabled(rule: &LifecycleRule) -> bool {
    rule.status.as_deref() == Some("Enabled")
}

fn aborts(all: &[LifecycleRule], most: i64, to: &mut Marks) {
    let days = |rule: &LifecycleRule| rule.abort_incomplete_multipart_upload.as_ref()?.days_after_initiation;
    // The last question takes longest, and there may be a thousand rules.
    let aborts = |rule: &&LifecycleRule| is_enabled(rule) && days(rule).is_some_and(|days| days <= most) && rule.covers_all();
    if !all.iter().any(|rule| aborts(&rule)) {
        let message = format!(
            "no Enabled rule for the whole bucket clears away unfinished uploads within {most} days; \
             add abortIncompleteMultipartUpload.daysAfterInitiation: {most} with an empty filter"
        );
        to.fail(Reason::Required, FIELD, message);
    }
}

/// `days` of a rule: those that it waits, and whether it goes by a date instead.
fn expires(
    all: &[LifecycleRule],
    demand: Option<Expirations>,
    field: &str,
    what: &str,
    days: impl Fn(&LifecycleRule) -> Option<(Option<i64>, bool)>,
    to: &mut Marks,
) {
    let Some(demand) = demand else { return };
    let enabled = || all.iter().enumerate().filter(|(_, rule)| is_enabled(rule)).filter_map(|(index, rule)| Some((index, days(rule)?)));
    if demand.required == Some(true) && !enabled().any(|(_, (days, date))| days.is_some() || date) {
        to.fail(Reason::Required, FIELD, format!("no Enabled rule expires {what}; add one with {field}"));
    }
    let Some(most) = demand.max_days else { return };
    for (index, days) in enabled().filter_map(|(index, (days, _))| Some((index, days.filter(|days| *days > most)?))) {
        let message = format!("{what} expire after {days} days; {most} are allowed");
        to.fail(Reason::Invalid, format_args!("{FIELD}[{index}].{field}"), message);
    }
}

impl Compiled {
    fn classes(&self, all: &[LifecycleRule], to: &mut Marks) {
        let Some(forbidden) = &self.0.forbidden_storage_classes else { return };
        let mut refuse = |rule: usize, list: &str, index: usize, class: Option<&String>| {
            if let Some(class) = class.filter(|class| forbidden.contains(class)) {
                let field = format_args!("{FIELD}[{rule}].{list}[{index}].storageClass");
                to.fail(Reason::Forbidden, field, format!("storage class {class} is not allowed; use another"));
            }
        };
        for (index, rule) in all.iter().enumerate() {
            for (place, transition) in rule.transitions.iter().flatten().enumerate() {
                refuse(index, "transitions", place, transition.storage_class.as_ref());
            }
            for (place, transition) in rule.noncurrent_version_transitions.iter().flatten().enumerate() {
                refuse(index, "noncurrentVersionTransitions", place, transition.storage_class.as_ref());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::admission::testing::World;
    use crate::guardrail::rules::testing::{judged, refused, world};

    fn with(rules: &str) -> World {
        world().section("lifecycle", &format!(r#"{{"rules":[{rules}]}}"#))
    }

    #[test]
    fn a_rule_is_there_and_enabled() {
        let required = "lifecycle: {required: true}";
        assert!(judged(required, &with(r#"{"status":"Enabled","expiration":{"days":1}}"#)).is_empty());
        assert_eq!(judged(required, &with(r#"{"status":"Disabled","expiration":{"days":1}}"#)).len(), 1);
        let versioned = "lifecycle: {requiredWhenVersioned: true}";
        assert!(judged(versioned, &world()).is_empty());
        assert_eq!(judged(versioned, &world().section("versioning", r#"{"status":"Enabled"}"#)).len(), 1);
    }

    #[test]
    fn unfinished_uploads_go_in_the_whole_bucket() {
        let rule = "lifecycle: {requireAbortIncompleteUploadDays: {max: 7}}";
        let abort =
            |more: &str| with(&format!(r#"{{"status":"Enabled","abortIncompleteMultipartUpload":{{"daysAfterInitiation":7}}{more}}}"#));
        for whole in ["", r#","filter":{}"#, r#","prefix":"""#, r#","filter":{"prefix":""}"#] {
            assert!(judged(rule, &abort(whole)).is_empty(), "{whole}");
        }
        for part in [r#","filter":{"prefix":"a"}"#, r#","prefix":"a""#, r#","filter":{"and":{"prefix":"a","objectSizeLessThan":1}}"#] {
            assert_eq!(judged(rule, &abort(part)).len(), 1, "{part}");
        }
        assert_eq!(judged("lifecycle: {requireAbortIncompleteUploadDays: {max: 6}}", &abort("")).len(), 1);
    }

    #[test]
    fn times_and_classes_are_limited() {
        let rule = "lifecycle: {expiration: {maxDays: 10, required: true}, noncurrentExpiration: {required: true, maxDays: 90}, forbiddenStorageClasses: [ONEZONE_IA]}";
        let good = r#"{"status":"Enabled","expiration":{"days":10},"noncurrentVersionExpiration":{"noncurrentDays":90}}"#;
        assert!(judged(rule, &with(good)).is_empty());
        let bad = r#"{"status":"Enabled","expiration":{"days":11},"transitions":[{"days":1,"storageClass":"ONEZONE_IA"}]}"#;
        assert_eq!(
            judged(rule, &with(bad)),
            [
                "spec.lifecycle.rules[0].expiration.days: objects expire after 11 days; 10 are allowed",
                "spec.lifecycle.rules: no Enabled rule expires earlier versions; add one with noncurrentVersionExpiration.noncurrentDays",
                "spec.lifecycle.rules[0].transitions[0].storageClass: storage class ONEZONE_IA is not allowed; use another",
            ]
        );
        assert_eq!(refused("lifecycle: {expiration: {maxDays: 0}}"), ["guardrail-range rules.lifecycle.expiration"]);
    }

    #[test]
    fn a_thousand_faults_are_few_findings() {
        let many = vec![r#"{"status":"Enabled","expiration":{"days":11}}"#; 1000].join(",");
        assert_eq!(judged("lifecycle: {expiration: {maxDays: 10}}", &with(&many)).len(), crate::guardrail::marks::Marks::MOST);
    }
}
