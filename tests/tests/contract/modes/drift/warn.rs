//! `drift-mode: warn` shows and waits for an approval.

use serde_json::json;
use shared::Bucket;

use super::{MODE, checked_now, counted, entry, gauge, grew, hash, is_as_declared, meddle, section, team};
use crate::modes::{annotate, events, says};
use crate::sections::first;
use crate::team::{Outcome, Team};

const APPROVE: &str = "s3.services.k8s.aws/approve-plan";

#[tokio::test]
async fn what_warn_shows_stays_until_its_plan_is_approved() -> Outcome {
    let team = team("warn", &[]).await?;
    let lifecycle = section(&team, "lifecycle")?;
    let (field, desired, observed) = lifecycle.difference;
    let spec = |days: u16, payer: &str| {
        let rule = json!({ "id": "old", "status": "Enabled", "filter": { "prefix": "logs/" }, "expiration": { "days": days } });
        json!({ "lifecycle": { "rules": [rule] }, "requestPayment": { "payer": payer } })
    };
    let apply = async |spec| team.apply_annotated("b", &json!({ MODE: "warn" }), &spec).await;
    apply(spec(365, "BucketOwner")).await?;
    team.ready("b").await?;
    checked_now(&team, "b").await?;
    assert!(is_as_declared(&team, &lifecycle));
    let (before, writes) = (counted(&team, "lifecycle").await?, team.calls("b").writes().len());

    meddle(&team, &lifecycle)?;
    for _ in 0..2 {
        let bucket = checked_now(&team, "b").await?;
        assert!(says(&bucket, "Drifted", "True", "DriftDetected") && says(&bucket, "Ready", "True", ""), "{bucket:?}");
        let drift = entry(&bucket, field)?;
        assert_eq!((drift.desired.as_deref(), drift.observed.as_deref()), (Some(desired), Some(observed)));
        assert!(drift.first_seen.is_some() && drift.last_seen.is_some() && drift.remediated_at.is_none(), "{drift:?}");
    }
    team.described("b", &["DriftDetected", field, "it stays so, as drift-mode says warn", "Approval Required:", APPROVE]).await?;
    assert_eq!((events(&team, "DriftDetected").await?, events(&team, "DriftRemediated").await?), (1, 0), "told once");
    let row = team.kubectl.run(&["get", "bkt", "b", "-o", "wide"]).await?.ok()?.stdout;
    assert!(row.contains("DriftDetected") && row.contains(field), "{row}");
    let logged: Vec<String> = lines(&team, "b").into_iter().filter(|line| line.contains(field)).collect();
    assert!(matches!(&logged[..], [line] if line.contains("stays as it is")), "{logged:?}");
    assert!(grew(before, counted(&team, "lifecycle").await?, (1, 0)));
    gauge(&team, "cooper_bucket_drift", "lifecycle", true).await?;

    // Not what was approved.
    annotate(&team, "b", &format!("{APPROVE}=0123456789abcdef")).await?;
    let told = |bucket: &Bucket| drifted(bucket).contains("approves another plan");
    let shown = team.until("b", "told of the wrong hash", told).await?;
    assert_eq!(team.calls("b").writes().len(), writes, "{:?}", team.calls("b").writes().operations());

    // Another section is edited: only that is written.
    apply(spec(365, "Requester")).await?;
    let bucket = team.ready("b").await?;
    assert!(team.in_s3("b", "requestPayment").is_some_and(|held| held.contains("Requester")));
    assert_eq!(team.calls("b").writes().len(), writes + 1, "{:?}", team.calls("b").writes().operations());
    assert_eq!(entry(&bucket, field)?.first_seen, entry(&shown, field)?.first_seen, "it stands as before");
    assert!(says(&bucket, "Drifted", "True", "DriftDetected"), "{bucket:?}");

    // What was approved.
    let bucket = checked_now(&team, "b").await?;
    let approved = hash(&bucket)?;
    annotate(&team, "b", &format!("{APPROVE}={approved}")).await?;
    let bucket = team.until("b", "put right", |bucket| says(bucket, "Drifted", "False", "Remediated")).await?;
    assert!(is_as_declared(&team, &lifecycle) && entry(&bucket, field)?.remediated_at.is_some(), "{bucket:?}");
    assert!(bucket.status.as_ref().is_some_and(|status| status.plan.is_none()));
    assert!(grew(before, counted(&team, "lifecycle").await?, (1, 1)));
    team.described("b", &["DriftRemediated"]).await?;
    assert_eq!(events(&team, "DriftRemediated").await?, 1);
    gauge(&team, "cooper_bucket_drift", "lifecycle", false).await?;

    // The same again: the approval was for the first time.
    meddle(&team, &lifecycle)?;
    let bucket = checked_now(&team, "b").await?;
    assert!(says(&bucket, "Drifted", "True", "DriftDetected") && !is_as_declared(&team, &lifecycle), "{bucket:?}");
    assert_ne!(hash(&bucket)?, approved);
    assert!(grew(before, counted(&team, "lifecycle").await?, (2, 1)));

    // The section itself is edited: that is to be carried out.
    apply(spec(30, "Requester")).await?;
    let bucket = team.ready("b").await?;
    assert_eq!(team.in_s3("b", "lifecycle").as_deref(), Some(lifecycle.second.1.as_str()));
    assert!(says(&bucket, "Drifted", "False", "InSync"), "{bucket:?}");
    Ok(())
}

#[tokio::test]
async fn a_namespace_says_it_for_all_and_for_a_section_something_else() -> Outcome {
    let team = team("levels", &[(MODE, "warn,website=remediate")]).await?;
    let (accelerate, website) = (section(&team, "accelerate")?, section(&team, "website")?);
    let spec = json!({ accelerate.field: accelerate.first.0, website.field: website.first.0 });
    team.make("b", &spec).await?;
    checked_now(&team, "b").await?;
    let before = (counted(&team, "accelerate").await?, counted(&team, "website").await?);
    meddle(&team, &accelerate)?;
    meddle(&team, &website)?;
    let bucket = checked_now(&team, "b").await?;
    assert!(says(&bucket, "Drifted", "True", "DriftDetected") && says(&bucket, "Ready", "True", ""), "{bucket:?}");
    assert!(is_as_declared(&team, &website) && !is_as_declared(&team, &accelerate));
    assert!(entry(&bucket, website.difference.0)?.remediated_at.is_some(), "{bucket:?}");
    assert!(entry(&bucket, accelerate.difference.0)?.remediated_at.is_none(), "{bucket:?}");
    assert!(grew(before.0, counted(&team, "accelerate").await?, (1, 0)) && grew(before.1, counted(&team, "website").await?, (1, 1)));

    // What the Bucket says counts before that.
    annotate(&team, "b", &format!("{MODE}=remediate")).await?;
    team.until("b", "put right", |bucket| says(bucket, "Drifted", "False", "Remediated")).await?;
    assert!(is_as_declared(&team, &accelerate));
    Ok(())
}

#[tokio::test]
async fn a_section_may_only_be_shown_and_another_not_looked_at() -> Outcome {
    let team = team("of-sections", &[]).await?;
    let (analytics, metrics, tiering) = (section(&team, "analytics")?, section(&team, "metrics")?, section(&team, "intelligent_tiering")?);
    let all = [&analytics, &metrics, &tiering];
    let spec = json!({ analytics.field: analytics.first.0, metrics.field: metrics.first.0, tiering.field: tiering.first.0 });
    team.apply_annotated("b", &json!({ MODE: "analytics=warn, metrics=off" }), &spec).await?;
    team.ready("b").await?;
    checked_now(&team, "b").await?;
    let mut before = Vec::new();
    for section in all {
        before.push(counted(&team, section.config).await?);
        meddle(&team, section)?;
    }
    let bucket = checked_now(&team, "b").await?;
    assert!(entry(&bucket, metrics.difference.0).is_err(), "not looked at: {bucket:?}");
    assert!(entry(&bucket, analytics.difference.0)?.remediated_at.is_none());
    assert!(entry(&bucket, tiering.difference.0)?.remediated_at.is_some());
    for ((section, before), by) in all.into_iter().zip(before).zip([(1, 0), (0, 0), (1, 1)]) {
        assert!(grew(before, counted(&team, section.config).await?, by), "{}", section.config);
        assert_eq!(is_as_declared(&team, section), section.config == "intelligent_tiering", "{}", section.config);
    }
    Ok(())
}

#[tokio::test]
async fn a_bucket_that_is_gone_is_made_again_only_when_that_is_approved() -> Outcome {
    let team = team("lost", &[]).await?;
    let cors = section(&team, "cors")?;
    team.apply_annotated("b", &json!({ MODE: "bucket=warn" }), &first(std::slice::from_ref(&cors))).await?;
    team.ready("b").await?;
    checked_now(&team, "b").await?;
    let before = counted(&team, "bucket").await?;

    assert!(team.world.s3().delete_bucket(&team.s3_name("b")));
    team.touch("b").await?;
    let bucket = team.until("b", "told", |bucket| says(bucket, "ACK.Recoverable", "True", "BucketGone")).await?;
    assert!(says(&bucket, "Drifted", "True", "DriftDetected") && says(&bucket, "Ready", "False", "ACK.Recoverable"), "{bucket:?}");
    assert!(entry(&bucket, "spec.name")?.remediated_at.is_none());
    checked_now(&team, "b").await?;
    assert!(!team.exists("b") && team.calls("b").named("CreateBucket").len() == 1, "{:?}", team.calls("b").writes().operations());
    assert!(grew(before, counted(&team, "bucket").await?, (1, 0)), "found once");
    gauge(&team, "cooper_bucket_drift", "bucket", true).await?;

    annotate(&team, "b", &format!("{APPROVE}={}", hash(&bucket)?)).await?;
    team.ready("b").await?;
    assert!(team.exists("b") && is_as_declared(&team, &cors));
    assert!(grew(before, counted(&team, "bucket").await?, (1, 1)));
    gauge(&team, "cooper_bucket_drift", "bucket", false).await
}

#[tokio::test]
async fn words_that_are_no_mode_and_times_that_are_too_short_are_refused() -> Outcome {
    let team = team("words", &[]).await?;
    let resync = "s3.services.k8s.aws/resync-seconds";
    for (key, value, rule, told) in [
        (MODE, "wran", "drift-mode-syntax", "Did you mean warn?"),
        (MODE, "polcy=warn", "drift-mode-syntax", "Did you mean policy?"),
        (MODE, "warn,off", "drift-mode-syntax", "said twice"),
        (resync, "59", "resync-seconds-range", "from 60 to"),
        (resync, "1h", "resync-seconds-range", "use whole seconds"),
    ] {
        let manifest = team.manifest("b", &json!({ key: value }), &json!({}));
        let said = team.kubectl.apply_refused(&manifest.to_string()).await?;
        assert!(said.contains(&format!("[{rule}]")) && said.contains(told), "{value}: {said}");
    }
    // A namespace is nobody's to refuse: a slip there warns, and counts as warn.
    let slip = super::team("slip", &[(MODE, "wran")]).await?;
    let section = section(&slip, "inventory")?;
    let said = slip.apply("b", &first(std::slice::from_ref(&section))).await?.stderr;
    assert!(said.contains("Warning:") && said.contains("wran"), "{said}");
    slip.ready("b").await?;
    checked_now(&slip, "b").await?;
    meddle(&slip, &section)?;
    let bucket = checked_now(&slip, "b").await?;
    assert!(says(&bucket, "Drifted", "True", "DriftDetected") && !is_as_declared(&slip, &section), "{bucket:?}");
    Ok(())
}

fn drifted(bucket: &Bucket) -> &str {
    tests::world::condition(bucket, "Drifted").map(|(_, message)| message).unwrap_or_default()
}

/// The lines of the log about a Bucket.
fn lines(team: &Team<'_>, bucket: &str) -> Vec<String> {
    let of = [format!("\"namespace\":\"{}\"", team.namespace), format!("\"object\":\"{bucket}\"")];
    let log = team.world.controller().log();
    log.lines().filter(|line| of.iter().all(|part| line.contains(part))).map(str::to_owned).collect()
}
