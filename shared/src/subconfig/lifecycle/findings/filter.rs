//! What a rule is about: its filter, or its older prefix. Source: S3 API reference, `LifecycleRule`, `LifecycleRuleFilter`,
//! `LifecycleRuleAndOperator`.

use super::super::{LifecycleAnd, LifecycleFilter, LifecycleRule};
use crate::admission::{Findings, Path, Reason, check, quote};
use crate::subconfig::tagging::{LONGEST_KEY, LONGEST_VALUE, Tag};

const LARGEST: i64 = 1_099_511_627_776_000;
/// In bytes, as of keys.
const LONGEST_PREFIX: usize = 1024;

pub(super) fn findings(rule: &LifecycleRule, at: &Path<'_>, to: &mut Findings) {
    scope(rule, at, to);
    prefix(rule.prefix.as_deref(), &at.member("prefix"), to);
    let Some(filter) = &rule.filter else { return };
    let at = at.member("filter");
    prefix(filter.prefix.as_deref(), &at.member("prefix"), to);
    if let Some(tag) = &filter.tag {
        lifecycle_filter_tag_length(tag, &at.member("tag"), to);
    }
    lifecycle_size_range(filter.object_size_greater_than, filter.object_size_less_than, &at, to);
    let is_one = lifecycle_filter_one_of(filter, &at, to);
    let Some(and) = &filter.and else { return };
    let at = at.member("and");
    if is_one {
        lifecycle_and_min_two(and, &at, to);
    }
    conditions(and, &at, to);
}

/// Whether the rule goes by tags of objects.
pub(super) fn has_tags(rule: &LifecycleRule) -> bool {
    let together = |and: &LifecycleAnd| and.tags.as_ref().is_some_and(|tags| !tags.is_empty());
    rule.filter.as_ref().is_some_and(|filter| filter.tag.is_some() || filter.and.as_ref().is_some_and(together))
}

/// Whether the rule goes by the size of objects.
pub(super) fn has_sizes(rule: &LifecycleRule) -> bool {
    let together = |and: &LifecycleAnd| and.object_size_greater_than.is_some() || and.object_size_less_than.is_some();
    let alone = |filter: &LifecycleFilter| filter.object_size_greater_than.is_some() || filter.object_size_less_than.is_some();
    rule.filter.as_ref().is_some_and(|filter| alone(filter) || filter.and.as_ref().is_some_and(together))
}

/// Two rules: no scope at all, and two. An empty prefix beside a filter is never sent.
fn scope(rule: &LifecycleRule, at: &Path<'_>, to: &mut Findings) {
    match (rule.prefix.as_deref(), &rule.filter) {
        (None, None) => {
            let message = "the rule has no filter; use filter: {} if it is for the whole bucket";
            to.deny("lifecycle-scope-missing", Reason::Required, at.member("filter"), message);
        }
        (Some(prefix), Some(_)) if !prefix.is_empty() => {
            let message = format!("the rule has a filter and the older prefix {}; put it into filter.prefix", quote(prefix));
            to.deny("lifecycle-filter-and-prefix", Reason::Forbidden, at.member("prefix"), message);
        }
        _ => {}
    }
}

/// Three rules for every prefix, wherever it stands.
fn prefix(prefix: Option<&str>, at: &Path<'_>, to: &mut Findings) {
    let Some(prefix) = prefix else { return };
    if prefix.len() > LONGEST_PREFIX {
        let message = format!("the prefix has {} bytes, and no key has more than {LONGEST_PREFIX}; shorten it", prefix.len());
        to.deny("lifecycle-prefix-length", Reason::Invalid, at, message);
    }
    if prefix.starts_with('/') {
        let message = format!("keys seldom begin with /; did you mean {}?", quote(prefix.trim_start_matches('/')));
        to.warn("lifecycle-prefix-slash", Reason::Invalid, at, message);
    }
    if prefix.contains('*') {
        let message = format!("S3 takes the * of {} as it stands; a prefix needs no wildcard", quote(prefix));
        to.warn("lifecycle-prefix-wildcard", Reason::Invalid, at, message);
    }
}

/// Whether there is at most one condition. An empty prefix beside others is never sent.
fn lifecycle_filter_one_of(filter: &LifecycleFilter, at: &Path<'_>, to: &mut Findings) -> bool {
    let set = [
        ("prefix", filter.prefix.as_deref().is_some_and(|prefix| !prefix.is_empty())),
        ("tag", filter.tag.is_some()),
        ("objectSizeGreaterThan", filter.object_size_greater_than.is_some()),
        ("objectSizeLessThan", filter.object_size_less_than.is_some()),
        ("and", filter.and.is_some()),
    ];
    let mut set = set.iter().filter(|(_, is_set)| *is_set).map(|(name, _)| *name);
    let (Some(one), Some(other)) = (set.next(), set.next()) else { return true };
    let message = format!("a filter takes one condition, here are {one} and {other}; put them under filter.and");
    to.deny("lifecycle-filter-one-of", Reason::Forbidden, at, message);
    false
}

fn lifecycle_and_min_two(and: &LifecycleAnd, at: &Path<'_>, to: &mut Findings) {
    let sizes = [and.object_size_greater_than, and.object_size_less_than].into_iter().flatten().count();
    let count = sizes + usize::from(and.prefix.is_some()) + and.tags.as_ref().map_or(0, Vec::len);
    if count < 2 {
        let message = match count {
            0 => "and holds no condition; use filter: {} for the whole bucket",
            _ => "and holds only one condition; put it into the filter itself, without and",
        };
        to.deny("lifecycle-and-min-two", Reason::Invalid, at, message);
    }
}

fn conditions(and: &LifecycleAnd, at: &Path<'_>, to: &mut Findings) {
    prefix(and.prefix.as_deref(), &at.member("prefix"), to);
    let in_range = lifecycle_size_range(and.object_size_greater_than, and.object_size_less_than, at, to);
    if in_range {
        lifecycle_size_order(and, at, to);
    }
    let tags = and.tags.as_deref().unwrap_or_default();
    let at = at.member("tags");
    for (index, key) in
        check::repeated(tags.iter().map(|tag| tag.key.as_deref().unwrap_or_default()).enumerate().filter(|(_, word)| !word.is_empty()))
    {
        let message = format!("tag key {} stands there twice; keep one", quote(key));
        to.deny("lifecycle-filter-tag-duplicate", Reason::Duplicate, at.index(index).member("key"), message);
    }
    for (index, tag) in tags.iter().enumerate() {
        lifecycle_filter_tag_length(tag, &at.index(index), to);
    }
}

fn lifecycle_filter_tag_length(tag: &Tag, at: &Path<'_>, to: &mut Findings) {
    const RULE: &str = "lifecycle-filter-tag-length";
    match tag.key.as_deref().unwrap_or_default() {
        "" => to.deny(RULE, Reason::Required, at.member("key"), "the tag has no key; give it one, or remove it"),
        key => check::at_most(Some(key), LONGEST_KEY, RULE, &at.member("key"), to),
    }
    check::at_most(tag.value.as_deref(), LONGEST_VALUE, RULE, &at.member("value"), to);
}

/// Whether both sizes are such that S3 takes.
fn lifecycle_size_range(greater: Option<i64>, less: Option<i64>, at: &Path<'_>, to: &mut Findings) -> bool {
    let mut in_range = true;
    for (name, size, least) in [("objectSizeGreaterThan", greater, 0), ("objectSizeLessThan", less, 1)] {
        if let Some(size) = size.filter(|size| !(least..=LARGEST).contains(size)) {
            let message = format!("{size} bytes: S3 takes {least} to {LARGEST}");
            to.deny("lifecycle-size-range", Reason::Invalid, at.member(name), message);
            in_range = false;
        }
    }
    in_range
}

fn lifecycle_size_order(and: &LifecycleAnd, at: &Path<'_>, to: &mut Findings) {
    let (Some(greater), Some(less)) = (and.object_size_greater_than, and.object_size_less_than) else { return };
    if greater >= less {
        let message = format!("nothing is greater than {greater} and less than {less} bytes; raise it above {greater}");
        to.deny("lifecycle-size-order", Reason::Invalid, at.member("objectSizeLessThan"), message);
    }
}

#[cfg(test)]
pub(super) mod cases {
    use super::super::cases::{EXPIRES, rule, rules, scoped};
    use crate::admission::testing::{Case, World, case};

    pub(super) fn filter(filter: &str) -> World {
        scoped(filter, EXPIRES)
    }

    pub(super) fn and(conditions: &str) -> World {
        filter(&format!(r#"{{"and":{{{conditions}}}}}"#))
    }

    pub(super) fn prefix(prefix: &str) -> World {
        filter(&format!(r#"{{"prefix":"{prefix}"}}"#))
    }

    pub(in super::super) fn all() -> Vec<Case> {
        let bare = |members: &str| rules(&[rule("a", &format!("{members}{EXPIRES}"))]);
        let tag = |key: &str| format!(r#"{{"key":"{key}","value":"v"}}"#);
        let tags = |one: &str, other: &str| and(&format!(r#""tags":[{},{}]"#, tag(one), tag(other)));
        let sizes = |greater: i64, less: i64| and(&format!(r#""objectSizeGreaterThan":{greater},"objectSizeLessThan":{less}"#));
        vec![
            case("lifecycle-scope-missing", bare(""), bare(r#""filter":{},"#)),
            case("lifecycle-filter-and-prefix", bare(r#""filter":{"prefix":"a"},"prefix":"a","#), bare(r#""filter":{"prefix":"a"},"#)),
            case(
                "lifecycle-filter-one-of",
                filter(r#"{"prefix":"a","objectSizeGreaterThan":1}"#),
                filter(r#"{"objectSizeGreaterThan":1}"#),
            ),
            case("lifecycle-and-min-two", and(r#""prefix":"a""#), and(r#""prefix":"a","objectSizeGreaterThan":1"#)),
            case("lifecycle-filter-tag-duplicate", tags("k", "k"), tags("k", "K")),
            case(
                "lifecycle-filter-tag-length",
                filter(&format!(r#"{{"tag":{}}}"#, tag(""))),
                filter(&format!(r#"{{"tag":{}}}"#, tag("k"))),
            ),
            case("lifecycle-size-range", filter(r#"{"objectSizeLessThan":0}"#), filter(r#"{"objectSizeLessThan":1}"#)),
            case("lifecycle-size-order", sizes(10, 10), sizes(10, 11)),
            case("lifecycle-prefix-length", prefix(&"p".repeat(1025)), prefix(&"p".repeat(1024))),
            case("lifecycle-prefix-slash", prefix("/logs/"), prefix("logs/")),
            case("lifecycle-prefix-wildcard", prefix("logs/*"), prefix("logs/")),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::super::cases::{EXPIRES, rule, rules};
    use super::cases::{and, filter, prefix};

    fn fields(world: &crate::admission::testing::World) -> Vec<String> {
        world.verdict().findings.into_iter().map(|finding| finding.field).collect()
    }

    #[test]
    fn an_empty_prefix_beside_something_else_is_never_sent() {
        for fine in [r#""prefix":"","filter":{"prefix":"a"},"#, r#""filter":{"prefix":"","tag":{"key":"k"}},"#] {
            assert_eq!(rules(&[rule("a", &format!("{fine}{EXPIRES}"))]).rules(), [""; 0], "{fine}");
        }
        assert_eq!(filter(r#"{"prefix":""}"#).rules(), [""; 0]);
        let both = r#""prefix":"a","filter":{},"#;
        assert_eq!(rules(&[rule("a", &format!("{both}{EXPIRES}"))]).rules(), ["lifecycle-filter-and-prefix"]);
    }

    #[test]
    fn the_older_prefix_is_a_scope_even_if_empty() {
        assert_eq!(rules(&[rule("a", &format!(r#""prefix":"",{EXPIRES}"#))]).rules(), ["lifecycle-prefix-deprecated"]);
    }

    #[test]
    fn conditions_beside_and_are_too_many_and_only_that() {
        assert_eq!(filter(r#"{"prefix":"a","and":{}}"#).rules(), ["lifecycle-filter-one-of"]);
        assert_eq!(filter(r#"{"tag":{"key":"k","value":"v"},"and":{"prefix":"a"}}"#).rules(), ["lifecycle-filter-one-of"]);
        assert_eq!(filter(r#"{"objectSizeGreaterThan":9,"objectSizeLessThan":9}"#).rules(), ["lifecycle-filter-one-of"]);
        assert_eq!(and("").rules(), ["lifecycle-and-min-two"]);
        assert_eq!(and(r#""tags":[{"key":"k","value":"v"}]"#).rules(), ["lifecycle-and-min-two"]);
        assert_eq!(and(r#""tags":[],"prefix":"a""#).rules(), ["lifecycle-and-min-two"]);
        assert_eq!(and(r#""prefix":"","objectSizeLessThan":1"#).rules(), [""; 0]);
        assert_eq!(and(r#""tags":[{"key":"a"},{"key":"b"}]"#).rules(), [""; 0]);
    }

    #[test]
    fn sizes_have_bounds_of_their_own() {
        for (fine, size) in [(r#"{"objectSizeGreaterThan":0}"#, 0), (r#"{"objectSizeGreaterThan":1099511627776000}"#, 1)] {
            assert_eq!(filter(fine).rules(), [""; 0], "{size}");
        }
        for bad in [
            r#"{"objectSizeGreaterThan":-1}"#,
            r#"{"objectSizeGreaterThan":1099511627776001}"#,
            r#"{"objectSizeLessThan":9223372036854775807}"#,
            r#"{"objectSizeLessThan":-9223372036854775808}"#,
        ] {
            assert_eq!(filter(bad).rules(), ["lifecycle-size-range"], "{bad}");
        }
        assert_eq!(and(r#""objectSizeGreaterThan":-1,"objectSizeLessThan":-2"#).rules(), ["lifecycle-size-range"]);
    }

    #[test]
    fn tags_are_measured_as_s3_does() {
        let tag = |key: &str, value: &str| filter(&format!(r#"{{"tag":{{"key":"{key}","value":"{value}"}}}}"#));
        assert_eq!(tag(&"𝒌".repeat(64), &"𝒗".repeat(128)).rules(), [""; 0]);
        assert_eq!(fields(&tag(&"k".repeat(129), "v")), ["spec.lifecycle.rules[0].filter.tag.key"]);
        assert_eq!(fields(&tag("k", &"v".repeat(257))), ["spec.lifecycle.rules[0].filter.tag.value"]);
        assert_eq!(filter(r#"{"tag":{}}"#).rules(), ["lifecycle-filter-tag-length"]);
        let unnamed = and(r#""tags":[{"key":"k"},{"value":"v"},{"key":""}]"#);
        assert_eq!(unnamed.rules(), ["lifecycle-filter-tag-length"]);
        assert_eq!(fields(&unnamed), ["spec.lifecycle.rules[0].filter.and.tags[1].key", "spec.lifecycle.rules[0].filter.and.tags[2].key"]);
    }

    #[test]
    fn a_prefix_is_looked_at_wherever_it_stands() {
        assert_eq!(prefix(&"ü".repeat(513)).rules(), ["lifecycle-prefix-length"]);
        let together = and(r#""prefix":"/*","objectSizeLessThan":1"#);
        assert_eq!(together.rules(), ["lifecycle-prefix-slash", "lifecycle-prefix-wildcard"]);
        assert_eq!(fields(&together)[0], "spec.lifecycle.rules[0].filter.and.prefix");
    }
}
