//! One S3 bucket, one Bucket: what somebody else has is never written.

use serde_json::json;
use tests::s3::Access;
use tests::world::{ACCOUNT, REGION};

use super::team::{Failure, Outcome, Team, world};

#[tokio::test]
async fn a_name_that_another_bucket_claims_is_refused_in_every_namespace() -> Outcome {
    let (owner, other) = (Team::new("owner", &[]).await?, Team::new("other", &[]).await?);
    owner.make("b", &json!({})).await?;
    let holder = format!("{}/b", owner.namespace);
    for (team, name) in [(&owner, "twin"), (&other, "b")] {
        let mut twin = team.manifest(name, &json!({}), &json!({}));
        twin["spec"]["name"] = json!(owner.s3_name("b"));
        // The webhook's cache learns of the first Bucket some moments after it is stored.
        let said = team
            .wait("the second claim to be refused", || async {
                let dry_run = ["apply", "--dry-run=server", "-f", "-"];
                let said = team.kubectl.run_with(&dry_run, &twin.to_string()).await.ok()?;
                (!said.success()).then_some(said.stderr)
            })
            .await?;
        assert!(said.contains("[bucket-claimed-twice]") && said.contains(&holder), "{said}");
        let said = team.kubectl.apply_refused(&twin.to_string()).await?;
        assert!(said.contains("[bucket-claimed-twice]"), "{said}");
    }
    Ok(())
}

#[tokio::test]
async fn a_bucket_that_is_there_already_is_left_alone() -> Outcome {
    let team = Team::new("taken", &[]).await?;
    let s3 = team.world.s3();
    s3.create_bucket(&team.s3_name("ours"), ACCOUNT, REGION)?;
    s3.create_bucket(&team.s3_name("theirs"), "999988887777", REGION)?;
    s3.create_bucket(&team.s3_name("far"), ACCOUNT, "us-west-2")?;
    for bucket in ["ours", "theirs", "far"] {
        team.apply(bucket, &json!({ "versioning": { "status": "Enabled" } })).await?;
    }
    let told = team.told("ours", "ACK.Terminal").await?;
    assert!(told.contains("Resource already exists") && told.contains("left alone"), "{told}");
    let told = team.told("theirs", "ACK.Recoverable").await?;
    assert!(told.contains("belongs to another account") && told.contains("s3:ListBucket"), "{told}");
    let told = team.told("far", "ACK.Terminal").await?;
    assert!(told.contains("us-west-2") && told.contains(REGION), "both regions are named: {told}");

    for bucket in ["ours", "theirs", "far"] {
        untouched(&team, bucket)?;
        let found = team.until(bucket, "there", |_| true).await?;
        assert!(!found.owns_bucket(), "{bucket}: no claim to it");
        team.delete(bucket).await?;
        team.gone(bucket).await?;
        untouched(&team, bucket)?;
    }
    Ok(())
}

/// The bucket is there as it was made, and nobody tried to write it.
fn untouched(team: &Team<'_>, bucket: &str) -> Result<(), Failure> {
    let writes = team.calls(bucket).iter().filter(|call| call.access == Access::Write).count();
    assert_eq!(writes, 0, "{bucket}: {:?}", team.calls(bucket).operations());
    let held = team.world.s3().bucket(&team.s3_name(bucket)).ok_or("it is gone")?;
    assert!(!held.configuration.contains_key("versioning"), "{bucket}: {held:?}");
    Ok(())
}

#[tokio::test]
async fn a_bucket_of_another_bucket_is_not_taken_over_when_its_holder_goes() -> Outcome {
    let team = Team::new("heir", &[]).await?;
    let retain = json!({ "services.k8s.aws/deletion-policy": "retain" });
    team.apply_annotated("first", &retain, &json!({})).await?;
    team.ready("first").await?;
    team.delete("first").await?;
    team.gone("first").await?;

    let mut heir = team.manifest("second", &json!({}), &json!({}));
    heir["spec"]["name"] = json!(team.s3_name("first"));
    let heir = heir.to_string();
    // The webhook's cache forgets the first Bucket some moments after it is gone.
    team.wait("the name to be free", || async { team.kubectl.apply(&heir).await.ok() }).await?;
    let told = team.told("second", "ACK.Terminal").await?;
    assert!(told.contains("Resource already exists"), "{told}");
    assert_eq!(world().await.s3().journal().of(&team.s3_name("first")).writes().len(), 1, "only the first Bucket's CreateBucket");
    Ok(())
}
