//! What a guardrail fills in, as it is stored.

use serde_json::json;

use super::{Ground, tagged};
use crate::team::Outcome;

const KEY: &str = "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";

#[tokio::test]
async fn what_is_missing_is_filled_in_said_and_stored_and_so_complies() -> Outcome {
    let ground = Ground::new("defaults").await?;
    ground.platform.run(&["label", "namespace", &ground.team.namespace, "cost-center=1234"]).await?.ok()?;
    ground
        .guard(
            "rails",
            &json!({
                "rules": {
                    "versioning": { "state": "Enabled" },
                    "encryption": { "algorithms": ["aws:kms"], "bucketKey": "Required" },
                    "tags": { "required": [{ "key": "cost-center" }] },
                    "tls": { "requireDenyInsecure": true },
                    "publicAccess": { "blockAll": "Required" },
                    "lifecycle": { "requireAbortIncompleteUploadDays": { "max": 7 } },
                    "deletionPolicy": { "required": "retain" },
                },
                "defaults": {
                    "tags": [{ "key": "cost-center", "fromNamespaceLabel": "cost-center" }, { "key": "managed-by", "value": "k8s" }],
                    "publicAccessBlock": "All",
                    "encryption": { "algorithm": "aws:kms", "kmsKeyID": KEY, "bucketKey": true },
                    "versioning": "Enabled",
                    "abortIncompleteUploadDays": 7,
                    "denyInsecureTransport": true,
                    "deletionPolicy": "retain",
                },
            }),
        )
        .await?;
    // The webhook may not have heard of the label yet.
    let labelled = || async { ground.try_to_create("b", &json!({})).await.ok()?.stderr.contains("[cost-center]=1234").then_some(()) };
    ground.team.wait("the namespace's label to be known", labelled).await?;
    let said = ground.plain(&ground.team.apply("b", &json!({})).await?.stderr);
    let told = [
        "Warning: defaulted metadata.annotations[services.k8s.aws/deletion-policy]=retain (rails)",
        "Warning: defaulted spec.tagging.tagSet[cost-center]=1234 (rails)",
        "Warning: defaulted spec.tagging.tagSet[managed-by]=k8s (rails)",
        "Warning: defaulted spec.publicAccessBlock=All (rails)",
        "Warning: defaulted spec.encryption=aws:kms (rails)",
        "Warning: defaulted spec.versioning.status=Enabled (rails)",
        "Warning: defaulted spec.lifecycle.rules[abort-incomplete-uploads]=7 days (rails)",
        "Warning: defaulted spec.policy=a statement that denies requests without TLS (rails)",
    ];
    assert_eq!(said.lines().collect::<Vec<_>>(), told, "{said}");

    let yaml = ground.team.kubectl.run(&["get", "bucket", "b", "-o", "yaml"]).await?.ok()?.stdout;
    for line in
        ["services.k8s.aws/deletion-policy: retain", "value: \"1234\"", "sseAlgorithm: aws:kms", "status: Enabled", "DenyInsecureTransport"]
    {
        assert!(yaml.contains(line), "{line}: {yaml}");
    }
    ground.team.ready("b").await?;
    assert!(ground.team.in_s3("b", "versioning").is_some_and(|held| held.contains("Enabled")));
    assert!(ground.team.in_s3("b", "tagging").is_some_and(|held| held.contains("managed-by")));

    // The same manifest again changes nothing; a change keeps what was filled in.
    let again = ground.team.apply("b", &json!({})).await?;
    assert!(again.stdout.contains("unchanged"), "{again:?}");
    ground.team.apply("b", &json!({ "cors": null, "requestPayment": { "payer": "BucketOwner" } })).await?;
    let stored = ground.team.kubectl.get_json("bucket/b").await?;
    assert_eq!(stored["spec"]["versioning"], json!({ "status": "Enabled" }));
    Ok(())
}

#[tokio::test]
async fn nothing_that_somebody_wrote_is_changed() -> Outcome {
    let ground = Ground::new("defaults").await?;
    let tags = json!([{ "key": "cost-center", "value": "1" }, { "key": "managed-by", "value": "k8s" }]);
    ground.guard("rails", &json!({ "defaults": { "versioning": "Enabled", "tags": tags } })).await?;
    let mut mine = tagged("9");
    mine["versioning"] = json!({ "status": "Suspended" });
    ground.team.apply("b", &mine).await?;
    let stored = ground.team.kubectl.get_json("bucket/b").await?;
    assert_eq!(stored["spec"]["versioning"], json!({ "status": "Suspended" }));
    let expected = json!([{ "key": "cost-center", "value": "9" }, { "key": "managed-by", "value": "k8s" }]);
    assert_eq!(stored["spec"]["tagging"]["tagSet"], expected);
    Ok(())
}

#[tokio::test]
async fn a_bucket_that_was_there_before_gets_nothing() -> Outcome {
    let ground = Ground::new("defaults").await?;
    ground.team.make("old", &json!({})).await?;
    ground.guard("rails", &json!({ "defaults": { "versioning": "Enabled" } })).await?;
    ground.team.apply("old", &tagged("1")).await?;
    let stored = ground.team.kubectl.get_json("bucket/old").await?;
    assert!(stored["spec"]["versioning"].is_null(), "{stored}");
    Ok(())
}

/// Server-side apply gives up fields that a manifest no longer has: those that were filled in are not among them.
#[tokio::test]
async fn server_side_apply_settles() -> Outcome {
    let ground = Ground::new("defaults").await?;
    ground.guard("rails", &json!({ "defaults": { "versioning": "Enabled", "publicAccessBlock": "All" } })).await?;
    let manifest = ground.team.manifest("b", &json!({}), &tagged("1")).to_string();
    let apply = ["apply", "--server-side", "-f", "-"];
    ground.team.kubectl.run_with(&apply, &manifest).await?.ok()?;
    let first = ground.team.ready("b").await?;
    let again = ground.team.kubectl.run_with(&apply, &manifest).await?.ok()?;
    assert_eq!(again.stderr, "", "nothing is filled in anew");
    let second = ground.team.ready("b").await?;
    assert_eq!((first.metadata.generation, &first.spec), (second.metadata.generation, &second.spec));
    let versioning = second.spec.and_then(|spec| spec.versioning?.status);
    assert_eq!(versioning.as_deref(), Some("Enabled"));
    Ok(())
}
