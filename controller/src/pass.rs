//! The frame around a pass: its log lines, its time, its panics, what is written about it and when the next one follows.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use futures::FutureExt;
use jiff::Timestamp;
use kube::ResourceExt;
use shared::admission::Adoption;
use shared::name::BucketName;
use shared::pause::Pause;
use shared::telemetry::Chain;
use shared::{Bucket, resync};
use tracing::Instrument;

use crate::context::Context;
use crate::fresh::Fresh;
use crate::objects::ObjectError;
use crate::queue::{Key, Next};
use crate::reconcile::{self, End};
use crate::report::{Pace, Report, State};
use crate::trigger::Lane;
use crate::{events, paused, pruned, schedule, status, tell};

/// How soon a pass that was cut off is begun again.
const ONCE_MORE: Duration = Duration::from_secs(1);
/// The longest time between two looks at a paused Bucket: clocks are set, and timers end somewhere.
const LONGEST: Duration = Duration::from_hours(24);

/// One pass over the Bucket of this name, from the trigger to the time of the next one. It never fails: what goes wrong is told, counted
/// and tried again. `None` where nothing follows until the Bucket changes.
pub async fn reconcile(key: Key, context: Arc<Context>) -> Option<Next> {
    static PASSES: AtomicU64 = AtomicU64::new(1);
    let id = PASSES.fetch_add(1, Ordering::Relaxed);
    tokio::select! {
        // On standby the caches are kept warm, and passes wait here.
        () = context.leadership.won() => {}
        () = context.stop.cancelled() => return None,
    }
    // None: deleted while it waited for its turn.
    let bucket = context.buckets.get(&key.object())?;
    // Not `name`: that is how a span says its own.
    let (namespace, object) = (bucket.namespace().unwrap_or_default(), bucket.name_any());
    let span = tracing::info_span!("reconcile", reconcile_id = id, namespace, object);
    let next = framed(&context, &bucket).instrument(span).await;
    if let Some(next) = &next {
        let at = (context.now)().checked_add(next.after).ok();
        context.memory.update(&bucket, |remembered| remembered.next = at);
    }
    next
}

async fn framed(context: &Context, bucket: &Arc<Bucket>) -> Option<Next> {
    let began = Instant::now();
    let (result, action) = match AssertUnwindSafe(attempt(context, bucket)).catch_unwind().await {
        Ok(Ok(done)) => done,
        Ok(Err(error)) => {
            told(&error);
            ("error", Some(again(context, bucket)))
        }
        Err(panic) => {
            tracing::error!(panic = message_of(&*panic), "the pass panicked; this is a bug");
            ("panic", Some(again(context, bucket)))
        }
    };
    context.metrics.reconciles.with_label_values(&[result]).inc();
    context.metrics.reconcile_seconds.with_label_values(&[result]).observe(began.elapsed().as_secs_f64());
    action
}

async fn attempt(context: &Context, cached: &Arc<Bucket>) -> Result<(&'static str, Option<Next>), ObjectError> {
    Ok(match reconcile::run(context, cached).await? {
        End::NotDue(due) => ("not_due", Some(check(until(context, due)))),
        End::Unsure(wait) => {
            tracing::info!(?wait, "S3 may be behind; looking again before anything follows from it");
            context.memory.update(cached, |remembered| remembered.unsure = true);
            ("unsure", Some(retry(wait)))
        }
        // Leadership may come back.
        End::Stopped => ("stopped", Some(retry(ONCE_MORE))),
        End::Paused(bucket, pause) => ("paused", pause_told(context, &bucket, &pause).await?),
        End::Gone => ("gone", None),
        End::Deleted => {
            context.memory.forget(cached);
            ("deleted", None)
        }
        End::Reported(bucket, mut report) => {
            report.state =
                std::mem::take(&mut report.state).worded_for(BucketName::new(&Adoption::bucket_name(&bucket).unwrap_or_default()));
            (report.state.label(), publish(context, &bucket, &report).await?)
        }
    })
}

/// Counts, writes the status, tells Events, and works out when the next pass follows.
async fn publish(context: &Context, bucket: &Bucket, report: &Report) -> Result<Option<Next>, ObjectError> {
    tell::count(context, bucket, report);
    tell::log(bucket, report);
    let new = status::next(bucket, report, (context.now)());
    if !context.leadership.holds() {
        // Whoever leads now says how it stands.
        return Ok(Some(retry(ONCE_MORE)));
    }
    let written = match status::patch(bucket, &new) {
        Some(patch) => context.objects.patch_status(bucket, &patch).await,
        None => Ok(Some(bucket.clone())),
    };
    // Drift that was put right is not found again: it is told even if the status could not be written.
    context.events.publish(bucket, events::notes(bucket, report));
    let Some(answer) = written? else { return Ok(None) };
    pruned::notice(&new, answer.status.as_ref());
    context.memory.wrote(&answer);
    Ok(Some(next(context, &answer, report)))
}

/// Writes that the Bucket is paused, and tells it once.
async fn pause_told(context: &Context, bucket: &Bucket, pause: &Pause) -> Result<Option<Next>, ObjectError> {
    if !context.leadership.holds() {
        return Ok(Some(retry(ONCE_MORE)));
    }
    let new = paused::next(bucket, pause, (context.now)());
    if let Some(patch) = status::patch(bucket, &new) {
        let Some(answer) = context.objects.patch_status(bucket, &patch).await? else { return Ok(None) };
        pruned::notice(&new, answer.status.as_ref());
        context.memory.wrote(&answer);
    }
    if let Some(note) = paused::begins(bucket, pause) {
        tracing::info!("paused: {pause}");
        context.events.publish(bucket, vec![note]);
    }
    Ok(pause.until.map(|end| retry(until(context, end).min(LONGEST))))
}

fn next(context: &Context, bucket: &Bucket, report: &Report) -> Next {
    let mut tries = 0;
    context.memory.update(bucket, |remembered| {
        remembered.tries = if report.state == State::Synced { 0 } else { remembered.tries.saturating_add(1) };
        remembered.unread &= !report.complete;
        remembered.unsure = false;
        if report.complete {
            remembered.hints.looked_at(&report.hints);
        }
        if !report.written.is_empty() {
            remembered.fresh = Fresh::new(&report.written, (context.now)());
        }
        tries = remembered.tries;
    });
    let period = resync::period(bucket, context.period);
    if report.created && report.state == State::Synced {
        return check(schedule::first_check(period));
    }
    if let Some(due) = schedule::due(bucket, context.period, &context.gates, (context.now)()) {
        return check(until(context, due));
    }
    let wait = schedule::wait(&report.state, tries, period, chance(context, bucket));
    let end_of_pause = report.pause.as_ref().and_then(|pause| pause.until);
    let wait = [end_of_pause, report.state.at()].into_iter().flatten().fold(wait, |wait, at| wait.min(until(context, at)));
    match &report.state {
        State::Synced | State::Terminal { pace: None, .. } | State::Recoverable { pace: Pace::Check, .. } => check(wait),
        State::Terminal { .. } | State::Recoverable { .. } => retry(wait),
    }
}

/// After a failure that is not the Bucket's.
fn again(context: &Context, bucket: &Bucket) -> Next {
    let mut tries = 0;
    context.memory.update(bucket, |remembered| {
        remembered.tries = remembered.tries.saturating_add(1);
        tries = remembered.tries;
    });
    let state = State::recoverable("", "", Pace::Quick);
    retry(schedule::wait(&state, tries, context.period, chance(context, bucket)))
}

/// A check follows: nobody waits for it.
fn check(after: Duration) -> Next {
    Next { after, lane: Lane::Sweep }
}

fn retry(after: Duration) -> Next {
    Next { after, lane: Lane::Retry }
}

fn chance(context: &Context, bucket: &Bucket) -> f64 {
    schedule::roll((&bucket.metadata.uid, (context.now)().as_nanosecond()))
}

/// The time until then; a second at least, so that a due time just passed does not spin.
fn until(context: &Context, due: Timestamp) -> Duration {
    Duration::try_from(due.duration_since((context.now)())).unwrap_or_default().max(Duration::from_secs(1))
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
