//! Values that arrive, follow and go.

use serde_json::json;

use super::{Exports, config_map, secret, together};
use crate::team::{Failure, Outcome};

const THEIRS_BASE64: &str = "dGhlaXJz";

#[tokio::test]
async fn a_value_arrives_once_the_bucket_is_in_sync_follows_it_and_goes_with_the_export() -> Outcome {
    let _quiet = together().await;
    let exports = Exports::new("follow").await?;
    exports.apply("arn", ".status.ackResourceMetadata.arn", &json!({ "kind": "configmap", "name": "app" })).await?;
    exports.apply("mode", ".spec.versioning.status", &secret("MODE")).await?;
    exports.told("arn", "ACK.Recoverable", "is not there").await?;

    exports.0.make("b", &json!({ "versioning": { "status": "Suspended" } })).await?;
    let (key, arn) = (format!("{}.arn", exports.0.namespace), format!("arn:aws:s3:::{}", exports.0.s3_name("b")));
    exports.holds("configmap/app", &json!({ "other": "theirs", &key: arn })).await?;
    exports.holds("secret/app", &json!({ "other": THEIRS_BASE64, "MODE": "U3VzcGVuZGVk" })).await?;
    exports.content("arn").await?;
    let told =
        || async { exports.0.kubectl.run(&["describe", "fieldexport", "arn"]).await.ok()?.stdout.contains("Exported").then_some(()) };
    exports.0.wait("an Event about the export", told).await?;

    exports.0.make("b", &json!({ "versioning": { "status": "Enabled" } })).await?;
    exports.holds("secret/app", &json!({ "other": THEIRS_BASE64, "MODE": "RW5hYmxlZA==" })).await?;

    exports.delete("mode").await?;
    assert_eq!(exports.data("secret/app").await?, json!({ "other": THEIRS_BASE64 }), "the key is gone before the FieldExport is");
    exports.delete("arn").await?;
    assert_eq!(exports.data("configmap/app").await?, json!({ "other": "theirs" }));
    Ok(())
}

#[tokio::test]
async fn a_deleted_bucket_leaves_its_values_and_a_moved_export_takes_its_key_along() -> Outcome {
    let _quiet = together().await;
    let exports = Exports::new("moved").await?;
    exports.make_targets("second").await?;
    exports.0.make("b", &json!({})).await?;
    let name = exports.0.s3_name("b");
    exports.apply("name", ".spec.name", &config_map("NAME")).await?;
    exports.holds("configmap/app", &json!({ "other": "theirs", "NAME": name })).await?;

    exports.apply("name", ".spec.name", &config_map("BUCKET")).await?;
    exports.holds("configmap/app", &json!({ "other": "theirs", "BUCKET": name })).await?;
    exports.apply("name", ".spec.name", &json!({ "kind": "configmap", "name": "second", "key": "BUCKET" })).await?;
    exports.holds("configmap/second", &json!({ "other": "theirs", "BUCKET": name })).await?;
    exports.holds("configmap/app", &json!({ "other": "theirs" })).await?;

    exports.0.delete("b").await?;
    exports.0.gone("b").await?;
    exports.told("name", "ACK.Recoverable", "is not there").await?;
    assert_eq!(exports.data("configmap/second").await?["BUCKET"], json!(name));
    exports.delete("name").await
}

#[tokio::test]
async fn of_two_for_one_key_the_older_has_it_until_it_goes() -> Outcome {
    let _quiet = together().await;
    let exports = Exports::new("twice").await?;
    exports.0.make("b", &json!({})).await?;
    exports.apply("first", ".spec.name", &config_map("KEY")).await?;
    exports.content("first").await?;
    exports.apply("second", "\"mine\"", &config_map("KEY")).await?;
    let told = exports.told("second", "ACK.Recoverable", "writes the same key").await?;
    assert!(told.contains(&format!("{}/first", exports.0.namespace)), "{told}");
    assert_eq!(exports.data("configmap/app").await?["KEY"], json!(exports.0.s3_name("b")));

    exports.delete("first").await?;
    exports.holds("configmap/app", &json!({ "other": "theirs", "KEY": "mine" })).await?;
    exports.content("second").await?;

    // An older one that asks for it later takes it, and keeps it when the younger one goes.
    exports.apply("third", "\"third\"", &config_map("KEY")).await?;
    exports.told("third", "ACK.Recoverable", "writes the same key").await?;
    exports.apply("second", "\"mine\"", &config_map("ELSEWHERE")).await?;
    exports.holds("configmap/app", &json!({ "other": "theirs", "KEY": "third", "ELSEWHERE": "mine" })).await?;
    exports.apply("second", "\"mine\"", &config_map("KEY")).await?;
    exports.told("third", "ACK.Recoverable", "writes the same key").await?;
    exports.holds("configmap/app", &json!({ "other": "theirs", "KEY": "mine" })).await?;
    let version =
        async || -> Result<_, Failure> { Ok(exports.0.kubectl.get_json("configmap/app").await?["metadata"]["resourceVersion"].clone()) };
    let before = version().await?;
    exports.delete("third").await?;
    assert_eq!(version().await?, before, "the key was not removed for a moment either");
    exports.content("second").await?;
    exports.delete("second").await?;
    exports.holds("configmap/app", &json!({ "other": "theirs" })).await
}

#[tokio::test]
async fn jq_is_there_with_its_builtins() -> Outcome {
    let _quiet = together().await;
    let exports = Exports::new("builtins").await?;
    exports.0.make("b", &json!({ "tagging": { "tagSet": [{ "key": "team", "value": "Blue" }] } })).await?;
    let name = exports.0.s3_name("b");
    let queries = [
        ("url", "\"https://\\(.spec.name).s3.amazonaws.com\"", format!("https://{name}.s3.amazonaws.com")),
        ("team", ".spec.tagging.tagSet[] | select(.key == \"team\").value | ascii_downcase", "blue".to_owned()),
        ("last", ".status.ackResourceMetadata.arn | split(\":\") | last", name),
        ("ready", ".status.conditions | any(.type == \"Ready\" and .status == \"True\")", "true".to_owned()),
        ("generation", ".metadata.generation, 7", "1".to_owned()),
    ];
    for (export, query, _) in &queries {
        exports.apply(export, query, &config_map(export)).await?;
    }
    let mut wanted = json!({ "other": "theirs" });
    for (export, _, value) in &queries {
        wanted[*export] = json!(value);
    }
    exports.holds("configmap/app", &wanted).await
}
