//! The spec changes: S3 follows, and nobody calls it drift.

use serde_json::json;

use super::drift::alone;
use super::eight::{first, second, sections};
use super::team::{Outcome, Team};

#[tokio::test]
async fn each_of_the_eight_follows_its_spec_and_nothing_counts_as_drift() -> Outcome {
    let _alone = alone().await;
    let team = Team::new("update", &[]).await?;
    let sections = sections(&team.s3_name("b"), &team.namespace);
    let mut spec = first(&sections);
    team.make("b", &spec).await?;
    team.check("b").await?;
    let drift_before = team.metric("cooper_drift_detected_total", &[]).await?;

    // One after the other, so that each is seen to be written alone.
    for section in &sections {
        let before = team.calls("b").writes().len();
        spec[section.field] = section.second.0.clone();
        team.make("b", &spec).await?;
        assert_eq!(team.in_s3("b", section.query).as_deref(), Some(section.second.1.as_str()), "{}", section.config);
        let writes = team.calls("b").writes().operations();
        assert_eq!(writes.len(), before + 1, "{}: {:?}", section.config, &writes[before..]);
    }
    assert_eq!(spec, second(&sections));

    // Back to nothing at all: what can be taken away is, the rest is as on a new bucket.
    team.make("b", &json!({})).await?;
    for query in ["policy", "lifecycle", "cors"] {
        assert_eq!(team.in_s3("b", query), None, "{query}");
    }
    assert!(team.in_s3("b", "versioning").is_some_and(|held| held.contains("Suspended")), "versioning cannot be taken away");
    assert!(team.in_s3("b", "encryption").is_some_and(|held| held.contains("AES256") && held.contains("SSE-C")));
    assert!(team.in_s3("b", "tagging").is_some_and(|held| !held.contains("team<")), "the controller's own tags stay");

    let bucket = team.check("b").await?;
    assert!(bucket.status.is_some_and(|status| status.drift.is_none()));
    assert_eq!(team.metric("cooper_drift_detected_total", &[]).await?.to_bits(), drift_before.to_bits(), "work is no drift");
    Ok(())
}
