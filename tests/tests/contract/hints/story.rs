//! What a hint leads to.

use futures::future::try_join_all;
use serde_json::json;
use tests::hints::{Event, event_names};

use super::{Outcome, Team, count, ground, looks};

const SUSPENDED: &str = "<VersioningConfiguration><Status>Suspended</Status></VersioningConfiguration>";

fn spec() -> serde_json::Value {
    json!({ "versioning": { "status": "Enabled" } })
}

fn is_repaired(team: &Team<'_>, bucket: &str) -> bool {
    team.in_s3(bucket, "versioning").is_some_and(|held| held.contains("Enabled"))
}

#[tokio::test]
async fn a_change_that_the_queue_tells_of_is_put_right_and_says_who_did_it() -> Outcome {
    let ground = ground().await;
    let team = ground.team("told").await?;
    team.make("b", &spec()).await?;
    team.check("b").await?;

    ground.world.s3().set(&team.s3_name("b"), "versioning", SUSPENDED)?;
    ground.queue.send(&Event::new("PutBucketVersioning", &team.s3_name("b")).body()).await?;
    team.wait("the repair", || async { is_repaired(&team, "b").then_some(()) }).await?;
    let bucket = team.until("b", "told as repaired", |bucket| drift(bucket).is_some_and(|drift| drift.remediated_at.is_some())).await?;
    let drift = drift(&bucket).ok_or("no drift")?;
    let changed_by = drift.changed_by.as_ref().ok_or("nobody changed it")?;
    assert_eq!((drift.config.as_str(), changed_by.event.as_str()), ("versioning", "PutBucketVersioning"));
    assert!(changed_by.principal.as_deref().is_some_and(|principal| principal.ends_with("assumed-role/admins/alice")), "{changed_by:?}");
    assert!(changed_by.time.is_some());

    let metrics = ground.world.controller().metrics().await?;
    for histogram in ["cooper_hint_delay_seconds_count", "cooper_hint_to_read_seconds_count"] {
        assert!(metrics.value(histogram, &[]).is_some_and(|count| count >= 1.0), "{histogram}");
    }
    assert_eq!(metrics.value("cooper_hint_queue_up", &[]), Some(1.0));
    assert_eq!(metrics.value("cooper_hint_queue_configured", &[]), Some(1.0));
    Ok(())
}

fn drift(bucket: &shared::Bucket) -> Option<&shared::bucket::Drift> {
    bucket.status.as_ref()?.drift.as_ref()?.first()
}

#[tokio::test]
async fn every_event_that_the_rule_asks_for_leads_to_a_check() -> Outcome {
    let ground = ground().await;
    let team = ground.team("every").await?;
    let names = event_names()?;
    assert!(names.len() > 40, "{names:?}");
    let bucket = |event: &str| event.to_lowercase();
    let tell = |event: String| {
        let (team, bucket) = (&team, bucket(&event));
        async move {
            team.make(&bucket, &json!({})).await?;
            team.check(&bucket).await?;
            let before = looks(team, &bucket);
            ground.queue.send(&Event::new(&event, &team.s3_name(&bucket)).body()).await?;
            team.wait(&format!("a look after {event}"), || async { (looks(team, &bucket) > before).then_some(()) }).await
        }
    };
    try_join_all(names.into_iter().map(tell)).await?;
    Ok(())
}

#[tokio::test]
async fn a_bucket_that_is_changed_all_the_time_is_looked_at_less_often_and_the_last_change_is_not_lost() -> Outcome {
    let ground = ground().await;
    let team = ground.team("busy").await?;
    team.make("b", &spec()).await?;
    team.check("b").await?;
    let tell = async |event: &str| ground.queue.send(&Event::new(event, &team.s3_name("b")).body()).await;

    for event in ["PutBucketAcl", "PutBucketCors", "PutBucketPolicy"] {
        let before = looks(&team, "b");
        tell(event).await?;
        team.wait("a look", || async { (looks(&team, "b") > before).then_some(()) }).await?;
    }
    let (before, limited) = (looks(&team, "b"), count(&ground.world, "cloudtrail", "limited").await?);
    ground.world.s3().set(&team.s3_name("b"), "versioning", SUSPENDED)?;
    for event in ["PutBucketVersioning", "PutBucketTagging", "PutBucketWebsite", "PutBucketLogging"] {
        tell(event).await?;
    }
    team.wait("these to be put off", || async {
        (count(&ground.world, "cloudtrail", "limited").await.ok()? >= limited + 4.0).then_some(())
    })
    .await?;
    team.wait("the repair", || async { is_repaired(&team, "b").then_some(()) }).await?;
    team.until("b", "told as repaired", |bucket| drift(bucket).is_some_and(|drift| drift.remediated_at.is_some())).await?;
    assert_eq!(looks(&team, "b") - before, 1, "one look for the four of them");
    Ok(())
}
