//! The two forms of a configuration. With a filter in every rule it is of the newer form: rules have priorities and say what becomes of
//! delete markers. One rule without a filter, and S3 takes all of it for the older form, which knows neither.
//! Source: S3 User Guide, "Replication configuration: backward compatibility".

use super::{fits, given, is_on};
use crate::admission::{Facts, Findings, Path, Reason, check, quote};
use crate::subconfig::replication::ReplicationRule;

const MIXED: &str = "replication-v1-v2-mixed";

pub(super) fn findings(rules: &[ReplicationRule], at: &Path<'_>, facts: &Facts<'_>, to: &mut Findings) {
    match rules.iter().position(|rule| rule.filter.is_none()) {
        None => {
            replication_priority_required(rules, at, to);
            replication_priority_duplicate(rules, at, to);
            replication_dmr_required(rules, at, to);
        }
        Some(first) if rules.iter().any(|rule| rule.filter.is_some()) => replication_v1_v2_mixed(&at.index(first).member("filter"), to),
        Some(_) => {
            newer_members(rules, at, facts, to);
            replication_replica_mods_v1(rules, at, to);
            replication_v1_multi_dest(rules, at, to);
            replication_v1_overlap(rules, at, to);
        }
    }
}

fn replication_v1_v2_mixed(at: &Path<'_>, to: &mut Findings) {
    let message = "other rules have a filter and this one has none, which S3 refuses; give it one, {} for all objects";
    to.deny(MIXED, Reason::Required, at, message);
}

/// Members of the newer form in the older one. S3 may show them where nobody wrote them, so the controller, which writes down what S3
/// shows, is not held to it.
fn newer_members(rules: &[ReplicationRule], at: &Path<'_>, facts: &Facts<'_>, to: &mut Findings) {
    if !facts.by_user() {
        return;
    }
    for (index, rule) in rules.iter().enumerate() {
        let has_markers = rule.delete_marker_replication.as_ref().is_some_and(|of| given(of.status.as_ref()).is_some());
        // No priority and 0 are the same, and neither is sent.
        let has_priority = rule.priority.is_some_and(|priority| priority != 0);
        for (member, _) in [("priority", has_priority), ("deleteMarkerReplication", has_markers)].iter().filter(|(_, is_set)| *is_set) {
            let message = format!("S3 takes {member} only beside a filter; give the rule one, {{}} for all objects, or remove this");
            to.deny(MIXED, Reason::Forbidden, at.index(index).member(member), message);
        }
    }
}

/// A rule without a priority has 0, which is fine for one of them.
fn replication_priority_required(rules: &[ReplicationRule], at: &Path<'_>, to: &mut Findings) {
    if rules.iter().filter(|rule| rule.priority.unwrap_or_default() == 0).count() < 2 {
        return;
    }
    for (index, _) in rules.iter().enumerate().filter(|(_, rule)| rule.priority.is_none()) {
        let message = "without a priority it is 0, which another rule has too; give each rule one of its own";
        to.deny("replication-priority-required", Reason::Required, at.index(index).member("priority"), message);
    }
}

/// Also where the rules lead to different buckets. Numbers that S3 does not take are spoken of elsewhere.
fn replication_priority_duplicate(rules: &[ReplicationRule], at: &Path<'_>, to: &mut Findings) {
    let priorities = rules.iter().enumerate().filter_map(|(index, rule)| rule.priority.map(|priority| (index, priority)));
    for (index, priority) in check::repeated(priorities.filter(|(_, priority)| *priority >= 0 && fits(*priority))) {
        let message = format!("priority {priority} is given twice; each rule needs one of its own");
        to.deny("replication-priority-duplicate", Reason::Duplicate, at.index(index).member("priority"), message);
    }
}

/// Left out it is Disabled; there and without a status it may have been meant to be either.
fn replication_dmr_required(rules: &[ReplicationRule], at: &Path<'_>, to: &mut Findings) {
    for (index, rule) in rules.iter().enumerate() {
        if rule.delete_marker_replication.as_ref().is_some_and(|of| given(of.status.as_ref()).is_none()) {
            let at_rule = at.index(index);
            let markers = at_rule.member("deleteMarkerReplication");
            let message = "whether delete markers are copied is left open; set it to Enabled or Disabled";
            to.deny("replication-dmr-required", Reason::Required, markers.member("status"), message);
        }
    }
}

fn replication_replica_mods_v1(rules: &[ReplicationRule], at: &Path<'_>, to: &mut Findings) {
    for (index, rule) in rules.iter().enumerate() {
        let modifications = rule.source_selection_criteria.as_ref().and_then(|criteria| criteria.replica_modifications.as_ref());
        if modifications.is_some_and(|of| is_on(of.status.as_ref())) {
            let at_rule = at.index(index);
            let criteria = at_rule.member("sourceSelectionCriteria");
            let message = "S3 takes this only beside a filter; give the rule one, {} for all objects";
            to.deny("replication-replica-mods-v1", Reason::Forbidden, criteria.member("replicaModifications"), message);
        }
    }
}

fn replication_v1_multi_dest(rules: &[ReplicationRule], at: &Path<'_>, to: &mut Findings) {
    let Some(first) = rules.iter().find_map(bucket) else { return };
    let other = |rule: &ReplicationRule| bucket(rule).is_some_and(|bucket| bucket != first);
    if let Some(index) = rules.iter().position(other) {
        let at_rule = at.index(index);
        let destination = at_rule.member("destination");
        let message = format!("another rule leads to {}; give every rule a filter to copy to more than one bucket", quote(first));
        to.deny("replication-v1-multi-dest", Reason::Invalid, destination.member("bucket"), message);
    }
}

fn bucket(rule: &ReplicationRule) -> Option<&str> {
    given(rule.destination.as_ref()?.bucket.as_ref())
}

/// In sorted order whatever begins with a prefix stands right behind it.
fn replication_v1_overlap(rules: &[ReplicationRule], at: &Path<'_>, to: &mut Findings) {
    let live = rules.iter().enumerate().filter(|(_, rule)| given(rule.status.as_ref()) != Some("Disabled"));
    let mut prefixes: Vec<(&str, usize)> = live.map(|(index, rule)| (rule.prefix.as_deref().unwrap_or_default(), index)).collect();
    prefixes.sort_unstable();
    let mut open: Vec<&str> = Vec::new();
    for (prefix, index) in prefixes {
        while open.last().is_some_and(|outer| !prefix.starts_with(outer)) {
            open.pop();
        }
        if let Some(outer) = open.last() {
            let message = format!("prefixes {} and {} overlap; give every rule a filter and a priority", quote(outer), quote(prefix));
            to.deny("replication-v1-overlap", Reason::Invalid, at.index(index).member("prefix"), message);
        }
        open.push(prefix);
    }
}

#[cfg(test)]
pub(super) mod cases {
    use serde_json::{Value, json};

    use crate::admission::testing::{Case, case};
    use crate::subconfig::replication::findings::cases::{older, rule, rules};

    pub(super) fn priority(priority: impl Into<Value>) -> Value {
        rule(&json!({"priority": priority.into()}))
    }

    pub(super) fn prefix(prefix: &str) -> Value {
        older(&json!({"prefix": prefix}))
    }

    pub(in crate::subconfig::replication::findings) fn all() -> Vec<Case> {
        let other = older(&json!({"prefix": "b", "destination": {"bucket": "arn:aws:s3:::other"}}));
        let other_newer = rule(&json!({"priority": 2, "destination": {"bucket": "arn:aws:s3:::other"}}));
        let modifications = json!({"sourceSelectionCriteria": {"replicaModifications": {"status": "Enabled"}}});
        vec![
            case("replication-v1-v2-mixed", rules(&[priority(1), prefix("b")]), rules(&[priority(1), priority(2)])),
            case(
                "replication-priority-required",
                rules(&[priority(Value::Null), priority(0)]),
                rules(&[priority(Value::Null), priority(1)]),
            ),
            case("replication-priority-duplicate", rules(&[priority(1), priority(1)]), rules(&[priority(1), priority(2)])),
            case(
                "replication-dmr-required",
                rules(&[rule(&json!({"deleteMarkerReplication": {}}))]),
                rules(&[rule(&json!({"deleteMarkerReplication": null}))]),
            ),
            case("replication-replica-mods-v1", rules(&[older(&modifications)]), rules(&[rule(&modifications)])),
            case("replication-v1-multi-dest", rules(&[prefix("a"), other]), rules(&[priority(1), other_newer])),
            case("replication-v1-overlap", rules(&[prefix("a"), prefix("ab")]), rules(&[prefix("a"), prefix("b")])),
        ]
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::cases::{prefix, priority};
    use crate::subconfig::replication::findings::cases::{fields, older, rule, rules};

    #[test]
    fn what_only_the_newer_form_knows_is_refused_in_the_older() {
        let spoke = |members: Value| rules(&[older(&members)]);
        assert_eq!(fields(&spoke(json!({"priority": 1})), super::MIXED), ["spec.replication.rules[0].priority"]);
        let markers = spoke(json!({"deleteMarkerReplication": {"status": "Disabled"}}));
        assert_eq!(fields(&markers, super::MIXED), ["spec.replication.rules[0].deleteMarkerReplication"]);
        assert_eq!(markers.clone().by_controller().rules(), [""; 0]);
        assert_eq!(markers.existing().guard().rules(), [""; 0], "S3 shows it");
        assert_eq!(spoke(json!({"priority": 0, "deleteMarkerReplication": {}})).rules(), [""; 0]);
    }

    #[test]
    fn a_mixed_list_is_one_mistake() {
        let world = rules(&[priority(1), prefix("a"), prefix("a"), priority(1), older(&json!({"priority": 3}))]);
        assert_eq!(fields(&world, super::MIXED), ["spec.replication.rules[1].filter"]);
        assert_eq!(world.rules(), [super::MIXED]);
    }

    #[test]
    fn priorities_are_unique() {
        assert_eq!(rules(&[priority(Value::Null), priority(Value::Null)]).rules(), ["replication-priority-required"]);
        let three = rules(&[priority(7), priority(8), priority(7), priority(7)]);
        let at: Vec<String> = [2, 3].iter().map(|index| format!("spec.replication.rules[{index}].priority")).collect();
        assert_eq!(fields(&three, "replication-priority-duplicate"), at);
        assert_eq!(rules(&[priority(-1), priority(-1)]).rules(), ["replication-priority-range"]);
        assert_eq!(rules(&[priority(i64::MAX), priority(i64::MAX)]).rules(), ["int32-range"]);
        let apart = rule(&json!({"destination": {"bucket": "arn:aws:s3:::other"}}));
        assert_eq!(rules(&[priority(1), apart]).rules(), ["replication-priority-duplicate"], "wherever they lead");
    }

    #[test]
    fn prefixes_overlap_where_one_begins_with_the_other() {
        let overlaps = |prefixes: &[&str]| {
            let all: Vec<Value> = prefixes.iter().map(|text| prefix(text)).collect();
            fields(&rules(&all), "replication-v1-overlap").len()
        };
        assert_eq!(overlaps(&["a", "b", "aa", "c", "ab/x", "d"]), 2);
        assert_eq!(overlaps(&["", "z"]), 1);
        assert_eq!(overlaps(&["x", "x"]), 1);
        assert_eq!(overlaps(&["a/", "a", "ab"]), 2);
        assert_eq!(overlaps(&["ä", "äö", "日本", "日"]), 2);
        let off = older(&json!({"status": "Disabled", "prefix": "a"}));
        assert_eq!(rules(&[prefix("a"), off]).rules(), [""; 0]);
    }

    #[test]
    fn a_long_list_is_done_at_once() {
        let all: Vec<Value> = (0..1000).map(|length| prefix(&"a".repeat(length))).collect();
        assert_eq!(rules(&all).rules(), ["replication-v1-overlap"]);
    }
}
