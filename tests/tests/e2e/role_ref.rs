//! The role that S3 replicates with, named by a Role of the ACK IAM controller.

use serde_json::{Value, json};
use tests::world::{ACCOUNT, REGION, condition};
use tokio::sync::OnceCell;

use super::team::{Outcome, Team, world};

/// As little of the ACK IAM controller's definition as a reference needs.
const ROLES: &str = r#"{
  "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": { "name": "roles.iam.services.k8s.aws" },
  "spec": { "group": "iam.services.k8s.aws", "scope": "Namespaced",
    "names": { "kind": "Role", "listKind": "RoleList", "plural": "roles", "singular": "role" },
    "versions": [{ "name": "v1alpha1", "served": true, "storage": true, "subresources": { "status": {} },
      "schema": { "openAPIV3Schema": { "type": "object", "x-kubernetes-preserve-unknown-fields": true } } }] } }"#;
const REFERENCES: &str = "ACK.ReferencesResolved";

/// Applies the definition once for all tests.
async fn roles() -> Outcome {
    static APPLIED: OnceCell<()> = OnceCell::const_new();
    let apply = || async {
        let kubectl = world().await.kubectl();
        kubectl.apply(ROLES).await?;
        kubectl.run(&["wait", "--for=condition=Established", "--timeout=60s", "crd/roles.iam.services.k8s.aws"]).await?.ok()?;
        Ok::<(), super::team::Failure>(())
    };
    APPLIED.get_or_try_init(apply).await?;
    Ok(())
}

/// A Role, in sync once it has an ARN, as the IAM controller would write it.
async fn role(team: &Team<'_>, arn: Option<&str>) -> Outcome {
    let role = json!({ "apiVersion": "iam.services.k8s.aws/v1alpha1", "kind": "Role", "metadata": { "name": "copies" } });
    team.kubectl.apply(&role.to_string()).await?;
    let synced = if arn.is_some() { "True" } else { "False" };
    let status = json!({ "status": { "ackResourceMetadata": { "arn": arn },
        "conditions": [{ "type": "ACK.ResourceSynced", "status": synced }] } });
    let patch = format!("--patch={status}");
    team.kubectl.run(&["patch", "roles.iam.services.k8s.aws", "copies", "--subresource=status", "--type=merge", &patch]).await?.ok()?;
    Ok(())
}

/// A bucket to copy to, and what replicates to it. `from` is the reference.
fn replicating(team: &Team<'_>, from: &Value) -> Result<Value, super::team::Failure> {
    let target = format!("{}-target", team.namespace);
    if team.world.s3().bucket(&target).is_none() {
        team.world.s3().create_bucket(&target, ACCOUNT, REGION)?;
        team.world.s3().set(&target, "versioning", "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>")?;
    }
    let rule = json!({ "id": "all", "status": "Enabled", "priority": 1, "filter": { "prefix": "" },
        "deleteMarkerReplication": { "status": "Disabled" }, "destination": { "bucket": format!("arn:aws:s3:::{target}") } });
    Ok(json!({ "versioning": { "status": "Enabled" }, "replication": { "roleRef": { "from": from }, "rules": [rule] } }))
}

#[tokio::test]
async fn replication_waits_for_the_role_and_nothing_else_does() -> Outcome {
    roles().await?;
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

    // The Role gets another ARN. The Bucket is in sync and its next check hours away, so it is the Role that calls for it.
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
    Ok(())
}

#[tokio::test]
async fn a_role_of_another_namespace_is_taken_and_said_so() -> Outcome {
    roles().await?;
    let (team, iam) = (Team::new("roleref", &[]).await?, Team::new("iam", &[]).await?);
    let arn = format!("arn:aws:iam::{ACCOUNT}:role/shared");
    role(&iam, Some(&arn)).await?;
    let bucket = team.make("b", &replicating(&team, &json!({ "name": "copies", "namespace": iam.namespace }))?).await?;
    let advice = condition(&bucket, "ACK.Advisory");
    assert!(advice.is_some_and(|(status, message)| status == "True" && message.contains(&iam.namespace)), "{advice:?}");
    assert!(team.in_s3("b", "replication").is_some_and(|held| held.contains(&arn)));
    Ok(())
}

#[tokio::test]
async fn a_name_that_would_lead_elsewhere_is_a_fault_of_the_spec() -> Outcome {
    let team = Team::new("roleref", &[]).await?;
    team.apply("b", &replicating(&team, &json!({ "name": "../../../../api/v1/namespaces/kube-system/configmaps/x" }))?).await?;
    let told = team.told("b", "ACK.Terminal").await?;
    assert!(told.contains("spec.replication.roleRef.from.name"), "{told}");
    Ok(())
}

#[tokio::test]
async fn both_a_role_and_a_reference_is_a_fault_of_the_spec() -> Outcome {
    let team = Team::new("both", &[]).await?;
    let mut spec = replicating(&team, &json!({ "name": "copies" }))?;
    spec["replication"]["role"] = json!(format!("arn:aws:iam::{ACCOUNT}:role/copies"));
    team.apply("b", &spec).await?;
    let told = team.told("b", "ACK.Terminal").await?;
    assert!(told.contains("both role and roleRef"), "{told}");
    assert!(team.calls("b").named("PutBucketReplication").is_empty());
    Ok(())
}
