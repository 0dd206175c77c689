//! S3 misbehaves: whatever it answers, there is one bucket in the end, and it is as declared. Throttling is another world's: it slows
//! down all that happens in the account.

use std::time::Duration;

use serde_json::json;
use tests::s3::{Act, FaultRule};

use super::sections::{Section, first, sections};
use super::team::{Failure, Outcome, Team};

/// A team whose Bucket `b` has everything declared, and these faults.
async fn under(name: &str, faults: impl IntoIterator<Item = FaultRule>) -> Result<(Team<'static>, Vec<Section>), Failure> {
    let team = Team::new(name, &[]).await?;
    let bucket = team.s3_name("b");
    for fault in faults {
        team.world.s3().faults().add(fault.bucket(&bucket));
    }
    let all = sections(&bucket, &team.namespace);
    Ok((team, all))
}

/// The Bucket gets ready by itself, is in S3 as declared, and a check finds nothing to do.
async fn converges(team: &Team<'_>, all: &[Section]) -> Outcome {
    let bucket = team.make("b", &first(all)).await?;
    assert!(bucket.status.is_some_and(|status| status.drift.is_none()), "what was never finished is no drift");
    as_declared(team, all, &[]);
    team.check("b").await?;
    let writes = team.calls("b").writes().len();
    team.check("b").await?;
    assert_eq!(team.calls("b").writes().len(), writes, "{:?}", team.calls("b").operations());
    Ok(())
}

fn as_declared(team: &Team<'_>, all: &[Section], but: &[&str]) {
    for section in all.iter().filter(|section| !but.contains(&section.config)) {
        assert_eq!(team.in_s3("b", section.query).as_deref(), Some(section.first.1.as_str()), "{}", section.config);
    }
}

#[tokio::test]
async fn writes_of_somebody_else_at_the_same_time_pass() -> Outcome {
    let (team, all) = under("aborted", [FaultRule::answer(409, "OperationAborted").on("Put*").times(5)]).await?;
    converges(&team, &all).await
}

#[tokio::test]
async fn an_answer_that_is_lost_after_the_creation_leads_to_one_bucket() -> Outcome {
    // Once: the SDK asks again and hears that the bucket is there. Three times: the pass fails, and the next one finds the bucket.
    let (once, all) = under("lost", [FaultRule::new(Act::CutAfter).on("CreateBucket").times(1)]).await?;
    let (thrice, all_of_thrice) = under("lost", [FaultRule::answer_after(500, "InternalError").on("CreateBucket").times(3)]).await?;
    let (outcome, other) = tokio::join!(converges(&once, &all), converges(&thrice, &all_of_thrice));
    outcome?;
    other?;
    for team in [&once, &thrice] {
        let mine = |name: &String| name.starts_with(&format!("{}-", team.namespace));
        assert_eq!(team.world.s3().buckets().into_iter().filter(mine).count(), 1);
    }
    Ok(())
}

#[tokio::test]
async fn a_new_bucket_that_reads_do_not_see_yet_is_not_made_twice() -> Outcome {
    let (team, all) = under("unseen", [FaultRule::new(Act::Stale { reads: 3 }).on("CreateBucket")]).await?;
    converges(&team, &all).await?;
    assert!(team.calls("b").named("CreateBucket").len() - team.calls("b").named("CreateBucket").failed().len() == 1);
    Ok(())
}

#[tokio::test]
async fn what_is_denied_is_named_and_all_others_go_on() -> Outcome {
    let (team, all) = under("denied", []).await?;
    let fault = team.world.s3().faults().add(FaultRule::new(Act::Deny).on("PutBucketCors").bucket(&team.s3_name("b")));
    team.apply("b", &first(&all)).await?;
    let told = team.told("b", "ACK.Recoverable").await?;
    assert!(told.starts_with("cors: PutBucketCors: AccessDenied") && told.contains("s3:PutBucketCORS"), "{told}");
    for other in all.iter().filter(|section| section.config != "cors") {
        assert!(!told.contains(&format!("{}:", other.config)), "{told}");
    }
    as_declared(&team, &all, &["cors"]);
    assert_eq!(team.in_s3("b", "cors"), None);

    team.world.s3().faults().remove(fault);
    team.ready("b").await?;
    as_declared(&team, &all, &[]);
    Ok(())
}

#[tokio::test]
async fn what_cannot_be_read_is_named_and_drift_elsewhere_is_repaired() -> Outcome {
    let _alone = super::drift::alone().await;
    let (team, all) = under("unread", []).await?;
    team.make("b", &first(&all)).await?;
    team.check("b").await?;
    let bucket = team.s3_name("b");
    let fault = team.world.s3().faults().add(FaultRule::new(Act::Deny).on("GetBucketPolicy").bucket(&bucket));
    let lifecycle = all.iter().find(|section| section.config == "lifecycle").ok_or("no lifecycle")?;
    team.world.s3().set(&bucket, lifecycle.query, &lifecycle.meddled)?;
    team.touch("b").await?;
    let told = team.told("b", "ACK.Recoverable").await?;
    assert!(told.starts_with("policy: GetBucketPolicy: AccessDenied") && told.contains("s3:GetBucketPolicy"), "{told}");
    as_declared(&team, &all, &[]);
    assert!(team.calls("b").named("PutBucketPolicy").len() == 1, "what was not read is not written");

    team.world.s3().faults().remove(fault);
    team.ready("b").await?;
    Ok(())
}

#[tokio::test]
async fn a_refusal_of_s3_itself_is_terminal_until_the_spec_changes() -> Outcome {
    let (team, _) = under("refused", [FaultRule::answer(400, "MalformedPolicy").on("PutBucketPolicy")]).await?;
    let policy = json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Deny", "Principal": "*", "Action": "s3:*",
        "Resource": format!("arn:aws:s3:::{}/*", team.s3_name("b")) }] });
    team.apply("b", &json!({ "policy": policy.to_string(), "versioning": { "status": "Enabled" } })).await?;
    let told = team.told("b", "ACK.Terminal").await?;
    assert!(told.starts_with("policy: PutBucketPolicy: MalformedPolicy"), "{told}");
    assert!(team.in_s3("b", "versioning").is_some_and(|held| held.contains("Enabled")), "versioning went on");
    assert_eq!(team.calls("b").named("PutBucketPolicy").len(), 1, "the same text is not sent again and again");

    let bucket = team.make("b", &json!({ "versioning": { "status": "Enabled" } })).await?;
    let conditions = bucket.status.and_then(|status| status.conditions).unwrap_or_default();
    assert!(!conditions.iter().any(|condition| condition.type_ == "ACK.Terminal" && condition.status == "True"), "{conditions:?}");
    Ok(())
}

#[tokio::test]
async fn a_bucket_that_hangs_holds_up_no_other() -> Outcome {
    let (hanging, all) = under("hanging", [FaultRule::delay(Duration::from_secs(8), Duration::ZERO).on("HeadBucket").times(1)]).await?;
    hanging.apply("b", &first(&all)).await?;
    let (quick, _) = under("quick", []).await?;
    quick.make("b", &json!({})).await?;
    assert!(!hanging.exists("b"), "it still waits for its first answer");
    hanging.ready("b").await?;
    Ok(())
}
