//! The definition of Buckets is deleted, as an uninstallation does; and deletions that no webhook saw.

use serde_json::json;
use tests::world::{Options, World};

use super::until_blocked;
use crate::team::{Outcome, Team};

const BUCKETS: usize = 20;
const PROTECTION: &str = "s3.services.k8s.aws/deletion-protection";

/// In one test, as nothing is left after the definition.
#[tokio::test]
async fn protection_holds_without_a_webhook_and_no_s3_bucket_goes_with_the_definition() -> Outcome {
    let world = World::start(Options { webhook: false, ..Options::default() }).await?;
    let team = Team::of(&world, "uninstalled", &[]).await?;
    protected(&team).await?;
    renamed(&team).await?;

    let buckets: Vec<String> = (0..BUCKETS).map(|number| format!("b{number}")).collect();
    for bucket in &buckets {
        team.apply(bucket, &json!({})).await?;
    }
    team.apply_annotated("meant", &json!({ "services.k8s.aws/deletion-policy": "delete" }), &json!({})).await?;
    team.apply_annotated("kept", &json!({ PROTECTION: "true" }), &json!({})).await?;
    for bucket in buckets.iter().map(String::as_str).chain(["meant", "kept"]) {
        team.ready(bucket).await?;
    }
    world.kubectl().run(&["delete", "crd", "buckets.s3.services.k8s.aws", "--timeout=120s"]).await?.ok()?;
    for bucket in buckets.iter().map(String::as_str).chain(["kept"]) {
        assert!(team.exists(bucket), "{bucket} is lost");
        assert!(team.calls(bucket).named("DeleteBucket").is_empty(), "{bucket}");
    }
    assert!(!team.exists("meant"), "its own annotation says delete");
    let retained = team.metric("cooper_deletions_total", &[("result", "retained")]).await?;
    assert!(retained >= 21.0, "{retained}");
    Ok(())
}

/// Two changes take the definition's own rule out of the way, and nobody else looks at a Bucket that is being deleted.
async fn renamed(team: &Team<'_>) -> Outcome {
    team.apply("victim", &json!({})).await?;
    team.ready("victim").await?;
    team.apply_annotated("r", &json!({ PROTECTION: "true" }), &json!({})).await?;
    team.ready("r").await?;
    team.delete("r").await?;
    until_blocked(team, "r", "Protected").await?;
    for spec in [json!(null), json!({ "name": team.s3_name("victim") })] {
        let patch = json!({ "spec": spec }).to_string();
        team.kubectl.run(&["patch", "bucket", "r", "--type=merge", "--patch", &patch]).await?.ok()?;
    }
    team.kubectl.run(&["annotate", "--overwrite", "bucket", "r", &format!("{PROTECTION}=false")]).await?.ok()?;
    let told = until_blocked(team, "r", "NameChanged").await?;
    assert!(told.contains(&team.s3_name("victim")) && told.contains("set spec.name back"), "{told}");
    assert!(team.exists("victim") && team.exists("r"));
    assert!(team.calls("victim").named("DeleteBucket").is_empty());
    let patch = json!({ "spec": null }).to_string();
    team.kubectl.run(&["patch", "bucket", "r", "--type=merge", "--patch", &patch]).await?.ok()?;
    let patch = json!({ "spec": { "name": team.s3_name("r") } }).to_string();
    team.kubectl.run(&["patch", "bucket", "r", "--type=merge", "--patch", &patch]).await?.ok()?;
    team.gone("r").await?;
    assert!(!team.exists("r") && team.exists("victim"));
    Ok(())
}

async fn protected(team: &Team<'_>) -> Outcome {
    team.apply_annotated("b", &json!({ PROTECTION: "true" }), &json!({})).await?;
    team.ready("b").await?;
    team.delete("b").await?;
    let told = until_blocked(team, "b", "Protected").await?;
    assert!(told.contains("got past the webhook") && told.contains(PROTECTION), "{told}");
    assert!(team.exists("b") && team.calls("b").named("DeleteBucket").is_empty());
    team.kubectl.run(&["annotate", "--overwrite", "bucket", "b", &format!("{PROTECTION}=false")]).await?.ok()?;
    team.gone("b").await?;
    assert!(!team.exists("b"));
    Ok(())
}
