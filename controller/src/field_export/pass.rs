//! One pass over a FieldExport, from top to bottom: what it asks for, its source, the query, the write, the report.

use std::any::Any;
use std::convert::Infallible;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::FutureExt;
use jiff::Timestamp;
use kube::ResourceExt;
use kube::runtime::controller::Action;
use shared::Bucket;
use shared::bucket::ConditionType;
use shared::field_export::FieldExport;
use shared::telemetry::Chain;
use tracing::Instrument;

use super::exporter::Exporter;
use super::jq::Answer;
use super::memory::{RECHECK, Written, digest};
use super::order::{self, Order};
use super::sandbox::QueryError;
use super::trouble::Trouble;
use super::{claims, removal, report};
use crate::{schedule, status, text};

/// When to look again where another process leads.
const STANDBY: Duration = Duration::from_secs(5);

/// One pass, from the trigger to the time of the next one. It never fails: what goes wrong is told, counted and tried again.
///
/// # Errors
/// None.
pub(super) async fn reconcile(export: Arc<FieldExport>, exporter: Arc<Exporter>) -> Result<Action, Infallible> {
    let (namespace, object) = (export.namespace().unwrap_or_default(), export.name_any());
    let span = tracing::info_span!("field_export", namespace, object);
    let attempt = AssertUnwindSafe(attempt(&exporter, &export)).catch_unwind();
    Ok(attempt.instrument(span).await.unwrap_or_else(|panic| panicked(&exporter, &*panic)))
}

fn panicked(exporter: &Exporter, panic: &(dyn Any + Send)) -> Action {
    let message = panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    tracing::error!(panic = message.unwrap_or("no message"), "the pass over a FieldExport panicked; this is a bug");
    exporter.metrics.passes.with_label_values(&["panic"]).inc();
    Action::requeue(RECHECK)
}

async fn attempt(exporter: &Exporter, export: &FieldExport) -> Action {
    let left_over = claims::is_left_over(export);
    if !order::is_ours(export) && !left_over {
        return Action::await_change();
    }
    if !exporter.context.may_write() {
        return Action::requeue(STANDBY);
    }
    if left_over || export.metadata.deletion_timestamp.is_some() {
        return removal::run(exporter, export).await;
    }
    let order = Order::of(export, &exporter.reach);
    let (order, result) = match order {
        Ok(order) => {
            let result = copy(exporter, export, &order).await;
            (Some(order), result)
        }
        Err(trouble) => (None, Err(trouble)),
    };
    finish(exporter, export, order.as_ref(), result).await
}

/// Has the key hold the value; whether that took a write.
async fn copy(exporter: &Exporter, export: &FieldExport, order: &Order) -> Result<bool, Trouble> {
    let left = removal::left_behind(exporter, export, order).await?;
    let export = left.as_ref().unwrap_or(export);
    if let Some(by) = claims::holder(export, &order.target, &exporter.exports.state(), &exporter.reach) {
        return Err(Trouble::Taken { by });
    }
    let (uid, now) = (uid(export), Instant::now());
    let object = source(exporter, export, order)?;
    let question = digest((&order.path, &object));
    if exporter.memory.knows_answer(uid, &order.target, question, now) {
        return Ok(false);
    }
    let value = ask(exporter, uid, order, object).await?;
    if exporter.memory.holds_value(uid, &order.target, digest(&value), now) {
        exporter.memory.also_answers(uid, question);
        return Ok(false);
    }
    exporter.records.claim(export, &order.target).await?;
    exporter.targets.set(&order.target, &value).await?;
    exporter.memory.wrote(uid, Written { target: order.target.clone(), question, value: digest(&value), at: now });
    // Who had the key before learns that it is taken.
    exporter.call_others(export, &order.target);
    Ok(true)
}

/// The Bucket as the query sees it: JSON, as the API server shows it.
fn source(exporter: &Exporter, export: &FieldExport, order: &Order) -> Result<String, Trouble> {
    let (namespace, name) = (export.namespace().unwrap_or_default(), order.source.clone());
    let Some(bucket) = exporter.bucket(&namespace, &name) else { return Err(Trouble::NoSource { namespace, name }) };
    if !is_synced(&bucket) {
        return Err(Trouble::NotSynced { namespace, name });
    }
    let json = serde_json::to_string(&*bucket);
    json.map_err(|error| Trouble::Failed { path: shown(order), why: format!("the Bucket cannot be shown as JSON: {error}") })
}

fn is_synced(bucket: &Bucket) -> bool {
    status::condition(bucket, ConditionType::ResourceSynced).is_some_and(|condition| condition.status == "True")
}

async fn ask(exporter: &Exporter, uid: &str, order: &Order, object: String) -> Result<String, Trouble> {
    let (path, query) = (shown(order), digest(&order.path));
    // Each change of the Bucket would run it again.
    if exporter.memory.is_too_much(uid, query, Instant::now()) {
        return Err(Trouble::Unanswered { path, why: QueryError::TooMuch });
    }
    let answer = exporter.sandbox.ask(&order.path, object).await;
    if matches!(answer, Err(QueryError::TooMuch)) {
        exporter.memory.took_too_much(uid, query, Instant::now());
    }
    match answer {
        Ok(Answer::Text(value)) => Ok(value),
        Ok(Answer::Other(what)) => Err(Trouble::NoValue { path, what }),
        Ok(Answer::Unparsable(why)) => Err(Trouble::Unparsable { path, why }),
        Ok(Answer::Failed(why)) => Err(Trouble::Failed { path, why }),
        Err(why) => Err(Trouble::Unanswered { path, why }),
    }
}

fn shown(order: &Order) -> String {
    text::shortened(&order.path, text::VALUE)
}

/// Counts, tells, writes the status, and works out when the next pass follows.
pub(super) async fn finish(exporter: &Exporter, export: &FieldExport, order: Option<&Order>, result: Result<bool, Trouble>) -> Action {
    let (label, trouble) = match result {
        Ok(written) => (if written { "exported" } else { "unchanged" }, None),
        Err(trouble) if trouble.is_terminal() => ("refused", Some(trouble)),
        Err(trouble) if trouble.waits_for_source() => ("waiting", Some(trouble)),
        Err(trouble) => ("failed", Some(trouble)),
    };
    exporter.metrics.passes.with_label_values(&[label]).inc();
    match &trouble {
        None => {
            exporter.memory.succeeded(uid(export));
            // After a restart the same value is written once more; that is no news.
            if label == "exported" && order.is_some_and(|order| order::written(export).as_ref() != Some(&order.target)) {
                let note = order.map(report::success);
                tracing::info!(note = note.as_ref().map(|note| note.text.as_str()), "a field was copied");
                exporter.context.events.publish(export, note.into_iter().collect());
            }
        }
        Some(trouble) if trouble.is_conflict() => {
            tracing::debug!("somebody else changed the FieldExport in between; starting over");
            return Action::requeue(Duration::from_secs(1));
        }
        Some(trouble) => {
            tracing::debug!(reason = trouble.category(), "the field was not copied: {}", Chain(trouble));
            exporter.context.events.publish(export, report::failure(export, trouble).into_iter().collect());
        }
    }
    let conditions = report::conditions(export, order, trouble.as_ref(), Timestamp::now());
    if let Err(error) = exporter.records.report(export, &conditions).await {
        tracing::warn!(error = %Chain(&error), "the status of a FieldExport could not be written; it is tried again");
        return again(exporter, export, &Trouble::Object(error));
    }
    trouble.map_or_else(|| Action::requeue(recheck(export)), |trouble| again(exporter, export, &trouble))
}

pub(super) fn again(exporter: &Exporter, export: &FieldExport, trouble: &Trouble) -> Action {
    let tries = exporter.memory.failed(uid(export));
    let roll = schedule::roll((uid(export), tries));
    Action::requeue(trouble.wait(tries, roll).unwrap_or_else(|| recheck(export)))
}

/// A net below the triggers, spread so that not all FieldExports are looked at together.
fn recheck(export: &FieldExport) -> Duration {
    RECHECK.mul_f64(1.0 + 0.2 * schedule::roll(uid(export)))
}

pub(super) fn uid(export: &FieldExport) -> &str {
    export.metadata.uid.as_deref().unwrap_or_default()
}
