//! The policy as the API server sees it.

use serde_json::json;

use super::{bucket, ground};
use crate::team::Outcome;

#[tokio::test]
async fn all_expressions_fit_the_schema_of_buckets() -> Outcome {
    let kubectl = ground().await.kubectl();
    let checked = "jsonpath={.status.observedGeneration}=1";
    kubectl.wait_for("validatingadmissionpolicy/cooper-baseline", checked, tests::world::PATIENCE).await?;
    let policy = kubectl.get_json("validatingadmissionpolicy/cooper-baseline").await?;
    let status = &policy["status"];
    assert!(status["typeChecking"].is_object(), "they were checked: {status:#}");
    assert!(status["typeChecking"]["expressionWarnings"].is_null(), "{status:#}");
    Ok(())
}

#[tokio::test]
async fn kubectl_prints_what_is_wrong_with_the_rule() -> Outcome {
    let kubectl = ground().await.kubectl();
    let bad = bucket(&json!({ "name": "Bad_Bucket", "tagging": { "tagSet": [{ "key": "aws:x", "value": "y" }] } }));
    let said = kubectl.run_with(&["create", "--dry-run=server", "-f", "-"], &bad.to_string()).await?;
    println!("{}", said.stderr);
    assert!(!said.success() && said.stderr.contains("[name-charset] spec.name takes only a-z, 0-9, . and -"), "{said:?}");
    assert!(!said.stderr.contains("[tag-key-aws-prefix]"), "Kubernetes shows one at a time: {said:?}");
    Ok(())
}
