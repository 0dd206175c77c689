//! More deletions at once than anybody means.

use hyper::Request;
use serde_json::json;
use std::time::Duration;
use tests::http;

use super::{MOST, Turn, free_address, until_blocked};
use crate::team::{Failure, Outcome, Team};

const ALL: usize = 9;

/// Asks the process at this address to close its breaker.
pub(crate) async fn reset(admin: &str) -> Result<(u16, String), Failure> {
    let request = Request::post(format!("http://{admin}/deletion-breaker/reset")).body(String::new())?;
    Ok(http::send(request, Duration::from_secs(5)).await?)
}

async fn is_open(team: &Team<'_>) -> Result<bool, Failure> {
    Ok(team.metric("cooper_deletion_breaker_open", &[]).await? > 0.5)
}

/// How many buckets are left in S3.
fn left(team: &Team<'_>, buckets: &[String]) -> usize {
    buckets.iter().filter(|bucket| team.exists(bucket)).count()
}

#[tokio::test]
async fn a_mass_deletion_stops_until_people_say_that_it_is_meant() -> Outcome {
    let admin = free_address()?;
    let most = MOST.to_string();
    let turn =
        Turn::with(&[("--max-deletions-per-minute", &most), ("--admin-addr", &admin), ("--enable-bucket-emptying", "false")]).await?;
    let team = Team::of(turn.world, "masses", &[]).await?;
    let buckets: Vec<String> = (0..ALL).map(|number| format!("b{number}")).collect();
    for bucket in &buckets {
        team.apply(bucket, &json!({})).await?;
    }
    for bucket in &buckets {
        team.ready(bucket).await?;
    }
    assert!(!is_open(&team).await?);
    team.kubectl.run(&["delete", "buckets", "--all", "--wait=false"]).await?.ok()?;

    team.wait("the breaker to open", || async { is_open(&team).await.ok().filter(|open| *open).map(drop) }).await?;
    let mut waiting = Vec::new();
    for bucket in buckets.iter().filter(|bucket| team.exists(bucket)) {
        let told = until_blocked(&team, bucket, "DeletionsPaused").await?;
        for part in [&format!("more than {MOST}"), "/deletion-breaker/reset", &format!("confirm-deletion={}", team.s3_name(bucket))] {
            assert!(told.contains(part), "{told}");
        }
        waiting.push(bucket.clone());
    }
    assert_eq!(left(&team, &buckets), ALL - MOST, "the bound was kept");
    team.described(&waiting[0], &["DeletionsPaused"]).await?;
    assert!(turn.world.controller().log().contains("too many S3 buckets deleted"));

    // One is confirmed by name, and goes alone.
    let confirmed = waiting.remove(0);
    let annotation = format!("s3.services.k8s.aws/confirm-deletion={}", team.s3_name(&confirmed));
    team.kubectl.run(&["annotate", "bucket", &confirmed, &annotation]).await?.ok()?;
    team.gone(&confirmed).await?;
    assert_eq!(left(&team, &buckets), waiting.len());

    // A restart is no way around it.
    turn.world.controller().restart().await?;
    team.touch(&waiting[0]).await?;
    team.wait("the breaker to be open again", || async { is_open(&team).await.ok().filter(|open| *open).map(drop) }).await?;
    assert_eq!(left(&team, &buckets), waiting.len());

    let (status, told) = reset(&admin).await?;
    assert_eq!((status, told.as_str()), (200, "closed; what waited goes on\n"));
    for bucket in &waiting {
        team.gone(bucket).await?;
    }
    assert_eq!(left(&team, &buckets), 0, "those that waited were not counted again");
    assert!(!is_open(&team).await?);
    let deleted = team.metric("cooper_deletions_total", &[("result", "deleted")]).await?;
    assert!(deleted >= f64::from(u32::try_from(waiting.len())?), "{deleted}");
    Ok(())
}
