//! The world stands: every part talks to every other, services can be stopped and killed, and nothing is left behind.

#![cfg(test)]

use tests::error::Error;
use tests::world::{ACCOUNT, Options, World};

const BUCKET: &str = r#"{"apiVersion": "s3.services.k8s.aws/v1alpha1", "kind": "Bucket", "metadata": {"name": "logs"},
    "spec": {"name": "world-logs", "versioning": {"status": "Enabled"}}}"#;

#[tokio::test]
async fn a_bucket_goes_all_the_way_and_back() -> Result<(), Error> {
    let world = World::start(Options::default().check_every(2)).await?;
    let namespace = world.namespace("team", &[("services.k8s.aws/default-region", "eu-west-1")]).await?;
    let kubectl = world.kubectl().in_namespace(&namespace);

    kubectl.apply(BUCKET).await?;
    let bucket = world.bucket_ready(&namespace, "logs").await?;
    assert_eq!(bucket.annotation("services.k8s.aws/region"), Some("eu-west-1"), "the webhook defaulted the region");
    let head = world.s3().client(ACCOUNT, "eu-west-1").head_bucket().bucket("world-logs").send().await;
    assert_eq!(head.ok().and_then(|answer| answer.bucket_region).as_deref(), Some("eu-west-1"));

    let bad = BUCKET.replace("world-logs", "World_Logs").replace(r#""name": "logs""#, r#""name": "bad""#);
    let refusal = kubectl.apply_refused(&bad).await?;
    assert!(refusal.contains("[name-charset]"), "{refusal}");

    let metrics = world.controller().metrics().await?;
    assert!(metrics.value("cooper_reconcile_total", &[]).is_some_and(|passes| passes >= 1.0), "{metrics:?}");
    assert!(world.webhook().metrics().await?.value("cooper_webhook_requests_total", &[]).is_some_and(|reviews| reviews >= 1.0));

    world.controller().kill().await;
    world.webhook().stop().await?;
    let refusal = kubectl.apply_refused(&BUCKET.replace("logs", "more")).await?;
    assert!(refusal.contains("failed calling webhook"), "{refusal}");
    world.webhook().start().await?;
    world.controller().start().await?;

    kubectl.run(&["delete", "bucket", "logs", "--wait=false"]).await?.ok()?;
    world.bucket_gone(&namespace, "logs").await?;
    assert!(world.s3().buckets().is_empty());
    Ok(())
}
