//! Buckets that were stored before the policy was there: they stay editable, what is new in them is judged, and controllers write on.

use serde_json::{Value, json};
use tests::kubectl::Kubectl;

use super::{Ground, bucket, ground};
use crate::team::{Failure, Outcome};

const CONTROLLER: &str = "system:serviceaccount:cooper-system:cooper-controller";

/// A Bucket that breaks rules, made by the controller, whom the policy does not judge.
async fn stored(ground: &Ground, name: &str, tags: &Value) -> Result<Kubectl, Failure> {
    let controller = ground.plane.kubeconfig_for_user(CONTROLLER, Some("system:masters"))?;
    let mut bad = bucket(&json!({ "name": "Bad_Bucket", "tagging": { "tagSet": tags } }));
    bad["metadata"]["name"] = json!(name);
    ground.plane.kubectl_as(&controller).run_with(&["create", "-f", "-"], &bad.to_string()).await?.ok()?;
    Ok(ground.kubectl())
}

async fn patch(kubectl: &Kubectl, name: &str, patch: &Value) -> Result<(bool, String), Failure> {
    let said = kubectl.run(&["patch", "bucket", name, "--type=merge", "--patch", &patch.to_string()]).await?;
    Ok((said.success(), said.stderr))
}

#[tokio::test]
async fn an_old_fault_is_left_alone_and_a_new_one_is_not() -> Outcome {
    let kubectl = stored(ground().await, "old", &json!([{ "key": "aws:x", "value": "y" }])).await?;
    for good in [
        json!({ "spec": { "versioning": { "status": "Enabled" } } }),
        json!({ "spec": { "tagging": { "tagSet": [{ "key": "aws:x", "value": "y" }, { "key": "team", "value": "a" }] } } }),
        json!({ "metadata": { "labels": { "a": "b" }, "annotations": { "services.k8s.aws/deletion-policy": "retain" } } }),
    ] {
        let (passed, said) = patch(&kubectl, "old", &good).await?;
        assert!(passed, "{good}: {said}");
    }
    for (bad, rule) in [
        (json!({ "spec": { "versioning": { "status": "enabled" } } }), "[versioning-status-enum]"),
        (json!({ "metadata": { "annotations": { "services.k8s.aws/deletion-policy": "Retain" } } }), "[deletion-policy-enum]"),
    ] {
        let (passed, said) = patch(&kubectl, "old", &bad).await?;
        assert!(!passed && said.contains(rule), "{bad}: {said}");
    }
    kubectl.run(&["delete", "bucket", "old"]).await?.ok()?;
    Ok(())
}

#[tokio::test]
async fn a_bucket_that_is_being_deleted_lets_go_whatever_it_says() -> Outcome {
    let kubectl = stored(ground().await, "going", &json!([])).await?;
    let (passed, said) = patch(&kubectl, "going", &json!({ "metadata": { "finalizers": ["example.com/hold"] } })).await?;
    assert!(passed, "{said}");
    kubectl.run(&["delete", "bucket", "going", "--wait=false"]).await?.ok()?;
    let (passed, said) =
        patch(&kubectl, "going", &json!({ "metadata": { "finalizers": null }, "spec": { "versioning": { "status": "x" } } })).await?;
    assert!(passed, "{said}");
    assert!(!kubectl.run(&["get", "bucket", "going"]).await?.success());
    Ok(())
}
