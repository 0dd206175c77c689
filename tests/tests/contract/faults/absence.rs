//! A bucket that was there and that S3 does not find: it is made again only where it is gone for certain.

use serde_json::json;
use tests::s3::{Access, FaultRule};
use tests::world::ACCOUNT;

use super::super::team::{Outcome, Team};
use super::team_in;

/// A team with a bucket that is there and in sync.
async fn settled(name: &str, region: &str) -> Result<Team<'static>, super::Failure> {
    let team = team_in(name, region).await?;
    team.make("b", &json!({ "versioning": { "status": "Enabled" } })).await?;
    team.check("b").await?;
    Ok(team)
}

fn created(team: &Team<'_>) -> usize {
    team.calls("b").named("CreateBucket").len()
}

#[tokio::test]
async fn a_bucket_that_one_call_finds_is_not_made_again() -> Outcome {
    let team = settled("half", "eu-west-2").await?;
    let writes = team.calls("b").writes().len();
    let rule = team.world.s3().faults().add(FaultRule::answer(404, "NoSuchBucket").on("HeadBucket").bucket(&team.s3_name("b")));
    team.touch("b").await?;
    let told = team.told("b", "ACK.Recoverable").await?;
    assert!(told.contains("another call finds it") && told.contains("looked at again"), "{told}");
    assert_eq!(team.calls("b").writes().len(), writes, "{:?}", team.calls("b").operations());
    team.world.s3().faults().remove(rule);
    let bucket = team.ready("b").await?;
    assert_eq!(bucket.status.and_then(|status| status.drift), None, "it never was gone");
    Ok(())
}

#[tokio::test]
async fn a_storm_of_404_among_503_makes_no_bucket() -> Outcome {
    let team = settled("storm", "eu-west-3").await?;
    let writes = team.calls("b").writes().len();
    let bucket = team.s3_name("b");
    let faults = team.world.s3().faults();
    let storm = [
        faults.add(FaultRule::slow_down().access(Access::Read).bucket(&bucket).times(3)),
        faults.add(FaultRule::answer(404, "NoSuchBucket").bucket(&bucket)),
    ];
    team.touch("b").await?;
    let unverified = |found: &shared::Bucket| {
        tests::world::condition(found, "ACK.Recoverable").is_some_and(|(_, told)| told.contains("throttles this account"))
    };
    team.until("b", "doubted", unverified).await?;
    let heads = team.calls("b").named("HeadBucket").len();
    team.wait("more looks", || async { (team.calls("b").named("HeadBucket").len() >= heads + 3).then_some(()) }).await?;
    assert_eq!((created(&team), team.calls("b").writes().len()), (1, writes), "{:?}", team.calls("b").operations());

    // Nor is a Bucket let go because of it.
    team.delete("b").await?;
    let heads = team.calls("b").named("HeadBucket").len();
    team.wait("a look before the deletion", || async { (team.calls("b").named("HeadBucket").len() > heads).then_some(()) }).await?;
    team.until("b", "still there", |_| true).await?;
    for rule in storm {
        faults.remove(rule);
    }
    team.gone("b").await?;
    assert!(!team.exists("b"), "the bucket was deleted, not left behind");
    assert_eq!(created(&team), 1);
    Ok(())
}

#[tokio::test]
async fn a_bucket_that_is_gone_is_made_again_after_a_second_look_and_counted() -> Outcome {
    let team = settled("gone", "eu-south-1").await?;
    let before = team.metric("cooper_drift_detected_total", &[("config", "bucket")]).await?;
    let looks = team.calls("b").len();
    assert!(team.world.s3().delete_bucket(&team.s3_name("b")));
    team.touch("b").await?;
    team.wait("the bucket to be made again", || async { team.exists("b").then_some(()) }).await?;
    let bucket = team.ready("b").await?;
    let drift = bucket.status.and_then(|status| status.drift).unwrap_or_default();
    assert_eq!(drift.iter().map(|drift| drift.config.as_str()).collect::<Vec<_>>(), ["bucket"]);
    let counted = team.metric("cooper_drift_detected_total", &[("config", "bucket")]).await? - before;
    assert!((0.5..1.5).contains(&counted), "{counted}");
    let calls = &team.calls("b").operations()[looks..];
    let made = calls.iter().position(|call| *call == "CreateBucket").ok_or("it was not made")?;
    assert_eq!(calls[..made].iter().filter(|call| **call == "HeadBucket").count(), 2, "{calls:?}");
    assert_eq!(calls[made - 1], "GetBucketVersioning", "another call was asked: {calls:?}");
    assert!(team.in_s3("b", "versioning").is_some_and(|held| held.contains("Enabled")));
    Ok(())
}

#[tokio::test]
async fn a_bucket_of_the_account_is_not_taken_for_a_new_one_in_a_storm() -> Outcome {
    let team = team_in("false-no", "ap-south-1").await?;
    let (name, s3) = (team.s3_name("b"), team.world.s3());
    s3.create_bucket(&name, ACCOUNT, "ap-south-1")?;
    let storm = [
        s3.faults().add(FaultRule::slow_down().on("HeadBucket").bucket(&name).times(2)),
        s3.faults().add(FaultRule::answer(404, "NoSuchBucket").on("HeadBucket").bucket(&name)),
    ];
    team.apply("b", &json!({})).await?;
    let told = team.told("b", "ACK.Recoverable").await?;
    assert!(told.contains("another call finds it"), "{told}");
    for rule in storm {
        s3.faults().remove(rule);
    }
    let told = team.told("b", "ACK.Terminal").await?;
    assert!(told.contains("already exists"), "{told}");
    assert_eq!(team.calls("b").writes().operations(), Vec::<&str>::new());
    Ok(())
}
