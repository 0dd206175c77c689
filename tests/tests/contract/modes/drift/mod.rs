//! What is done about drift, and when it is looked for: `drift-mode` and the plan to approve, fights with another writer, checks that
//! somebody asks for, and checks after a time of the Bucket's own. The counters are the whole controller's, so each test drifts in
//! sub-configurations of its own.

mod fight;
mod now;
mod pending;
mod period;
mod restart;
mod warn;

use k8s_openapi::jiff::Timestamp;
use serde_json::json;
use shared::Bucket;
use shared::bucket::Drift;
use tests::world::{Options, World};
use tokio::sync::OnceCell;

use super::super::sections::{Section, sections};
use super::super::team::{Failure, Team};
use super::annotate;

const MODE: &str = "s3.services.k8s.aws/drift-mode";
const NOW: &str = "s3.services.k8s.aws/reconcile-requested-at";

/// Where checks are due after ten hours.
async fn team(name: &str, annotations: &[(&str, &str)]) -> Result<Team<'static>, Failure> {
    static WORLD: OnceCell<World> = OnceCell::const_new();
    let start = || async { World::start(Options::default()).await.unwrap_or_else(|fault| panic!("{fault}")) };
    Team::of(WORLD.get_or_init(start).await, name, annotations).await
}

/// What is known of a sub-configuration.
fn section(team: &Team<'_>, config: &str) -> Result<Section, Failure> {
    let all = sections(&team.s3_name("b"), &team.namespace);
    Ok(all.into_iter().find(|section| section.config == config).ok_or("no such sub-configuration")?)
}

/// Somebody else puts something else in its place.
fn meddle(team: &Team<'_>, section: &Section) -> Result<(), Failure> {
    Ok(team.world.s3().set(&team.s3_name("b"), section.sub_resource(), &section.meddled)?)
}

/// Whether S3 holds what was declared at first.
fn is_as_declared(team: &Team<'_>, section: &Section) -> bool {
    team.in_s3("b", section.query).as_deref() == Some(section.first.1.as_str())
}

/// Asks for a check now, and returns the Bucket as it is after it.
async fn checked_now(team: &Team<'_>, bucket: &str) -> Result<Bucket, Failure> {
    let now = Timestamp::now().to_string();
    annotate(team, bucket, &format!("{NOW}={now}")).await?;
    let heeded = |bucket: &Bucket| bucket.status.as_ref().and_then(|status| status.last_handled_reconcile_at.as_ref()) == Some(&now);
    team.until(bucket, "checked", heeded).await
}

/// What `status.drift` says of a field.
fn entry<'b>(bucket: &'b Bucket, field: &str) -> Result<&'b Drift, Failure> {
    let entries = bucket.status.as_ref().and_then(|status| status.drift.as_deref()).unwrap_or_default();
    let found = entries.iter().find(|entry| entry.field == field);
    Ok(found.ok_or_else(|| format!("{field} is not in {}", json!(entries)))?)
}

/// The hash of the plan that waits to be approved.
fn hash(bucket: &Bucket) -> Result<String, Failure> {
    let plan = bucket.status.as_ref().and_then(|status| status.plan.as_ref());
    Ok(plan.filter(|plan| plan.approval_required).ok_or_else(|| format!("no plan to approve: {}", json!(bucket.status)))?.hash.clone())
}

/// How often a sub-configuration drifted, and was put right.
async fn counted(team: &Team<'_>, config: &str) -> Result<(f64, f64), Failure> {
    let repaired = [("config", config), ("result", "success")];
    let detected = team.metric("cooper_drift_detected_total", &[("config", config)]).await?;
    Ok((detected, team.metric("cooper_drift_remediated_total", &repaired).await?))
}

/// Whether the counters grew by so much.
fn grew(before: (f64, f64), after: (f64, f64), by: (u8, u8)) -> bool {
    let close = |before: f64, after: f64, by: u8| (after - before - f64::from(by)).abs() < 0.1;
    close(before.0, after.0, by.0) && close(before.1, after.1, by.1)
}

/// Waits until a gauge of one Bucket is 1 or, where it is not to stand, has no series.
async fn gauge(team: &Team<'_>, name: &str, config: &str, stands: bool) -> Result<(), Failure> {
    let labels = [("namespace", team.namespace.as_str()), ("name", "b"), ("config", config)];
    let is_so = || async {
        let value = team.world.controller().metrics().await.ok()?.value(name, &labels);
        (value.is_some_and(|value| value > 0.9) == stands && (stands || value.is_none())).then_some(())
    };
    team.wait(&format!("{name} of {config} to stand: {stands}"), is_so).await
}
