//! Which Buckets a guardrail is about.

use serde_json::{Value, json};

use super::Ground;
use crate::team::{Failure, Outcome};

/// No web sites where this matches.
fn about(matching: &Value) -> Value {
    json!({ "match": matching, "rules": { "website": "Forbidden" } })
}

/// Whether a Bucket with these labels and a web site is refused.
async fn refused(ground: &Ground, labels: &Value) -> Result<bool, Failure> {
    let website = json!({ "website": { "indexDocument": { "suffix": "index.html" } } });
    let mut manifest = ground.team.manifest("b", &json!({}), &website);
    manifest["metadata"]["labels"] = labels.clone();
    let said = ground.team.kubectl.run_with(&["create", "--dry-run=server", "-f", "-"], &manifest.to_string()).await?;
    assert_eq!(said.stderr.contains("/website] a web site is not allowed"), !said.success(), "{}", said.stderr);
    Ok(!said.success())
}

#[tokio::test]
async fn names_of_namespaces_are_globs() -> Outcome {
    let ground = Ground::new("named").await?;
    let name = ground.team.namespace.clone();
    let glob = format!("{}*", &name[..name.len() - 1]);
    for (matching, wanted) in [
        (json!({ "namespaces": [name] }), true),
        (json!({ "namespaces": ["elsewhere", glob] }), true),
        (json!({ "namespaces": ["elsewhere", "named"] }), false),
        (json!({ "namespaces": [glob], "excludeNamespaces": [name] }), false),
        (json!({ "namespaces": [name], "bucketTypes": ["Directory"] }), false),
        (json!({ "namespaces": [name], "operations": ["UPDATE"] }), false),
        (json!({ "namespaces": [name], "matchConditions": [{ "name": "c", "expression": "object.spec.name.endsWith('-b')" }] }), true),
        (json!({ "namespaces": [name], "matchConditions": [{ "name": "c", "expression": "bucket.adopted" }] }), false),
        (json!({ "namespaces": [name], "excludeUsers": [{ "name": "admin" }] }), false),
    ] {
        ground.guard("rails", &about(&matching)).await?;
        assert_eq!(refused(&ground, &json!({})).await?, wanted, "{matching}");
    }
    Ok(())
}

#[tokio::test]
async fn labels_of_the_namespace_and_of_the_bucket_decide() -> Outcome {
    let ground = Ground::new("labelled").await?;
    let name = ground.team.namespace.clone();
    // The label is this test's own, or the guardrail would be about other tests' Buckets.
    ground.guard("rails", &about(&json!({ "namespaceSelector": { "matchLabels": { "example.com/tier": name } } }))).await?;
    assert!(!refused(&ground, &json!({})).await?, "the namespace has no such label");
    let label = format!("example.com/tier={name}");
    ground.platform.run(&["label", "namespace", &name, &label]).await?.ok()?;
    let heard = || async { refused(&ground, &json!({})).await.ok()?.then_some(()) };
    ground.team.wait("the label of the namespace to count", heard).await?;
    ground.platform.run(&["label", "namespace", &name, "example.com/tier-"]).await?.ok()?;
    let heard = || async { (!refused(&ground, &json!({})).await.ok()?).then_some(()) };
    ground.team.wait("the loss of the label to count", heard).await?;

    let scratch = json!({ "matchExpressions": [{ "key": "scratch", "operator": "DoesNotExist" }] });
    ground.guard("rails", &about(&json!({ "namespaces": [name], "objectSelector": scratch }))).await?;
    assert!(refused(&ground, &json!({ "app": "shop" })).await?);
    assert!(!refused(&ground, &json!({ "scratch": "" })).await?);
    Ok(())
}
