//! The role that S3 replicates with, named by a Role of the ACK IAM controller.

use serde_json::json;
use tests::world::{ACCOUNT, condition};

use super::iam_roles::{define, replicating, role};
use super::team::{Outcome, Team, world};

const REFERENCES: &str = "ACK.ReferencesResolved";

#[tokio::test]
async fn replication_waits_for_the_role_and_nothing_else_does() -> Outcome {
    define(world().await).await?;
    let team = Team::new("roleref", &[]).await?;
    let spec = replicating(&team, &json!({ "name": "copies" }))?;
    team.apply("b", &spec).await?;
    let told = team.told("b", "ACK.Recoverable").await?;
    assert!(told.starts_with("replication: Role ") && told.contains("/copies"), "{told}");
    let bucket = team.world.bucket_condition(&team.namespace, "b", REFERENCES, "Unknown").await?;
    assert!(condition(&bucket, REFERENCES).is_some_and(|(_, message)| message.starts_with("Reference resolution failed")));
    assert!(team.in_s3("b", "versioning").is_some_and(|held| held.contains("Enabled")), "versioning went on");
    assert!(team.calls("b").named("PutBucketReplication").is_empty());

    // A Role that is not in AWS yet is not enough.
    role(&team, None).await?;
    let waits = |bucket: &shared::Bucket| condition(bucket, REFERENCES).is_some_and(|(_, message)| message.contains("no ARN"));
    team.until("b", "waiting for the ARN", waits).await?;
    assert_eq!(team.in_s3("b", "replication"), None);

    let arn = format!("arn:aws:iam::{ACCOUNT}:role/copies");
    role(&team, Some(&arn)).await?;
    let bucket = team.ready("b").await?;
    assert_eq!(condition(&bucket, REFERENCES).map(|(status, _)| status), Some("True"));
    assert!(team.in_s3("b", "replication").is_some_and(|held| held.contains(&arn)));
    let stored = team.kubectl.get_json("bucket/b").await?;
    assert_eq!(stored["spec"]["replication"], spec["replication"], "the spec keeps its reference");

    // The Role gets another ARN. The Bucket was just checked and its next check is hours away, so it is the Role that calls for it.
    team.check("b").await?;
    let other = format!("arn:aws:iam::{ACCOUNT}:role/service/copies");
    role(&team, Some(&other)).await?;
    let follows = || async { team.in_s3("b", "replication").filter(|held| held.contains(&other)).map(drop) };
    team.wait("replication to follow the Role", follows).await?;
    team.ready("b").await?;

    // The Role goes away: replication is left as it is and nothing counts as drift.
    team.kubectl.run(&["delete", "roles.iam.services.k8s.aws", "copies"]).await?.ok()?;
    let bucket = team.world.bucket_condition(&team.namespace, "b", REFERENCES, "Unknown").await?;
    assert_ne!(condition(&bucket, "Drifted").map(|(status, _)| status), Some("True"));
    assert!(team.in_s3("b", "replication").is_some_and(|held| held.contains(&other)));

    // Who only looks on has not compared replication either, and does not say that all is in sync.
    team.kubectl.run(&["annotate", "bucket", "b", "services.k8s.aws/read-only=true"]).await?.ok()?;
    let payer = "<RequestPaymentConfiguration><Payer>Requester</Payer></RequestPaymentConfiguration>";
    team.world.s3().set(&team.s3_name("b"), "requestPayment", payer)?;
    team.touch("b").await?;
    let looked = |bucket: &shared::Bucket| bucket.status.as_ref().is_some_and(|status| status.unmanaged.is_some());
    let bucket = team.until("b", "looked at", looked).await?;
    assert_eq!(condition(&bucket, "Ready").map(|(status, _)| status), Some("False"), "{bucket:?}");
    Ok(())
}

#[tokio::test]
async fn a_role_of_another_namespace_is_not_taken_as_installed() -> Outcome {
    define(world().await).await?;
    let (team, iam) = (Team::new("roleref", &[]).await?, Team::new("iam", &[]).await?);
    role(&iam, Some(&format!("arn:aws:iam::{ACCOUNT}:role/shared"))).await?;
    team.apply("b", &replicating(&team, &json!({ "name": "copies", "namespace": iam.namespace }))?).await?;
    let bucket = team.world.bucket_condition(&team.namespace, "b", REFERENCES, "False").await?;
    let told = condition(&bucket, REFERENCES).map(|(_, message)| message.to_owned()).unwrap_or_default();
    assert!(told.contains("--enable-cross-namespace=false") && told.contains(&iam.namespace), "{told}");
    assert_eq!(team.in_s3("b", "replication"), None);
    Ok(())
}

#[tokio::test]
async fn a_name_that_would_lead_elsewhere_is_refused() -> Outcome {
    let team = Team::new("roleref", &[]).await?;
    let spec = replicating(&team, &json!({ "name": "../../../../api/v1/namespaces/kube-system/configmaps/x" }))?;
    let said = team.kubectl.apply_refused(&team.manifest("b", &json!({}), &spec).to_string()).await?;
    assert!(said.contains("spec.replication.roleRef.from.name: [replication-role-required]"), "{said:?}");
    Ok(())
}

#[tokio::test]
async fn both_a_role_and_a_reference_are_refused() -> Outcome {
    let team = Team::new("both", &[]).await?;
    let mut spec = replicating(&team, &json!({ "name": "copies" }))?;
    spec["replication"]["role"] = json!(format!("arn:aws:iam::{ACCOUNT}:role/copies"));
    let said = team.kubectl.apply_refused(&team.manifest("b", &json!({}), &spec).to_string()).await?;
    assert!(said.contains("[replication-role-and-ref]"), "{said:?}");
    Ok(())
}
