//! A Bucket may ask for checks of its own time; one with drift-mode off is not looked at.

use std::time::{Duration, Instant};

use serde_json::json;

use super::{MODE, checked_now, entry, is_as_declared, meddle, section, team};
use crate::modes::says;
use crate::sections::first;
use crate::team::Outcome;

/// A check comes after the time, give or take 10 %; and then some, as the machine is shared.
const AFTER: Duration = Duration::from_secs(72);

#[tokio::test]
async fn a_bucket_with_a_time_of_its_own_is_checked_then_and_one_with_mode_off_is_not() -> Outcome {
    let [soon, off] = [team("soon", &[]).await?, team("off", &[]).await?];
    let lock = section(&soon, "object_lock")?;
    let resync = "s3.services.k8s.aws/resync-seconds";
    let spec = first(std::slice::from_ref(&lock));
    soon.apply_annotated("b", &json!({ resync: "60" }), &spec).await?;
    off.apply_annotated("b", &json!({ resync: "60", MODE: "off" }), &spec).await?;
    soon.make("ten-hours", &json!({})).await?;
    for team in [&soon, &off] {
        team.ready("b").await?;
        checked_now(team, "b").await?;
    }
    checked_now(&soon, "ten-hours").await?;
    let asked = Instant::now();
    let (of_off, of_default) = (off.calls("b").len(), soon.calls("ten-hours").len());
    meddle(&soon, &lock)?;
    meddle(&off, &lock)?;
    while !is_as_declared(&soon, &lock) && asked.elapsed() < AFTER {
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
    assert!(is_as_declared(&soon, &lock), "it was not checked within {AFTER:?}");
    assert!(asked.elapsed() >= Duration::from_secs(50), "it was checked after {:?} already", asked.elapsed());
    let bucket = soon.until("b", "told", |bucket| says(bucket, "Drifted", "False", "Remediated")).await?;
    assert!(entry(&bucket, lock.difference.0)?.remediated_at.is_some());

    tokio::time::sleep(AFTER.saturating_sub(asked.elapsed())).await;
    assert_eq!(off.calls("b").len(), of_off, "S3 is not asked: {:?}", off.calls("b").operations().get(of_off..));
    assert_eq!(soon.calls("ten-hours").len(), of_default);
    let bucket = off.ready("b").await?;
    assert!(entry(&bucket, lock.difference.0).is_err() && !is_as_declared(&off, &lock), "{bucket:?}");

    // The spec is carried out all the same, drift or not.
    let mut edited = first(std::slice::from_ref(&lock));
    edited["requestPayment"] = json!({ "payer": "Requester" });
    off.apply_annotated("b", &json!({ resync: "60", MODE: "off" }), &edited).await?;
    off.ready("b").await?;
    assert!(off.in_s3("b", "requestPayment").is_some_and(|held| held.contains("Requester")));
    assert!(is_as_declared(&off, &lock), "a change of the spec is carried out whole");
    Ok(())
}
