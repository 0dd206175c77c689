//! What is planned and written where a part of the bucket could not be read, or where a step failed that others build upon.

use serde_json::{Value, json};

use super::remote::runtime;
use super::store::Store;
use super::whole::{outcomes, pass};
use crate::BucketSpec;
use crate::place::Place;
use crate::subconfig::remote::Applied;
use crate::subconfig::{Observed, Plan, Step, apply, observe, plan};
use crate::unset::UnsetFields;

fn spec(mut members: Value) -> BucketSpec {
    members["name"] = json!("laws");
    serde_json::from_value(members).unwrap()
}

/// What is there, but for one section that nobody may read.
fn all_but(store: &Store, unread: &str) -> Observed {
    let (mut observed, failed) = runtime().block_on(observe(&store.bucket()));
    assert!(failed.is_empty(), "{failed:?}");
    observed.forget(unread);
    observed
}

fn planned(store: &Store, spec: &BucketSpec, unread: &str, unset: UnsetFields) -> Plan {
    plan(spec, &all_but(store, unread), &Place::default(), unset)
}

fn applied(store: &Store, plan: &Plan) -> Applied {
    runtime().block_on(apply(&store.bucket(), plan, &|| true))
}

#[test]
fn versioning_stays_on_while_nobody_can_read_the_lock() {
    let store = Store::new_bucket();
    store.set("versioning", "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>");
    let step = |members: Value, unread| planned(&store, &spec(members), unread, UnsetFields::Reset).versioning;
    assert_eq!(step(json!({}), "object_lock"), Step::None, "a lock may be there");
    assert_eq!(step(json!({"versioning": {}}), "object_lock"), Step::None, "an empty section says nothing");
    assert!(matches!(step(json!({}), "policy"), Step::Remove { .. }));
    assert!(matches!(step(json!({"versioning": {"status": "Suspended"}}), "object_lock"), Step::Remove { .. }), "it is asked for");
}

/// A bucket that is open as far as its block lets it be, and the block.
fn guarded(guard: bool, others: &Value) -> BucketSpec {
    let mut members = json!({"ownershipControls": {"rules": [{"objectOwnership": "ObjectWriter"}]},
        "publicAccessBlock": {"ignorePublicACLs": guard, "restrictPublicBuckets": guard}});
    members.as_object_mut().unwrap().extend(others.as_object().unwrap().clone());
    spec(members)
}

fn public(sid: &str) -> Value {
    let policy = json!({"Statement": [{"Sid": sid, "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject"}]});
    json!({"policy": policy.to_string()})
}

#[test]
fn a_block_stays_where_what_is_behind_it_could_not_be_taken_away() {
    let store = Store::strict();
    pass(&store, &guarded(true, &json!({"acl": "public-read-write"})), None, true);
    store.refuse("acl");
    let open = guarded(false, &json!({}));
    assert_eq!(outcomes(&pass(&store, &open, None, true)), ["acl AccessDenied", "public_access_block after acl"]);
    assert!(store.document("publicAccessBlock").unwrap().contains("<IgnorePublicAcls>true"), "it would open the older ACL");
    store.refuse("nothing");
    assert_eq!(outcomes(&pass(&store, &open, None, true)), ["acl done", "public_access_block done"]);
    assert!(pass(&store, &open, None, true).ran.is_empty());
}

#[test]
fn a_block_stays_while_nobody_can_read_what_is_behind_it() {
    let store = Store::new_bucket();
    pass(&store, &guarded(true, &public("old")), None, true);
    let open = guarded(false, &public("new"));
    let plan = planned(&store, &open, "policy", UnsetFields::Reset);
    assert_eq!(plan.public_access_block, Step::None, "it would open the older policy");
    let refusing = spec(json!({"publicAccessBlock": {"blockPublicACLs": true}}));
    let plan = planned(&store, &refusing, "acl", UnsetFields::Reset);
    let expected = ["policy done", "ownership_controls done", "public_access_block done"];
    assert_eq!(outcomes(&applied(&store, &plan)), expected, "what opens nothing is written");
    let block = store.document("publicAccessBlock").unwrap();
    assert!(block.contains("<BlockPublicAcls>true") && block.contains("<IgnorePublicAcls>true"), "{block}");
    assert_eq!(outcomes(&pass(&store, &open, None, true)), ["ownership_controls done", "public_access_block done", "policy done"]);
}

#[test]
fn a_block_does_not_wait_for_what_is_not_managed() {
    let store = Store::new_bucket();
    pass(&store, &guarded(true, &public("old")), None, true);
    let plan = planned(&store, &guarded(false, &json!({})), "policy", UnsetFields::Ignore);
    assert!(matches!(plan.public_access_block, Step::Put { .. }));
}

#[test]
fn a_word_to_suspend_versioning_beside_a_lock_is_not_passed_over() {
    let store = Store::strict();
    pass(&store, &spec(json!({"objectLockEnabledForBucket": true})), None, true);
    for lock in [json!(null), json!(true)] {
        let suspended = spec(json!({"objectLockEnabledForBucket": lock, "versioning": {"status": "Suspended"}}));
        assert_eq!(outcomes(&pass(&store, &suspended, None, true)), ["versioning InvalidBucketState"], "{lock}");
    }
}
