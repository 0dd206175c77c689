//! When objects move to another storage class. Source: S3 User Guide, "Transitioning objects using Amazon S3 Lifecycle", "Supported
//! lifecycle transitions" and "Constraints"; the least days between two classes as S3 tells them in its errors.

use super::super::{LifecycleRule, LifecycleTransition};
use super::when::{When, date_findings};
use super::{Rest, is_below};
use crate::admission::{Findings, Path, Reason, check};

/// All classes that objects can move to, in the order in which they may follow each other.
pub(super) const CLASSES: [&str; 6] = ["STANDARD_IA", "INTELLIGENT_TIERING", "ONEZONE_IA", "GLACIER_IR", "GLACIER", "DEEP_ARCHIVE"];
/// So many transitions hold a class twice, or one that is none: no more need to be looked at.
pub(super) const LOOKED_AT: usize = CLASSES.len() + 1;
/// How old an object has to be before it may move to the classes of infrequent access.
pub(super) const YOUNGEST: i64 = 30;

/// The first transition to each of the [`CLASSES`]: its place in the list, and when it is, if that makes sense.
#[derive(Default)]
pub(super) struct Ladder([Option<(usize, Option<When>)>; 6]);

/// A transition to one of the [`CLASSES`].
#[derive(Clone, Copy)]
pub(super) struct Step {
    pub(super) class: &'static str,
    pub(super) index: usize,
    pub(super) when: When,
}

impl Ladder {
    /// Whether no other transition to the class was put in before. What is no class is left out.
    fn put(&mut self, class: &str, index: usize, when: Option<When>) -> bool {
        let rung = CLASSES.iter().zip(&mut self.0).find(|(known, _)| **known == class).map(|(_, rung)| rung);
        let Some(rung) = rung else { return true };
        let is_first = rung.is_none();
        if is_first {
            *rung = Some((index, when));
        }
        is_first
    }

    /// From warm to cold.
    pub(super) fn steps(&self) -> impl Iterator<Item = Step> + Clone + '_ {
        let step = |(class, rung): (&&'static str, &Option<(usize, Option<When>)>)| {
            let (index, when) = (*rung)?;
            Some(Step { class, index, when: when? })
        };
        CLASSES.iter().zip(&self.0).filter_map(step)
    }

    /// Each step with the next colder one.
    fn pairs(&self) -> impl Iterator<Item = (Step, Step)> + '_ {
        self.steps().zip(self.steps().skip(1))
    }
}

pub(super) fn findings(rule: &LifecycleRule, rest: &Rest<'_>, at: &Path<'_>, to: &mut Findings) {
    lifecycle_mixed_date_days(rule, at, to);
    let Some(transitions) = rule.transitions.as_deref().filter(|all| !all.is_empty()) else { return };
    let list = at.member("transitions");
    let mut ladder = Ladder::default();
    for (index, transition) in transitions.iter().take(LOOKED_AT).enumerate() {
        let at = list.index(index);
        let (days, date) = (at.member("days"), at.member("date"));
        let is_empty = *transition == LifecycleTransition::default();
        lifecycle_transition_one_of(transition, &at, to);
        lifecycle_transition_days_min(transition, &days, to);
        lifecycle_transition_ia_30(transition, &days, to);
        date_findings(transition.date.as_deref(), &rest.dates, &date, to);
        if !is_empty {
            let when = When::of(transition.days, transition.date.as_deref());
            class(transition.storage_class.as_deref(), index, when, &mut ladder, &at.member("storageClass"), to);
        }
    }
    lifecycle_transition_order(&ladder, When::member, &list, to);
    lifecycle_transition_gap(&ladder, &list, to);
    lifecycle_expiration_after_transition(rule, &ladder, at, to);
}

/// Two rules: the class is one, and stands there once. Keeps it in the ladder.
pub(super) fn class(word: Option<&str>, index: usize, when: Option<When>, ladder: &mut Ladder, at: &Path<'_>, to: &mut Findings) {
    const ENUM: &str = "lifecycle-transition-class-enum";
    let Some(class) = word.filter(|class| !class.is_empty()) else {
        return to.deny(ENUM, Reason::Required, at, "a transition needs the storage class to move to, such as STANDARD_IA or GLACIER");
    };
    check::one_of(Some(class), &CLASSES, ENUM, at, to);
    if !ladder.put(class, index, when) {
        let message = format!("the rule moves objects to {class} twice; remove one transition");
        to.deny("lifecycle-transition-class-duplicate", Reason::Duplicate, at, message);
    }
}

/// Whether objects have to be [`YOUNGEST`] days old before they move to the class.
pub(super) fn is_infrequent(class: &str) -> bool {
    ["STANDARD_IA", "ONEZONE_IA"].contains(&class)
}

fn lifecycle_transition_one_of(transition: &LifecycleTransition, at: &Path<'_>, to: &mut Findings) {
    const RULE: &str = "lifecycle-transition-one-of";
    match (transition.days, &transition.date) {
        (None, None) => to.deny(RULE, Reason::Required, at, "a transition needs days, or a date"),
        (Some(_), Some(_)) => to.deny(RULE, Reason::Forbidden, at, "a transition takes days or a date, not both; remove one"),
        _ => {}
    }
}

fn lifecycle_transition_days_min(transition: &LifecycleTransition, at: &Path<'_>, to: &mut Findings) {
    if let Some(days) = transition.days.filter(|days| is_below(*days, 0)) {
        to.deny("lifecycle-transition-days-min", Reason::Invalid, at, format!("{days} days; S3 takes 0 or more"));
    }
}

fn lifecycle_transition_ia_30(transition: &LifecycleTransition, at: &Path<'_>, to: &mut Findings) {
    let Some(class) = transition.storage_class.as_deref().filter(|class| is_infrequent(class)) else { return };
    if let Some(days) = transition.days.filter(|days| (0..YOUNGEST).contains(days)) {
        let message = format!("{days} days; objects move to {class} after {YOUNGEST} days or more");
        to.deny("lifecycle-transition-ia-30", Reason::Invalid, at, message);
    }
}

/// Named where the first goes by the other measure than those before. One that says both, or neither, is left out.
fn lifecycle_mixed_date_days(rule: &LifecycleRule, at: &Path<'_>, to: &mut Findings) {
    let by_date = |days: Option<i64>, date: &Option<String>| (days.is_some() != date.is_some()).then_some(date.is_some());
    let transitions = rule.transitions.iter().flatten().take(LOOKED_AT).enumerate();
    let transitions = transitions.filter_map(|(index, it)| Some((Some(index), by_date(it.days, &it.date)?)));
    let expiration = rule.expiration.iter().filter_map(|it| Some((None, by_date(it.days, &it.date)?)));
    let mut all = transitions.chain(expiration);
    let Some((_, first)) = all.next() else { return };
    let Some((place, by_date)) = all.find(|(_, other)| *other != first) else { return };
    let list = at.member("transitions");
    let action = place.map_or_else(|| at.member("expiration"), |index| list.index(index));
    let message = "a rule goes by days or by dates, not by both; use one of them, or two rules";
    to.deny("lifecycle-mixed-date-days", Reason::Forbidden, action.member(if by_date { "date" } else { "days" }), message);
}

/// Objects only ever move to colder classes, so a colder one comes later; and never from one zone to instant retrieval. `member` is
/// what says when.
pub(super) fn lifecycle_transition_order(ladder: &Ladder, member: fn(When) -> &'static str, list: &Path<'_>, to: &mut Findings) {
    const RULE: &str = "lifecycle-transition-order";
    for (warm, cold) in ladder.pairs() {
        let at = list.index(cold.index);
        if is_impossible(warm, cold) {
            let message = "S3 moves nothing from ONEZONE_IA to GLACIER_IR; remove one of the two";
            to.deny(RULE, Reason::Forbidden, at.member("storageClass"), message);
        } else if cold.when.days_after(warm.when).is_some_and(|days| days <= 0) {
            let (early, late) = (cold.when, warm.when);
            let message = format!("{} ({early}) has to come after {} ({late}): objects go from warm to cold", cold.class, warm.class);
            to.deny(RULE, Reason::Invalid, at.member(member(early)), message);
        }
    }
}

fn is_impossible(warm: Step, cold: Step) -> bool {
    (warm.class, cold.class) == ("ONEZONE_IA", "GLACIER_IR")
}

/// Two rules: how long objects stay in a class before they may move on.
fn lifecycle_transition_gap(ladder: &Ladder, list: &Path<'_>, to: &mut Findings) {
    for (warm, cold) in ladder.pairs().filter(|(warm, cold)| !is_impossible(*warm, *cold)) {
        let (rule, least) = match warm.class {
            "STANDARD_IA" | "ONEZONE_IA" => ("lifecycle-transition-gap-ia", 30),
            "GLACIER_IR" | "GLACIER" => ("lifecycle-transition-gap-glacier", 90),
            _ => continue,
        };
        if cold.when.days_after(warm.when).is_some_and(|days| (1..least).contains(&days)) {
            let (early, late) = (warm.when, cold.when);
            let message = format!("{} ({late}) has to come {least} days or more after {} ({early})", cold.class, warm.class);
            to.deny(rule, Reason::Invalid, list.index(cold.index).member(late.member()), message);
        }
    }
}

fn lifecycle_expiration_after_transition(rule: &LifecycleRule, ladder: &Ladder, at: &Path<'_>, to: &mut Findings) {
    let Some(expiration) = &rule.expiration else { return };
    let expires = When::of(expiration.days, expiration.date.as_deref()).filter(|expires| *expires != When::Days(0));
    let Some(expires) = expires else { return };
    let too_late = |step: &Step| expires.days_after(step.when).is_some_and(|days| days <= 0);
    if let Some(last) = ladder.steps().filter(too_late).last() {
        let message = format!("objects expire ({expires}) before they can move to {} ({}); let them expire later", last.class, last.when);
        let at = at.member("expiration");
        to.deny("lifecycle-expiration-after-transition", Reason::Invalid, at.member(expires.member()), message);
    }
}

#[cfg(test)]
pub(super) mod cases {
    use super::super::cases::does;
    use crate::admission::testing::{Case, World, case};

    /// A Bucket whose rule moves objects to these classes after so many days.
    pub(super) fn moves(steps: &[(&str, i64)], more: &str) -> World {
        let one = |(class, days): &(&str, i64)| format!(r#"{{"storageClass":"{class}","days":{days}}}"#);
        does(&format!(r#""transitions":[{}]{more}"#, steps.iter().map(one).collect::<Vec<_>>().join(",")))
    }

    pub(super) fn expiring(days: i64) -> World {
        moves(&[("GLACIER", 30)], &format!(r#","expiration":{{"days":{days}}}"#))
    }

    pub(in super::super) fn all() -> Vec<Case> {
        let one = |members: &str| does(&format!(r#""transitions":[{{"storageClass":"GLACIER"{members}}}]"#));
        let date = r#""date":"2130-01-01T00:00:00Z""#;
        let timed = |when: &str| does(&format!(r#""transitions":[{{"storageClass":"GLACIER",{when}}}],"expiration":{{{date}}}"#));
        let to = |class: &str, days: i64| moves(&[(class, days)], "");
        let two = |one: (&str, i64), other: (&str, i64)| moves(&[one, other], "");
        vec![
            case("lifecycle-transition-one-of", one(&format!(r#","days":1,{date}"#)), one(&format!(",{date}"))),
            case("lifecycle-transition-days-min", to("GLACIER", -1), to("GLACIER", 0)),
            case("lifecycle-transition-ia-30", to("STANDARD_IA", 15), to("STANDARD_IA", 30)),
            case("lifecycle-transition-class-enum", to("Glacier", 30), to("GLACIER", 30)),
            case("lifecycle-transition-class-duplicate", two(("GLACIER", 1), ("GLACIER", 365)), two(("GLACIER", 1), ("DEEP_ARCHIVE", 365))),
            case("lifecycle-mixed-date-days", timed(r#""days":30"#), timed(r#""date":"2129-01-01T00:00:00Z""#)),
            case("lifecycle-transition-order", two(("GLACIER", 30), ("STANDARD_IA", 60)), two(("GLACIER", 60), ("STANDARD_IA", 30))),
            case("lifecycle-transition-gap-ia", two(("STANDARD_IA", 30), ("GLACIER", 45)), two(("STANDARD_IA", 30), ("GLACIER", 60))),
            case(
                "lifecycle-transition-gap-glacier",
                two(("GLACIER", 30), ("DEEP_ARCHIVE", 60)),
                two(("GLACIER", 30), ("DEEP_ARCHIVE", 120)),
            ),
            case("lifecycle-expiration-after-transition", expiring(30), expiring(31)),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::super::cases::does;
    use super::cases::{expiring, moves};
    use super::*;
    use crate::admission::testing::World;

    fn fields(world: &World) -> Vec<String> {
        world.verdict().findings.into_iter().map(|finding| format!("{} {}", finding.rule, finding.field)).collect()
    }

    #[test]
    fn every_class_may_follow_the_warmer_ones_in_time() {
        let all = [("STANDARD_IA", 30), ("INTELLIGENT_TIERING", 60), ("GLACIER_IR", 61), ("GLACIER", 151), ("DEEP_ARCHIVE", 241)];
        assert_eq!(moves(&all, r#","expiration":{"days":242}"#).rules(), [""; 0]);
        let mut reversed = all;
        reversed.reverse();
        assert_eq!(moves(&reversed, "").rules(), [""; 0], "the order of the list means nothing");
        for class in ["INTELLIGENT_TIERING", "GLACIER_IR", "GLACIER", "DEEP_ARCHIVE"] {
            assert_eq!(moves(&[(class, 0)], "").rules(), [""; 0], "{class}");
        }
        assert_eq!(moves(&[("INTELLIGENT_TIERING", 0), ("GLACIER", 1)], "").rules(), [""; 0]);
    }

    #[test]
    fn what_comes_too_soon_is_one_mistake() {
        let rules = |steps: &[(&str, i64)]| moves(steps, "").rules();
        assert_eq!(rules(&[("STANDARD_IA", 30), ("GLACIER", 30)]), ["lifecycle-transition-order"]);
        assert_eq!(rules(&[("STANDARD_IA", 30), ("INTELLIGENT_TIERING", 59)]), ["lifecycle-transition-gap-ia"]);
        assert_eq!(rules(&[("ONEZONE_IA", 30), ("DEEP_ARCHIVE", 59)]), ["lifecycle-transition-gap-ia"]);
        assert_eq!(rules(&[("GLACIER_IR", 10), ("DEEP_ARCHIVE", 99)]), ["lifecycle-transition-gap-glacier"]);
        assert_eq!(rules(&[("GLACIER_IR", 10), ("DEEP_ARCHIVE", 100)]), [""; 0]);
        assert_eq!(rules(&[("ONEZONE_IA", 30), ("GLACIER_IR", 400)]), ["lifecycle-transition-order"]);
        assert_eq!(rules(&[("ONEZONE_IA", 30), ("GLACIER_IR", 40)]), ["lifecycle-transition-order"]);
    }

    #[test]
    fn dates_are_compared_as_days_are() {
        let on = |steps: &[(&str, &str)], more: &str| {
            let one = |(class, date): &(&str, &str)| format!(r#"{{"storageClass":"{class}","date":"{date}T00:00:00Z"}}"#);
            does(&format!(r#""transitions":[{}]{more}"#, steps.iter().map(one).collect::<Vec<_>>().join(",")))
        };
        let two = |one: &str, other: &str| on(&[("STANDARD_IA", one), ("GLACIER", other)], "");
        assert_eq!(two("2130-01-01", "2130-01-31").rules(), [""; 0]);
        assert_eq!(fields(&two("2130-01-01", "2130-01-30")), ["lifecycle-transition-gap-ia spec.lifecycle.rules[0].transitions[1].date"]);
        assert_eq!(two("2130-01-01", "2129-12-31").rules(), ["lifecycle-transition-order"]);
        let expires = |day: &str| on(&[("GLACIER", "2130-01-01")], &format!(r#","expiration":{{"date":"{day}T00:00:00Z"}}"#));
        assert_eq!(fields(&expires("2130-01-01")), ["lifecycle-expiration-after-transition spec.lifecycle.rules[0].expiration.date"]);
        assert_eq!(expires("2130-01-02").rules(), [""; 0]);
    }

    #[test]
    fn days_and_dates_do_not_go_together() {
        let one = |class: &str, when: &str| format!(r#"{{"storageClass":"{class}",{when}}}"#);
        let both =
            |first: &str, second: &str| does(&format!(r#""transitions":[{},{}]"#, one("GLACIER", first), one("DEEP_ARCHIVE", second)));
        let (days, date) = (r#""days":900"#, r#""date":"2130-01-01T00:00:00Z""#);
        let at = "lifecycle-mixed-date-days spec.lifecycle.rules[0].transitions[1]";
        assert_eq!(fields(&both(days, date)), [format!("{at}.date")]);
        assert_eq!(fields(&both(date, days)), [format!("{at}.days")]);
        assert_eq!(both(days, &format!("{days},{date}")).rules(), ["lifecycle-transition-one-of"]);
    }

    #[test]
    fn an_empty_transition_is_one_mistake() {
        assert_eq!(does(r#""transitions":[{}]"#).rules(), ["lifecycle-transition-one-of"]);
        assert_eq!(does(r#""transitions":[{"days":1}]"#).rules(), ["lifecycle-transition-class-enum"]);
        assert_eq!(does(r#""transitions":[{"days":1,"storageClass":""}]"#).rules(), ["lifecycle-transition-class-enum"]);
        assert_eq!(does(r#""transitions":[{"storageClass":"GLACIER"}]"#).rules(), ["lifecycle-transition-one-of"]);
        assert_eq!(moves(&[("STANDARD", 30)], "").rules(), ["lifecycle-transition-class-enum"]);
    }

    #[test]
    fn what_is_wrong_by_itself_is_not_compared() {
        assert_eq!(expiring(0).rules(), ["lifecycle-expiration-days-min"]);
        assert_eq!(moves(&[("GLACIER", -5), ("DEEP_ARCHIVE", 1)], "").rules(), ["lifecycle-transition-days-min"]);
        assert_eq!(moves(&[("GLACIER", i64::MAX), ("DEEP_ARCHIVE", 1)], "").rules(), ["int32-range"]);
        assert_eq!(moves(&[("GLACIER", i64::MIN), ("DEEP_ARCHIVE", 1)], "").rules(), ["int32-range"]);
        assert_eq!(moves(&[("GLACIER", 365)], r#","expiration":{"expiredObjectDeleteMarker":false}"#).verdict().denials().count(), 0);
    }

    #[test]
    fn a_long_list_is_looked_at_no_further_than_needed() {
        let verdict = moves(&vec![("GLACIER", 30); 5000], "").verdict();
        assert_eq!((verdict.rules(), verdict.findings.len()), (vec!["lifecycle-transition-class-duplicate"], LOOKED_AT - 1));
    }
}
