//! Several controllers at the same time, each for Buckets of its own: by label, with a Lease each.

use serde_json::{Value, json};

use super::replica::{Replica, world};
use crate::team::{Outcome, Team};

#[tokio::test]
async fn controllers_with_a_lease_each_share_the_work() -> Outcome {
    let team = Team::of(world().await, "shards", &[]).await?;
    let lease = |shard: &str| format!("{}-{shard}", team.namespace);
    let (even, odd) = (lease("even"), lease("odd"));
    let even = Replica::of(&team, "even", &[("--watch-selectors", "shard=even"), ("--leader-election-lease-name", &even)]).await?;
    let odd = Replica::of(&team, "odd", &[("--watch-selectors", "shard in (odd,none)"), ("--leader-election-lease-name", &odd)]).await?;
    even.service.start().await?;
    odd.service.start().await?;
    even.leads(&team, true).await?;
    odd.leads(&team, true).await?;
    for (name, shard) in [("b0", "even"), ("b1", "odd"), ("b2", "even"), ("b3", "none")] {
        let mut manifest: Value = team.manifest(name, &json!({}), &json!({}));
        manifest["metadata"]["labels"] = json!({ "shard": shard });
        team.kubectl.apply(&manifest.to_string()).await?;
    }
    for (name, worker, other) in [("b0", &even, &odd), ("b1", &odd, &even), ("b2", &even, &odd), ("b3", &odd, &even)] {
        team.ready(name).await?;
        assert!(!worker.calls(&team, name).is_empty(), "{name}");
        assert_eq!(other.calls(&team, name), [], "{name}");
    }
    // A Bucket changes hands by its label.
    team.kubectl.run(&["label", "bucket", "b0", "shard=odd", "--overwrite"]).await?.ok()?;
    let before = even.calls(&team, "b0").len();
    let edit = r#"{"spec":{"versioning":{"status":"Enabled"}}}"#;
    team.kubectl.run(&["patch", "bucket", "b0", "--type=merge", "--patch", edit]).await?.ok()?;
    team.ready("b0").await?;
    assert!(odd.calls(&team, "b0").iter().any(|call| call.operation == "PutBucketVersioning"));
    assert_eq!(even.calls(&team, "b0").len(), before);
    a_field_export_changes_hands_by_its_label_too(&team).await
}

async fn a_field_export_changes_hands_by_its_label_too(team: &Team<'_>) -> Outcome {
    team.kubectl.run(&["create", "configmap", "app"]).await?.ok()?;
    let resource = json!({ "group": "s3.services.k8s.aws", "kind": "Bucket", "name": "b2" });
    let export = json!({ "apiVersion": "services.k8s.aws/v1alpha1", "kind": "FieldExport",
        "metadata": { "name": "name", "labels": { "shard": "even" } },
        "spec": { "from": { "path": ".spec.name", "resource": resource }, "to": { "kind": "configmap", "name": "app", "key": "k" } } });
    team.kubectl.apply(&export.to_string()).await?;
    let says = async |what: &str, wanted: fn(&Value) -> bool| -> Outcome {
        let found = || async { team.kubectl.get_json("fieldexport/name").await.ok().filter(wanted).map(drop) };
        team.wait(what, found).await
    };
    let content = |export: &Value| export["status"]["conditions"] == json!([]);
    says("the field to be copied", content).await?;
    let written = team.kubectl.get_json("configmap/app").await?;
    assert_eq!(written["data"]["k"], json!(team.s3_name("b2")));

    // Without its Bucket it says so, whoever has it; the value stays.
    team.kubectl.run(&["label", "fieldexport", "name", "shard=odd", "--overwrite"]).await?.ok()?;
    let path = json!({ "spec": { "from": { "path": ".spec.name | ." } } }).to_string();
    team.kubectl.run(&["patch", "fieldexport", "name", "--type=merge", "--patch", &path]).await?.ok()?;
    says("the other one to look for the Bucket", |export| export["status"]["conditions"][0]["reason"] == "SourceNotFound").await?;
    team.kubectl.run(&["label", "bucket", "b2", "shard=odd", "--overwrite"]).await?.ok()?;
    says("the other one to copy the field", content).await?;
    let now = team.kubectl.get_json("configmap/app").await?;
    assert_eq!(now["metadata"]["resourceVersion"], written["metadata"]["resourceVersion"], "the key was never removed: {now}");
    team.kubectl.run(&["delete", "fieldexport", "name", "--timeout=30s"]).await?.ok()?;
    let gone = || async { team.kubectl.get_json("configmap/app").await.ok()?["data"]["k"].is_null().then_some(()) };
    team.wait("the key to go with the FieldExport", gone).await
}
