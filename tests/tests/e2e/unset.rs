//! Sections that a spec leaves out: enforced by default, shown and left alone where they are not managed.

use serde_json::json;
use shared::Bucket;
use tests::world::condition;

use super::drift::alone;
use super::team::{Outcome, Team};

const UNSET: &str = "s3.services.k8s.aws/unset-fields";
const CORS: &str =
    "<CORSConfiguration><CORSRule><AllowedMethod>GET</AllowedMethod><AllowedOrigin>*</AllowedOrigin></CORSRule></CORSConfiguration>";

#[tokio::test]
async fn what_is_not_managed_is_shown_told_once_and_left_alone_until_it_is_managed() -> Outcome {
    let _alone = alone().await;
    let team = Team::new("ignored", &[]).await?;
    team.apply_annotated("b", &json!({ UNSET: "ignore" }), &json!({ "versioning": { "status": "Enabled" } })).await?;
    team.ready("b").await?;
    team.world.s3().set(&team.s3_name("b"), "cors", CORS)?;
    let writes = team.calls("b").writes().len();
    let drift = team.metric("cooper_drift_detected_total", &[("config", "cors")]).await?;

    let bucket = team.check("b").await?;
    assert_eq!(configs(&bucket), ["cors"]);
    let bucket = team.check("b").await?;
    assert_eq!(condition(&bucket, "Drifted").map(|(status, _)| status), Some("False"));
    assert_eq!(condition(&bucket, "Ready").map(|(status, _)| status), Some("True"));
    assert!(team.in_s3("b", "cors").is_some_and(|held| held.contains("<AllowedOrigin>*</AllowedOrigin>")));
    let series = [("namespace", team.namespace.as_str()), ("config", "cors")];
    let gauge = || async { team.metric("cooper_unmanaged_sections", &series).await.ok().filter(|value| *value > 0.0) };
    team.wait("the gauge of what is not managed", gauge).await?;
    team.described("b", &["Unmanaged:", "cors: left alone, as the spec leaves it out", "spec.cors is {"]).await?;
    let events = team.kubectl.run(&["get", "events.v1.events.k8s.io", "--output=jsonpath={.items[*].reason}"]).await?.ok()?.stdout;
    assert_eq!(events.split(' ').filter(|reason| *reason == "Unmanaged").count(), 1, "told once: {events}");

    // What is declared is managed as ever.
    team.world.s3().set(
        &team.s3_name("b"),
        "versioning",
        "<VersioningConfiguration><Status>Suspended</Status></VersioningConfiguration>",
    )?;
    team.check("b").await?;
    assert!(team.in_s3("b", "versioning").is_some_and(|held| held.contains("Enabled")));
    assert_eq!(team.calls("b").writes().len(), writes + 1, "{:?}", team.calls("b").writes().operations());

    // From now on the section is managed: that is work, not drift, and the change of the annotation alone sets it going.
    team.kubectl.run(&["annotate", "--overwrite", "bucket", "b", &format!("{UNSET}=reset")]).await?.ok()?;
    team.until("b", "managed whole", |bucket| configs(bucket).is_empty()).await?;
    assert_eq!(team.in_s3("b", "cors"), None);
    assert_eq!(team.metric("cooper_drift_detected_total", &[("config", "cors")]).await?.to_bits(), drift.to_bits());
    Ok(())
}

#[tokio::test]
async fn what_is_left_out_is_taken_away_by_default() -> Outcome {
    let _alone = alone().await;
    let team = Team::new("reset", &[]).await?;
    team.make("b", &json!({})).await?;
    team.check("b").await?;
    team.world.s3().set(&team.s3_name("b"), "cors", CORS)?;
    let bucket = team.check("b").await?;
    assert_eq!((team.in_s3("b", "cors"), configs(&bucket)), (None, Vec::new()));
    assert_eq!(condition(&bucket, "Drifted").map(|(status, _)| status), Some("False"));
    Ok(())
}

#[tokio::test]
async fn a_word_that_is_none_of_the_two_is_refused() -> Outcome {
    let team = Team::new("word", &[]).await?;
    let manifest = team.manifest("b", &json!({ UNSET: "Ignore" }), &json!({}));
    let said = team.kubectl.apply_refused(&manifest.to_string()).await?;
    assert!(said.contains("[unset-fields-enum]") && said.contains("Did you mean ignore?"), "{said}");
    Ok(())
}

/// The sub-configurations that the status shows as not managed.
fn configs(bucket: &Bucket) -> Vec<&str> {
    let entries = bucket.status.as_ref().and_then(|status| status.unmanaged.as_deref()).unwrap_or_default();
    entries.iter().map(|entry| entry.config.as_str()).collect()
}
