//! Manifests in the peer's shapes go through the types unchanged.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::Bucket;

/// Parts of a spec that together hold every field at least once.
const PARTS: &[&str] = &[
    include_str!("../../testdata/bucket/top-level.json"),
    include_str!("../../testdata/bucket/small.json"),
    include_str!("../../testdata/bucket/lifecycle.json"),
    include_str!("../../testdata/bucket/per-id.json"),
    include_str!("../../testdata/bucket/delivery.json"),
];

fn whole_spec() -> Value {
    let mut spec = Map::new();
    for part in PARTS {
        let Value::Object(part) = serde_json::from_str(part).unwrap() else { panic!("a part of a spec is an object") };
        spec.extend(part);
    }
    Value::Object(spec)
}

fn manifest(spec: &Value) -> Value {
    json!({
        "apiVersion": "s3.services.k8s.aws/v1alpha1",
        "kind": "Bucket",
        "metadata": {
            "name": "photos",
            "namespace": "shop",
            "annotations": {"services.k8s.aws/adopted": "true"},
            "finalizers": ["finalizers.s3.services.k8s.aws/Bucket"],
        },
        "spec": spec,
    })
}

fn through_the_types(manifest: &Value) -> Value {
    let bucket: Bucket = serde_json::from_value(manifest.clone()).unwrap_or_else(|e| panic!("{e}: {manifest}"));
    serde_json::to_value(bucket).unwrap()
}

fn assert_survives(manifest: &Value) {
    assert_eq!(&through_the_types(manifest), manifest);
}

/// The paths of a value's members, items as `[]`.
fn paths(at: &str, value: &Value, to: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                paths(&if at.is_empty() { name.clone() } else { format!("{at}.{name}") }, member, to);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| paths(&format!("{at}[]"), item, to)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => drop(to.insert(at.to_owned())),
    }
}

/// JSON pointers of all members and items below a value.
fn pointers(at: &str, value: &Value, to: &mut Vec<String>) {
    let mut below = |name: &str, member: &Value| {
        let pointer = format!("{at}/{name}");
        pointers(&pointer, member, to);
        to.push(pointer);
    };
    match value {
        Value::Object(members) => members.iter().for_each(|(name, member)| below(name, member)),
        Value::Array(items) => items.iter().enumerate().for_each(|(at, item)| below(&at.to_string(), item)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn without(spec: &Value, pointer: &str) -> Value {
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    let mut spec = spec.clone();
    match spec.pointer_mut(parent).unwrap() {
        Value::Object(members) => drop(members.remove(name)),
        Value::Array(items) => drop(items.remove(name.parse().unwrap())),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => panic!("{pointer} lies in a scalar"),
    }
    spec
}

fn with(spec: &Value, pointer: &str, value: Value) -> Value {
    let mut spec = spec.clone();
    *spec.pointer_mut(pointer).unwrap() = value;
    spec
}

#[test]
fn the_whole_spec_survives_and_holds_every_field() {
    let spec = whole_spec();
    assert_survives(&manifest(&spec));
    let mut held = BTreeSet::new();
    paths("", &spec, &mut held);
    let fields = [include_str!("../../testdata/bucket-fields.txt"), include_str!("../../testdata/bucket-fields-added.txt")];
    let fields = fields.iter().flat_map(|fields| fields.lines()).map(|line| line.split(' ').next().unwrap().to_owned());
    assert_eq!(held, fields.collect());
}

#[test]
fn every_member_but_the_name_may_be_absent_or_null_and_every_section_empty() {
    let spec = whole_spec();
    let mut all = Vec::new();
    pointers("", &spec, &mut all);
    assert!(all.len() > 300, "the walk found only {} members", all.len());
    for pointer in all.iter().filter(|pointer| *pointer != "/name") {
        let less = manifest(&without(&spec, pointer));
        assert_survives(&less);
        match spec.pointer(pointer).unwrap() {
            Value::Object(_) => assert_survives(&manifest(&with(&spec, pointer, json!({})))),
            Value::Array(_) => assert_survives(&manifest(&with(&spec, pointer, json!([])))),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
        if pointer.rsplit('/').next().unwrap().parse::<usize>().is_err() {
            assert_eq!(through_the_types(&manifest(&with(&spec, pointer, Value::Null))), less, "{pointer}: null is the same as absent");
        }
    }
}

#[test]
fn what_the_peer_leaves_behind_survives() {
    let adopting = json!({
        "apiVersion": "s3.services.k8s.aws/v1alpha1",
        "kind": "Bucket",
        "metadata": {"name": "adopted", "annotations": {"services.k8s.aws/adoption-policy": "adopt"}},
    });
    assert_survives(&adopting);
    let mut synced = manifest(&json!({"name": "photos", "abac": {}, "acl": "private|public-read", "policy": "", "tagging": {}}));
    synced["status"] = json!({
        "ackResourceMetadata": {"arn": "arn:aws:s3:::photos", "ownerAccountID": "111122223333", "partition": "aws", "region": "eu-central-1"},
        "conditions": [
            {"status": "False", "type": "ACK.Recoverable", "message": "Reconciling to sync additional fields"},
            {
                "lastTransitionTime": "2026-08-18T09:30:00Z",
                "message": "Resource synced successfully",
                "reason": "",
                "status": "True",
                "type": "ACK.ResourceSynced",
            },
        ],
        "location": "/photos",
    });
    assert_survives(&synced);
}

#[test]
fn a_spec_without_a_name_and_a_member_of_another_type_are_errors() {
    let of = |spec: Value| serde_json::from_value::<Bucket>(manifest(&spec));
    assert!(of(json!({})).is_err());
    assert!(of(json!({"name": "photos", "versioning": {"status": true}})).is_err());
    assert!(of(json!({"name": "photos", "metrics": {}})).is_err());
}
