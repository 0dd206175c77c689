//! One rule. Source: S3 API reference, ReplicationRule.

use super::{STATUS, destination, filter, fits, given, selection, time};
use crate::admission::{Facts, Findings, Path, Reason, check, quote};
use crate::subconfig::replication::ReplicationRule;

const LONGEST_ID: usize = 255;

pub(super) fn findings(rule: &ReplicationRule, at: &Path<'_>, facts: &Facts<'_>, to: &mut Findings) {
    check::at_most(rule.id.as_deref(), LONGEST_ID, "replication-id-length", &at.member("id"), to);
    status(given(rule.status.as_ref()), true, at, to);
    replication_priority_range(rule, &at.member("priority"), to);
    replication_existing_objects(rule, &at.member("existingObjectReplication"), facts, to);
    if let Some(markers) = &rule.delete_marker_replication {
        status(given(markers.status.as_ref()), false, &at.member("deleteMarkerReplication"), to);
    }
    filter::findings(rule, at, to);
    selection::findings(rule, at, to);
    destination::findings(rule, &at.member("destination"), facts, to);
    if let Some(destination) = &rule.destination {
        time::findings(destination, &at.member("destination"), to);
    }
}

/// All ids of a configuration; no id is no twin of another.
pub(super) fn ids(rules: &[ReplicationRule], at: &Path<'_>, to: &mut Findings) {
    let ids = rules.iter().enumerate().filter_map(|(index, rule)| given(rule.id.as_ref()).map(|id| (index, id)));
    for (index, id) in check::repeated(ids) {
        let message = format!("id {} stands there twice; each rule needs one of its own", quote(id));
        to.deny("replication-id-duplicate", Reason::Duplicate, at.index(index).member("id"), message);
    }
}

/// The switch of something that stands at the path.
pub(super) fn status(status: Option<&str>, is_needed: bool, at: &Path<'_>, to: &mut Findings) {
    const RULE: &str = "replication-status-enum";
    let at = at.member("status");
    if status.is_none() && is_needed {
        to.deny(RULE, Reason::Required, at, "S3 needs a status here; set it to Enabled or Disabled");
    } else {
        check::one_of(status, STATUS, RULE, &at, to);
    }
}

fn replication_priority_range(rule: &ReplicationRule, at: &Path<'_>, to: &mut Findings) {
    if let Some(priority) = rule.priority.filter(|priority| *priority < 0 && fits(*priority)) {
        let message = format!("priority {priority} is below 0; use a number from 0 to {}", i32::MAX);
        to.deny("replication-priority-range", Reason::Invalid, at, message);
    }
}

/// S3's schema has it no more, be it on or off; configurations from before may still have it.
fn replication_existing_objects(rule: &ReplicationRule, at: &Path<'_>, facts: &Facts<'_>, to: &mut Findings) {
    if !facts.may_hold() && rule.existing_object_replication.as_ref().is_some_and(|of| given(of.status.as_ref()).is_some()) {
        let message = "S3 takes this no more; remove it, and copy objects that are there already with S3 Batch Replication";
        to.deny("replication-existing-objects", Reason::Forbidden, at, message);
    }
}

#[cfg(test)]
pub(super) mod cases {
    use serde_json::json;

    use crate::admission::testing::{Case, World, case};
    use crate::subconfig::replication::findings::cases::{rule, rules};

    pub(super) fn named(one: &str, other: &str) -> World {
        rules(&[rule(&json!({"id": one})), rule(&json!({"id": other, "priority": 2}))])
    }

    pub(in crate::subconfig::replication::findings) fn all() -> Vec<Case> {
        let one = |members| rules(&[rule(&members)]);
        let id = |length: usize| one(json!({"id": "x".repeat(length)}));
        vec![
            case("replication-id-length", id(256), id(255)),
            case("replication-id-duplicate", named("a", "a"), named("a", "A")),
            case("replication-status-enum", one(json!({"status": "on"})), one(json!({"status": "Disabled"}))),
            case("replication-priority-range", one(json!({"priority": -1})), one(json!({"priority": 0}))),
            case(
                "replication-existing-objects",
                one(json!({"existingObjectReplication": {"status": "Enabled"}})),
                one(json!({"existingObjectReplication": {}})),
            ),
        ]
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::cases::named;
    use crate::subconfig::replication::findings::cases::{fields, rule, rules, to};

    #[test]
    fn every_switch_is_looked_at() {
        const RULE: &str = "replication-status-enum";
        let bad = json!({"status": "enabled"});
        let time = json!({"status": "enabled", "time": {"minutes": 15}});
        let criteria = json!({"replicaModifications": bad, "sseKMSEncryptedObjects": bad});
        for (rule, members) in [
            (rule(&json!({"status": null})), vec!["status"]),
            (rule(&json!({"status": ""})), vec!["status"]),
            (rule(&json!({"deleteMarkerReplication": bad})), vec!["deleteMarkerReplication.status"]),
            (
                rule(&json!({"sourceSelectionCriteria": criteria})),
                vec!["sourceSelectionCriteria.replicaModifications.status", "sourceSelectionCriteria.sseKMSEncryptedObjects.status"],
            ),
            (to(&json!({"metrics": bad})), vec!["destination.metrics.status"]),
            (
                to(&json!({"metrics": bad, "replicationTime": time})),
                vec!["destination.metrics.status", "destination.replicationTime.status"],
            ),
        ] {
            let world = rules(std::slice::from_ref(&rule));
            let at: Vec<String> = members.iter().map(|member| format!("spec.replication.rules[0].{member}")).collect();
            assert_eq!(fields(&world, RULE), at, "{rule}");
            assert_eq!(world.rules(), [RULE], "{rule}");
        }
    }

    #[test]
    fn ids_count_as_in_utf_16_and_none_is_no_id() {
        let id = |id: &str| rules(&[rule(&json!({"id": id}))]).rules();
        assert_eq!(id(&"𝒌".repeat(128)), ["replication-id-length"]);
        assert_eq!(id(&"𝒌".repeat(127)), [""; 0]);
        assert_eq!(named("", "").rules(), [""; 0]);
    }

    #[test]
    fn what_is_off_is_refused_where_s3_does_not_know_it() {
        assert_eq!(rules(&[rule(&json!({"existingObjectReplication": {"status": "Disabled"}}))]).rules(), ["replication-existing-objects"]);
    }

    #[test]
    fn numbers_have_ends() {
        let priority = |priority: i64| rules(&[rule(&json!({"priority": priority}))]).rules();
        assert_eq!(priority(i64::from(i32::MAX)), [""; 0]);
        assert_eq!(priority(i64::from(i32::MIN)), ["replication-priority-range"]);
        for huge in [i64::from(i32::MAX) + 1, i64::MIN, i64::MAX] {
            assert_eq!(priority(huge), ["int32-range"], "{huge}");
        }
    }
}
