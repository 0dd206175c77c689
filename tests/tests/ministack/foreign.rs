//! A bucket that another account has is never written; a new bucket without a public access block gets one, and nobody calls that drift.

use std::time::Duration;

use aws_sdk_s3::types::{BucketLocationConstraint, CreateBucketConfiguration};
use serde_json::json;
use tests::error::Result;
use tests::ministack::MiniStack;
use tests::world::{ACCOUNT, Elsewhere, Options, REGION, World};

use crate::client;
use crate::held::held;

const STRANGER: &str = "222222222222";

#[tokio::test]
async fn other_accounts_are_left_alone_and_new_buckets_made_safe() -> Result<()> {
    let server = MiniStack::start().await?;
    let stranger = client(&server, REGION, server.credentials(STRANGER));
    let constraint = BucketLocationConstraint::from(REGION);
    let here = CreateBucketConfiguration::builder().location_constraint(constraint).build();
    let taken = stranger.create_bucket().bucket("cooper-mini-taken").create_bucket_configuration(here).send().await;
    taken.expect("everybody may create buckets");
    let before = held(&stranger, "cooper-mini-taken").await;

    let place = Elsewhere::at(server.endpoint(), Some(server.credentials(ACCOUNT)));
    let world = World::start(Options::default().on(place).check_every(2)).await?;
    let namespace = world.namespace("mini", &[]).await?;
    let kubectl = world.kubectl().in_namespace(&namespace);
    for name in ["cooper-mini-taken", "cooper-mini-bare"] {
        let bucket = json!({
            "apiVersion": "s3.services.k8s.aws/v1alpha1", "kind": "Bucket", "metadata": { "name": name },
            "spec": { "name": name, "tagging": { "tagSet": [{ "key": "team", "value": "a" }] } }
        });
        kubectl.apply(&bucket.to_string()).await?;
    }

    let told = |bucket: &shared::Bucket| {
        let conditions = bucket.status.as_ref().and_then(|status| status.conditions.as_deref()).unwrap_or_default();
        conditions.iter().any(|condition| condition.message.as_deref().is_some_and(|text| text.contains("belongs to another account")))
    };
    world.bucket_until(&namespace, "cooper-mini-taken", "refused by its owner", told).await?;
    kubectl.wait_for("bucket/cooper-mini-taken", "condition=Ready=False", Duration::from_mins(1)).await?;

    world.bucket_ready(&namespace, "cooper-mini-bare").await?;
    let owner = client(&server, REGION, server.credentials(ACCOUNT));
    let is_safe = || async { (held(&owner, "cooper-mini-bare").await["public_access_block"] == "on on on on").then_some(()) };
    world.until("public access to be blocked", is_safe).await?;
    let metrics = world.controller().metrics().await?;
    assert_eq!(metrics.value("cooper_drift_detected_total", &[]), Some(0.0), "{metrics:?}");

    kubectl.run(&["delete", "buckets", "--all"]).await?.ok()?;
    assert_eq!(held(&stranger, "cooper-mini-taken").await, before);
    stranger.head_bucket().bucket("cooper-mini-taken").send().await.expect("it is still there");
    let gone =
        owner.head_bucket().bucket("cooper-mini-bare").send().await.err().and_then(|fault| Some(fault.raw_response()?.status().as_u16()));
    assert_eq!(gone, Some(404));
    Ok(())
}
