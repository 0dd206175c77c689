//! Manifests and buckets of the ACK S3 controller: taken as they are, stored as they are, carried on.

use serde_json::{Value, json};
use shared::bucket::FINALIZER;
use shared::subconfig::FIELDS;
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

    let said = team.kubectl.apply(&text).await?;
    let stored = team.kubectl.get_json("bucket/everything").await?;
    assert_eq!(stored["spec"], manifest["spec"], "the spec is stored as it was sent");
    let unmanaged = sections.iter().filter(|field| !FIELDS.concat().contains(&field.as_str())).count();
    assert_eq!(warned(&said.stderr), unmanaged, "each section that is not managed is warned about: {}", said.stderr);

    team.ready("everything").await?;
    let stored = team.kubectl.get_json("bucket/everything").await?;
    assert_eq!(stored["spec"], manifest["spec"], "nor does the controller write the spec");
    assert!(team.in_s3("everything", "versioning").is_some_and(|held| held.contains("Enabled")));

    let said = team.kubectl.apply(&text).await?;
    assert!(said.stdout.contains("unchanged"), "{said:?}");
    Ok(())
}

/// How many sections the warnings are about: one line each, the last one may stand for several (`and 4 more`).
fn warned(stderr: &str) -> usize {
    let named = stderr.lines().filter(|line| line.contains("[section-not-managed]")).count();
    let more = stderr.lines().find_map(|line| line.strip_prefix("Warning: and ")?.strip_suffix(" more")?.parse::<usize>().ok());
    named + more.unwrap_or_default()
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

    // The peer's finalizer is the proof that the bucket is this Bucket's.
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
