//! The frame around a pass: its log lines, its time, its panics, what is written about it and when the next one follows.

use std::convert::Infallible;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use futures::FutureExt;
use jiff::Timestamp;
use kube::ResourceExt;
use kube::runtime::controller::Action;
use shared::Bucket;
use shared::name::BucketName;
use shared::telemetry::Chain;
use tracing::Instrument;

use crate::context::Context;
use crate::objects::ObjectError;
use crate::reconcile::{self, End};
use crate::report::{Pace, Report, State};
use crate::{drift, events, schedule, status};

/// One pass, from the trigger to the time of the next one. It never fails: what goes wrong is told, counted and tried again.
///
/// # Errors
/// None.
pub async fn reconcile(bucket: Arc<Bucket>, context: Arc<Context>) -> Result<Action, Infallible> {
    static PASSES: AtomicU64 = AtomicU64::new(1);
    let id = PASSES.fetch_add(1, Ordering::Relaxed);
    // Not `name`: that is how a span says its own.
    let (namespace, object) = (bucket.namespace().unwrap_or_default(), bucket.name_any());
    let span = tracing::info_span!("reconcile", reconcile_id = id, namespace, object);
    Ok(framed(&context, &bucket).instrument(span).await)
}

async fn framed(context: &Context, bucket: &Arc<Bucket>) -> Action {
    let began = Instant::now();
    let (result, action) = match AssertUnwindSafe(attempt(context, bucket)).catch_unwind().await {
        Ok(Ok(done)) => done,
        Ok(Err(error)) => {
            told(&error);
            ("error", again(context, bucket))
        }
        Err(panic) => {
            tracing::error!(panic = message_of(&*panic), "the pass panicked; this is a bug");
            ("panic", again(context, bucket))
        }
    };
    context.metrics.reconciles.with_label_values(&[result]).inc();
    context.metrics.reconcile_seconds.with_label_values(&[result]).observe(began.elapsed().as_secs_f64());
    action
}

async fn attempt(context: &Context, cached: &Arc<Bucket>) -> Result<(&'static str, Action), ObjectError> {
    Ok(match reconcile::run(context, cached).await? {
        End::NotDue(due) => ("not_due", Action::requeue(until(context, due))),
        End::Stopped => ("stopped", Action::await_change()),
        End::Gone => ("gone", Action::await_change()),
        End::Deleted => {
            context.memory.forget(cached);
            ("deleted", Action::await_change())
        }
        End::Reported(bucket, mut report) => {
            report.state = std::mem::take(&mut report.state).worded_for(BucketName::new(bucket.bucket_name().unwrap_or_default()));
            (report.state.label(), publish(context, &bucket, &report).await?)
        }
    })
}

/// Counts, writes the status, tells Events, and works out when the next pass follows.
async fn publish(context: &Context, bucket: &Bucket, report: &Report) -> Result<Action, ObjectError> {
    count(context, bucket, report);
    log(report);
    let new = status::next(bucket, report, (context.now)());
    let written = match status::patch(bucket, &new) {
        Some(patch) => context.objects.patch_status(bucket, &patch).await,
        None => Ok(Some(bucket.clone())),
    };
    // Drift that was put right is not found again: it is told even if the status could not be written.
    context.events.publish(bucket, events::notes(bucket, report));
    let Some(answer) = written? else { return Ok(Action::await_change()) };
    context.memory.wrote(&answer);
    Ok(next(context, &answer, report))
}

fn next(context: &Context, bucket: &Bucket, report: &Report) -> Action {
    let mut tries = 0;
    context.memory.update(bucket, |remembered| {
        remembered.tries = if report.state == State::Synced { 0 } else { remembered.tries.saturating_add(1) };
        remembered.unread &= !report.complete;
        tries = remembered.tries;
    });
    if report.created && report.state == State::Synced {
        return Action::requeue(schedule::first_check(context.period));
    }
    let wait = || schedule::wait(&report.state, tries, context.period, chance(context, bucket));
    Action::requeue(schedule::due(bucket, context.period).map_or_else(wait, |due| until(context, due)))
}

/// After a failure that is not the Bucket's.
fn again(context: &Context, bucket: &Bucket) -> Action {
    let mut tries = 0;
    context.memory.update(bucket, |remembered| {
        remembered.tries = remembered.tries.saturating_add(1);
        tries = remembered.tries;
    });
    let state = State::recoverable("", "", Pace::Quick);
    Action::requeue(schedule::wait(&state, tries, context.period, chance(context, bucket)))
}

fn chance(context: &Context, bucket: &Bucket) -> f64 {
    schedule::roll((&bucket.metadata.uid, (context.now)().as_nanosecond()))
}

/// The time until then; a second at least, so that a due time just passed does not spin.
fn until(context: &Context, due: Timestamp) -> Duration {
    Duration::try_from(due.duration_since((context.now)())).unwrap_or_default().max(Duration::from_secs(1))
}

fn count(context: &Context, bucket: &Bucket, report: &Report) {
    let metrics = &context.metrics;
    for drifted in &report.drift {
        if drift::is_new(bucket, drifted) {
            metrics.drift_detected.with_label_values(&[drifted.config]).inc();
        }
        let result = if drifted.repaired { "success" } else { "failed" };
        metrics.drift_remediated.with_label_values(&[drifted.config, result]).inc();
    }
    if report.check {
        let result = match (&report.state, report.drift.is_empty()) {
            (State::Synced, true) => "in_sync",
            (State::Synced, false) => "drifted",
            _ => "failed",
        };
        metrics.drift_checks.with_label_values(&[result]).inc();
    }
}

fn log(report: &Report) {
    let some = |names: Vec<&str>| (!names.is_empty()).then(|| names.join(" "));
    let drift = some(report.drift.iter().map(|drifted| drifted.config).collect());
    let written = some(report.written.clone());
    match &report.state {
        State::Synced if drift.is_none() && written.is_none() && !report.created => tracing::debug!("in sync"),
        State::Synced => tracing::info!(created = report.created, written, drift, "in sync now"),
        State::Terminal { reason, message, .. } => tracing::warn!(reason, written, drift, "not in sync, waiting for a change: {message}"),
        State::Recoverable { reason, message, .. } => tracing::warn!(reason, written, drift, "not in sync, trying again: {message}"),
    }
}

fn told(error: &ObjectError) {
    if error.is_conflict() {
        tracing::debug!("somebody else changed the Bucket in between; starting over");
    } else {
        tracing::error!(error = %Chain(error), category = error.category(), "the pass failed");
    }
}

fn message_of(panic: &(dyn std::any::Any + Send)) -> &str {
    panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("no message")
}
