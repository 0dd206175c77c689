//! What must not be lost where S3 does not let everything be read, or holds what it was not told.

use serde_json::json;
use shared::place::Place;
use shared::subconfig::remote::S3Bucket;
use shared::subconfig::{apply, observe, plan};
use shared::unset::UnsetFields;
use shared::{BucketSpec, subconfig};

use crate::world::{ACCOUNT, NAME, REGION, World, spec};

/// A pass that may not read one sub-configuration; the writes that it took.
async fn half_blind(world: &World, operation: &str, spec: &BucketSpec) -> Vec<&'static str> {
    let fault = world.model.faults().deny(operation);
    let s3 = world.model.s3_bucket(NAME, ACCOUNT, REGION);
    let (observed, failed) = observe(&s3).await;
    assert_eq!(failed.len(), 1, "{failed:?}");
    let applied = apply(&s3, &plan(spec, &observed, &Place::default(), UnsetFields::Reset), &|| true).await;
    world.model.faults().remove(fault);
    applied.ran.into_iter().map(|ran| ran.config).collect()
}

#[tokio::test]
async fn a_lock_that_nobody_may_read_does_not_cost_the_versions() {
    let world = World::new();
    world.settles(&spec(&json!({ "versioning": { "status": "Enabled" }, "objectLockEnabledForBucket": true }))).await;
    let writes = half_blind(&world, "GetObjectLockConfiguration", &spec(&json!({}))).await;
    assert!(writes.is_empty(), "{writes:?}");
    assert!(world.held()["versioning"].contains("Enabled"));
}

#[tokio::test]
async fn a_policy_that_nobody_may_read_is_not_opened_to_the_public() {
    let policy = |sid: &str| {
        json!({ "Version": "2012-10-17", "Statement": [{ "Sid": sid, "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject",
            "Resource": format!("arn:aws:s3:::{NAME}/*") }] })
        .to_string()
    };
    let of = |guard: bool, sid: &str| spec(&json!({ "policy": policy(sid), "publicAccessBlock": { "restrictPublicBuckets": guard } }));
    let world = World::new();
    world.settles(&of(true, "old")).await;
    assert!(half_blind(&world, "GetBucketPolicy", &of(false, "new")).await.is_empty());
    assert!(world.held()["publicAccessBlock"].contains("<RestrictPublicBuckets>true"));
    world.settles(&of(false, "new")).await;
}

#[tokio::test]
async fn the_bucket_key_that_a_directory_bucket_always_has_is_no_difference() {
    let (world, name) = (World::new(), "laws--euw1-az1--x-s3");
    world.model.create_bucket(name, ACCOUNT, REGION).unwrap();
    let key = format!("arn:aws:kms:{REGION}:{ACCOUNT}:key/0d1c6c39-8a7f-4f9e-9d38-1a2b3c4d5e6f");
    let rule = json!({ "applyServerSideEncryptionByDefault": { "sseAlgorithm": "aws:kms", "kmsMasterKeyID": key } });
    let spec = BucketSpec { name: name.to_owned(), ..spec(&json!({ "encryption": { "rules": [rule] } })) };
    let s3 = || -> S3Bucket { world.model.s3_bucket(name, ACCOUNT, REGION) };
    let planned = async || subconfig::plan(&spec, &observe(&s3()).await.0, &Place::default(), UnsetFields::Reset);
    let first = planned().await;
    assert_eq!(first.differences().into_iter().map(|(config, _)| config).collect::<Vec<_>>(), ["encryption"]);
    apply(&s3(), &first, &|| true).await;
    assert_eq!(planned().await.differences(), [], "no endless writing");
}
