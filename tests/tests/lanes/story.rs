//! The story of all that a server implements: created, left alone, changed, changed behind the controller's back, deleted.

use serde_json::Value;

use super::lane::Lane;
use super::rows::{Home, Row, Site, spec};
use tests::failure::Outcome;

/// The two buckets.
const HOMES: [(Home, &str); 2] = [(Home::Plain, "cooper-lane-plain"), (Home::Locked, "cooper-lane-locked")];

/// One bucket and its rows.
struct Subject {
    home: Home,
    site: Site,
    rows: Vec<Row>,
}

/// Tells it.
pub(crate) async fn created_kept_changed_repaired_deleted(lane: &Lane) -> Outcome {
    let subjects: Vec<_> = HOMES
        .into_iter()
        .map(|(home, bucket)| {
            let site = lane.site(bucket);
            Subject { home, rows: lane.implemented(&site, home), site }
        })
        .collect();

    declare(lane, &subjects, |row| &row.first).await?;
    // The first check may give new buckets what S3 gives to new buckets and this server does not.
    for subject in &subjects {
        let checked = |bucket: &shared::Bucket| bucket.status.as_ref().is_some_and(|status| status.last_checked.is_some());
        lane.world.bucket_until(&lane.namespace, &subject.site.bucket, "checked once", checked).await?;
    }
    let writes = lane.writes().await?;
    lane.checked(6).await?;
    assert_eq!(lane.writes().await?, writes, "{}: what another S3 says in other words is no reason to write", lane.name);

    declare(lane, &subjects, |row| &row.second).await?;
    declare(lane, &subjects, |row| &row.first).await?;
    lane.checked(2).await?;
    for row in subjects.iter().flat_map(|subject| &subject.rows) {
        let found = lane.count("cooper_drift_detected_total", &[("config", row.config)]).await?;
        assert_eq!(found, 0, "{}: {}: nobody meddled yet", lane.name, row.config);
    }

    for subject in &subjects {
        meddle_with(lane, subject).await?;
    }
    for subject in &subjects {
        lane.delete(&subject.site.bucket).await?;
    }
    Ok(())
}

/// Declares one side of all rows, and compares what S3 holds once the Buckets are Ready.
async fn declare(lane: &Lane, subjects: &[Subject], side: fn(&Row) -> &(Value, String)) -> Outcome {
    for subject in subjects {
        lane.apply(&subject.site.bucket, &spec(subject.home, &subject.rows, |row| &side(row).0)).await?;
    }
    for subject in subjects {
        lane.world.bucket_ready(&lane.namespace, &subject.site.bucket).await?;
        assert_eq!(lane.held(&subject.site, &subject.rows).await, wanted(&subject.rows, side), "{}: as declared", lane.name);
    }
    Ok(())
}

/// Changes the first of every row behind the controller's back: each is found, counted and repaired.
async fn meddle_with(lane: &Lane, subject: &Subject) -> Outcome {
    for row in &subject.rows {
        let meddled = (row.meddle)(&lane.owner, &subject.site).await;
        meddled.map_err(|refused| format!("{}: {}: the owner may, but: {refused}", lane.name, row.config))?;
    }
    let wanted = wanted(&subject.rows, |row| &row.first);
    let repaired = || async { (lane.held(&subject.site, &subject.rows).await == wanted).then_some(()) };
    let in_vain = lane.world.until(&format!("all of {} to be as declared again", subject.site.bucket), repaired).await;
    if let Err(fault) = in_vain {
        let held = lane.held(&subject.site, &subject.rows).await;
        return Err(format!("{fault}\nheld: {held:#?}\nwanted: {wanted:#?}").into());
    }
    for row in &subject.rows {
        let counted = || async {
            let config = ("config", row.config);
            let found = lane.count("cooper_drift_detected_total", &[config]).await.ok()?;
            let mended = lane.count("cooper_drift_remediated_total", &[config, ("result", "success")]).await.ok()?;
            (found >= 1 && mended >= 1).then_some(())
        };
        lane.world.until(&format!("drift of {} to be counted", row.config), counted).await?;
    }
    Ok(())
}

fn wanted(rows: &[Row], side: fn(&Row) -> &(Value, String)) -> Vec<(&'static str, String)> {
    rows.iter().map(|row| (row.config, side(row).1.clone())).collect()
}
