//! Manifests and buckets of the ACK S3 controller: taken as they are, stored as they are, carried on.

use serde_json::{Value, json};
use shared::bucket::FINALIZER;
use tests::s3::S3Model;
use tests::world::{ACCOUNT, REGION, condition};

use super::drift::alone;
use super::team::{Outcome, Team};

/// All 21 sections with all their members that go together.
const EVERYTHING: &str = include_str!("peer/everything.yaml");
/// The members of the spec that are no sections.
const NO_SECTIONS: [&str; 5] = ["name", "namespace", "createBucketConfiguration", "objectLockEnabledForBucket", "objectOwnership"];
const SECTIONS: usize = 21;

#[tokio::test]
async fn a_manifest_with_all_sections_is_stored_as_it_is() -> Outcome {
    let team = Team::new("peer", &[]).await?;
    let text = EVERYTHING.replace("$NAME", &team.s3_name("everything"));
    let manifest: Value = serde_saphyr::from_str(&text)?;
    let spec = manifest["spec"].as_object().ok_or("no spec")?;
    let sections: Vec<&String> = spec.keys().filter(|field| !NO_SECTIONS.contains(&field.as_str())).collect();
    assert_eq!(sections.len(), SECTIONS, "{sections:?}");

    surround(team.world.s3())?;
    let said = team.kubectl.apply(&text).await?;
    let stored = team.kubectl.get_json("bucket/everything").await?;
    assert_eq!(stored["spec"], manifest["spec"], "the spec is stored as it was sent");
    // True, and not to be seen from here: the destination has Object Lock in no Bucket of this cluster.
    let warned: Vec<&str> = said.stderr.lines().collect();
    assert!(matches!(warned[..], [one] if one.starts_with("Warning: [replication-objectlock-dest] ")), "{said:?}");

    team.ready("everything").await?;
    let stored = team.kubectl.get_json("bucket/everything").await?;
    assert_eq!(stored["spec"], manifest["spec"], "nor does the controller write the spec");
    for (query, holds) in [
        ("versioning", "<Status>Enabled</Status>"),
        ("logging", "<TargetPrefix>access/</TargetPrefix>"),
        ("notification", ":function:thumbnail"),
        ("replication", ":role/replicate"),
        ("object-lock", "GOVERNANCE"),
        ("website", "docs/"),
        ("accelerate", "Enabled"),
        ("inventory/weekly", "Parquet"),
    ] {
        assert!(team.in_s3("everything", query).is_some_and(|held| held.contains(holds)), "{query}: {:?}", team.in_s3("everything", query));
    }
    let writes = team.calls("everything").writes().len();
    let checked = team.check("everything").await?;
    assert_eq!(condition(&checked, "Drifted").map(|(status, _)| status), Some("False"), "{checked:?}");
    assert_eq!(team.calls("everything").writes().len(), writes, "{:?}", team.calls("everything").writes().operations());

    let said = team.kubectl.apply(&text).await?;
    assert!(said.stdout.contains("unchanged"), "{said:?}");
    Ok(())
}

/// Makes the buckets that the manifest speaks of.
fn surround(s3: &S3Model) -> Outcome {
    s3.create_bucket("reports-111122223333", ACCOUNT, REGION)?;
    s3.create_bucket("logs-111122223333", ACCOUNT, REGION)?;
    let delivery = json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Allow", "Action": "s3:PutObject",
        "Principal": { "Service": "logging.s3.amazonaws.com" }, "Resource": "arn:aws:s3:::logs-111122223333/*" }] });
    s3.set("logs-111122223333", "policy", &delivery.to_string())?;
    let preferred = "<OwnershipControls><Rule><ObjectOwnership>BucketOwnerPreferred</ObjectOwnership></Rule></OwnershipControls>";
    s3.set("logs-111122223333", "ownershipControls", preferred)?;
    s3.create_bucket("copy-444455556666", "444455556666", "us-west-2")?;
    s3.set("copy-444455556666", "versioning", "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>")?;
    Ok(())
}

#[tokio::test]
async fn a_bucket_that_the_peer_made_is_carried_on() -> Outcome {
    let _alone = alone().await;
    let team = Team::new("swapped", &[]).await?;
    let s3_name = team.s3_name("b");
    team.world.s3().create_bucket(&s3_name, ACCOUNT, REGION)?;
    let tag = |key: &str, value: &str| format!("<Tag><Key>{key}</Key><Value>{value}</Value></Tag>");
    let tags = tag("services.k8s.aws/controller-version", "s3-v1.1.0") + &tag("services.k8s.aws/namespace", &team.namespace);
    team.world.s3().set(&s3_name, "tagging", &format!("<Tagging><TagSet>{tags}{}</TagSet></Tagging>", tag("team", "a")))?;
    let before = team.metric("cooper_drift_detected_total", &[]).await?;

    // No status, as after a restore from a backup: the finalizer and the tags are the proof that the bucket is this Bucket's.
    let mut manifest = team.manifest("b", &json!({}), &json!({ "tagging": { "tagSet": [{ "key": "team", "value": "a" }] } }));
    manifest["metadata"]["finalizers"] = json!([FINALIZER]);
    team.kubectl.apply(&manifest.to_string()).await?;
    let bucket = team.ready("b").await?;
    assert_eq!(condition(&bucket, "ACK.Terminal"), None);
    assert!(team.calls("b").named("CreateBucket").is_empty());
    assert!(team.in_s3("b", "tagging").is_some_and(|held| held.contains(concat!("s3-", env!("CARGO_PKG_VERSION")))));
    assert_eq!(team.metric("cooper_drift_detected_total", &[]).await?.to_bits(), before.to_bits(), "another version is no drift");
    Ok(())
}
