//! Buckets that are emptied before they are deleted, and those that are not, whatever their annotation says.

use serde_json::{Value, json};

use super::{Turn, until_blocked};
use crate::team::{Failure, Outcome, Team};

const EMPTY: &str = "s3.services.k8s.aws/empty-on-deletion";
const KEYS: usize = 700;
const VERSIONS: usize = 5;

async fn turn(enabled: bool) -> Result<Turn, Failure> {
    let enabled = enabled.to_string();
    let flags =
        [("--enable-bucket-emptying", enabled.as_str()), ("--emptying-objects-per-second", "500"), ("--max-deletions-per-minute", "0")];
    Turn::with(&flags).await
}

/// A Bucket that asks to be emptied, with one object in it.
async fn with_an_object(team: &Team<'_>, bucket: &str, annotations: &Value, sections: &Value) -> Outcome {
    team.apply_annotated(bucket, annotations, sections).await?;
    team.ready(bucket).await?;
    team.world.s3().put_object(&team.s3_name(bucket), "precious")?;
    Ok(())
}

fn wish(team: &Team<'_>, bucket: &str) -> Value {
    json!({ EMPTY: team.s3_name(bucket) })
}

#[tokio::test]
async fn thousands_of_versions_and_uploads_go_also_across_a_restart() -> Outcome {
    let turn = turn(true).await?;
    let team = Team::of(turn.world, "emptied", &[]).await?;
    let (s3, name) = (turn.world.s3(), team.s3_name("b"));
    team.apply_annotated("b", &wish(&team, "b"), &json!({ "versioning": { "status": "Enabled" } })).await?;
    team.ready("b").await?;
    for number in 0..KEYS * VERSIONS {
        s3.put_object(&name, &format!("dir {}/é&<{}>", number % 7, number % KEYS))?;
    }
    for key in ["a", "b", "b"] {
        s3.put_upload(&name, key)?;
    }
    team.delete("b").await?;
    let told = until_blocked(&team, "b", "Emptying").await?;
    assert!(told.contains("is being emptied"), "{told}");
    turn.world.controller().kill().await;
    let half = s3.bucket(&name).map(|state| state.versions).unwrap_or_default();
    assert!(half > 0 && half < KEYS * VERSIONS, "{half} are left in the middle");
    turn.world.controller().start().await?;
    team.gone("b").await?;
    assert!(!team.exists("b"));

    let calls = team.calls("b");
    assert!(calls.named("DeleteObjects").len() >= KEYS * VERSIONS / 500, "batches of a second's worth at most");
    assert_eq!(calls.named("AbortMultipartUpload").len(), 3);
    assert_eq!(calls.named("DeleteObject").len(), 0);
    assert!(team.metric("cooper_emptied_total", &[("kind", "version")]).await? >= 1.0);
    let events = team.kubectl.run(&["get", "events", "--field-selector=reason=Emptying"]).await?.ok()?.stdout;
    assert!(events.lines().count() <= 3, "progress is no news: {events}");
    Ok(())
}

#[tokio::test]
async fn without_both_the_flag_and_the_annotation_no_object_is_touched() -> Outcome {
    {
        let turn = turn(true).await?;
        let team = Team::of(turn.world, "half", &[]).await?;
        with_an_object(&team, "no-annotation", &json!({}), &json!({})).await?;
        team.delete("no-annotation").await?;
        until_blocked(&team, "no-annotation", "BucketNotEmpty").await?;
        let other = json!({ EMPTY: "another-bucket" });
        let refused = team.kubectl.apply_refused(&team.manifest("other", &other, &json!({})).to_string()).await?;
        assert!(refused.contains("[empty-on-deletion-name]"), "{refused}");
        assert!(turn.world.s3().journal().calls().named("DeleteObjects").of(&team.s3_name("no-annotation")).is_empty());
    }
    let turn = turn(false).await?;
    let team = Team::of(turn.world, "half", &[]).await?;
    with_an_object(&team, "no-flag", &wish(&team, "no-flag"), &json!({})).await?;
    team.delete("no-flag").await?;
    let told = until_blocked(&team, "no-flag", "BucketNotEmpty").await?;
    assert!(told.contains("--enable-bucket-emptying"), "{told}");
    for call in ["DeleteObjects", "ListObjectVersions", "AbortMultipartUpload"] {
        assert_eq!(team.calls("no-flag").named(call).len(), 0, "{call}");
    }
    Ok(())
}

#[tokio::test]
async fn a_bucket_with_object_lock_or_replication_or_a_second_claim_is_never_emptied() -> Outcome {
    const REPLICATION: &str = "<ReplicationConfiguration><Role>arn:aws:iam::111122223333:role/r</Role></ReplicationConfiguration>";
    let turn = turn(true).await?;
    let team = Team::of(turn.world, "locked", &[]).await?;
    let locked = json!({ "objectLockEnabledForBucket": true, "versioning": { "status": "Enabled" } });
    with_an_object(&team, "lock", &wish(&team, "lock"), &locked).await?;
    for bucket in ["replicated", "unreadable", "shared"] {
        with_an_object(&team, bucket, &wish(&team, bucket), &json!({})).await?;
    }
    turn.world.s3().force(&team.s3_name("replicated"), "replication", REPLICATION)?;
    let denied = tests::s3::FaultRule::new(tests::s3::Act::Deny).on("GetObjectLockConfiguration").bucket(&team.s3_name("unreadable"));
    turn.world.s3().faults().add(denied);
    let mut onlooker = team.manifest("onlooker", &json!({ "services.k8s.aws/read-only": "true" }), &json!({}));
    onlooker["spec"]["name"] = json!(team.s3_name("shared"));
    team.kubectl.apply(&onlooker.to_string()).await?;
    for (bucket, why) in [
        ("lock", "it has Object Lock"),
        ("replicated", "it has replication"),
        ("unreadable", "s3:GetBucketObjectLockConfiguration"),
        ("shared", "onlooker is about the same S3 bucket"),
    ] {
        team.delete(bucket).await?;
        let told = until_blocked(&team, bucket, "EmptyingRefused").await?;
        assert!(told.contains(why), "{told}");
        assert!(team.exists(bucket) && team.calls(bucket).named("DeleteObjects").is_empty(), "{bucket}");
    }
    Ok(())
}

#[tokio::test]
async fn a_key_that_s3_keeps_is_named_and_the_rest_goes() -> Outcome {
    let turn = turn(true).await?;
    let team = Team::of(turn.world, "kept", &[]).await?;
    let (s3, name) = (turn.world.s3(), team.s3_name("b"));
    with_an_object(&team, "b", &wish(&team, "b"), &json!({})).await?;
    for key in ["a", "z"] {
        s3.put_object(&name, key)?;
    }
    s3.keep_object(&name, "precious", true)?;
    team.delete("b").await?;
    let told = until_blocked(&team, "b", "Denied").await?;
    for part in ["1 of 3 keys", "\"precious\"", "s3:DeleteObjectVersion"] {
        assert!(told.contains(part), "{told}");
    }
    assert_eq!(s3.bucket(&name).map(|state| state.versions), Some(1));
    s3.keep_object(&name, "precious", false)?;
    team.touch("b").await?;
    team.gone("b").await?;
    assert!(!team.exists("b"));
    Ok(())
}
