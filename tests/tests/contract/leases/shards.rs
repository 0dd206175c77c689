//! Several controllers at the same time, each for Buckets of its own: by label, with a Lease each.

use serde_json::{Value, json};

use super::replica::{Replica, world};
use crate::team::{Outcome, Team};

#[tokio::test]
async fn controllers_with_a_lease_each_share_the_work() -> Outcome {
    let team = Team::of(world().await, "shards", &[]).await?;
    let lease = |shard: &str| format!("{}-{shard}", team.namespace);
    let (even, odd) = (lease("even"), lease("odd"));
    let even = Replica::of(&team, "even", &[("--watch-selectors", "shard=even"), ("--leader-election-lease-name", &even)]).await?;
    let odd = Replica::of(&team, "odd", &[("--watch-selectors", "shard in (odd,none)"), ("--leader-election-lease-name", &odd)]).await?;
    even.service.start().await?;
    odd.service.start().await?;
    even.leads(&team, true).await?;
    odd.leads(&team, true).await?;
    for (name, shard) in [("b0", "even"), ("b1", "odd"), ("b2", "even"), ("b3", "none")] {
        let mut manifest: Value = team.manifest(name, &json!({}), &json!({}));
        manifest["metadata"]["labels"] = json!({ "shard": shard });
        team.kubectl.apply(&manifest.to_string()).await?;
    }
    for (name, worker, other) in [("b0", &even, &odd), ("b1", &odd, &even), ("b2", &even, &odd), ("b3", &odd, &even)] {
        team.ready(name).await?;
        assert!(!worker.calls(&team, name).is_empty(), "{name}");
        assert_eq!(other.calls(&team, name), [], "{name}");
    }
    // A Bucket changes hands by its label.
    team.kubectl.run(&["label", "bucket", "b0", "shard=odd", "--overwrite"]).await?.ok()?;
    let before = even.calls(&team, "b0").len();
    let edit = r#"{"spec":{"versioning":{"status":"Enabled"}}}"#;
    team.kubectl.run(&["patch", "bucket", "b0", "--type=merge", "--patch", edit]).await?.ok()?;
    team.ready("b0").await?;
    assert!(odd.calls(&team, "b0").iter().any(|call| call.operation == "PutBucketVersioning"));
    assert_eq!(even.calls(&team, "b0").len(), before);
    Ok(())
}
