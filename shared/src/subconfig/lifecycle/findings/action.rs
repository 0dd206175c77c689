//! What a rule does: that it does something, how objects expire, and how uploads are cleared away.
//! Source: S3 API reference, `LifecycleExpiration`, `AbortIncompleteMultipartUpload`; S3 User Guide, "Lifecycle configuration elements".

use super::super::{LifecycleExpiration, LifecycleRule};
use super::filter::{has_sizes, has_tags};
use super::{Rest, is_below, is_off, when};
use crate::admission::{Findings, Path, Reason};

/// The members of a rule that make it do something.
pub(super) const ACTIONS: [&str; 5] =
    ["expiration", "transitions", "noncurrentVersionExpiration", "noncurrentVersionTransitions", "abortIncompleteMultipartUpload"];

/// Which of the [`ACTIONS`] a rule has.
pub(super) fn actions(rule: &LifecycleRule) -> [bool; 5] {
    [
        rule.expiration.is_some(),
        rule.transitions.as_ref().is_some_and(|all| !all.is_empty()),
        rule.noncurrent_version_expiration.is_some(),
        rule.noncurrent_version_transitions.as_ref().is_some_and(|all| !all.is_empty()),
        rule.abort_incomplete_multipart_upload.is_some(),
    ]
}

pub(super) fn findings(rule: &LifecycleRule, rest: &Rest<'_>, at: &Path<'_>, to: &mut Findings) {
    lifecycle_no_action(rule, at, to);
    if let Some(expiration) = &rule.expiration {
        let at = at.member("expiration");
        lifecycle_expiration_one_of(expiration, &at, to);
        lifecycle_expiration_days_min(expiration, &at.member("days"), to);
        when::date_findings(expiration.date.as_deref(), &rest.dates, &at.member("date"), to);
        expired_object_delete_marker(expiration, rule, rest, &at.member("expiredObjectDeleteMarker"), to);
        lifecycle_objectlock_noop(expiration, rule, rest, &at.member("days"), to);
    }
    if rule.abort_incomplete_multipart_upload.is_some() {
        abort(rule, &at.member("abortIncompleteMultipartUpload"), to);
    }
}

fn lifecycle_no_action(rule: &LifecycleRule, at: &Path<'_>, to: &mut Findings) {
    if actions(rule) == [false; 5] {
        to.deny("lifecycle-no-action", Reason::Required, at, "the rule does nothing; add expiration, say, or remove the rule");
    }
}

/// A marker that is not to go is never sent beside something else: of that the rule on markers without effect speaks.
fn lifecycle_expiration_one_of(expiration: &LifecycleExpiration, at: &Path<'_>, to: &mut Findings) {
    const RULE: &str = "lifecycle-expiration-one-of";
    let timed = usize::from(expiration.days.is_some()) + usize::from(expiration.date.is_some());
    match (timed, expiration.expired_object_delete_marker) {
        (0, None) => to.deny(RULE, Reason::Required, at, "the expiration is empty; give it days, or a date, or remove it"),
        (1.., Some(true)) => {
            let message = "expiredObjectDeleteMarker stands alone in an expiration; put days and date into a second rule";
            to.deny(RULE, Reason::Forbidden, at, message);
        }
        (2.., _) => to.deny(RULE, Reason::Forbidden, at, "an expiration takes days or a date, not both; remove one"),
        _ => {}
    }
}

fn lifecycle_expiration_days_min(expiration: &LifecycleExpiration, at: &Path<'_>, to: &mut Findings) {
    if let Some(days) = expiration.days.filter(|days| is_below(*days, 1)) {
        to.deny("lifecycle-expiration-days-min", Reason::Invalid, at, format!("{days} days; S3 takes 1 or more"));
    }
}

/// Three rules. S3 minds the member, whatever it says; one that says no is only sent where it stands alone.
fn expired_object_delete_marker(expiration: &LifecycleExpiration, rule: &LifecycleRule, rest: &Rest<'_>, at: &Path<'_>, to: &mut Findings) {
    let Some(goes) = expiration.expired_object_delete_marker.filter(|_| !rest.directory) else { return };
    let is_sent = goes || (expiration.days.is_none() && expiration.date.is_none());
    if is_sent && has_tags(rule) {
        let message = "delete markers have no tags, so S3 takes no tag filter here; use a rule without one";
        to.deny("lifecycle-eodm-tags", Reason::Forbidden, at, message);
    } else if is_sent && has_sizes(rule) {
        let message = "delete markers have no size, so S3 takes no size filter here, not even with false; use another rule";
        to.deny("lifecycle-eodm-size", Reason::Forbidden, at, message);
    } else {
        lifecycle_eodm_noop(goes, rest, at, to);
    }
}

fn lifecycle_eodm_noop(goes: bool, rest: &Rest<'_>, at: &Path<'_>, to: &mut Findings) {
    const RULE: &str = "lifecycle-eodm-noop";
    if !goes {
        to.warn(RULE, Reason::Invalid, at, "false has no effect; remove it");
    } else if !rest.versioned {
        let message = "there are delete markers only with versioning; set versioning.status to Enabled, or remove this";
        to.warn(RULE, Reason::Invalid, at, message);
    }
}

/// What expires in a bucket with Object Lock is only marked as deleted.
fn lifecycle_objectlock_noop(expiration: &LifecycleExpiration, rule: &LifecycleRule, rest: &Rest<'_>, at: &Path<'_>, to: &mut Findings) {
    let (Some(days), Some(locked)) = (expiration.days, rest.locked) else { return };
    if (1..locked).contains(&days) && !is_off(rule) {
        let message = format!("objects expire on day {days}, but stay as versions: Object Lock keeps those for {locked} days");
        to.warn("lifecycle-objectlock-noop", Reason::Invalid, at, message);
    }
}

/// Three rules.
fn abort(rule: &LifecycleRule, at: &Path<'_>, to: &mut Findings) {
    const DAYS: &str = "lifecycle-abort-days-min";
    let days = at.member("daysAfterInitiation");
    match rule.abort_incomplete_multipart_upload.as_ref().and_then(|abort| abort.days_after_initiation) {
        None => to.deny(DAYS, Reason::Required, days, "after how many days are uploads aborted? Say 7, for instance"),
        Some(count) if is_below(count, 1) => to.deny(DAYS, Reason::Invalid, days, format!("{count} days; S3 takes 1 or more")),
        Some(_) => {}
    }
    if has_tags(rule) {
        let message = "an unfinished upload has no tags, so S3 takes no tag filter here; use a rule without one";
        to.deny("lifecycle-abort-tags", Reason::Forbidden, at, message);
    } else if has_sizes(rule) {
        let message = "an unfinished upload has no size, so S3 takes no size filter here; use a rule without one";
        to.deny("lifecycle-abort-size", Reason::Forbidden, at, message);
    }
}

#[cfg(test)]
pub(super) mod cases {
    use super::super::cases::{does, rule, rules, scoped, versioned};
    use crate::admission::testing::{Case, World, case};

    pub(super) const MARKER: &str = r#""expiration":{"expiredObjectDeleteMarker":true}"#;
    const NO_MARKER: &str = r#""expiration":{"expiredObjectDeleteMarker":false}"#;
    const ABORT: &str = r#""abortIncompleteMultipartUpload":{"daysAfterInitiation":7}"#;
    pub(super) const TAG: &str = r#"{"tag":{"key":"k","value":"v"}}"#;
    pub(super) const SIZE: &str = r#"{"objectSizeGreaterThan":1}"#;

    pub(super) fn expires(members: &str) -> World {
        does(&format!(r#""expiration":{{{members}}}"#))
    }

    pub(super) fn locked(retention: &str, days: i64) -> World {
        versioned(expires(&format!(r#""days":{days}"#)))
            .section("objectLockEnabledForBucket", "true")
            .section("objectLockConfiguration", &format!(r#"{{"rule":{{"defaultRetention":{{"mode":"GOVERNANCE",{retention}}}}}}}"#))
    }

    pub(in super::super) fn all() -> Vec<Case> {
        let bare = |action: &str| rules(&[rule("a", &format!(r#""filter":{{}}{action}"#))]);
        let abort = |days: i64| does(&format!(r#""abortIncompleteMultipartUpload":{{"daysAfterInitiation":{days}}}"#));
        let date = |date: &str| expires(&format!(r#""date":"{date}""#));
        vec![
            case("lifecycle-no-action", bare(""), bare(r#","expiration":{"days":1}"#)),
            case("lifecycle-expiration-one-of", versioned(expires(r#""days":1,"expiredObjectDeleteMarker":true"#)), expires(r#""days":1"#)),
            case("lifecycle-expiration-days-min", expires(r#""days":0"#), expires(r#""days":1"#)),
            case("lifecycle-date-midnight", date("2026-01-01T10:00:00Z"), date("2126-01-01T00:00:00Z")),
            case("lifecycle-date-past", date("2020-01-01T00:00:00Z"), date("2120-01-01T00:00:00Z")),
            case("lifecycle-eodm-tags", versioned(scoped(TAG, MARKER)), versioned(does(MARKER))),
            case("lifecycle-eodm-size", scoped(SIZE, NO_MARKER), scoped(SIZE, r#""expiration":{"days":1}"#)),
            case("lifecycle-eodm-noop", does(MARKER), versioned(does(MARKER))),
            case("lifecycle-objectlock-noop", locked(r#""days":30"#, 7), locked(r#""days":30"#, 30)),
            case("lifecycle-abort-days-min", abort(0), abort(1)),
            case("lifecycle-abort-tags", scoped(TAG, ABORT), scoped(r#"{"prefix":"a"}"#, ABORT)),
            case("lifecycle-abort-size", scoped(SIZE, ABORT), scoped("{}", ABORT)),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::super::cases::{does, scoped, versioned};
    use super::cases::{MARKER, SIZE, TAG, expires, locked};

    #[test]
    fn an_empty_action_is_one_mistake() {
        assert_eq!(expires("").rules(), ["lifecycle-expiration-one-of"]);
        assert_eq!(does(r#""abortIncompleteMultipartUpload":{}"#).rules(), ["lifecycle-abort-days-min"]);
        assert_eq!(does(r#""noncurrentVersionExpiration":{}"#).verdict().denials().count(), 1);
        assert_eq!(does(r#""transitions":[],"noncurrentVersionTransitions":[]"#).rules(), ["lifecycle-no-action"]);
    }

    #[test]
    fn days_and_a_date_are_too_much() {
        assert_eq!(expires(r#""days":1,"date":"2130-01-01T00:00:00Z""#).rules(), ["lifecycle-expiration-one-of"]);
    }

    #[test]
    fn a_marker_that_stays_is_nothing_beside_something_else() {
        let beside = r#""expiration":{"days":1,"expiredObjectDeleteMarker":false}"#;
        for world in [does(beside), scoped(SIZE, beside), scoped(TAG, beside)] {
            assert_eq!(world.rules(), ["lifecycle-eodm-noop"]);
        }
    }

    #[test]
    fn markers_go_by_neither_tags_nor_sizes_wherever_they_stand() {
        let and = |conditions: &str| versioned(scoped(&format!(r#"{{"and":{{{conditions}}}}}"#), MARKER)).rules();
        let tags = r#""tags":[{"key":"a","value":"b"}]"#;
        assert_eq!(and(&format!(r#""prefix":"a",{tags}"#)), ["lifecycle-eodm-tags"]);
        assert_eq!(and(r#""prefix":"a","objectSizeLessThan":9"#), ["lifecycle-eodm-size"]);
        assert_eq!(and(&format!(r#""objectSizeLessThan":9,{tags}"#)), ["lifecycle-eodm-tags"]);
    }

    #[test]
    fn markers_there_are_with_object_lock_and_after_versioning_and_maybe_in_an_adopted_bucket() {
        let world = || does(MARKER);
        assert_eq!(world().section("objectLockEnabledForBucket", "true").rules(), [""; 0]);
        assert!(!world().adopting("adopt", r#"{"name":"team-a-logs"}"#).rules().contains(&"lifecycle-eodm-noop"));
        let mut was = versioned(world()).existing().update();
        was = was.spec(|spec| spec.versioning = None).tag("more", "x");
        assert!(!was.rules().contains(&"lifecycle-eodm-noop"), "{:?}", was.verdict());
        assert!(world().section("versioning", "{}").rules().contains(&"lifecycle-eodm-noop"));
    }

    #[test]
    fn a_date_that_is_no_midnight_is_told_the_right_one() {
        let date = |date: &str| expires(&format!(r#""date":"{date}""#)).verdict();
        let verdict = date("2126-01-01T10:00:00+12:00");
        assert_eq!(verdict.findings[0].field, "spec.lifecycle.rules[0].expiration.date");
        assert!(verdict.findings[0].message.contains("use 2125-12-31T00:00:00Z"), "{verdict:?}");
        for bad in ["", "tomorrow", "2126-01-01", "2126-01-01T00:00:00.001Z"] {
            assert_eq!(date(bad).rules(), ["lifecycle-date-midnight"], "{bad}");
        }
        assert_eq!(date("2126-01-01T02:00:00+02:00").rules(), [""; 0]);
    }

    #[test]
    fn a_date_that_is_stored_already_is_not_told_again() {
        let old = expires(r#""date":"2020-01-01T00:00:00Z""#).existing().update();
        assert_eq!(old.clone().tag("more", "x").rules(), [""; 0]);
        let rules = r#"[{"id":"b","status":"Enabled","filter":{},"expiration":{"date":"2021-01-01T00:00:00Z"}}]"#;
        assert_eq!(old.section("lifecycle", &format!(r#"{{"rules":{rules}}}"#)).rules(), ["lifecycle-date-past"]);
    }

    #[test]
    fn numbers_that_do_not_fit_are_told_once() {
        assert_eq!(expires(r#""days":-9223372036854775808"#).rules(), ["int32-range"]);
        assert_eq!(expires(r#""days":-2147483648"#).rules(), ["lifecycle-expiration-days-min"]);
        assert_eq!(expires(r#""days":9223372036854775807"#).rules(), ["int32-range"]);
    }

    #[test]
    fn years_lock_too() {
        assert_eq!(locked(r#""years":1"#, 364).rules(), ["lifecycle-objectlock-noop"]);
        assert_eq!(locked(r#""years":1"#, 365).rules(), [""; 0]);
        assert!(!locked(r#""years":9223372036854775807"#, 0).rules().contains(&"lifecycle-objectlock-noop"));
    }
}
