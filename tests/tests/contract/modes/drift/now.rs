//! A check that somebody asks for.

use std::time::Duration;

use serde_json::json;

use super::{checked_now, team};
use crate::modes::says;
use crate::team::Outcome;

/// What the README promises a user who waits for it.
const SOON: Duration = Duration::from_secs(2);
/// The tests share two cores with many others: a try may fall into a second in which nobody gets on.
const TRIES: usize = 3;

#[tokio::test]
async fn a_check_begins_soon_after_it_was_asked_for_and_says_that_it_was() -> Outcome {
    let team = team("now", &[]).await?;
    team.make("b", &json!({ "versioning": { "status": "Enabled" } })).await?;
    checked_now(&team, "b").await?;
    let mut waited = Vec::new();
    while waited.len() < TRIES && waited.last().is_none_or(|last| *last > SOON) {
        let (calls, asked) = (team.calls("b").len(), team.world.s3().journal().now());
        let bucket = checked_now(&team, "b").await?;
        assert!(says(&bucket, "Drifted", "False", "InSync"), "{bucket:?}");
        let all = team.calls("b");
        let new = all.get(calls..).unwrap_or_default();
        assert!(new.iter().any(|call| call.operation == "GetBucketPolicy"), "all of it is read: {new:?}");
        assert!(new.iter().all(|call| call.access == tests::s3::Access::Read), "{new:?}");
        waited.extend(new.first().map(|first| first.at.saturating_sub(asked)));
    }
    assert!(waited.last().is_some_and(|last| *last <= SOON), "first reads after {waited:?}");

    // The same value again asks for nothing.
    let calls = team.calls("b").len();
    let heeded = team.ready("b").await?.status.and_then(|status| status.last_handled_reconcile_at).ok_or("no echo")?;
    super::annotate(&team, "b", &format!("{}={heeded}", super::NOW)).await?;
    team.make("c", &json!({})).await?;
    assert_eq!(team.calls("b").len(), calls);
    Ok(())
}
