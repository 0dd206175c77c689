use serde_json::json;
use shared::BucketSpec;
use shared::place::Place;
use shared::subconfig::Difference;

use super::*;
use crate::report::{Drifted, Pace};
use crate::unmanaged::Shown;

fn bucket() -> Bucket {
    let mut bucket = Bucket::new("logs", BucketSpec { name: "logs".to_owned(), ..BucketSpec::default() });
    bucket.metadata.generation = Some(1);
    bucket
}

fn place() -> Place {
    let account = Some("123456789012".to_owned());
    Place { region: "cn-north-1".to_owned(), partition: "aws-cn".to_owned(), account, ..Place::default() }
}

fn synced() -> Report {
    Report { place: Some(place()), complete: true, ..Report::default() }
}

fn terminal(message: &str) -> Report {
    Report::of(State::terminal("some-rule", message))
}

/// Writes the status of a report into the Bucket, as the API server would; `None` where there is nothing to write.
fn pass(bucket: &mut Bucket, report: &Report, second: i64) -> Option<Value> {
    let new = next(bucket, report, Timestamp::from_second(second).unwrap());
    let patch = patch(bucket, &new);
    let mut whole = json!({ "status": bucket.status.clone().unwrap_or_default() });
    if let Some(patch) = &patch {
        apply_merge_patch(&mut whole, patch);
    }
    bucket.status = serde_json::from_value(whole["status"].clone()).unwrap();
    assert_eq!(bucket.status.as_ref(), Some(&new), "the patch makes the new status");
    patch
}

/// RFC 7396, section 2.
fn apply_merge_patch(target: &mut Value, patch: &Value) {
    let Value::Object(members) = patch else {
        *target = patch.clone();
        return;
    };
    for (key, value) in members {
        let target = target.as_object_mut().unwrap();
        if value.is_null() {
            target.remove(key);
        } else {
            apply_merge_patch(target.entry(key).or_insert(json!({})), value);
        }
    }
}

fn summary(bucket: &Bucket) -> Vec<String> {
    let conditions = bucket.status.as_ref().unwrap().conditions.as_ref().unwrap();
    conditions.iter().map(|c| format!("{}={} {}", c.type_, c.status, c.reason.as_deref().unwrap_or("-"))).collect()
}

#[test]
fn the_first_synced_status_is_whole() {
    let mut bucket = bucket();
    pass(&mut bucket, &synced(), 0);
    insta::assert_json_snapshot!(bucket.status);
}

#[test]
fn nothing_is_written_twice() {
    for report in [Report { complete: false, ..synced() }, terminal("no")] {
        let mut bucket = bucket();
        assert!(pass(&mut bucket, &report, 10).is_some());
        assert_eq!(pass(&mut bucket, &report, 20), None, "{report:?}");
    }
}

#[test]
fn a_check_that_finds_nothing_writes_its_time_and_nothing_else() {
    let mut bucket = bucket();
    pass(&mut bucket, &synced(), 10);
    let patch = pass(&mut bucket, &Report { check: true, ..synced() }, 20);
    assert_eq!(patch, Some(json!({ "status": { "lastChecked": "1970-01-01T00:00:20Z" } })));
}

#[test]
fn a_condition_keeps_its_time_while_its_status_stays() {
    let mut bucket = bucket();
    let time = |bucket: &Bucket, kind| condition(bucket, kind).unwrap().last_transition_time.clone().unwrap().0.as_second();
    pass(&mut bucket, &terminal("first"), 10);
    pass(&mut bucket, &terminal("second"), 20);
    assert_eq!(condition(&bucket, ConditionType::Terminal).unwrap().message.as_deref(), Some("second"));
    assert_eq!(time(&bucket, ConditionType::Ready), 10);
    pass(&mut bucket, &synced(), 30);
    assert_eq!(time(&bucket, ConditionType::Ready), 30);
}

#[test]
fn failures_are_told_as_the_peer_tells_them_and_leave_when_they_are_over() {
    let mut bucket = bucket();
    pass(&mut bucket, &terminal("no"), 10);
    let expected =
        ["ACK.ResourceSynced=False resource is in terminal condition", "Ready=False ACK.Terminal", "ACK.Terminal=True some-rule"];
    assert_eq!(summary(&bucket), expected);

    pass(&mut bucket, &Report::of(State::recoverable("Denied", "no", Pace::Quick)), 20);
    assert_eq!(summary(&bucket), ["ACK.ResourceSynced=False Denied", "Ready=False ACK.Recoverable", "ACK.Recoverable=True Denied"]);

    pass(&mut bucket, &synced(), 30);
    let late = "ACK.LateInitialized=True Late initialization successful";
    assert_eq!(summary(&bucket), [late, "ACK.ResourceSynced=True -", "Ready=True -", "Drifted=False InSync"]);
}

#[test]
fn a_failed_creation_names_no_region_and_a_failed_pass_forgets_none() {
    let mut bucket = bucket();
    pass(&mut bucket, &terminal("no"), 10);
    assert_eq!(bucket.status.as_ref().unwrap().ack_resource_metadata, None);
    let location = Some("/logs".to_owned());
    pass(&mut bucket, &Report { location, ..synced() }, 20);
    pass(&mut bucket, &terminal("no"), 30);
    let status = bucket.status.as_ref().unwrap();
    assert_eq!(status.ack_resource_metadata.as_ref().unwrap().arn.as_deref(), Some("arn:aws-cn:s3:::logs"));
    assert_eq!(status.location.as_deref(), Some("/logs"));
    assert!(status.last_checked.is_some());
}

#[test]
fn conditions_speak_of_the_generation_they_were_worked_out_for() {
    let mut bucket = bucket();
    pass(&mut bucket, &synced(), 10);
    bucket.metadata.generation = Some(2);
    pass(&mut bucket, &terminal("no"), 20);
    let generation = |kind| condition(&bucket, kind).unwrap().observed_generation;
    assert_eq!(bucket.status.as_ref().unwrap().observed_generation, Some(2));
    assert_eq!(generation(ConditionType::Ready), Some(2));
    assert_eq!(generation(ConditionType::Drifted), Some(1), "nothing was read for generation 2");
}

#[test]
fn drift_is_told_from_its_detection_to_the_next_change_of_the_spec() {
    let mut bucket = bucket();
    let drift = |repaired| {
        let fields = vec![Difference { field: "spec.cors".to_owned(), desired: json!(1), observed: json!(null) }];
        let state = if repaired { State::Synced } else { terminal("no").state };
        Report { check: true, state, drift: vec![Drifted { repaired, ..Drifted::found("cors", fields) }], ..synced() }
    };
    let told = |bucket: &Bucket| {
        let condition = condition(bucket, ConditionType::Drifted).unwrap();
        (condition.status.clone(), condition.reason.clone().unwrap())
    };
    pass(&mut bucket, &synced(), 10);
    pass(&mut bucket, &drift(false), 20);
    assert_eq!(told(&bucket), ("True".to_owned(), "DriftDetected".to_owned()));
    pass(&mut bucket, &drift(true), 30);
    assert_eq!(told(&bucket), ("False".to_owned(), "Remediated".to_owned()));
    let patch = pass(&mut bucket, &Report { check: true, ..synced() }, 40);
    assert_eq!(patch, Some(json!({ "status": { "lastChecked": "1970-01-01T00:00:40Z" } })));
    bucket.metadata.generation = Some(2);
    pass(&mut bucket, &synced(), 50);
    assert_eq!(told(&bucket), ("False".to_owned(), "InSync".to_owned()));
    assert_eq!(bucket.status.as_ref().unwrap().drift, None);
}

#[test]
fn right_after_creation_nothing_is_said_of_drift() {
    let mut bucket = bucket();
    pass(&mut bucket, &Report { created: true, complete: false, ..synced() }, 10);
    assert_eq!(condition(&bucket, ConditionType::Drifted), None);
    assert_eq!(bucket.status.as_ref().unwrap().last_checked, None);
}

fn referring() -> Bucket {
    let mut bucket = bucket();
    let reference = json!({ "name": "logs", "replication": { "roleRef": { "from": { "name": "copies" } } } });
    bucket.spec = Some(serde_json::from_value(reference).unwrap());
    bucket
}

#[test]
fn a_reference_is_told_as_the_peer_tells_it_and_only_where_there_is_one() {
    let mut bucket = referring();
    let missing = Unresolved::Missing { namespace: "team-a".to_owned(), name: "copies".to_owned() };
    let forbidden = Unresolved::OtherNamespace { namespace: "iam".to_owned(), name: "copies".to_owned() };
    for (why, status, reason) in [(missing, "Unknown", "ReferenceNotFound"), (forbidden, "False", "ReferenceForbidden")] {
        let lost = Reference::Lost(why);
        pass(&mut bucket, &Report { reference: Some(lost.clone()), ..Report::of(lost.state().unwrap()) }, 10);
        let told = condition(&bucket, ConditionType::ReferencesResolved).unwrap();
        assert_eq!((told.status.as_str(), told.reason.as_deref()), (status, Some(reason)));
        assert!(told.message.as_ref().unwrap().starts_with("Reference resolution failed: Role "), "{told:?}");
    }

    pass(&mut bucket, &terminal("before it was looked at"), 20);
    assert!(condition(&bucket, ConditionType::ReferencesResolved).is_some(), "what was said of it stands");

    let elsewhere = Some("iam".to_owned());
    pass(&mut bucket, &Report { reference: Some(Reference::Found { elsewhere }), ..synced() }, 30);
    assert_eq!(summary(&bucket)[0], "ACK.ReferencesResolved=True -");
    assert_eq!(summary(&bucket).last().unwrap(), "ACK.Advisory=True CrossNamespaceOptInRequired");

    bucket.spec.as_mut().unwrap().replication = None;
    pass(&mut bucket, &synced(), 40);
    assert_eq!(condition(&bucket, ConditionType::ReferencesResolved), None);
    assert_eq!(condition(&bucket, ConditionType::Advisory), None);
}

#[test]
fn what_is_not_managed_is_shown_and_is_no_drift() {
    let mut bucket = bucket();
    let fields = || vec![Difference { field: "spec.cors".to_owned(), desired: json!(null), observed: json!({ "corsRules": [] }) }];
    let shown = || Report { check: true, unmanaged: vec![Shown { config: "cors", fields: fields() }], ..synced() };
    pass(&mut bucket, &shown(), 10);
    let entries = bucket.status.as_ref().unwrap().unmanaged.clone().unwrap();
    assert_eq!((entries.len(), entries[0].config.as_str(), entries[0].observed.as_deref()), (1, "cors", Some("{\"corsRules\":[]}")));
    assert_eq!(condition(&bucket, ConditionType::Drifted).unwrap().reason.as_deref(), Some("InSync"));
    let patch = pass(&mut bucket, &shown(), 20);
    assert_eq!(patch, Some(json!({ "status": { "lastChecked": "1970-01-01T00:00:20Z" } })), "it is not written each time");
    pass(&mut bucket, &synced(), 30);
    assert_eq!(bucket.status.as_ref().unwrap().unmanaged, None);
}

#[test]
fn a_role_that_is_not_there_is_told_in_the_words_of_the_peer() {
    let unmapped =
        shared::carm::Unmapped::NoRole { namespace: "n".to_owned(), map: shared::carm::ACCOUNT_MAP, id: "111122223333".to_owned() };
    let report = Report::unplaced(&shared::place::Unplaced::Unmapped(unmapped));
    let new = next(&Bucket::default(), &report, Timestamp::UNIX_EPOCH);
    let conditions = new.conditions.unwrap();
    let of = |kind: ConditionType| conditions.iter().find(|condition| condition.type_ == kind.as_str()).unwrap();
    let synced = of(ConditionType::ResourceSynced);
    assert_eq!((synced.status.as_str(), synced.message.as_deref()), ("False", Some("IAM Role is not available")));
    assert!(synced.reason.as_ref().is_some_and(|reason| reason.contains("n/ack-role-account-map") && reason.contains("111122223333")));
    assert_eq!(of(ConditionType::Recoverable).reason.as_deref(), Some("RoleUnavailable"));
}

#[test]
fn the_selector_that_chose_is_told_until_another_one_does() {
    let selected = |name: &str, version: &str| {
        let (arn, resource_version) = ("arn:aws:iam::111122223333:role/x".to_owned(), version.to_owned());
        Selected { name: name.to_owned(), resource_version, arn }
    };
    let place = |selected| Place { selected, ..Place::default() };
    let mut bucket = Bucket::default();
    let report = |bucket: &Bucket, selection| {
        let report = Report { selection, ..Report::default() };
        let mut after = bucket.clone();
        after.status = Some(next(bucket, &report, Timestamp::UNIX_EPOCH));
        after
    };
    assert!(tells_selection(&bucket, &place(None)) && !tells_selection(&bucket, &place(Some(selected("a", "1")))));
    bucket = report(&bucket, Some(Selection::Selected(selected("a", "1"))));
    let told = condition(&bucket, ConditionType::IamRoleSelected).unwrap();
    let message = "roleARN: arn:aws:iam::111122223333:role/x, selectorName: a, selectorResourceVersion: 1";
    assert_eq!((told.reason.as_deref(), told.message.as_deref()), (Some("Selected"), Some(message)));
    assert!(tells_selection(&bucket, &place(Some(selected("a", "2")))), "another version of the same one");
    assert!(!tells_selection(&bucket, &place(Some(selected("ab", "1")))) && !tells_selection(&bucket, &place(None)));

    bucket = report(&bucket, None);
    assert!(condition(&bucket, ConditionType::IamRoleSelected).is_some(), "a pass that did not get so far says nothing new");
    let conflict = Report::unplaced(&shared::place::Unplaced::SelectorConflict { names: vec!["a".to_owned(), "b".to_owned()] });
    bucket = report(&bucket, conflict.selection);
    let told = condition(&bucket, ConditionType::IamRoleSelected).unwrap();
    assert_eq!((told.status.as_str(), told.reason.as_deref()), ("False", Some("Conflict")));
    assert!(told.message.as_ref().is_some_and(|message| message.contains("a, b")));
    assert!(!tells_selection(&bucket, &place(Some(selected("a", "1")))));
    bucket = report(&bucket, Some(Selection::None));
    assert_eq!(condition(&bucket, ConditionType::IamRoleSelected), None);
}
