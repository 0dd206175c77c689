//! The filter of an entry: at most one prefix and one suffix, URL-encoded. Source: S3 User Guide, "Configuring event notifications using
//! object key name filtering"; S3 API reference, `FilterRule`.

use std::borrow::Cow;

use super::super::types::{FilterRule, NotificationFilter};
use crate::admission::{Findings, Path, Reason, quote};

const LONGEST: usize = 1024;
/// More than two rules are wrong anyway.
const LOOKED_AT: usize = 8;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Prefix,
    Suffix,
}

impl Kind {
    /// S3 takes the name in any case.
    fn of(name: &str) -> Option<Self> {
        [Self::Prefix, Self::Suffix].into_iter().find(|kind| name.eq_ignore_ascii_case(kind.name()))
    }

    fn name(self) -> &'static str {
        match self {
            Self::Prefix => "prefix",
            Self::Suffix => "suffix",
        }
    }
}

/// The keys that a filter lets through, by the bytes that they begin and end with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Keys<'a> {
    prefix: Cow<'a, [u8]>,
    suffix: Cow<'a, [u8]>,
}

impl<'a> Keys<'a> {
    /// `None` where the filter cannot be read; other rules speak of that.
    pub(super) fn of(filter: Option<&'a NotificationFilter>) -> Option<Self> {
        let Some(filter) = filter else { return Some(Self::default()) };
        let rules = rules(filter);
        let (mut prefix, mut suffix) = (None, None);
        for rule in rules.iter().take(LOOKED_AT) {
            let (kind, value) = (Kind::of(rule.name.as_deref()?)?, rule.value.as_deref()?);
            let place = match kind {
                Kind::Prefix => &mut prefix,
                Kind::Suffix => &mut suffix,
            };
            if place.replace(decoded(value)).is_some() {
                return None;
            }
        }
        (!rules.is_empty()).then(|| Self { prefix: prefix.unwrap_or_default(), suffix: suffix.unwrap_or_default() })
    }

    /// Whether S3 says that these and the other ones overlap.
    pub(super) fn overlap(&self, other: &Self) -> bool {
        let prefixes = self.prefix.starts_with(&other.prefix) || other.prefix.starts_with(&self.prefix);
        prefixes && (self.suffix.ends_with(&other.suffix) || other.suffix.ends_with(&self.suffix))
    }

    /// Whether every key counts.
    pub(super) fn is_all(&self) -> bool {
        self.prefix.is_empty() && self.suffix.is_empty()
    }
}

fn rules(filter: &NotificationFilter) -> &[FilterRule] {
    filter.key.as_ref().and_then(|key| key.filter_rules.as_deref()).unwrap_or_default()
}

/// `a b` of `a+b` and of `a%20b`; as it stands where it is not encoded.
fn decoded(value: &str) -> Cow<'_, [u8]> {
    let bytes = value.as_bytes();
    let is_plain = !bytes.iter().any(|b| b"+%".contains(b));
    if is_plain { Cow::Borrowed(bytes) } else { unescaped(bytes).map_or(Cow::Borrowed(bytes), Cow::Owned) }
}

fn unescaped(bytes: &[u8]) -> Option<Vec<u8>> {
    let digit = |b: u8| char::from(b).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let mut plain = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        plain.push(match first {
            b'+' => b' ',
            b'%' => {
                let (high, low) = (digit(*rest.first()?)?, digit(*rest.get(1)?)?);
                rest = rest.get(2..)?;
                high << 4 | low
            }
            other => *other,
        });
    }
    Some(plain)
}

pub(super) fn findings(filter: Option<&NotificationFilter>, at: &Path<'_>, to: &mut Findings) {
    let Some(filter) = filter else { return };
    let at = at.member("filter");
    if rules(filter).is_empty() {
        let message = "the filter has no rules, which S3 refuses; give key.filterRules, or remove the filter";
        return notification_filter_incomplete(message, &at, to);
    }
    let at = at.member("key");
    let at = at.member("filterRules");
    let mut seen: [Option<Kind>; LOOKED_AT] = [None; LOOKED_AT];
    for ((index, rule), place) in rules(filter).iter().enumerate().zip(&mut seen) {
        *place = of_rule(rule, &at.index(index), to);
    }
    let kinds = seen.iter().enumerate().filter_map(|(index, kind)| Some((index, (*kind)?)));
    for (index, kind) in kinds.filter(|(index, kind)| seen.iter().take(*index).any(|earlier| *earlier == Some(*kind))) {
        notification_filter_duplicate(kind, &at.index(index), to);
    }
}

/// Answers with the kind of the rule, where it is whole. An empty value is one: every key begins and ends with nothing.
fn of_rule(rule: &FilterRule, at: &Path<'_>, to: &mut Findings) -> Option<Kind> {
    let name = rule.name.as_deref().filter(|name| !name.is_empty());
    let (Some(name), Some(value)) = (name, rule.value.as_deref()) else {
        let missing = if name.is_none() { "name" } else { "value" };
        notification_filter_incomplete(&format!("the rule has no {missing}; give name and value, or remove it"), at, to);
        return None;
    };
    let Some(kind) = Kind::of(name) else {
        notification_filter_name(name, &at.member("name"), to);
        return None;
    };
    let at = at.member("value");
    notification_filter_length(value, &at, to);
    notification_filter_wildcard(kind, value, &at, to);
    notification_filter_space(value, &at, to);
    Some(kind)
}

fn notification_filter_incomplete(message: &str, at: &Path<'_>, to: &mut Findings) {
    to.deny("notification-filter-incomplete", Reason::Required, at, message);
}

fn notification_filter_name(name: &str, at: &Path<'_>, to: &mut Findings) {
    let message = format!("{} is neither prefix nor suffix; filters know no other names", quote(name));
    to.deny("notification-filter-name", Reason::NotSupported, at, message);
}

fn notification_filter_duplicate(kind: Kind, at: &Path<'_>, to: &mut Findings) {
    let message = format!("a second {} in one filter; S3 takes one, write a notification of its own for it", kind.name());
    to.deny("notification-filter-duplicate", Reason::Duplicate, at, message);
}

fn notification_filter_length(value: &str, at: &Path<'_>, to: &mut Findings) {
    if value.len() > LONGEST {
        let message = format!("{} has {} bytes in UTF-8; S3 takes {LONGEST}", quote(value), value.len());
        to.deny("notification-filter-length", Reason::Invalid, at, message);
    }
}

/// A star may be part of a key.
fn notification_filter_wildcard(kind: Kind, value: &str, at: &Path<'_>, to: &mut Findings) {
    if !value.contains('*') {
        return;
    }
    let bare = match kind {
        Kind::Prefix => value.trim_end_matches('*'),
        Kind::Suffix => value.trim_start_matches('*'),
    };
    let hint = if bare.contains('*') { String::new() } else { format!("; use {} {}", kind.name(), quote(bare)) };
    let message = format!("{}: a filter takes * for the character itself, not for any text{hint}", quote(value));
    to.warn("notification-filter-wildcard", Reason::Invalid, at, message);
}

fn notification_filter_space(value: &str, at: &Path<'_>, to: &mut Findings) {
    if value.contains(' ') {
        let message = format!("{} matches no key: filters are URL-encoded; write + for a space", quote(value));
        to.warn("notification-filter-space", Reason::Invalid, at, message);
    }
}

#[cfg(test)]
pub(super) mod cases {
    use serde_json::{Value, json};

    use super::*;
    use crate::admission::testing::{Case, World, case};
    use crate::subconfig::notification::findings::cases::{queue, queues};

    pub(super) fn filter(filter: &Value) -> World {
        let mut entry = queue("a", &["s3:ObjectCreated:*"]);
        entry["filter"] = filter.clone();
        queues(&[entry])
    }

    pub(super) fn rules(rules: &Value) -> World {
        filter(&json!({ "key": { "filterRules": rules } }))
    }

    pub(super) fn rule(name: &str, value: &str) -> World {
        rules(&json!([{ "name": name, "value": value }]))
    }

    pub(in crate::subconfig::notification::findings) fn all() -> Vec<Case> {
        let two = |second: &str| rules(&json!([{ "name": "prefix", "value": "a" }, { "name": second, "value": "b" }]));
        vec![
            case("notification-filter-name", rule("contains", "a"), rule("PREFIX", "a")),
            case("notification-filter-incomplete", rules(&json!([{ "name": "prefix" }])), rule("prefix", "")),
            case("notification-filter-incomplete", filter(&json!({})), filter(&Value::Null)),
            case("notification-filter-duplicate", two("Prefix"), two("suffix")),
            case("notification-filter-length", rule("prefix", &"a".repeat(LONGEST + 1)), rule("prefix", &"a".repeat(LONGEST))),
            case("notification-filter-wildcard", rule("suffix", "*.jpg"), rule("suffix", ".jpg")),
            case("notification-filter-space", rule("prefix", "my dir/"), rule("prefix", "my+dir/")),
        ]
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::cases::{filter, rule, rules};
    use super::*;

    fn found(world: &crate::admission::testing::World) -> Vec<(&'static str, String)> {
        let start = "spec.notification.queueConfigurations[0].filter";
        let findings = world.verdict().findings.into_iter();
        findings
            .map(|finding| (crate::admission::find(&finding.rule).unwrap().id, finding.field.strip_prefix(start).unwrap().to_owned()))
            .collect()
    }

    #[test]
    fn what_is_missing_is_named_where_it_is_missing() {
        let incomplete = |at: &str| [("notification-filter-incomplete", at.to_owned())];
        for empty in [json!({}), json!({ "key": null }), json!({ "key": {} }), json!({ "key": { "filterRules": [] } })] {
            assert_eq!(found(&filter(&empty)), incomplete(""), "{empty}");
        }
        for half in [json!({}), json!({ "value": "a" }), json!({ "name": "", "value": "a" }), json!({ "name": "suffix", "value": null })] {
            assert_eq!(found(&rules(&json!([half]))), incomplete(".key.filterRules[0]"), "{half}");
        }
    }

    #[test]
    fn names_are_taken_in_any_case_and_values_may_be_empty() {
        for name in ["prefix", "Prefix", "SUFFIX"] {
            assert_eq!(found(&rule(name, "")), [], "{name}");
        }
        assert_eq!(found(&rule("prefix ", "a")), [("notification-filter-name", ".key.filterRules[0].name".to_owned())]);
    }

    #[test]
    fn length_counts_in_bytes() {
        assert_eq!(found(&rule("prefix", &"ü".repeat(512))), []);
        let long = [("notification-filter-length", ".key.filterRules[0].value".to_owned())];
        assert_eq!(found(&rule("prefix", &"ü".repeat(513))), long);
    }

    #[test]
    fn a_third_rule_is_a_second_of_a_kind_and_a_list_without_end_is_not_looked_through() {
        let prefix = json!({ "name": "prefix", "value": "a" });
        let suffix = json!({ "name": "suffix", "value": "a" });
        let twins = [("notification-filter-duplicate", ".key.filterRules[2]".to_owned())];
        assert_eq!(found(&rules(&json!([prefix, suffix, prefix]))), twins);
        assert_eq!(found(&rules(&json!(vec![prefix; 10_000]))).len(), LOOKED_AT - 1);
    }

    #[test]
    fn a_star_is_left_out_where_that_is_what_was_meant() {
        let said = |name: &str, value: &str| rule(name, value).verdict().findings[0].message.clone();
        assert!(said("suffix", "*.jpg").ends_with(r#"use suffix ".jpg""#));
        assert!(said("prefix", "in/*").ends_with(r#"use prefix "in/""#));
        assert!(!said("prefix", "*.jpg").contains("use "));
    }

    #[test]
    fn what_is_encoded_is_read() {
        let of = |value: &str| String::from_utf8_lossy(&decoded(value)).into_owned();
        for (value, plain) in [("a+b", "a b"), ("a%20b%2Fc", "a b/c"), ("%C3%bc", "ü"), ("ü", "ü"), ("", ""), ("%2B", "+")] {
            assert_eq!(of(value), plain, "{value}");
        }
        for literal in ["%", "a%2", "%zz+", "100%", "%ü"] {
            assert_eq!(of(literal), literal);
        }
    }
}
