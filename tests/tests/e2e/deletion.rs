//! What becomes of the S3 bucket of a deleted Bucket.

use serde_json::{Value, json};
use tests::world::condition;

use super::team::{Outcome, Team};

const POLICY: &str = "services.k8s.aws/deletion-policy";
const NAMESPACE_POLICY: &str = "s3.services.k8s.aws/deletion-policy";

fn policy(value: &str) -> Value {
    json!({ POLICY: value })
}

#[tokio::test]
async fn the_buckets_policy_goes_before_the_namespaces_and_delete_is_the_default() -> Outcome {
    let silent = Team::new("silent", &[]).await?;
    let retaining = Team::new("retaining", &[(NAMESPACE_POLICY, "retain")]).await?;
    let cases = [
        (&silent, "by-default", json!({}), false),
        (&silent, "retained", policy("retain"), true),
        (&retaining, "by-namespace", json!({}), true),
        (&retaining, "deleted", policy("delete"), false),
    ];
    for (team, bucket, annotations, _) in &cases {
        team.apply_annotated(bucket, annotations, &json!({})).await?;
    }
    for (team, bucket, _, stays) in &cases {
        team.ready(bucket).await?;
        team.delete(bucket).await?;
        team.gone(bucket).await?;
        assert_eq!(team.exists(bucket), *stays, "{bucket}");
        assert_eq!(team.calls(bucket).named("DeleteBucket").is_empty(), *stays, "{bucket}");
    }
    Ok(())
}

#[tokio::test]
async fn a_bucket_with_objects_waits_for_them_to_go_and_says_so() -> Outcome {
    let team = Team::new("full", &[]).await?;
    team.make("b", &json!({})).await?;
    team.world.s3().put_object(&team.s3_name("b"), "precious")?;
    team.delete("b").await?;

    let told = team.told("b", "ACK.Recoverable").await?;
    for part in ["is not empty", "unfinished uploads", "services.k8s.aws/deletion-policy=retain"] {
        assert!(told.contains(part), "{told}");
    }
    let waiting = team.until("b", "not ready", |bucket| condition(bucket, "Ready").is_some_and(|(status, _)| status == "False")).await?;
    assert!(waiting.is_being_deleted() && waiting.owns_bucket());
    assert!(team.exists("b"), "the objects are safe");
    let described = team.kubectl.run(&["describe", "bkt", "b"]).await?.ok()?.stdout;
    assert!(described.contains("BucketNotEmpty"), "{described}");

    // Nobody touches the Bucket: the controller tries again by itself, within 30 s.
    team.world.s3().empty(&team.s3_name("b"))?;
    team.gone("b").await?;
    assert!(!team.exists("b"));
    assert!(team.calls("b").named("DeleteBucket").len() >= 2);
    Ok(())
}

#[tokio::test]
async fn a_bucket_that_somebody_else_deleted_first_holds_nothing_up() -> Outcome {
    let team = Team::new("first", &[]).await?;
    team.make("b", &json!({})).await?;
    assert!(team.world.s3().delete_bucket(&team.s3_name("b")));
    team.delete("b").await?;
    team.gone("b").await?;
    Ok(())
}

#[tokio::test]
async fn a_namespace_goes_with_its_buckets() -> Outcome {
    let team = Team::new("leaving", &[]).await?;
    team.make("a", &json!({})).await?;
    team.make("b", &json!({})).await?;
    team.world.kubectl().run(&["delete", "namespace", &team.namespace, "--timeout=90s"]).await?.ok()?;
    assert!(!team.exists("a") && !team.exists("b"));
    Ok(())
}
