//! Buckets that are not the usual ones: directory buckets, and buckets in the namespace of an account.

use serde_json::{Value, json};
use shared::Bucket;
use tests::world::{ACCOUNT, REGION, condition};

use super::team::{Outcome, Team};

/// An Availability Zone of the region.
const ZONE: &str = "euc1-az1";

/// A manifest of Bucket `b` whose S3 bucket has this name.
fn manifest(s3_name: &str, sections: &Value) -> String {
    let mut spec = sections.clone();
    spec["name"] = json!(s3_name);
    json!({ "apiVersion": "s3.services.k8s.aws/v1alpha1", "kind": "Bucket", "metadata": { "name": "b" }, "spec": spec }).to_string()
}

fn arn(bucket: &Bucket) -> Option<&str> {
    bucket.status.as_ref()?.ack_resource_metadata.as_ref()?.arn.as_deref()
}

/// Two checks find nothing and write nothing; then the Bucket is deleted, and its bucket with it.
async fn stays_and_goes(team: &Team<'_>, s3_name: &str) -> Outcome {
    let calls = || team.world.s3().journal().of(s3_name);
    let writes = calls().writes().len();
    for _ in 0..2 {
        let bucket = team.check("b").await?;
        assert_eq!(condition(&bucket, "Drifted").map(|(status, _)| status), Some("False"), "{bucket:?}");
        assert_eq!(calls().writes().len(), writes, "{:?}", calls().writes().operations());
    }
    team.delete("b").await?;
    team.gone("b").await?;
    assert!(team.world.s3().bucket(s3_name).is_none());
    Ok(())
}

#[tokio::test]
async fn a_directory_bucket_goes_from_apply_to_synced_to_deleted() -> Outcome {
    let team = Team::new("express", &[]).await?;
    let s3_name = format!("{}--{ZONE}--x-s3", team.namespace);
    let own = format!("arn:aws:s3express:{REGION}:{ACCOUNT}:bucket/{s3_name}");
    let policy = json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Deny", "Principal": { "AWS": ACCOUNT },
        "Action": "s3express:CreateSession", "Resource": own, "Condition": { "StringNotEquals": { "s3express:SessionMode": "ReadOnly" } } }] });
    let rule = json!({ "id": "tidy", "status": "Enabled", "filter": { "prefix": "" }, "expiration": { "days": 3 } });
    let sections = |team: &str| {
        json!({
            "tagging": { "tagSet": [{ "key": "team", "value": team }] },
            "lifecycle": { "rules": [rule] },
            "policy": policy.to_string(),
        })
    };
    team.kubectl.apply(&manifest(&s3_name, &sections("a"))).await?;
    let bucket = team.ready("b").await?;
    assert_eq!(arn(&bucket), Some(own.as_str()));
    let held = |query: &str| team.world.s3().get(&s3_name, query).unwrap_or_default();
    assert!(held("tagging").contains("<Value>a</Value>"), "{}", held("tagging"));
    assert!(held("policy").contains("s3express:CreateSession") && held("lifecycle").contains("<Days>3</Days>"));

    // Somebody else takes a configuration away; later a tag changes.
    team.check("b").await?;
    team.world.s3().remove(&s3_name, "lifecycle")?;
    team.check("b").await?;
    assert!(held("lifecycle").contains("<Days>3</Days>"));
    team.kubectl.apply(&manifest(&s3_name, &sections("b"))).await?;
    team.ready("b").await?;
    assert!(held("tagging").contains("<Value>b</Value>") && !held("tagging").contains("<Value>a</Value>"), "{}", held("tagging"));
    stays_and_goes(&team, &s3_name).await
}

#[tokio::test]
async fn what_directory_buckets_do_not_have_is_refused_all_at_once() -> Outcome {
    let team = Team::new("lacking", &[]).await?;
    let s3_name = format!("{}--{ZONE}--x-s3", team.namespace);
    let spec = json!({ "versioning": { "status": "Enabled" }, "cors": { "corsRules": [] }, "objectOwnership": "ObjectWriter" });
    let said = team.kubectl.apply_refused(&manifest(&s3_name, &spec)).await?;
    for field in ["spec.versioning: [directory-unsupported-field]", "spec.cors: [directory-unsupported-field]", "spec.objectOwnership: "] {
        assert!(said.contains(field), "{field} is not in {said}");
    }
    let said = team.kubectl.apply_refused(&manifest("logs--usw2-az1--x-s3", &json!({}))).await?;
    assert!(said.contains("[directory-zone-region]") && said.contains("us-west-2"), "{said}");
    Ok(())
}

#[tokio::test]
async fn a_bucket_in_the_namespace_of_an_account_needs_to_say_so_and_never_differs() -> Outcome {
    let team = Team::new("regional", &[]).await?;
    let s3_name = format!("{}-{ACCOUNT}-{REGION}-an", team.namespace);
    let said = team.kubectl.apply_refused(&manifest(&s3_name, &json!({}))).await?;
    assert!(said.contains("[namespace-header-required]"), "{said}");

    team.kubectl.apply(&manifest(&s3_name, &json!({ "namespace": "account-regional", "versioning": { "status": "Enabled" } }))).await?;
    let bucket = team.ready("b").await?;
    assert_eq!(arn(&bucket), Some(format!("arn:aws:s3:::{s3_name}").as_str()));
    stays_and_goes(&team, &s3_name).await
}
