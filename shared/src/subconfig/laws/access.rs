//! What depends on what among ownership, Block Public Access, ACL, versioning and Object Lock, on a store that refuses as S3 does.

use serde_json::{Value, json};

use super::store::Store;
use super::whole::{outcomes, pass};
use crate::BucketSpec;

fn spec(mut members: Value) -> BucketSpec {
    members["name"] = json!("laws");
    serde_json::from_value(members).unwrap()
}

fn open(acl: &str, block: bool) -> BucketSpec {
    let block = json!({"ignorePublicACLs": block, "restrictPublicBuckets": block});
    spec(json!({"acl": acl, "publicAccessBlock": block, "ownershipControls": {"rules": [{"objectOwnership": "ObjectWriter"}]}}))
}

fn writes(store: &Store, before: usize) -> Vec<String> {
    store.calls().split_off(before).into_iter().filter(|call| !call.starts_with("GET")).collect()
}

/// Weakness of others: an ACL that is written before the ownership that lets it in never gets through.
#[test]
fn an_acl_comes_after_ownership_and_goes_before_it() {
    let store = Store::strict();
    assert_eq!(
        outcomes(&pass(&store, &open("public-read", false), None, true)),
        ["ownership_controls done", "public_access_block done", "acl done"]
    );
    assert!(pass(&store, &open("public-read", false), None, true).ran.is_empty());
    let enforced = spec(json!({"ownershipControls": {"rules": [{"objectOwnership": "BucketOwnerEnforced"}]}}));
    assert_eq!(outcomes(&pass(&store, &enforced, None, true)), ["acl done", "ownership_controls done", "public_access_block done"]);
    assert!(pass(&store, &enforced, None, true).ran.is_empty());
}

#[test]
fn grants_to_nobody_but_the_owner_go_before_ownership_too() {
    let store = Store::strict();
    pass(&store, &open("public-read", false), None, true);
    let own = json!({"grantFullControl": "id=owner", "ownershipControls": {"rules": [{"objectOwnership": "BucketOwnerEnforced"}]}});
    assert_eq!(
        outcomes(&pass(&store, &spec(own.clone()), None, true)),
        ["acl done", "ownership_controls done", "public_access_block done"]
    );
    assert!(pass(&store, &spec(own), None, true).ran.is_empty());
}

#[test]
fn an_acl_that_ownership_forbids_is_a_fault_and_not_written_around() {
    let store = Store::strict();
    let enforced = json!({"acl": "log-delivery-write", "ownershipControls": {"rules": [{"objectOwnership": "BucketOwnerEnforced"}]}});
    assert_eq!(outcomes(&pass(&store, &spec(enforced), None, true)), ["acl AccessControlListNotSupported"]);
    assert_eq!(outcomes(&pass(&store, &spec(json!({"acl": "public-read"})), None, true)), ["ownership_controls done", "acl AccessDenied"]);
}

#[test]
fn a_bucket_is_never_open_with_the_older_acl() {
    let store = Store::strict();
    pass(&store, &open("public-read-write", true), None, true);
    let (spec, before) = (open("public-read", false), store.calls().len());
    assert_eq!(outcomes(&pass(&store, &spec, None, true)), ["public_access_block done", "acl done"]);
    assert_eq!(writes(&store, before), ["PUT acl", "PUT publicAccessBlock"], "the block that is there is narrow enough until then");
    assert!(pass(&store, &spec, None, true).ran.is_empty());
}

#[test]
fn a_block_stays_where_the_acl_behind_it_could_not_be_replaced() {
    let store = Store::strict();
    pass(&store, &open("public-read-write", true), None, true);
    store.refuse("acl");
    assert_eq!(outcomes(&pass(&store, &open("public-read", false), None, true)), ["public_access_block after acl", "acl AccessDenied"]);
    assert!(store.document("publicAccessBlock").unwrap().contains("<IgnorePublicAcls>true"));
}

#[test]
fn object_lock_comes_after_versioning_and_keeps_it_on() {
    let store = Store::strict();
    let rule = json!({"rule": {"defaultRetention": {"mode": "GOVERNANCE", "days": 1}}});
    let locked = spec(json!({"objectLockEnabledForBucket": true, "objectLockConfiguration": rule}));
    assert_eq!(outcomes(&pass(&store, &locked, None, true)), ["versioning done", "object_lock done"]);
    assert!(pass(&store, &locked, None, true).ran.is_empty());
    let silent = spec(json!({}));
    assert_eq!(outcomes(&pass(&store, &silent, None, true)), ["object_lock done"], "only the rule goes");
    assert!(pass(&store, &silent, None, true).ran.is_empty());
    let before = store.calls().len();
    let declined = spec(json!({"objectLockEnabledForBucket": false}));
    assert_eq!(outcomes(&pass(&store, &declined, None, true)), ["object_lock InvalidSpec"]);
    assert_eq!(writes(&store, before), [""; 0], "no call");
}
