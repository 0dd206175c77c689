//! A Bucket that is paused: AWS is not called, a deletion waits, and it goes on when the pause ends.

use std::time::Duration;

use k8s_openapi::jiff::Timestamp;
use serde_json::json;

use super::super::team::Outcome;
use super::{annotate, events, says, team};

const PAUSED: &str = "s3.services.k8s.aws/paused";
const SUSPENDED: &str = "<VersioningConfiguration><Status>Suspended</Status></VersioningConfiguration>";

/// The time in so many seconds.
fn seconds_from_now(seconds: i64) -> String {
    Timestamp::from_second(Timestamp::now().as_second() + seconds).map(|time| time.to_string()).unwrap_or_default()
}

#[tokio::test]
async fn a_paused_bucket_asks_aws_nothing_until_the_annotation_goes() -> Outcome {
    let team = team("paused", &[]).await?;
    team.make("b", &json!({ "versioning": { "status": "Enabled" } })).await?;
    let checked = team.check("b").await?;
    annotate(&team, "b", &format!("{PAUSED}=true")).await?;
    let bucket = team.until("b", "paused", |bucket| says(bucket, "Paused", "True", "Annotation")).await?;
    assert!(says(&bucket, "Ready", "True", "") && says(&bucket, "Drifted", "False", "InSync"), "what was known stays: {bucket:?}");
    assert_eq!(bucket.status.as_ref().map(|status| &status.last_checked), checked.status.as_ref().map(|status| &status.last_checked));
    let calls = team.calls("b").len();

    team.world.s3().set(&team.s3_name("b"), "versioning", SUSPENDED)?;
    let patch = r#"{"spec":{"requestPayment":{"payer":"Requester"}}}"#;
    team.kubectl.run(&["patch", "bucket", "b", "--type=merge", "--patch", patch]).await?.ok()?;
    let generation = |bucket: &shared::Bucket, type_: &str| {
        let conditions = bucket.status.as_ref().and_then(|status| status.conditions.as_deref()).unwrap_or_default();
        conditions.iter().find(|known| known.type_ == type_).and_then(|known| known.observed_generation)
    };
    let bucket = team.until("b", "the newer spec seen", |bucket| generation(bucket, "Paused") == bucket.metadata.generation).await?;
    assert!(generation(&bucket, "Ready") < bucket.metadata.generation, "and not looked at");
    let gauge = [("namespace", team.namespace.as_str()), ("name", "b")];
    team.wait("the gauge", || async { team.metric("cooper_bucket_paused", &gauge).await.ok().filter(|value| *value > 0.0) }).await?;
    team.described("b", &["S3 is not asked and not written, as annotation s3.services.k8s.aws/paused of this Bucket says", "Paused"])
        .await?;
    assert_eq!(team.calls("b").len(), calls, "{:?}", team.calls("b").operations());

    annotate(&team, "b", &format!("{PAUSED}-")).await?;
    let bucket =
        team.until("b", "gone on", |bucket| says(bucket, "Paused", "", "") && generation(bucket, "Ready") == bucket.metadata.generation);
    bucket.await?;
    assert!(team.in_s3("b", "versioning").is_some_and(|held| held.contains("Enabled")));
    assert!(team.in_s3("b", "requestPayment").is_some_and(|held| held.contains("Requester")));
    team.described("b", &["Resumed"]).await?;
    assert_eq!((events(&team, "Paused").await?, events(&team, "Resumed").await?), (1, 1), "each told once");
    Ok(())
}

#[tokio::test]
async fn a_pause_with_an_end_is_over_by_itself() -> Outcome {
    let team = team("expires", &[]).await?;
    let end = seconds_from_now(4);
    team.apply_annotated("b", &json!({ PAUSED: end }), &json!({})).await?;
    let bucket = team.until("b", "paused", |bucket| says(bucket, "Paused", "True", "Annotation")).await?;
    assert!(told_until(&bucket, &end) && !bucket.owns_bucket(), "{bucket:?}");
    assert!(team.calls("b").is_empty());

    let bucket = team.ready("b").await?;
    // As a time: as text, a fraction of a second sorts before the whole second.
    assert!(says(&bucket, "Paused", "", "") && Timestamp::now() >= end.parse::<Timestamp>()?, "{bucket:?}");
    assert!(team.exists("b"));
    // A time that is over is as if it were not there.
    let bucket = team.check("b").await?;
    assert!(says(&bucket, "Drifted", "False", "InSync"));
    Ok(())
}

fn told_until(bucket: &shared::Bucket, end: &str) -> bool {
    tests::world::condition(bucket, "Paused").is_some_and(|(_, message)| message.contains(&format!("until {end}")))
}

#[tokio::test]
async fn the_namespace_pauses_all_its_buckets() -> Outcome {
    let team = team("quiet", &[]).await?;
    team.make("b", &json!({})).await?;
    team.check("b").await?;
    let on_namespace = |annotation: String| async move {
        let namespace = team.namespace.clone();
        team.world.kubectl().run(&["annotate", "--overwrite", "namespace", &namespace, &annotation]).await?.ok()?;
        Ok::<_, super::super::team::Failure>(team)
    };
    let team = on_namespace(format!("{PAUSED}=true")).await?;
    team.until("b", "paused", |bucket| says(bucket, "Paused", "True", "NamespaceAnnotation")).await?;
    let calls = team.calls("b").len();
    team.apply("c", &json!({})).await?;
    team.until("c", "paused", |bucket| says(bucket, "Paused", "True", "NamespaceAnnotation")).await?;
    assert!(team.calls("b").len() == calls && team.calls("c").is_empty());

    let namespace = team.namespace.clone();
    team.world.kubectl().run(&["annotate", "namespace", &namespace, &format!("{PAUSED}-")]).await?.ok()?;
    team.ready("c").await?;
    team.until("b", "gone on", |bucket| says(bucket, "Paused", "", "")).await?;
    Ok(())
}

#[tokio::test]
async fn a_deletion_waits_for_the_end_of_the_pause() -> Outcome {
    let team = team("deletes", &[]).await?;
    team.make("b", &json!({})).await?;
    annotate(&team, "b", &format!("{PAUSED}={}", seconds_from_now(5))).await?;
    team.until("b", "paused", |bucket| says(bucket, "Paused", "True", "Annotation")).await?;
    let calls = team.calls("b").len();
    team.delete("b").await?;
    let bucket = team.until("b", "waiting", |bucket| bucket.is_being_deleted() && says(bucket, "Paused", "True", "Annotation")).await?;
    assert!(bucket.owns_bucket());
    team.described("b", &["DeletionBlocked", "the Bucket is to be deleted and waits: S3 is not asked and not written until"]).await?;
    assert!(team.exists("b") && team.calls("b").len() == calls, "{:?}", team.calls("b").operations());
    team.gone("b").await?;
    assert!(!team.exists("b"));
    Ok(())
}

#[tokio::test]
async fn what_is_no_pause_and_no_time_is_refused() -> Outcome {
    let team = team("words", &[]).await?;
    for word in ["yes", "2030-01-31", "10m"] {
        let manifest = team.manifest("b", &json!({ PAUSED: word }), &json!({}));
        let said = team.kubectl.apply_refused(&manifest.to_string()).await?;
        assert!(said.contains("[paused-value]") && said.contains("2030-01-31T12:00:00Z"), "{said}");
    }
    // The namespace is nobody's to refuse: a slip there pauses, and says so.
    let slip = super::team("slip", &[(PAUSED, "ture")]).await?;
    slip.apply("b", &json!({})).await?;
    let bucket = slip.until("b", "paused", |bucket| says(bucket, "Paused", "True", "NotUnderstood")).await?;
    assert!(told_word(&bucket, "\"ture\""));
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert!(slip.calls("b").is_empty());
    Ok(())
}

fn told_word(bucket: &shared::Bucket, word: &str) -> bool {
    tests::world::condition(bucket, "Paused").is_some_and(|(_, message)| message.contains(word))
}
