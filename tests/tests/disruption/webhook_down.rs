//! The webhook is down: nothing is written unchecked, and everything that needs no check goes on.

use serde_json::json;
use tests::error::Result;

use crate::buckets::{bare, complete, create, delete_all};
use crate::turn;

#[tokio::test]
async fn writes_are_refused_and_deletions_go_on() -> Result<()> {
    let world = turn::at_the_webhook().await?;
    let namespace = world.namespace("down", &[]).await?;
    let kubectl = world.kubectl().in_namespace(&namespace);
    for name in ["down-kept", "down-deleted"] {
        create(&world, &namespace, &complete(name)).await?;
    }
    for name in ["down-kept", "down-deleted"] {
        world.bucket_ready(&namespace, name).await?;
    }
    world.webhook().kill().await;

    let refusals = [
        kubectl.apply_refused(&bare("down-new").to_string()).await?,
        kubectl
            .run(&["patch", "bucket", "down-kept", "--type=merge", "-p", r#"{"spec":{"versioning":{"status":"Suspended"}}}"#])
            .await?
            .stderr,
    ];
    for refusal in refusals {
        let says_why = refusal.contains("failed calling webhook \"validate.buckets.s3.services.k8s.aws\"");
        assert!(says_why && refusal.contains("connection refused"), "{refusal}");
    }
    assert!(!kubectl.run(&["get", "bucket", "down-new"]).await?.success(), "it was stored");
    assert!(world.s3().bucket("down-new").is_none());
    let kept = world.buckets(&namespace).await?.get("down-kept").await.ok().and_then(|bucket| bucket.spec?.versioning?.status);
    assert_eq!(kept.as_deref(), Some("Enabled"));

    // Nothing but Buckets depends on it.
    kubectl.run(&["create", "configmap", "unrelated"]).await?.ok()?;
    // The controller's own writes do not either: finalizer and status.
    kubectl.run(&["delete", "bucket", "down-deleted"]).await?.ok()?;
    world.bucket_gone(&namespace, "down-deleted").await?;
    assert!(world.s3().bucket("down-deleted").is_none());

    world.webhook().start().await?;
    let suspended = json!({ "spec": { "versioning": { "status": "Suspended" } } }).to_string();
    let patch = ["patch", "bucket", "down-kept", "--type=merge", "-p", &suspended];
    let taken = || async { kubectl.run(&patch).await.ok()?.success().then_some(()) };
    world.until("the API server to reach the webhook again", taken).await?;
    world.bucket_ready(&namespace, "down-kept").await?;
    assert!(world.s3().get("down-kept", "versioning").is_some_and(|document| document.contains("Suspended")));
    delete_all(&world, &namespace).await
}
