//! What happens to earlier versions. Source: S3 API reference, `NoncurrentVersionExpiration`, `NoncurrentVersionTransition`.

use super::super::{LifecycleRule, NoncurrentTransition};
use super::transition::{LOOKED_AT, Ladder, Step, YOUNGEST, class, is_infrequent, lifecycle_transition_order};
use super::when::When;
use super::{Rest, first, is_below, is_older};
use crate::admission::{Findings, Path, Reason};

/// As many as the API reference allows; S3 was seen to take more.
const MOST_NEWER: i64 = 100;

pub(super) fn findings(rule: &LifecycleRule, at: &Path<'_>, to: &mut Findings) {
    let mut ladder = Ladder::default();
    let list = at.member("noncurrentVersionTransitions");
    for (index, transition) in rule.noncurrent_version_transitions.iter().flatten().take(LOOKED_AT).enumerate() {
        let at = list.index(index);
        lifecycle_noncurrent_transition_days(transition, &at.member("noncurrentDays"), to);
        newer_versions(transition.newer_noncurrent_versions, rule, &at.member("newerNoncurrentVersions"), to);
        if *transition != NoncurrentTransition::default() {
            let when = When::of(transition.noncurrent_days, None);
            class(transition.storage_class.as_deref(), index, when, &mut ladder, &at.member("storageClass"), to);
        }
    }
    lifecycle_transition_order(&ladder, |_| "noncurrentDays", &list, to);
    let Some(expiration) = &rule.noncurrent_version_expiration else { return };
    let at = at.member("noncurrentVersionExpiration");
    let days = at.member("noncurrentDays");
    match expiration.noncurrent_days {
        None => lifecycle_noncurrent_days_required(&days, to),
        Some(count) if is_below(count, 1) => lifecycle_noncurrent_days_min(count, &days, to),
        Some(count) => lifecycle_noncurrent_expiration_order(count, &ladder, &days, to),
    }
    newer_versions(expiration.newer_noncurrent_versions, rule, &at.member("newerNoncurrentVersions"), to);
}

/// Said once, of a Bucket that never said anything of versioning. An adopted bucket may have versions all the same.
pub(super) fn lifecycle_noncurrent_unversioned(rules: &[LifecycleRule], rest: &Rest<'_>, at: &Path<'_>, to: &mut Findings) {
    let moves = |rule: &LifecycleRule| rule.noncurrent_version_transitions.as_ref().is_some_and(|all| !all.is_empty());
    let expires = |rule: &LifecycleRule| rule.noncurrent_version_expiration.is_some();
    if rest.versioned || rest.directory {
        return;
    }
    let Some((index, more)) = first(rules, |rule| moves(rule) || expires(rule)) else { return };
    let is_expiration = rules.get(index).is_some_and(expires);
    let member = if is_expiration { "noncurrentVersionExpiration" } else { "noncurrentVersionTransitions" };
    let message = format!("without versioning there are no earlier versions, so the rule{more} has no effect; set versioning.status");
    to.warn("lifecycle-noncurrent-unversioned", Reason::Invalid, at.index(index).member(member), message);
}

fn lifecycle_noncurrent_transition_days(transition: &NoncurrentTransition, at: &Path<'_>, to: &mut Findings) {
    const RULE: &str = "lifecycle-noncurrent-transition-days";
    let infrequent = transition.storage_class.as_deref().filter(|class| is_infrequent(class));
    match (transition.noncurrent_days, infrequent) {
        (None, _) => to.deny(RULE, Reason::Required, at, "after how many days do earlier versions move? Say 30, for instance"),
        (Some(days), _) if is_below(days, 0) => to.deny(RULE, Reason::Invalid, at, format!("{days} days; S3 takes 0 or more")),
        (Some(days), Some(class)) if (0..YOUNGEST).contains(&days) => {
            let message = format!("{days} days; versions move to {class} after {YOUNGEST} days or more");
            to.deny(RULE, Reason::Invalid, at, message);
        }
        _ => {}
    }
}

fn lifecycle_noncurrent_days_required(at: &Path<'_>, to: &mut Findings) {
    let message = "S3 needs the days too, even beside newerNoncurrentVersions; say 1 for as soon as can be";
    to.deny("lifecycle-noncurrent-days-required", Reason::Required, at, message);
}

fn lifecycle_noncurrent_days_min(days: i64, at: &Path<'_>, to: &mut Findings) {
    to.deny("lifecycle-noncurrent-days-min", Reason::Invalid, at, format!("{days} days; S3 takes 1 or more"));
}

fn lifecycle_noncurrent_expiration_order(days: i64, ladder: &Ladder, at: &Path<'_>, to: &mut Findings) {
    let expires = When::Days(days);
    let too_late = |step: &Step| expires.days_after(step.when).is_some_and(|days| days <= 0);
    if let Some(last) = ladder.steps().filter(too_late).last() {
        let message = format!("versions expire ({expires}) before they can move to {} ({}); let them expire later", last.class, last.when);
        to.deny("lifecycle-noncurrent-expiration-order", Reason::Invalid, at, message);
    }
}

/// Three rules on how many versions stay.
fn newer_versions(count: Option<i64>, rule: &LifecycleRule, at: &Path<'_>, to: &mut Findings) {
    let Some(count) = count else { return };
    if is_below(count, 1) {
        let message = format!("{count} versions; S3 takes 1 or more; leave it out to keep none");
        to.deny("lifecycle-newer-versions-min", Reason::Invalid, at, message);
    }
    if (MOST_NEWER + 1..=i64::from(i32::MAX)).contains(&count) {
        let message = format!("{count} versions stay, more than the {MOST_NEWER} that S3 documents; it may take them or not");
        to.warn("lifecycle-newer-versions-max", Reason::Invalid, at, message);
    }
    if is_older(rule) {
        let message = "S3 takes newerNoncurrentVersions only beside a filter; move the prefix of the rule into filter.prefix";
        to.deny("lifecycle-newer-versions-needs-filter", Reason::Forbidden, at, message);
    }
}

#[cfg(test)]
pub(super) mod cases {
    use super::super::cases::{does, rule, rules, versioned};
    use crate::admission::testing::{Case, World, case};

    pub(super) fn expires(members: &str) -> World {
        versioned(does(&format!(r#""noncurrentVersionExpiration":{{{members}}}"#)))
    }

    /// Earlier versions move to these classes after so many days.
    pub(super) fn moves(steps: &[(&str, i64)], more: &str) -> World {
        let one = |(class, days): &(&str, i64)| format!(r#"{{"storageClass":"{class}","noncurrentDays":{days}}}"#);
        let steps = steps.iter().map(one).collect::<Vec<_>>().join(",");
        versioned(does(&format!(r#""noncurrentVersionTransitions":[{steps}]{more}"#)))
    }

    pub(in super::super) fn all() -> Vec<Case> {
        let newer = |count: i64| expires(&format!(r#""noncurrentDays":1,"newerNoncurrentVersions":{count}"#));
        let keeps = r#""noncurrentVersionExpiration":{"noncurrentDays":1,"newerNoncurrentVersions":5}"#;
        let older = |action: &str| versioned(rules(&[rule("a", &format!(r#""prefix":"a",{action}"#))]));
        let expiring = |days: i64| moves(&[("GLACIER", 30)], &format!(r#","noncurrentVersionExpiration":{{"noncurrentDays":{days}}}"#));
        let plain = r#""noncurrentVersionExpiration":{"noncurrentDays":1}"#;
        vec![
            case("lifecycle-noncurrent-days-required", expires(r#""newerNoncurrentVersions":5"#), newer(5)),
            case("lifecycle-noncurrent-days-min", expires(r#""noncurrentDays":0"#), expires(r#""noncurrentDays":1"#)),
            case("lifecycle-noncurrent-transition-days", moves(&[("ONEZONE_IA", 10)], ""), moves(&[("ONEZONE_IA", 30)], "")),
            case("lifecycle-noncurrent-expiration-order", expiring(30), expiring(31)),
            case("lifecycle-newer-versions-min", newer(0), newer(1)),
            case("lifecycle-newer-versions-max", newer(500), newer(100)),
            case("lifecycle-newer-versions-needs-filter", older(keeps), older(plain)).with(&["lifecycle-prefix-deprecated"]),
            case("lifecycle-noncurrent-unversioned", does(plain), versioned(does(plain))),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::super::cases::{does, versioned};
    use super::cases::{expires, moves};

    #[test]
    fn days_are_needed_and_may_be_none_for_archives() {
        assert_eq!(expires("").rules(), ["lifecycle-noncurrent-days-required"]);
        assert_eq!(moves(&[("GLACIER", 0)], "").rules(), [""; 0]);
        assert_eq!(moves(&[("GLACIER", -1)], "").rules(), ["lifecycle-noncurrent-transition-days"]);
        let transitions = |members: &str| versioned(does(&format!(r#""noncurrentVersionTransitions":[{{{members}}}]"#)));
        assert_eq!(transitions("").rules(), ["lifecycle-noncurrent-transition-days"]);
        assert_eq!(transitions(r#""storageClass":"STANDARD_IA""#).rules(), ["lifecycle-noncurrent-transition-days"]);
        assert_eq!(transitions(r#""noncurrentDays":30"#).rules(), ["lifecycle-transition-class-enum"]);
    }

    #[test]
    fn classes_are_those_of_the_current_version_and_their_order_too() {
        let verdict = moves(&[("GLACIER", 30), ("STANDARD_IA", 60)], "").verdict();
        assert_eq!(verdict.rules(), ["lifecycle-transition-order"]);
        assert_eq!(verdict.findings[0].field, "spec.lifecycle.rules[0].noncurrentVersionTransitions[0].noncurrentDays");
        assert_eq!(moves(&[("GLACIER", 1), ("GLACIER", 2)], "").rules(), ["lifecycle-transition-class-duplicate"]);
        let both = r#","transitions":[{"storageClass":"GLACIER","days":1}]"#;
        assert_eq!(moves(&[("GLACIER", 1)], both).rules(), [""; 0], "current and earlier versions may go to the same class");
    }

    #[test]
    fn how_many_versions_stay_is_looked_at_in_transitions_too() {
        let keeps = |count: i64| {
            let one = format!(r#"{{"storageClass":"GLACIER","noncurrentDays":1,"newerNoncurrentVersions":{count}}}"#);
            versioned(does(&format!(r#""noncurrentVersionTransitions":[{one}]"#))).rules()
        };
        assert_eq!(keeps(-1), ["lifecycle-newer-versions-min"]);
        assert_eq!(keeps(101), ["lifecycle-newer-versions-max"]);
        assert_eq!(keeps(i64::MAX), ["int32-range"]);
        assert_eq!(keeps(i64::MIN), ["int32-range"]);
    }

    #[test]
    fn versions_that_are_not_there_are_told_of_once() {
        let verdict = does(r#""noncurrentVersionTransitions":[{"storageClass":"GLACIER","noncurrentDays":1}]"#).verdict();
        assert_eq!(verdict.rules(), ["lifecycle-noncurrent-unversioned"]);
        assert_eq!(verdict.findings[0].field, "spec.lifecycle.rules[0].noncurrentVersionTransitions");
        let plain = does(r#""noncurrentVersionExpiration":{"noncurrentDays":1}"#);
        assert_eq!(plain.clone().section("versioning", r#"{"status":"Suspended"}"#).rules(), [""; 0]);
        assert_eq!(plain.section("objectLockEnabledForBucket", "true").rules(), [""; 0]);
    }
}
