//! What belongs to somebody else is never written, also where it was ours before.

use serde_json::json;
use tests::s3::{Entry, FaultRule};
use tests::world::{ACCOUNT, REGION};

use super::super::sections::{beside, first, second};
use super::super::team::Outcome;
use super::team;

#[tokio::test]
async fn every_call_says_whose_bucket_it_means() -> Outcome {
    let team = team("whose").await?;
    // Beside Object Lock S3 lets nobody suspend versioning.
    let all = beside("versioning", &team.s3_name("b"), &team.namespace);
    team.make("b", &first(&all)).await?;
    team.check("b").await?;
    team.make("b", &second(&all)).await?;
    team.check("b").await?;
    team.apply("b", &json!({})).await?;
    team.check("b").await?;
    team.delete("b").await?;
    team.gone("b").await?;
    let calls = team.calls("b");
    // The creation cannot say it, and S3 Control is told the account in another header.
    let silent = ["CreateBucket", "TagResource", "UntagResource", "ListTagsForResource"];
    let bold: Vec<&Entry> =
        calls.iter().filter(|call| !silent.contains(&call.operation) && call.expected_owner.as_deref() != Some(ACCOUNT)).collect();
    assert!(bold.is_empty(), "{bold:?}");
    assert!(calls.counts().len() >= 45, "all kinds of calls were made: {:?}", calls.counts());
    Ok(())
}

#[tokio::test]
async fn a_bucket_that_another_account_took_in_between_is_not_touched_and_people_are_told() -> Outcome {
    let team = team("sniped").await?;
    let declared = json!({ "versioning": { "status": "Enabled" }, "tagging": { "tagSet": [{ "key": "team", "value": "a" }] } });
    team.make("b", &declared).await?;
    team.check("b").await?;
    let (name, s3) = (team.s3_name("b"), team.world.s3());
    let before = team.calls("b").writes().len();
    assert!(s3.delete_bucket(&name));
    s3.create_bucket(&name, "999988887777", REGION)?;
    let theirs = s3.bucket(&name).ok_or("it is gone")?;

    team.touch("b").await?;
    let told = team.told("b", "ACK.Recoverable").await?;
    assert!(told.contains("was this Bucket's") && told.contains("another account") && told.contains("Nothing is written"), "{told}");
    team.described("b", &["Warning", "another account may have taken the name"]).await?;
    // A change of the spec writes nothing either, and neither do the checks that follow.
    let looks = team.calls("b").len();
    team.apply("b", &json!({ "versioning": { "status": "Suspended" } })).await?;
    team.wait("two more looks", || async { (team.calls("b").len() >= looks + 2).then_some(()) }).await?;
    assert_eq!(team.calls("b").writes().len(), before, "{:?}", team.calls("b").operations());
    assert_eq!(s3.bucket(&name), Some(theirs));
    Ok(())
}

#[tokio::test]
async fn a_bucket_that_came_while_the_creation_was_refused_for_now_is_not_taken_over() -> Outcome {
    let team = team("overtaken").await?;
    let (name, s3) = (team.s3_name("b"), team.world.s3());
    let refusals = s3.faults().add(FaultRule::answer(409, "OperationAborted").on("CreateBucket").bucket(&name));
    team.apply("b", &json!({ "versioning": { "status": "Enabled" }, "tagging": { "tagSet": [{ "key": "team", "value": "a" }] } })).await?;
    team.told("b", "ACK.Recoverable").await?;
    s3.create_bucket(&name, ACCOUNT, REGION)?;
    let theirs = s3.bucket(&name).ok_or("it is gone")?;
    s3.faults().remove(refusals);
    let told = team.told("b", "ACK.Terminal").await?;
    assert!(told.contains("already exists"), "{told}");
    team.delete("b").await?;
    team.gone("b").await?;
    assert_eq!(s3.bucket(&name), Some(theirs), "{:?}", team.calls("b").operations());
    Ok(())
}
