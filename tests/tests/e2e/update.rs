//! The spec changes: S3 follows, and nobody calls it drift.

use serde_json::json;

use super::drift::alone;
use super::sections::{Section, beside, first, second, sections};
use super::team::{Outcome, Team};

#[tokio::test]
async fn each_sub_configuration_follows_its_spec_and_nothing_counts_as_drift() -> Outcome {
    let _alone = alone().await;
    let team = Team::new("update", &[]).await?;
    let drift_before = team.metric("cooper_drift_detected_total", &[]).await?;
    follows(&team, "b", beside("versioning", &team.s3_name("b"), &team.namespace), &[]).await?;
    follows(&team, "locked", sections(&team.s3_name("locked"), &team.namespace), &["object_lock", "replication"]).await?;
    emptied(&team, "b").await?;
    assert_eq!(team.metric("cooper_drift_detected_total", &[]).await?.to_bits(), drift_before.to_bits(), "work is no drift");
    Ok(())
}

/// One after the other, so that each is seen to be written alone; all, if `only` is empty.
async fn follows(team: &Team<'_>, name: &str, sections: Vec<Section>, only: &[&str]) -> Outcome {
    let mut spec = first(&sections);
    team.make(name, &spec).await?;
    team.check(name).await?;
    for section in sections.iter().filter(|section| only.is_empty() || only.contains(&section.config)) {
        let before = team.calls(name).writes().len();
        spec[section.field] = section.second.0.clone();
        team.make(name, &spec).await?;
        assert_eq!(team.in_s3(name, section.query).as_deref(), Some(section.second.1.as_str()), "{}", section.config);
        let writes = team.calls(name).writes().operations();
        assert_eq!(writes.len(), before + 1, "{}: {:?}", section.config, &writes[before..]);
    }
    assert!(!only.is_empty() || spec == second(&sections));
    Ok(())
}

/// Back to nothing at all: what can be taken away is, the rest is as on a new bucket.
async fn emptied(team: &Team<'_>, name: &str) -> Outcome {
    team.make(name, &json!({})).await?;
    for query in
        ["policy", "lifecycle", "cors", "website", "analytics/tiers", "intelligent-tiering/archive", "inventory/all", "metrics/data"]
    {
        assert_eq!(team.in_s3(name, query), None, "{query}");
    }
    for (query, needle) in [
        ("versioning", "Suspended"), // it cannot be taken away
        ("accelerate", "Suspended"),
        ("abac", "Disabled"),
        ("requestPayment", "<Payer>BucketOwner<"),
        ("ownershipControls", "BucketOwnerEnforced"),
        ("publicAccessBlock", "<RestrictPublicBuckets>true<"),
        ("encryption", "AES256"),
        ("encryption", "SSE-C"),
    ] {
        assert!(team.in_s3(name, query).is_some_and(|held| held.contains(needle)), "{query}: {:?}", team.in_s3(name, query));
    }
    assert!(team.in_s3(name, "logging").is_none_or(|held| !held.contains("Target")));
    assert!(team.in_s3(name, "notification").is_none_or(|held| !held.contains("Queue")));
    assert!(team.in_s3(name, "tagging").is_some_and(|held| !held.contains("team<")), "the controller's own tags stay");
    let bucket = team.check(name).await?;
    assert!(bucket.status.is_some_and(|status| status.drift.is_none()));
    Ok(())
}
