//! Under which identity the controller works: chosen loudly, allowed by the namespace, and never another one than was chosen.

use serde_json::json;
use tests::s3::Role;

use super::team::{Outcome, Team, world};

const ROLE: &str = "s3.services.k8s.aws/iam-role-arn";
const ALLOWED: &str = "s3.services.k8s.aws/allowed-iam-role-arns";
const THEIR_ACCOUNT: &str = "444455556666";

#[tokio::test]
async fn a_role_that_the_namespace_allows_does_all_the_work() -> Outcome {
    let arn = format!("arn:aws:iam::{THEIR_ACCOUNT}:role/buckets-allowed");
    world().await.s3().add_role(Role::open(&arn));
    let team = Team::new("allowed", &[(ALLOWED, "arn:aws:iam::444455556666:role/buckets-*")]).await?;
    team.apply_annotated("b", &json!({ ROLE: arn }), &json!({ "versioning": { "status": "Enabled" } })).await?;
    let bucket = team.ready("b").await?;
    only_by(&team, "b", "buckets-allowed");
    let owner = bucket.status.and_then(|status| status.ack_resource_metadata).map(|metadata| metadata.owner_account_id);
    assert_eq!(owner.as_deref(), Some(THEIR_ACCOUNT));

    team.delete("b").await?;
    team.gone("b").await?;
    only_by(&team, "b", "buckets-allowed");
    assert!(!team.exists("b"));
    Ok(())
}

#[tokio::test]
async fn a_role_that_the_namespace_does_not_allow_is_refused() -> Outcome {
    let team = Team::new("forbidden", &[(ALLOWED, "arn:aws:iam::444455556666:role/buckets-*")]).await?;
    let arn = "arn:aws:iam::444455556666:role/admin";
    let manifest = team.manifest("b", &json!({ ROLE: arn }), &json!({}));
    let said = team.kubectl.apply_refused(&manifest.to_string()).await?;
    assert!(said.contains("[role-not-permitted]") && said.contains(arn), "{said}");

    let silent = Team::new("forbidden", &[]).await?;
    let manifest = silent.manifest("b", &json!({ ROLE: arn }), &json!({}));
    let said = silent.kubectl.apply_refused(&manifest.to_string()).await?;
    assert!(said.contains("[role-not-permitted]"), "a namespace that names none allows none: {said}");
    Ok(())
}

#[tokio::test]
async fn the_namespaces_role_is_written_onto_the_bucket() -> Outcome {
    let arn = format!("arn:aws:iam::{THEIR_ACCOUNT}:role/team-role");
    world().await.s3().add_role(Role::open(&arn));
    let team = Team::new("teamrole", &[(ROLE, &arn)]).await?;
    let bucket = team.make("b", &json!({})).await?;
    assert_eq!(bucket.annotation(ROLE), Some(arn.as_str()));
    only_by(&team, "b", "team-role");
    Ok(())
}

#[tokio::test]
async fn a_role_that_cannot_be_assumed_is_named_and_nobody_else_steps_in() -> Outcome {
    let arn = format!("arn:aws:iam::{THEIR_ACCOUNT}:role/gone");
    let team = Team::new("norole", &[(ROLE, &arn)]).await?;
    team.apply("b", &json!({})).await?;
    let told = team.told("b", "ACK.Recoverable").await?;
    for part in ["AssumeRole", arn.as_str(), "sts:AssumeRole"] {
        assert!(told.contains(part), "{told}");
    }
    assert_eq!(team.calls("b").operations(), [""; 0], "no call to S3 under any identity");

    // Once the role is there, the Bucket gets ready by itself.
    world().await.s3().add_role(Role::open(&arn));
    team.ready("b").await?;
    only_by(&team, "b", "gone");
    Ok(())
}

/// Every call about the bucket was made by a session of this role.
fn only_by(team: &Team<'_>, bucket: &str, role: &str) {
    let session = format!("arn:aws:sts::{THEIR_ACCOUNT}:assumed-role/{role}/");
    let calls = team.calls(bucket);
    assert!(!calls.is_empty());
    for call in calls.iter() {
        assert!(call.caller.as_ref().is_some_and(|caller| caller.starts_with(&session)), "{call:?}");
        assert_eq!(call.account.as_deref(), Some(THEIR_ACCOUNT));
    }
}
