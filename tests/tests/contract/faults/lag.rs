//! S3 is eventually consistent: what was written a moment ago is read as it was before, or not at all.

use std::time::Duration;

use serde_json::json;
use tests::s3::FaultRule;

use super::super::sections::{eight, first, second};
use super::super::team::{Outcome, Team};
use super::team;

/// Whether anybody was told of drift.
async fn undisturbed(team: &Team<'_>, bucket: &str) -> Outcome {
    let found = team.ready(bucket).await?;
    assert_eq!(found.status.and_then(|status| status.drift), None, "{bucket}");
    let told = team.kubectl.run(&["describe", "bkt", bucket]).await?.ok()?.stdout;
    assert!(!told.contains("DriftDetected") && !told.contains("DriftRemediated"), "{told}");
    Ok(())
}

fn created(team: &Team<'_>, bucket: &str) -> usize {
    team.calls(bucket).named("CreateBucket").iter().filter(|call| call.succeeded()).count()
}

#[tokio::test]
async fn reads_that_lag_behind_writes_are_no_drift() -> Outcome {
    let team = team("lag").await?;
    let all = eight(&team.s3_name("b"), &team.namespace);
    let lag = FaultRule::lag(Duration::from_secs(4)).bucket(&team.s3_name("b"));
    for operation in ["Put*", "Delete*"] {
        team.world.s3().faults().add(lag.clone().on(operation));
    }
    team.make("b", &first(&all)).await?;
    // A look right away, while reads are behind.
    team.check("b").await?;
    undisturbed(&team, "b").await?;
    team.make("b", &second(&all)).await?;
    team.check("b").await?;
    undisturbed(&team, "b").await?;
    for section in &all {
        assert_eq!(team.in_s3("b", section.query).as_deref(), Some(section.second.1.as_str()), "{}", section.config);
    }
    assert_eq!(created(&team, "b"), 1);
    Ok(())
}

#[tokio::test]
async fn a_bucket_that_nobody_sees_yet_is_made_once_and_no_refusal_is_final() -> Outcome {
    let team = team("unseen").await?;
    // The creation shows four seconds later; its answer arrives, gets lost, or is an error.
    for (bucket, answers) in [("told", None), ("lost", Some(FaultRule::answer_after(500, "InternalError").times(3)))] {
        team.world.s3().faults().add(FaultRule::lag(Duration::from_secs(4)).on("CreateBucket").bucket(&team.s3_name(bucket)));
        if let Some(rule) = answers {
            team.world.s3().faults().add(rule.on("CreateBucket").bucket(&team.s3_name(bucket)));
        }
        team.apply(bucket, &json!({ "versioning": { "status": "Enabled" }, "tagging": { "tagSet": [{ "key": "team", "value": "a" }] } }))
            .await?;
    }
    for bucket in ["told", "lost"] {
        let seen = std::cell::Cell::new(false);
        let terminal = |found: &shared::Bucket| {
            let conditions = found.status.as_ref().and_then(|status| status.conditions.as_deref()).unwrap_or_default();
            conditions.iter().any(|condition| condition.type_ == "ACK.Terminal" && condition.status == "True")
        };
        team.until(bucket, "ready", |found| {
            seen.set(seen.get() || terminal(found));
            tests::world::is_ready(found)
        })
        .await?;
        assert!(!seen.get(), "{bucket}: a refusal that passes is not called final");
        undisturbed(&team, bucket).await?;
        let made = team.calls(bucket).named("CreateBucket");
        assert!(
            made.iter().all(|call| call.succeeded() || matches!(call.code.as_deref(), Some("InternalError" | "BucketAlreadyOwnedByYou"))),
            "{made:?}"
        );
        assert!(team.in_s3(bucket, "versioning").is_some_and(|held| held.contains("Enabled")), "{bucket}");
    }
    Ok(())
}

#[tokio::test]
async fn a_bucket_that_nobody_sees_yet_is_deleted_with_its_bucket() -> Outcome {
    let team = team("newborn").await?;
    let faults = team.world.s3().faults();
    let lag = FaultRule::lag(Duration::from_secs(4)).on("CreateBucket").bucket(&team.s3_name("b"));
    let lost = FaultRule::answer_after(500, "InternalError").on("CreateBucket").bucket(&team.s3_name("b"));
    for rule in [lag, lost.times(3)] {
        faults.add(rule);
    }
    team.apply("b", &json!({})).await?;
    team.wait("the creation", || async { (!team.calls("b").named("CreateBucket").is_empty()).then_some(()) }).await?;
    team.delete("b").await?;
    team.gone("b").await?;
    assert!(!team.exists("b"), "it is left behind: {:?}", team.calls("b").operations());
    Ok(())
}
