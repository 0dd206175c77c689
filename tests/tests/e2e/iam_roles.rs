//! A stand-in for the ACK IAM controller: its kind Role, and what it would write into one.

use serde_json::{Value, json};
use tests::world::{ACCOUNT, REGION, World};
use tokio::sync::OnceCell;

use super::team::{Failure, Outcome, Team};

/// As little of the ACK IAM controller's definition as a reference needs.
const ROLES: &str = r#"{
  "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": { "name": "roles.iam.services.k8s.aws" },
  "spec": { "group": "iam.services.k8s.aws", "scope": "Namespaced",
    "names": { "kind": "Role", "listKind": "RoleList", "plural": "roles", "singular": "role" },
    "versions": [{ "name": "v1alpha1", "served": true, "storage": true, "subresources": { "status": {} },
      "schema": { "openAPIV3Schema": { "type": "object", "x-kubernetes-preserve-unknown-fields": true } } }] } }"#;
/// Applies the definition, once for all tests of a binary: they share one world.
pub(crate) async fn define(world: &World) -> Outcome {
    static APPLIED: OnceCell<()> = OnceCell::const_new();
    let apply = || async {
        let kubectl = world.kubectl();
        kubectl.apply(ROLES).await?;
        kubectl.run(&["wait", "--for=condition=Established", "--timeout=60s", "crd/roles.iam.services.k8s.aws"]).await?.ok()?;
        Ok::<(), Failure>(())
    };
    APPLIED.get_or_try_init(apply).await?;
    Ok(())
}

/// A Role, in sync once it has an ARN, as the IAM controller would write it.
pub(crate) async fn role(team: &Team<'_>, arn: Option<&str>) -> Outcome {
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
pub(crate) fn replicating(team: &Team<'_>, from: &Value) -> Result<Value, Failure> {
    let target = format!("{}-target", team.namespace);
    if team.world.s3().bucket(&target).is_none() {
        team.world.s3().create_bucket(&target, ACCOUNT, REGION)?;
        team.world.s3().set(&target, "versioning", "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>")?;
    }
    let rule = json!({ "id": "all", "status": "Enabled", "priority": 1, "filter": { "prefix": "" },
        "deleteMarkerReplication": { "status": "Disabled" }, "destination": { "bucket": format!("arn:aws:s3:::{target}") } });
    Ok(json!({ "versioning": { "status": "Enabled" }, "replication": { "roleRef": { "from": from }, "rules": [rule] } }))
}
