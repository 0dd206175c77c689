//! The story of the eight sub-configurations: created, left alone, changed, taken away behind the controller's back, deleted.

use aws_sdk_s3::Client;
use aws_sdk_s3::types::{BucketVersioningStatus, VersioningConfiguration};
use serde_json::{Value, json};
use tests::error::Result;
use tests::ministack::MiniStack;
use tests::world::{ACCOUNT, Elsewhere, Options, REGION, World};

use crate::client;
use crate::held::{Held, held};

const NAME: &str = "cooper-mini-eight";
const EIGHT: [&str; 8] =
    ["cors", "encryption", "lifecycle", "ownership_controls", "policy", "public_access_block", "tagging", "versioning"];

#[tokio::test]
async fn the_eight_are_created_kept_changed_repaired_and_deleted() -> Result<()> {
    let server = MiniStack::start().await?;
    let owner = client(&server, REGION, server.credentials(ACCOUNT));
    let place = Elsewhere::at(server.endpoint(), Some(server.credentials(ACCOUNT)));
    let world = World::start(Options::default().on(place).check_every(2)).await?;
    let namespace = world.namespace("mini", &[]).await?;
    let kubectl = world.kubectl().in_namespace(&namespace);

    kubectl.apply(&manifest("Enabled", "aws:kms", "a", 30)).await?;
    world.bucket_ready(&namespace, NAME).await?;
    let first = held(&owner, NAME).await;
    assert_eq!(first, wanted("Enabled", "aws:kms", "a", 30));

    checked(&world, 3).await?;
    assert_eq!(drift(&world, "detected_total", &[]).await?, Some(0.0), "what another S3 says in other words is no drift");
    assert_eq!(held(&owner, NAME).await, first);

    kubectl.apply(&manifest("Suspended", "AES256", "b", 60)).await?;
    world.bucket_ready(&namespace, NAME).await?;
    let second = held(&owner, NAME).await;
    assert_eq!(second, wanted("Suspended", "AES256", "b", 60));
    assert_eq!(drift(&world, "detected_total", &[]).await?, Some(0.0), "a change of the spec is no drift");

    kubectl.apply(&manifest("Enabled", "aws:kms", "a", 30)).await?;
    world.bucket_ready(&namespace, NAME).await?;
    checked(&world, 1).await?;
    meddle(&owner).await;
    let repaired = || async { (held(&owner, NAME).await == first).then_some(()) };
    world.until("all eight to be as declared again", repaired).await?;
    for config in EIGHT {
        let counted = || async {
            let found = drift(&world, "detected_total", &[("config", config)]).await.ok()??;
            let mended = drift(&world, "remediated_total", &[("config", config), ("result", "success")]).await.ok()??;
            (found >= 1.0 && mended >= 1.0).then_some(())
        };
        world.until(&format!("drift of {config} to be counted"), counted).await?;
    }

    kubectl.run(&["delete", "bucket", NAME]).await?.ok()?;
    let gone = owner.head_bucket().bucket(NAME).send().await.err().and_then(|fault| Some(fault.raw_response()?.status().as_u16()));
    assert_eq!(gone, Some(404));
    Ok(())
}

/// What somebody at a console would do to all eight.
async fn meddle(owner: &Client) {
    let suspended = VersioningConfiguration::builder().status(BucketVersioningStatus::Suspended).build();
    owner.put_bucket_versioning().bucket(NAME).versioning_configuration(suspended).send().await.expect("the owner may");
    owner.delete_bucket_encryption().bucket(NAME).send().await.expect("the owner may");
    owner.delete_bucket_tagging().bucket(NAME).send().await.expect("the owner may");
    owner.delete_public_access_block().bucket(NAME).send().await.expect("the owner may");
    owner.delete_bucket_ownership_controls().bucket(NAME).send().await.expect("the owner may");
    owner.delete_bucket_policy().bucket(NAME).send().await.expect("the owner may");
    owner.delete_bucket_lifecycle().bucket(NAME).send().await.expect("the owner may");
    owner.delete_bucket_cors().bucket(NAME).send().await.expect("the owner may");
}

/// Waits until so many more checks found everything in order.
async fn checked(world: &World, checks: u32) -> Result<()> {
    let count = || async { world.controller().metrics().await.ok()?.value("cooper_drift_checks_total", &[("result", "in_sync")]) };
    let enough = count().await.unwrap_or_default() + f64::from(checks);
    world.until("more checks", || async { count().await.filter(|checks| *checks >= enough).map(drop) }).await
}

/// A counter of drift.
async fn drift(world: &World, name: &str, labels: &[(&str, &str)]) -> Result<Option<f64>> {
    Ok(world.controller().metrics().await?.value(&format!("cooper_drift_{name}"), labels))
}

fn manifest(versioning: &str, encryption: &str, tag: &str, days: u32) -> String {
    let rule = |days: u32| json!({ "id": "old", "status": "Enabled", "filter": { "prefix": "logs/" }, "expiration": { "days": days } });
    let bucket = json!({
        "apiVersion": "s3.services.k8s.aws/v1alpha1",
        "kind": "Bucket",
        "metadata": { "name": NAME },
        "spec": {
            "name": NAME,
            "cors": { "corsRules": [{ "allowedMethods": ["GET"], "allowedOrigins": [format!("https://{tag}.example.com")] }] },
            "encryption": { "rules": [{ "applyServerSideEncryptionByDefault": { "sseAlgorithm": encryption } }] },
            "lifecycle": { "rules": [rule(days)] },
            "ownershipControls": { "rules": [{ "objectOwnership": ownership(tag) }] },
            "policy": policy(tag).to_string(),
            "publicAccessBlock": {
                "blockPublicACLs": true, "blockPublicPolicy": true, "ignorePublicACLs": true, "restrictPublicBuckets": tag == "b"
            },
            "tagging": { "tagSet": [{ "key": "team", "value": tag }] },
            "versioning": { "status": versioning }
        }
    });
    bucket.to_string()
}

fn wanted(versioning: &str, encryption: &str, tag: &str, days: u32) -> Held {
    let restricted = if tag == "b" { "on" } else { "off" };
    let wanted = [
        ("cors", format!("https://{tag}.example.com")),
        ("encryption", encryption.to_owned()),
        ("lifecycle", format!("old Enabled Some({days})")),
        ("ownership_controls", ownership(tag).to_owned()),
        ("policy", policy(tag).to_string()),
        ("public_access_block", format!("on on on {restricted}")),
        ("tagging", format!("team={tag}")),
        ("versioning", versioning.to_owned()),
    ];
    wanted.into_iter().collect()
}

fn ownership(tag: &str) -> &'static str {
    if tag == "b" { "ObjectWriter" } else { "BucketOwnerPreferred" }
}

fn policy(tag: &str) -> Value {
    json!({ "Version": "2012-10-17", "Statement": [{
        "Sid": format!("TlsOnly{tag}"), "Effect": "Deny", "Principal": "*", "Action": "s3:PutObject",
        "Resource": [format!("arn:aws:s3:::{NAME}/*")],
        "Condition": { "Bool": { "aws:SecureTransport": "false" } }
    }] })
}
