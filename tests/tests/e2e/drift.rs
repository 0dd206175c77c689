//! Somebody changes buckets behind the controller's back: it is found, counted, told, repaired, and over.

use futures::future::try_join_all;
use serde_json::json;
use shared::Bucket;
use shared::bucket::Drift;
use tests::s3::{Act, FaultRule};
use tests::world::condition;
use tokio::sync::{Mutex, MutexGuard};

use super::sections::{Section, beside, first, sections};
use super::team::{Failure, Outcome, Team};

/// The counters of drift are the whole controller's: tests that look at them go one by one.
pub(crate) async fn alone() -> MutexGuard<'static, ()> {
    static ONE: Mutex<()> = Mutex::const_new(());
    ONE.lock().await
}

#[tokio::test]
async fn drift_of_each_sub_configuration_is_found_told_and_repaired() -> Outcome {
    let _alone = alone().await;
    let team = Team::new("drift", &[]).await?;
    let configs = sections("", "").into_iter().map(|section| section.config);
    // One Bucket for each, all at once: each drifts in one sub-configuration only.
    try_join_all(configs.map(|config| drifts(&team, config))).await?;
    Ok(())
}

/// The story of one sub-configuration.
async fn drifts(team: &Team<'_>, config: &str) -> Outcome {
    let name = config.replace('_', "-");
    let all = beside(config, &team.s3_name(&name), &team.namespace);
    let section = all.iter().find(|section| section.config == config).ok_or("no such section")?;
    team.make(&name, &first(&all)).await?;
    team.check(&name).await?;
    let before = Counted::now(team, config).await?;

    team.world.s3().set(&team.s3_name(&name), section.sub_resource(), &section.meddled)?;
    let bucket = team.check(&name).await?;
    let (field, desired, observed) = section.difference;
    let entry = repaired(team, &name, section, &bucket, field)?;
    assert_eq!(
        (entry.desired.as_deref(), entry.observed.as_deref()),
        (Some(desired), Some(observed).filter(|observed| !observed.is_empty())),
        "{config}"
    );
    assert_eq!(Counted::now(team, config).await?, before.and(1, 1, 0), "{config}");

    team.described(&name, &["DriftDetected", "DriftRemediated", field, observed]).await?;

    if let Some(field) = section.removed {
        team.world.s3().remove(&team.s3_name(&name), section.query)?;
        let bucket = team.check(&name).await?;
        repaired(team, &name, section, &bucket, field)?;
        assert_eq!(Counted::now(team, config).await?, before.and(2, 2, 0), "{config}, taken away");
    }
    let standing = [("namespace", team.namespace.as_str()), ("name", name.as_str())];
    let metrics = team.world.controller().metrics().await?;
    assert_eq!(metrics.value("cooper_bucket_drift", &standing), None, "{config}: the series ends with the drift");
    Ok(())
}

/// S3 holds what is declared again, and the status says what had differed at or below `field`.
fn repaired(team: &Team<'_>, name: &str, section: &Section, bucket: &Bucket, field: &str) -> Result<Drift, Failure> {
    assert_eq!(team.in_s3(name, section.query).as_deref(), Some(section.first.1.as_str()), "{name}");
    let conditions = bucket.status.as_ref().and_then(|status| status.conditions.as_ref()).ok_or("no conditions")?;
    let drifted = conditions.iter().find(|condition| condition.type_ == "Drifted").ok_or("no condition Drifted")?;
    assert_eq!((drifted.status.as_str(), drifted.reason.as_deref()), ("False", Some("Remediated")), "{name}");
    assert!(drifted.message.as_ref().is_some_and(|message| message.contains(field)), "{name}: {drifted:?}");

    let entries = bucket.status.as_ref().and_then(|status| status.drift.as_ref()).ok_or("no status.drift")?;
    assert!(entries.iter().all(|entry| entry.config == section.config), "nothing else drifted: {entries:?}");
    assert!(entries.iter().all(|entry| entry.first_seen.is_some() && entry.remediated_at.is_some()), "{entries:?}");
    let entry = entries.iter().find(|entry| entry.field.starts_with(field));
    Ok(entry.ok_or_else(|| format!("{name}: {field} is not in {entries:?}"))?.clone())
}

#[tokio::test]
async fn drift_that_cannot_be_repaired_stands_until_it_can() -> Outcome {
    let _alone = alone().await;
    let team = Team::new("standing", &[]).await?;
    let s3_name = team.s3_name("b");
    let all = sections(&s3_name, &team.namespace);
    let cors = all.iter().find(|section| section.config == "cors").ok_or("no cors")?;
    team.make("b", &first(&all)).await?;
    team.check("b").await?;
    let before = Counted::now(&team, "cors").await?;

    let fault = team.world.s3().faults().add(FaultRule::new(Act::Deny).on("PutBucketCors").bucket(&s3_name));
    team.world.s3().set(&s3_name, cors.query, &cors.meddled)?;
    team.touch("b").await?;
    team.told("b", "Drifted").await?;
    assert!(team.told("b", "ACK.Recoverable").await?.contains("s3:PutBucketCORS"), "the action to allow is named");
    let series = [("namespace", team.namespace.as_str()), ("name", "b"), ("config", "cors")];
    team.wait("the gauge of the standing drift", || async {
        team.metric("cooper_bucket_drift", &series).await.is_ok_and(|value| value > 0.0).then_some(())
    })
    .await?;
    let row = team.kubectl.run(&["get", "bkt", "b"]).await?.ok()?.stdout;
    let columns = row.lines().map(|line| line.split_whitespace().collect::<Vec<_>>()).collect::<Vec<_>>();
    assert_eq!(columns[0], ["NAME", "READY", "SYNCED", "DRIFT", "REGION", "AGE"]);
    assert_eq!(columns[1][..5], ["b", "False", "False", "True", tests::world::REGION]);
    // It is tried again and again, and found only once.
    team.wait("a second try", || async { (team.calls("b").named("PutBucketCors").failed().len() >= 2).then_some(()) }).await?;

    team.world.s3().faults().remove(fault);
    let bucket = team.ready("b").await?;
    repaired(&team, "b", cors, &bucket, cors.difference.0)?;
    let after = Counted::now(&team, "cors").await?;
    assert!(after.detected.to_bits() == (before.detected + 1.0).to_bits(), "{before:?} {after:?}");
    assert!(after.repaired.to_bits() == (before.repaired + 1.0).to_bits() && after.failed > before.failed, "{before:?} {after:?}");
    team.wait("the gauge to go", || async {
        let metrics = team.world.controller().metrics().await.ok()?;
        metrics.value("cooper_bucket_drift", &series).is_none().then_some(())
    })
    .await?;
    Ok(())
}

#[tokio::test]
async fn a_bucket_that_is_deleted_behind_the_back_is_made_again_and_counted() -> Outcome {
    let _alone = alone().await;
    let team = Team::new("deleted", &[]).await?;
    let all = sections(&team.s3_name("b"), &team.namespace);
    team.make("b", &first(&all)).await?;
    team.check("b").await?;
    let before = Counted::now(&team, "bucket").await?;

    assert!(team.world.s3().delete_bucket(&team.s3_name("b")));
    team.touch("b").await?;
    let told = |bucket: &Bucket| {
        let entries = bucket.status.as_ref().and_then(|status| status.drift.as_ref());
        entries.is_some_and(|entries| entries.iter().any(|entry| entry.config == "bucket" && entry.remediated_at.is_some()))
    };
    team.until("b", "made again", told).await?;
    team.ready("b").await?;
    for section in &all {
        assert_eq!(team.in_s3("b", section.query).as_deref(), Some(section.first.1.as_str()), "{}", section.config);
    }
    assert_eq!(Counted::now(&team, "bucket").await?, before.and(1, 1, 0));
    let told = team.kubectl.run(&["describe", "bkt", "b"]).await?.ok()?.stdout;
    assert!(told.contains("the S3 bucket is gone"), "{told}");
    Ok(())
}

#[tokio::test]
async fn a_change_that_means_the_same_is_no_drift() -> Outcome {
    let _alone = alone().await;
    let team = Team::new("same", &[]).await?;
    let s3_name = team.s3_name("b");
    let statement = |resources: [&str; 2]| {
        let resources = resources.map(|resource| format!("arn:aws:s3:::{s3_name}{resource}"));
        json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": resources,
            "Condition": { "Bool": { "aws:SecureTransport": "false" } } }] })
    };
    team.make("b", &json!({ "policy": statement(["", "/*"]).to_string() })).await?;
    team.check("b").await?;
    let before = team.metric("cooper_drift_detected_total", &[]).await?;

    team.world.s3().set(&s3_name, "policy", &statement(["/*", ""]).to_string().replace("s3:*", "S3:*"))?;
    let bucket = team.check("b").await?;
    assert_eq!(condition(&bucket, "Drifted").map(|(status, _)| status), Some("False"));
    assert!(bucket.status.is_some_and(|status| status.drift.is_none()));
    assert_eq!(team.metric("cooper_drift_detected_total", &[]).await?.to_bits(), before.to_bits());
    Ok(())
}

/// The counters of one sub-configuration.
#[derive(Debug, PartialEq)]
struct Counted {
    detected: f64,
    repaired: f64,
    failed: f64,
}

impl Counted {
    async fn now(team: &Team<'_>, config: &str) -> Result<Self, Failure> {
        let metrics = team.world.controller().metrics().await?;
        let of = |name: &str, labels: &[(&str, &str)]| metrics.value(name, labels).ok_or_else(|| format!("no series {name} {labels:?}"));
        let remediated = |result| of("cooper_drift_remediated_total", &[("config", config), ("result", result)]);
        Ok(Self {
            detected: of("cooper_drift_detected_total", &[("config", config)])?,
            repaired: remediated("success")?,
            failed: remediated("failed")?,
        })
    }

    fn and(&self, detected: u8, repaired: u8, failed: u8) -> Self {
        Self {
            detected: self.detected + f64::from(detected),
            repaired: self.repaired + f64::from(repaired),
            failed: self.failed + f64::from(failed),
        }
    }
}
