//! Which objects a rule copies. Source: S3 API reference, ReplicationRuleFilter, ReplicationRuleAndOperator, DeleteMarkerReplication.

use super::{given, is_on};
use crate::admission::{Findings, Path, Reason, check, quote};
use crate::subconfig::filter::{ObjectFilter, ObjectFilterAnd};
use crate::subconfig::replication::ReplicationRule;
use crate::subconfig::tagging::Tag;

pub(super) fn findings(rule: &ReplicationRule, at: &Path<'_>, to: &mut Findings) {
    let Some(filter) = &rule.filter else { return };
    let at_filter = at.member("filter");
    replication_filter_and_prefix(rule, &at.member("prefix"), to);
    if replication_filter_one_of(filter, &at_filter, to)
        && let Some(and) = &filter.and
    {
        replication_and_min_two(and, &at_filter.member("and"), to);
    }
    if let Some(and) = &filter.and {
        let at_and = at_filter.member("and");
        replication_filter_tag_duplicate(and.tags.as_deref().unwrap_or_default(), &at_and.member("tags"), to);
    }
    replication_dmr_tags(rule, filter, &at.member("deleteMarkerReplication"), to);
}

fn replication_filter_and_prefix(rule: &ReplicationRule, at: &Path<'_>, to: &mut Findings) {
    if let Some(prefix) = given(rule.prefix.as_ref()) {
        let message = format!("{} beside a filter, and S3 takes one of the two; move it to filter.prefix", quote(prefix));
        to.deny("replication-filter-and-prefix", Reason::Forbidden, at, message);
    }
}

/// Whether there is at most one member. An empty prefix or tag says nothing and is not sent.
fn replication_filter_one_of(filter: &ObjectFilter, at: &Path<'_>, to: &mut Findings) -> bool {
    let has_tag = filter.tag.as_ref().is_some_and(is_said);
    let members = [given(filter.prefix.as_ref()).is_some(), has_tag, filter.and.is_some()];
    let is_one = members.iter().filter(|is_there| **is_there).count() <= 1;
    if !is_one {
        let message = "S3 takes only one of prefix, tag and `and`; put all conditions under filter.and";
        to.deny("replication-filter-one-of", Reason::Invalid, at, message);
    }
    is_one
}

/// An empty prefix counts, as S3 counts elements.
fn replication_and_min_two(and: &ObjectFilterAnd, at: &Path<'_>, to: &mut Findings) {
    let count = usize::from(and.prefix.is_some()) + and.tags.as_ref().map_or(0, Vec::len);
    if count < 2 {
        let message = "`and` joins two conditions or more; put a single one in filter.prefix or filter.tag";
        to.deny("replication-and-min-two", Reason::Invalid, at, message);
    }
}

fn replication_filter_tag_duplicate(tags: &[Tag], at: &Path<'_>, to: &mut Findings) {
    let keys = tags.iter().enumerate().filter_map(|(index, tag)| given(tag.key.as_ref()).map(|key| (index, key)));
    for (index, key) in check::repeated(keys) {
        let message = format!("tag key {} stands there twice, and no object has two of it; remove one", quote(key));
        to.deny("replication-filter-tag-duplicate", Reason::Duplicate, at.index(index).member("key"), message);
    }
}

/// A delete marker has no tags.
fn replication_dmr_tags(rule: &ReplicationRule, filter: &ObjectFilter, at: &Path<'_>, to: &mut Findings) {
    let copies_markers = rule.delete_marker_replication.as_ref().is_some_and(|of| is_on(of.status.as_ref()));
    let in_and = filter.and.iter().flat_map(|and| and.tags.iter().flatten());
    if copies_markers && filter.tag.iter().chain(in_and).any(is_said) {
        let message = "S3 copies no delete markers for a filter with tags; set it to Disabled, or filter by prefix only";
        to.deny("replication-dmr-tags", Reason::Invalid, at.member("status"), message);
    }
}

fn is_said(tag: &Tag) -> bool {
    given(tag.key.as_ref()).is_some() || given(tag.value.as_ref()).is_some()
}

#[cfg(test)]
pub(super) mod cases {
    use serde_json::{Value, json};

    use crate::admission::testing::{Case, World, case};
    use crate::subconfig::replication::findings::cases::{rule, rules};

    pub(super) fn filtered(filter: &Value) -> World {
        rules(&[rule(&json!({"filter": filter}))])
    }

    pub(super) fn tags(keys: &[&str]) -> Value {
        keys.iter().map(|key| json!({"key": key, "value": "v"})).collect()
    }

    /// Delete markers are copied.
    pub(super) fn marking(filter: &Value) -> World {
        rules(&[rule(&json!({"filter": filter, "deleteMarkerReplication": {"status": "Enabled"}}))])
    }

    pub(in crate::subconfig::replication::findings) fn all() -> Vec<Case> {
        let tag = json!({"key": "k", "value": "v"});
        let and = |and: Value| filtered(&json!({"and": and}));
        let both = json!({"prefix": "a", "tags": tags(&["k"])});
        vec![
            case(
                "replication-filter-and-prefix",
                rules(&[rule(&json!({"filter": {"prefix": "a"}, "prefix": "a"}))]),
                filtered(&json!({"prefix": "a"})),
            ),
            case("replication-filter-one-of", filtered(&json!({"prefix": "a", "tag": tag})), and(both.clone())),
            case("replication-and-min-two", and(json!({"tags": tags(&["k"])})), and(json!({"tags": tags(&["k", "l"])}))),
            case("replication-filter-tag-duplicate", and(json!({"tags": tags(&["k", "k"])})), and(json!({"tags": tags(&["k", "K"])}))),
            case("replication-dmr-tags", marking(&json!({"tag": tag})), marking(&json!({"prefix": "a"}))),
        ]
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::cases::{filtered, marking, tags};
    use crate::subconfig::replication::findings::cases::fields;

    #[test]
    fn other_shapes_of_the_same_mistakes() {
        let (tag, both) = (json!({"key": "k"}), json!({"prefix": "a", "tags": tags(&["k"])}));
        for filter in [json!({"prefix": "a", "and": both}), json!({"tag": tag, "and": {}}), json!({"prefix": "a", "tag": tag, "and": both})]
        {
            assert_eq!(filtered(&filter).rules(), ["replication-filter-one-of"], "{filter}");
        }
        for and in [json!({}), json!({"prefix": "a"}), json!({"prefix": "a", "tags": []})] {
            assert_eq!(filtered(&json!({"and": and})).rules(), ["replication-and-min-two"], "{and}");
        }
        assert_eq!(marking(&json!({"and": both})).rules(), ["replication-dmr-tags"]);
    }

    #[test]
    fn an_empty_prefix_is_one_condition_of_and_and_none_alone() {
        assert_eq!(filtered(&json!({"and": {"prefix": "", "tags": tags(&["k"])}})).rules(), [""; 0]);
        assert_eq!(filtered(&json!({"prefix": "", "tag": {"key": "k", "value": ""}})).rules(), [""; 0]);
    }

    #[test]
    fn every_twin_is_named_however_many_there_are() {
        let world = filtered(&json!({"and": {"tags": tags(&["k", "l", "k", "é", "é"])}}));
        let at: Vec<String> = [2, 4].iter().map(|index| format!("spec.replication.rules[0].filter.and.tags[{index}].key")).collect();
        assert_eq!(fields(&world, "replication-filter-tag-duplicate"), at);
        let keyless = json!([{"value": "a"}, {"value": "b"}]);
        assert_eq!(fields(&filtered(&json!({"and": {"tags": keyless}})), "replication-filter-tag-duplicate"), [""; 0]);
    }
}
