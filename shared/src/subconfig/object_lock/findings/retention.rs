//! The default retention. Source: S3 API reference, `DefaultRetention` and `EventHoldDuration`.

use super::declared;
use crate::admission::{Facts, Findings, Operation, Path, Reason, check};
use crate::subconfig::object_lock::{DefaultRetention, EventHold, ObjectLockRule};

const MODES: &[&str] = &["GOVERNANCE", COMPLIANCE];
const COMPLIANCE: &str = "COMPLIANCE";
const MOST_DAYS: i64 = 36_500;
const MOST_YEARS: i64 = 100;

pub(super) fn findings(rule: &ObjectLockRule, at: &Path<'_>, facts: &Facts<'_>, to: &mut Findings) {
    let at = at.member("defaultRetention");
    let Some(retention) = &rule.default_retention else {
        return objectlock_rule_incomplete(&DefaultRetention::default(), &at, to);
    };
    objectlock_rule_incomplete(retention, &at, to);
    check::one_of(mode(retention), MODES, "objectlock-mode-enum", &at.member("mode"), to);
    objectlock_compliance_hint(retention, &at.member("mode"), facts, to);
    period(retention.days, retention.years, &at, to);
    if let Some(hold) = &retention.default_event_hold {
        period(hold.days, hold.years, &at.member("defaultEventHold"), to);
    }
}

/// An empty one is not sent.
fn mode(retention: &DefaultRetention) -> Option<&str> {
    retention.mode.as_deref().filter(|mode| !mode.is_empty())
}

/// A mode may stand with an event hold instead of a period; whether a hold may stand without a mode is not known.
fn objectlock_rule_incomplete(retention: &DefaultRetention, at: &Path<'_>, to: &mut Findings) {
    let period = retention.days.is_some() || retention.years.is_some();
    let hold = retention.default_event_hold.as_ref().is_some_and(|hold| *hold != EventHold::default());
    let rule = "objectlock-rule-incomplete";
    match mode(retention) {
        None if period => to.deny(rule, Reason::Required, at.member("mode"), "a period needs a mode; set GOVERNANCE or COMPLIANCE"),
        None if !hold => to.deny(rule, Reason::Required, at, "a rule needs mode and one of days and years; give both, or remove rule"),
        Some(_) if !period && !hold => to.deny(rule, Reason::Required, at, "a mode needs a period; set days or years"),
        None | Some(_) => {}
    }
}

fn objectlock_compliance_hint(retention: &DefaultRetention, at: &Path<'_>, facts: &Facts<'_>, to: &mut Findings) {
    let is_new = || match facts.old_spec() {
        Some(old) => declared(old).and_then(mode) != Some(COMPLIANCE),
        None => facts.request.operation == Operation::Create,
    };
    if mode(retention) == Some(COMPLIANCE) && is_new() {
        let message = "nobody, the root user included, can delete new objects before their time; GOVERNANCE can be bypassed";
        to.warn("objectlock-compliance-hint", Reason::Forbidden, at, message);
    }
}

fn period(days: Option<i64>, years: Option<i64>, at: &Path<'_>, to: &mut Findings) {
    if days.is_some() && years.is_some() {
        to.deny("objectlock-days-xor-years", Reason::Invalid, at, "days and years are both set, S3 takes one; remove the other");
    }
    for (name, value, most) in [("days", days, MOST_DAYS), ("years", years, MOST_YEARS)] {
        // What does not even fit in 32 bits has a rule of its own.
        let Some(value) = value.filter(|value| i32::try_from(*value).is_ok()) else { continue };
        let rule = if value < 1 { "objectlock-period-min" } else { "objectlock-period-max" };
        if !(1..=most).contains(&value) {
            to.deny(rule, Reason::Invalid, at.member(name), format!("{value} {name}; use a number from 1 to {most}"));
        }
    }
}

#[cfg(test)]
pub(super) mod cases {
    use super::super::cases::{MONTH, keeping, locked};
    use crate::admission::testing::{Case, World, case};

    pub(super) fn kept(retention: &str) -> World {
        keeping(locked(), retention)
    }

    pub(in super::super) fn all() -> Vec<Case> {
        let days = |days: i64| kept(&format!(r#""mode":"GOVERNANCE","days":{days}"#));
        let mode = |mode: &str| kept(&format!(r#""mode":"{mode}","years":10"#));
        vec![
            case("objectlock-rule-incomplete", kept(r#""mode":"GOVERNANCE""#), kept(MONTH)),
            case("objectlock-days-xor-years", kept(r#""mode":"GOVERNANCE","days":1,"years":1"#), days(1)),
            case("objectlock-mode-enum", mode("Governance"), mode("GOVERNANCE")),
            case("objectlock-period-min", days(0), days(1)),
            case("objectlock-period-max", days(36_501), days(36_500)),
            case("objectlock-compliance-hint", mode("COMPLIANCE"), mode("GOVERNANCE")),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::super::cases::{MONTH, keeping, locked};
    use super::cases::kept;

    #[test]
    fn what_is_missing_is_named_once() {
        for (retention, field) in [
            (r#""days":1"#, "mode"),
            (r#""mode":"","days":1"#, "mode"),
            (r#""mode":"","years":1,"defaultEventHold":{"days":1}"#, "mode"),
            ("", ""),
            (r#""mode":"""#, ""),
            (r#""defaultEventHold":{}"#, ""),
            (r#""mode":"COMPLIANCE","days":null"#, ""),
        ] {
            let verdict = kept(retention).verdict();
            let found: Vec<_> = verdict.denials().map(|finding| (&*finding.rule, finding.field.as_str())).collect();
            let at = "spec.objectLockConfiguration.rule.defaultRetention";
            let field = if field.is_empty() { at.to_owned() } else { format!("{at}.{field}") };
            assert_eq!(found, [("objectlock-rule-incomplete", field.as_str())], "{retention}");
        }
        let without = locked().section("objectLockConfiguration", r#"{"rule":{}}"#);
        assert_eq!(without.rules(), ["objectlock-rule-incomplete"]);
    }

    #[test]
    fn an_event_hold_takes_the_place_of_a_period_and_has_the_same_bounds() {
        let hold = |hold: &str| kept(&format!(r#""mode":"GOVERNANCE","defaultEventHold":{{{hold}}}"#));
        assert_eq!(hold(r#""years":100"#).rules(), [""; 0]);
        assert_eq!(kept(&format!(r#"{MONTH},"defaultEventHold":{{"days":7}}"#)).rules(), [""; 0]);
        assert_eq!(kept(r#""defaultEventHold":{"days":7}"#).rules(), [""; 0], "not known");
        let verdict = hold(r#""years":101"#).verdict();
        assert_eq!(verdict.rules(), ["objectlock-period-max"]);
        assert!(verdict.findings[0].field.ends_with("defaultRetention.defaultEventHold.years"));
        assert_eq!(hold(r#""days":1,"years":1"#).rules(), ["objectlock-days-xor-years"]);
    }

    #[test]
    fn years_have_bounds_of_their_own_and_numbers_beyond_32_bits_a_rule() {
        let years = |years: i64| kept(&format!(r#""mode":"GOVERNANCE","years":{years}"#)).rules();
        assert_eq!((years(1), years(100)), (vec![], vec![]));
        assert_eq!(
            (years(101), years(0), years(-1)),
            (vec!["objectlock-period-max"], vec!["objectlock-period-min"], vec!["objectlock-period-min"])
        );
        assert_eq!((years(4_294_967_297), years(i64::MIN)), (vec!["int32-range"], vec!["int32-range"]));
    }

    #[test]
    fn compliance_is_spoken_of_once() {
        let stored = || keeping(locked(), r#""mode":"COMPLIANCE","days":1"#).existing();
        assert_eq!(stored().update().tag("more", "x").rules(), [""; 0]);
        assert_eq!(stored().guard().rules(), [""; 0]);
        let changed = keeping(kept(MONTH).existing().update(), r#""mode":"COMPLIANCE","days":30"#);
        assert_eq!(changed.rules(), ["objectlock-compliance-hint"]);
    }
}
