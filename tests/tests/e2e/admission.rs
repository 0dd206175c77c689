//! What a user meets at `kubectl apply`: defaults, refusals with every mistake named, dry runs that reach nobody.

use serde_json::json;
use tests::world::{ACCOUNT, REGION, condition};

use super::team::{Outcome, Team, world};

const REGION_ANNOTATION: &str = "services.k8s.aws/region";

#[tokio::test]
async fn a_good_bucket_becomes_ready_and_is_in_s3() -> Outcome {
    let team = Team::new("good", &[]).await?;
    let said = team.apply("logs", &json!({ "versioning": { "status": "Enabled" } })).await?;
    assert!(said.stdout.contains("bucket.s3.services.k8s.aws/logs created") && said.stderr.is_empty(), "{said:?}");
    let bucket = team.ready("logs").await?;
    assert_eq!(condition(&bucket, "ACK.ResourceSynced").map(|(status, _)| status), Some("True"));
    assert_eq!(bucket.annotation(REGION_ANNOTATION), Some(REGION), "the flag's region is defaulted");
    assert!(bucket.owns_bucket(), "the finalizer is on");
    let held = team.world.s3().bucket(&team.s3_name("logs")).ok_or("S3 does not hold it")?;
    assert_eq!((held.account.as_str(), held.region.as_str()), (ACCOUNT, REGION));
    assert!(team.in_s3("logs", "versioning").is_some_and(|held| held.contains("Enabled")));
    Ok(())
}

#[tokio::test]
async fn the_namespaces_region_goes_before_the_flags_and_the_buckets_before_both() -> Outcome {
    let team = Team::new("regions", &[("services.k8s.aws/default-region", "eu-west-1")]).await?;
    team.apply("by-namespace", &json!({})).await?;
    team.apply_annotated("by-itself", &json!({ REGION_ANNOTATION: "us-east-1" }), &json!({})).await?;
    for (bucket, region) in [("by-namespace", "eu-west-1"), ("by-itself", "us-east-1")] {
        let ready = team.ready(bucket).await?;
        assert_eq!(ready.annotation(REGION_ANNOTATION), Some(region));
        assert_eq!(team.world.s3().bucket(&team.s3_name(bucket)).map(|held| held.region), Some(region.to_owned()));
    }
    Ok(())
}

#[tokio::test]
async fn a_dry_run_shows_defaults_and_refusals_and_reaches_nobody() -> Outcome {
    let team = Team::new("dry", &[("services.k8s.aws/default-region", "eu-west-1")]).await?;
    let dry_run = ["apply", "--dry-run=server", "-o", "json", "-f", "-"];
    let good = team.manifest("b", &json!({}), &json!({ "versioning": { "status": "Enabled" } }));
    let said = team.kubectl.run_with(&dry_run, &good.to_string()).await?.ok()?;
    let shown: serde_json::Value = serde_json::from_str(&said.stdout)?;
    assert_eq!(shown["metadata"]["annotations"][REGION_ANNOTATION], "eu-west-1", "{shown}");

    let bad = team.manifest("b", &json!({}), &json!({ "tagging": { "tagSet": [{ "key": "aws:x", "value": "y" }] } }));
    let said = team.kubectl.run_with(&dry_run, &bad.to_string()).await?;
    assert!(!said.success() && said.stderr.contains("[tag-key-aws-prefix]"), "{said:?}");

    // Whatever the controller does about Buckets made later, it did about earlier ones.
    team.make("later", &json!({})).await?;
    assert!(!team.kubectl.run(&["get", "bucket", "b"]).await?.success(), "nothing is stored");
    assert_eq!(team.calls("b").operations(), [""; 0], "S3 is not asked");
    Ok(())
}

#[tokio::test]
async fn a_bad_bucket_is_refused_with_every_mistake_named() -> Outcome {
    let team = Team::new("bad", &[]).await?;
    let tags = json!([{ "key": "team", "value": "a" }, { "key": "team", "value": "b" }, { "key": "aws:x", "value": "y" }]);
    let mut bad = team.manifest("b", &json!({ "services.k8s.aws/deletion-policy": "Retain" }), &json!({ "tagging": { "tagSet": tags } }));
    bad["spec"]["name"] = json!("Bad_Bucket-");
    let said = team.kubectl.apply_refused(&bad.to_string()).await?;
    for (rule, field) in [
        ("name-charset", "spec.name"),
        ("name-first-last", "spec.name"),
        ("deletion-policy-enum", "metadata.annotations[services.k8s.aws/deletion-policy]"),
        ("tag-key-duplicate", "spec.tagging.tagSet[1].key"),
        ("tag-key-aws-prefix", "spec.tagging.tagSet[2].key"),
    ] {
        assert!(said.contains(&format!("[{rule}]")) && said.contains(field), "{rule} at {field}:\n{said}");
    }
    assert!(said.starts_with("The Bucket \"b\" is invalid"), "{said}");
    assert!(!team.kubectl.run(&["get", "bucket", "b"]).await?.success());
    assert!(!world().await.s3().buckets().contains(&"Bad_Bucket-".to_owned()));
    Ok(())
}

#[tokio::test]
async fn a_bad_change_is_refused_and_the_good_spec_stays() -> Outcome {
    let team = Team::new("change", &[]).await?;
    team.make("b", &json!({ "tagging": { "tagSet": [{ "key": "team", "value": "a" }] } })).await?;
    let bad = team.manifest("b", &json!({}), &json!({ "tagging": { "tagSet": [{ "key": "aws:team", "value": "a" }] } }));
    let said = team.kubectl.apply_refused(&bad.to_string()).await?;
    assert!(said.contains("[tag-key-aws-prefix]") && said.contains("spec.tagging.tagSet[0].key"), "{said}");

    let mut renamed = team.manifest("b", &json!({}), &json!({}));
    renamed["spec"]["name"] = json!(team.s3_name("other"));
    let said = team.kubectl.apply_refused(&renamed.to_string()).await?;
    assert!(said.contains("Value is immutable once set"), "{said}");

    let stored = team.kubectl.get_json("bucket/b").await?;
    assert_eq!(stored["spec"]["tagging"]["tagSet"][0]["key"], "team");
    assert!(!team.exists("other"));
    Ok(())
}

#[tokio::test]
async fn a_slip_in_an_annotation_is_warned_about() -> Outcome {
    let team = Team::new("warned", &[]).await?;
    let said = team.apply_annotated("b", &json!({ "services.k8s.aws/regoin": "eu-west-1" }), &json!({})).await?;
    assert!(said.stderr.contains("Warning: [ack-annotation-unknown]") && said.stderr.contains("services.k8s.aws/region?"), "{said:?}");
    team.ready("b").await?;
    Ok(())
}
