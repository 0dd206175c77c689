//! A section that S3 never takes does not hide drift in the others.

use tests::s3::{Act, FaultRule};

use super::{checked_now, counted, entry, grew, is_as_declared, meddle, section, team};
use crate::modes::says;
use crate::sections::first;
use crate::team::Outcome;

#[tokio::test]
async fn a_section_that_s3_never_takes_is_pending_and_drift_elsewhere_is_drift() -> Outcome {
    let team = team("denied", &[]).await?;
    let (logging, notification) = (section(&team, "logging")?, section(&team, "notification")?);
    let fault = team.world.s3().faults().add(FaultRule::new(Act::Deny).on("PutBucketLogging").bucket(&team.s3_name("b")));
    let spec = first(&[section(&team, "logging")?, section(&team, "notification")?]);
    team.apply("b", &spec).await?;
    let pending = |bucket: &shared::Bucket| {
        let pending = bucket.status.as_ref().and_then(|status| status.pending.as_deref()).unwrap_or_default();
        pending == ["logging"] && says(bucket, "Drifted", "False", "Pending")
    };
    let bucket = team.until("b", "pending", pending).await?;
    assert!(says(&bucket, "Ready", "False", "ACK.Recoverable"), "{bucket:?}");
    let before = (counted(&team, "logging").await?, counted(&team, "notification").await?);

    meddle(&team, &notification)?;
    checked_now(&team, "b").await?;
    let repaired = |bucket: &shared::Bucket| entry(bucket, notification.difference.0).is_ok_and(|drift| drift.remediated_at.is_some());
    let bucket = team.until("b", "put right", repaired).await?;
    assert!(is_as_declared(&team, &notification) && says(&bucket, "Ready", "False", "ACK.Recoverable"), "{bucket:?}");
    assert!(entry(&bucket, "spec.logging").is_err(), "what was never written did not drift: {bucket:?}");
    assert!(grew(before.1, counted(&team, "notification").await?, (1, 1)), "drift");
    assert!(grew(before.0, counted(&team, "logging").await?, (0, 0)), "work");

    team.world.s3().faults().remove(fault);
    let bucket = team.ready("b").await?;
    assert!(is_as_declared(&team, &logging) && bucket.status.is_some_and(|status| status.pending.is_none()));
    assert!(grew(before.0, counted(&team, "logging").await?, (0, 0)), "still work");
    Ok(())
}
