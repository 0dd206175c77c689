//! How the rules of one bucket go together. Rules with the older prefix (S3 calls them version 1) and rules with a filter do not mix,
//! and of the older ones no two may do the same to the same objects. Rules with a filter may; then S3 chooses.
//! Source: S3 User Guide, "Examples of overlapping filters, conflicting lifecycle actions"; error texts of S3.

use super::super::{LifecycleFilter, LifecycleRule, LifecycleTransition};
use super::action::{ACTIONS, actions};
use super::transition::LOOKED_AT;
use super::{first, is_off, is_older};
use crate::admission::{Findings, Path, Reason, quote};

pub(super) fn findings(rules: &[LifecycleRule], at: &Path<'_>, to: &mut Findings) {
    lifecycle_prefix_deprecated(rules, at, to);
    if !lifecycle_mixed_versions(rules, at, to) {
        older(rules, at, to);
        lifecycle_v2_overlap(rules, at, to);
    }
}

/// Said once.
fn lifecycle_prefix_deprecated(rules: &[LifecycleRule], at: &Path<'_>, to: &mut Findings) {
    if let Some((index, more)) = first(rules, is_older) {
        let message = format!("the prefix of the rule{more} is deprecated; put it into filter.prefix");
        to.warn("lifecycle-prefix-deprecated", Reason::Invalid, at.index(index).member("prefix"), message);
    }
}

/// Named at the first rule that goes another way than those before. A rule without a scope is left out.
fn lifecycle_mixed_versions(rules: &[LifecycleRule], at: &Path<'_>, to: &mut Findings) -> bool {
    let scoped = |(_, rule): &(usize, &LifecycleRule)| rule.filter.is_some() || rule.prefix.is_some();
    let mut scoped = rules.iter().enumerate().filter(scoped).map(|(index, rule)| (index, is_older(rule)));
    let Some((_, first)) = scoped.next() else { return false };
    let Some((index, older)) = scoped.find(|(_, older)| *older != first) else { return false };
    let message = "S3 takes no prefix in one rule and a filter in another; use filter.prefix in all";
    to.deny("lifecycle-mixed-versions", Reason::Forbidden, at.index(index).member(if older { "prefix" } else { "filter" }), message);
    true
}

/// A rule with the older prefix.
struct Older<'a> {
    prefix: &'a str,
    index: usize,
    rule: &'a LifecycleRule,
}

fn prefix(rule: &LifecycleRule) -> &str {
    rule.prefix.as_deref().unwrap_or_default()
}

fn older(rules: &[LifecycleRule], at: &Path<'_>, to: &mut Findings) {
    let of = |(index, rule)| Older { prefix: prefix(rule), index, rule };
    let mut older: Vec<Older<'_>> = rules.iter().enumerate().filter(|(_, rule)| is_older(rule)).map(of).collect();
    older.sort_unstable_by_key(|one| (one.prefix, one.index));
    lifecycle_v1_same_prefix(&older, at, to);
    lifecycle_v1_overlap(&older, at, to);
}

fn lifecycle_v1_same_prefix(sorted: &[Older<'_>], at: &Path<'_>, to: &mut Findings) {
    let twins = sorted.iter().zip(sorted.iter().skip(1)).filter(|(one, other)| one.prefix == other.prefix);
    for (_, twin) in twins {
        let message = format!("two rules have prefix {}; merge them, or use filters", quote(twin.prefix));
        to.deny("lifecycle-v1-same-prefix", Reason::Duplicate, at.index(twin.index).member("prefix"), message);
    }
}

/// Sorted, all prefixes that begin with another stand behind it, so that the ones around each are a stack. Rules that are off are left
/// out: nobody has seen what S3 says of them.
fn lifecycle_v1_overlap(sorted: &[Older<'_>], at: &Path<'_>, to: &mut Findings) {
    let mut around: Vec<&Older<'_>> = Vec::new();
    for one in sorted.iter().filter(|one| !is_off(one.rule)) {
        while around.last().is_some_and(|outer| !one.prefix.starts_with(outer.prefix)) {
            around.pop();
        }
        if let Some((outer, action)) = around.iter().rev().find_map(|outer| overlap(outer, one)) {
            let message = format!("prefix {} lies in {}, and both rules have {action}; use filters", quote(one.prefix), quote(outer));
            to.deny("lifecycle-v1-overlap", Reason::Forbidden, at.index(one.index).member("prefix"), message);
        }
        around.push(one);
    }
}

/// The outer prefix and what both rules do; of the same prefix another rule speaks.
fn overlap<'a>(outer: &Older<'a>, inner: &Older<'_>) -> Option<(&'a str, &'static str)> {
    let action = same_action(outer.rule, inner.rule).filter(|_| outer.prefix != inner.prefix)?;
    Some((outer.prefix, action))
}

fn same_action(one: &LifecycleRule, other: &LifecycleRule) -> Option<&'static str> {
    let both = actions(one).into_iter().zip(actions(other)).zip(ACTIONS);
    both.filter(|((one, other), _)| *one && *other).map(|(_, action)| action).next()
}

/// The objects of a filter, however it is spelled.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Scope<'a> {
    prefix: &'a str,
    sizes: [Option<i64>; 2],
    tags: Vec<(&'a str, &'a str)>,
}

impl<'a> Scope<'a> {
    fn of(filter: &'a LifecycleFilter) -> Self {
        let and = filter.and.as_ref();
        let prefix = filter.prefix.as_deref().filter(|prefix| !prefix.is_empty());
        let together = and.and_then(|and| and.tags.as_deref()).unwrap_or_default();
        let tags = filter.tag.iter().chain(together);
        let mut tags: Vec<(&str, &str)> =
            tags.map(|tag| (tag.key.as_deref().unwrap_or_default(), tag.value.as_deref().unwrap_or_default())).collect();
        tags.sort_unstable();
        Self {
            prefix: prefix.or_else(|| and?.prefix.as_deref()).unwrap_or_default(),
            sizes: [
                filter.object_size_greater_than.or_else(|| and?.object_size_greater_than),
                filter.object_size_less_than.or_else(|| and?.object_size_less_than),
            ],
            tags,
        }
    }
}

/// Only of rules for exactly the same objects: a shorter time for some of the objects of another rule is what people want.
fn lifecycle_v2_overlap(rules: &[LifecycleRule], at: &Path<'_>, to: &mut Findings) {
    if rules.len() < 2 {
        return;
    }
    let on = rules.iter().enumerate().filter(|(_, rule)| !is_off(rule));
    let mut all: Vec<_> = on.filter_map(|(index, rule)| Some((Scope::of(rule.filter.as_ref()?), index, rule))).collect();
    all.sort_unstable_by(|one, other| (&one.0, one.1).cmp(&(&other.0, other.1)));
    for same in all.chunk_by(|one, other| one.0 == other.0) {
        let Some(((_, _, one), others)) = same.split_first() else { continue };
        for (_, index, other) in others {
            if let Some(conflict) = conflict(one, other) {
                let name = one.id.as_deref().filter(|id| !id.is_empty()).map(|id| format!(" ({})", quote(id)));
                let message =
                    format!("another rule{} is for the same objects and {conflict}; the shorter time counts", name.unwrap_or_default());
                to.warn("lifecycle-v2-overlap", Reason::Duplicate, at.index(*index), message);
            }
        }
    }
}

/// What one of two rules for the same objects does at another time than the other.
fn conflict(one: &LifecycleRule, other: &LifecycleRule) -> Option<String> {
    let days = |rule: &LifecycleRule| rule.expiration.as_ref()?.days;
    let versions =
        |rule: &LifecycleRule| rule.noncurrent_version_expiration.as_ref().map(|it| (it.newer_noncurrent_versions, it.noncurrent_days));
    if let (Some(one), Some(other)) = (days(one), days(other))
        && one != other
    {
        return Some(format!("expires them after {one} days, this one after {other}"));
    }
    if let (Some((newer, Some(one))), Some((as_many, Some(other)))) = (versions(one), versions(other))
        && newer == as_many
        && one != other
    {
        return Some(format!("expires versions after {one} days, this one after {other}"));
    }
    moves(one).find_map(|one| {
        let class = one.storage_class.as_deref()?;
        let other = moves(other).find(|other| other.storage_class.as_deref() == Some(class))?;
        let (days, others) = one.days.zip(other.days).filter(|(days, others)| days != others)?;
        Some(format!("moves them to {class} after {days} days, this one after {others}"))
    })
}

fn moves(rule: &LifecycleRule) -> impl Iterator<Item = &LifecycleTransition> {
    rule.transitions.iter().flatten().take(LOOKED_AT)
}

#[cfg(test)]
pub(super) mod cases {
    use super::super::cases::{EXPIRES, rule, rules};
    use crate::admission::testing::{Case, World, case};

    const ABORT: &str = r#""abortIncompleteMultipartUpload":{"daysAfterInitiation":7}"#;

    /// Two rules with the older prefix.
    pub(super) fn older(one: (&str, &str), other: (&str, &str)) -> World {
        let of = |id: &str, (prefix, action): (&str, &str)| rule(id, &format!(r#""prefix":"{prefix}",{action}"#));
        rules(&[of("one", one), of("other", other)])
    }

    /// Two rules with a filter.
    pub(super) fn newer(one: (&str, &str), other: (&str, &str)) -> World {
        let of = |id: &str, (filter, action): (&str, &str)| rule(id, &format!(r#""filter":{filter},{action}"#));
        rules(&[of("one", one), of("other", other)])
    }

    pub(in super::super) fn all() -> Vec<Case> {
        let filter = |members: &str| rule("b", &format!("{members},{EXPIRES}"));
        let mixed = |second: &str| rules(&[rule("a", &format!(r#""prefix":"a",{EXPIRES}"#)), filter(second)]);
        let one = |members: &str| rules(&[filter(members)]);
        let logs = r#"{"prefix":"logs/"}"#;
        let long = r#""expiration":{"days":365}"#;
        vec![
            case("lifecycle-prefix-deprecated", one(r#""prefix":"logs/""#), one(r#""filter":{"prefix":"logs/"}"#)),
            case("lifecycle-mixed-versions", mixed(r#""filter":{"prefix":"b"}"#), mixed(r#""prefix":"b""#))
                .with(&["lifecycle-prefix-deprecated"]),
            case("lifecycle-v1-overlap", older(("", EXPIRES), ("a", EXPIRES)), older(("", EXPIRES), ("a", ABORT)))
                .with(&["lifecycle-prefix-deprecated"]),
            case("lifecycle-v1-same-prefix", older(("x", EXPIRES), ("x", ABORT)), older(("x", EXPIRES), ("y", ABORT)))
                .with(&["lifecycle-prefix-deprecated"]),
            case("lifecycle-v2-overlap", newer((logs, EXPIRES), (logs, long)), newer((logs, EXPIRES), ("{}", long))),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::super::cases::{EXPIRES, rule, rules, versioned};
    use super::cases::{newer, older};
    use crate::admission::testing::World;

    fn fields(world: &World) -> Vec<String> {
        world.verdict().findings.into_iter().map(|finding| format!("{} {}", finding.rule, finding.field)).collect()
    }

    #[test]
    fn older_rules_may_lie_side_by_side() {
        assert_eq!(older(("a/", EXPIRES), ("b/", EXPIRES)).rules(), ["lifecycle-prefix-deprecated"]);
        assert_eq!(older(("a/b", EXPIRES), ("a/c", EXPIRES)).rules(), ["lifecycle-prefix-deprecated"]);
    }

    #[test]
    fn the_same_prefix_twice_is_one_mistake() {
        let verdict = older(("x", EXPIRES), ("x", EXPIRES)).verdict();
        assert_eq!(verdict.denials().map(|finding| &*finding.rule).collect::<Vec<_>>(), ["lifecycle-v1-same-prefix"]);
    }

    #[test]
    fn every_older_rule_that_lies_in_another_is_named() {
        let of = |prefix: &str| rule(prefix, &format!(r#""prefix":"{prefix}",{EXPIRES}"#));
        let world = rules(&["a/b/c", "b", "a/b", "a/", "a/d"].map(of));
        let at = |index: usize| format!("lifecycle-v1-overlap spec.lifecycle.rules[{index}].prefix");
        let deprecated = "lifecycle-prefix-deprecated spec.lifecycle.rules[0].prefix".to_owned();
        assert_eq!(fields(&world), [at(0), at(2), at(4), deprecated]);
        assert!(world.verdict().findings[0].message.contains("lies in \"a/b\""), "the nearest is named");
    }

    #[test]
    fn an_older_rule_that_is_off_may_lie_in_another() {
        let off = format!(r#"{{"id":"off","status":"Disabled","prefix":"a",{EXPIRES}}}"#);
        assert_eq!(rules(&[rule("on", &format!(r#""prefix":"",{EXPIRES}"#)), off]).rules(), ["lifecycle-prefix-deprecated"]);
    }

    #[test]
    fn mixed_rules_are_named_once_at_the_first_that_differs() {
        let of = |id: &str, scope: &str| rule(id, &format!("{scope},{EXPIRES}"));
        let (filter, prefix) = (r#""filter":{}"#, r#""prefix":"""#);
        let world = rules(&[of("a", filter), of("b", filter), of("c", prefix), of("d", prefix)]);
        let at = "spec.lifecycle.rules[2].prefix";
        assert_eq!(fields(&world), [format!("lifecycle-mixed-versions {at}"), format!("lifecycle-prefix-deprecated {at}")]);
    }

    #[test]
    fn rules_for_the_same_objects_are_known_in_every_spelling() {
        let logs = r#"{"prefix":"logs/"}"#;
        let long = r#""expiration":{"days":365}"#;
        let tag = |key: &str| format!(r#"{{"key":"{key}","value":"v"}}"#);
        let tags = |one: &str, other: &str| format!(r#"{{"and":{{"tags":[{},{}]}}}}"#, tag(one), tag(other));
        assert_eq!(newer((&tags("a", "b"), EXPIRES), (&tags("b", "a"), long)).rules(), ["lifecycle-v2-overlap"]);
        assert_eq!(newer((&tags("a", "b"), EXPIRES), (&tags("a", "c"), long)).rules(), [""; 0]);
        assert_eq!(newer(("{}", EXPIRES), (r#"{"prefix":""}"#, long)).rules(), ["lifecycle-v2-overlap"]);
        assert_eq!(newer((logs, EXPIRES), (logs, EXPIRES)).rules(), [""; 0], "nothing is in doubt");
        let off = format!(r#"{{"id":"off","status":"Disabled","filter":{logs},{long}}}"#);
        assert_eq!(rules(&[rule("on", &format!(r#""filter":{logs},{EXPIRES}"#)), off]).rules(), [""; 0]);
    }

    #[test]
    fn rules_for_the_same_objects_may_do_different_things() {
        let moves = |days: i64| format!(r#""transitions":[{{"storageClass":"GLACIER","days":{days}}}]"#);
        let versions = |days: i64, newer: &str| format!(r#""noncurrentVersionExpiration":{{"noncurrentDays":{days}{newer}}}"#);
        let two = |one: &str, other: &str| versioned(newer(("{}", one), ("{}", other))).rules();
        assert_eq!(two(EXPIRES, &versions(9, "")), [""; 0]);
        assert_eq!(two(EXPIRES, r#""expiration":{"expiredObjectDeleteMarker":true}"#), [""; 0]);
        assert_eq!(two(&moves(1), &moves(2)), ["lifecycle-v2-overlap"]);
        assert_eq!(two(&moves(1), &moves(1)), [""; 0]);
        assert_eq!(two(&versions(9, ""), &versions(8, "")), ["lifecycle-v2-overlap"]);
        assert_eq!(two(&versions(99, ""), &versions(8, r#","newerNoncurrentVersions":5"#)), [""; 0], "both are of use");
    }
}
