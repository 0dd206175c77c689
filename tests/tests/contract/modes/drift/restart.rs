//! What stands is known at once after a restart, without a call to S3.

use serde_json::json;
use tests::world::{Options, World};

use super::{MODE, checked_now, entry, gauge, is_as_declared, meddle, section};
use crate::modes::{events, says};
use crate::sections::first;
use crate::team::{Outcome, Team};

#[tokio::test]
async fn drift_that_stands_is_known_after_a_restart_without_a_call() -> Outcome {
    let world = World::start(Options::default()).await?;
    let team = Team::of(&world, "restart", &[]).await?;
    let website = section(&team, "website")?;
    team.apply_annotated("b", &json!({ MODE: "warn" }), &first(std::slice::from_ref(&website))).await?;
    team.ready("b").await?;
    checked_now(&team, "b").await?;
    meddle(&team, &website)?;
    let shown = checked_now(&team, "b").await?;
    assert!(says(&shown, "Drifted", "True", "DriftDetected"), "{shown:?}");
    team.described("b", &["DriftDetected"]).await?;

    let calls = team.calls("b").len();
    world.controller().restart().await?;
    gauge(&team, "cooper_bucket_drift", "website", true).await?;
    assert!((team.metric("cooper_drifted_buckets", &[("config", "website")]).await? - 1.0).abs() < 0.1);
    assert!(team.metric("cooper_drift_open_seconds", &[("name", "b"), ("config", "website")]).await? > 0.0);
    // It works again, and all that were there before had their turn.
    team.make("c", &json!({})).await?;
    assert_eq!(team.calls("b").len(), calls, "{:?}", team.calls("b").operations().get(calls..));
    let bucket = team.ready("b").await?;
    assert_eq!(entry(&bucket, website.difference.0)?, entry(&shown, website.difference.0)?);
    assert!(team.metric("cooper_drift_detected_total", &[]).await?.abs() < 0.1, "it is no news");
    assert_eq!(events(&team, "DriftDetected").await?, 1);

    // It is looked at again when somebody asks, and is still no news.
    checked_now(&team, "b").await?;
    assert!(team.metric("cooper_drift_detected_total", &[]).await?.abs() < 0.1 && !is_as_declared(&team, &website));
    Ok(())
}
