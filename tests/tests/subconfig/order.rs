//! S3 takes some sections only before or after others, and some orders would open a bucket that neither end state opens.

use serde_json::{Value, json};
use shared::subconfig::remote::Outcome;
use shared::subconfig::{AFTER, CALLS};
use tests::s3::{Act, FaultRule};

use crate::world::{NAME, World, spec};

/// Brings the bucket to each of the states, and says which writes each of them took, in order.
async fn writes(world: &World, states: &[Value]) -> Vec<Vec<&'static str>> {
    let mut all = Vec::new();
    for state in states {
        let before = world.model.journal().of(NAME).writes().len();
        world.settles(&spec(state)).await;
        all.push(world.model.journal().of(NAME).writes().operations().split_off(before));
    }
    assert!(world.model.journal().of(NAME).writes().failed().is_empty(), "S3 refused a write");
    all
}

fn public(sid: &str) -> Value {
    let statement = json!({ "Sid": sid, "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::laws/*" });
    json!({ "Version": "2012-10-17", "Statement": [statement] }).to_string().into()
}

fn block(refuse: bool, ineffective: bool) -> Value {
    json!({ "blockPublicACLs": refuse, "ignorePublicACLs": ineffective, "blockPublicPolicy": refuse, "restrictPublicBuckets": ineffective })
}

#[tokio::test]
async fn replication_comes_after_versioning_and_goes_before_it() {
    let rule = json!({ "id": "a", "priority": 1, "status": "Enabled", "filter": { "prefix": "" }, "deleteMarkerReplication": { "status": "Disabled" },
        "destination": { "bucket": "arn:aws:s3:::laws-copies" } });
    let on =
        json!({ "versioning": { "status": "Enabled" }, "replication": { "role": "arn:aws:iam::111111111111:role/r", "rules": [rule] } });
    let done = writes(&World::new(), &[on, json!({})]).await;
    assert_eq!(done[0], ["PutBucketVersioning", "PutBucketReplication"]);
    assert_eq!(done[1], ["DeleteBucketReplication", "PutBucketVersioning"]);
}

#[tokio::test]
async fn object_lock_comes_after_versioning_which_it_then_keeps_on() {
    let on = json!({ "objectLockEnabledForBucket": true, "objectLockConfiguration": { "rule": { "defaultRetention": { "mode": "GOVERNANCE", "days": 1 } } } });
    let done = writes(&World::new(), &[on, json!({})]).await;
    assert_eq!(done[0], ["PutBucketVersioning", "PutObjectLockConfiguration"]);
    assert!(!done[1].contains(&"PutBucketVersioning"), "it cannot be suspended: {done:?}");
}

#[tokio::test]
async fn ownership_comes_before_the_acl_and_is_enforced_after_it() {
    let on = json!({ "acl": "log-delivery-write", "ownershipControls": { "rules": [{ "objectOwnership": "ObjectWriter" }] } });
    let done = writes(&World::new(), &[on, json!({})]).await;
    assert_eq!(done[0], ["PutBucketOwnershipControls", "PutBucketAcl"]);
    assert_eq!(done[1], ["PutBucketAcl", "PutBucketOwnershipControls"]);
}

#[tokio::test]
async fn a_public_policy_comes_after_the_block_is_off_and_goes_before_it_is_on() {
    let open = json!({ "policy": public("all"), "publicAccessBlock": block(false, false) });
    let done = writes(&World::new(), &[open, json!({})]).await;
    assert_eq!(done[0], ["PutPublicAccessBlock", "PutBucketPolicy"]);
    assert_eq!(done[1], ["DeleteBucketPolicy", "PutPublicAccessBlock"]);
}

#[tokio::test]
async fn a_public_acl_comes_after_the_block_is_off_and_goes_before_it_is_on() {
    let open = json!({ "acl": "public-read", "publicAccessBlock": block(false, false) });
    let done = writes(&World::new(), &[open, json!({})]).await;
    assert_eq!(done[0], ["PutBucketOwnershipControls", "PutPublicAccessBlock", "PutBucketAcl"]);
    assert_eq!(done[1], ["PutBucketAcl", "PutBucketOwnershipControls", "PutPublicAccessBlock"]);
}

/// An older public policy has no effect behind the block; the newer one is to have. In no moment is the older one open.
#[tokio::test]
async fn a_bucket_is_never_wider_open_than_before_or_after() {
    let closed = json!({ "policy": public("older"), "publicAccessBlock": block(false, true) });
    let open = json!({ "policy": public("newer"), "publicAccessBlock": block(false, false) });
    let world = World::new();
    let done = writes(&world, &[closed.clone(), open.clone(), closed]).await;
    assert_eq!(done[1], ["PutBucketPolicy", "PutPublicAccessBlock"], "opened last");
    assert_eq!(done[2], ["PutPublicAccessBlock", "PutBucketPolicy"], "closed first");

    // The new policy is refused: the bucket stays closed over the older one.
    world.model.faults().add(FaultRule::new(Act::Deny).on("PutBucketPolicy"));
    let applied = world.attempt(&spec(&open)).await;
    let outcome = |config: &str| applied.ran.iter().find(|ran| ran.config == config).map(|ran| &ran.outcome);
    assert!(matches!(outcome("public_access_block"), Some(Outcome::HeldBack { by: "policy" })), "{applied:?}");
    assert!(world.held()["publicAccessBlock"].contains("<RestrictPublicBuckets>true"));
}

#[tokio::test]
async fn a_bucket_that_logs_to_itself_by_its_policy_takes_one_pass() {
    let grant = json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Allow", "Principal": { "Service": "logging.s3.amazonaws.com" },
        "Action": "s3:PutObject", "Resource": "arn:aws:s3:::laws/access/*" }] });
    let on = json!({ "logging": { "loggingEnabled": { "targetBucket": "laws", "targetPrefix": "access/" } }, "policy": grant.to_string() });
    let done = writes(&World::new(), &[on, json!({})]).await;
    assert_eq!(done[0], ["PutBucketPolicy", "PutBucketLogging"]);
    assert_eq!(done[1], ["PutBucketLogging", "DeleteBucketPolicy"]);
}

/// One sub-configuration is refused for good: all others are brought to what the spec says, and the one is named.
#[tokio::test]
async fn a_permanent_fault_in_one_holds_back_only_what_depends_on_it() {
    let all = crate::variants::together();
    for calls in CALLS {
        let world = World::new();
        world.model.faults().add(FaultRule::new(Act::Deny).on(calls.put.name).bucket(NAME));
        let applied = world.attempt(&spec(&all)).await;
        let failed: Vec<_> = applied.ran.iter().filter(|ran| matches!(ran.outcome, Outcome::Failed(_))).map(|ran| ran.config).collect();
        assert_eq!(failed, [calls.name]);
        let waits = |config: &str| AFTER.iter().any(|(of, after)| *of == config && after.contains(&calls.name));
        for ran in applied.ran.iter().filter(|ran| ran.config != calls.name) {
            match &ran.outcome {
                Outcome::Done => {}
                Outcome::HeldBack { .. } => {
                    assert!(waits(ran.config) || ran.config == "logging", "{} waits for {}", ran.config, calls.name);
                }
                other @ (Outcome::Failed(_) | Outcome::Stopped) => panic!("{}: {other:?}", ran.config),
            }
        }
        let held_back = applied.ran.iter().filter(|ran| matches!(ran.outcome, Outcome::HeldBack { .. })).count();
        let done = applied.ran.len() - 1 - held_back;
        assert!(applied.ran.len() == CALLS.len() && done >= CALLS.len() - 4, "{}: {done} done, {held_back} held back", calls.name);
        world.model.faults().clear();
        world.settles(&spec(&all)).await;
    }
}

#[tokio::test]
async fn tags_go_through_s3_control_while_abac_is_on() {
    let state = |abac: &str, tags: &[(&str, &str)]| {
        let tags: Vec<Value> = tags.iter().map(|(key, value)| json!({ "key": key, "value": value })).collect();
        json!({ "abac": { "status": abac }, "tagging": { "tagSet": tags } })
    };
    let world = World::new();
    let states = [
        state("Enabled", &[("team", "a"), ("old", "x")]),
        state("Enabled", &[("team", "b"), ("new", "y")]),
        state("Enabled", &[]),
        state("Disabled", &[("team", "c")]),
        state("Disabled", &[("team", "d")]),
    ];
    let done = writes(&world, &states).await;
    assert_eq!(done[0], ["PutBucketTagging", "PutBucketAbac"], "it is off until then");
    assert_eq!(done[1], ["UntagResource", "TagResource"], "first what makes room");
    assert_eq!(done[2], ["UntagResource"]);
    assert_eq!(done[3], ["PutBucketAbac", "PutBucketTagging"], "it is off from then on");
    assert_eq!(done[4], ["PutBucketTagging"]);
}
