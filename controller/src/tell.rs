//! What a pass is counted and logged as. Status and Events have their own places ([`crate::status`], [`crate::events`]).

use std::time::Duration;

use jiff::Timestamp;
use shared::Bucket;

use crate::context::Context;
use crate::drift::{self, Hold};
use crate::report::{Drifted, Report, State};
use crate::{adoption, ignored, look};

/// Counts what the pass found and did. `bucket` is the Bucket with the status from before the pass.
pub fn count(context: &Context, bucket: &Bucket, report: &Report) {
    let metrics = &context.metrics.drift;
    let now = (context.now)();
    // Nobody tries to make that good.
    let is_adopted_and_gone = matches!(&report.state, State::Recoverable { reason, .. } if reason == adoption::GONE);
    for drifted in &report.drift {
        if drift::is_new(bucket, drifted) {
            metrics.detected.with_label_values(&[drifted.config]).inc();
            if matches!(drifted.hold, Some(Hold::Contested { .. })) {
                metrics.contested.with_label_values(&[drifted.config]).inc();
            }
            if let Some((hinted, since)) = changed(bucket, report, drifted) {
                metrics.detected_after(hinted, between(since, now));
            }
        }
        if report.mode.writes() && drifted.hold.is_none() && !is_adopted_and_gone {
            let result = if drifted.repaired { "success" } else { "failed" };
            metrics.remediated.with_label_values(&[drifted.config, result]).inc();
        }
        if drifted.repaired {
            metrics.remediated_after(between(drift::since(bucket, drifted, now), now));
        }
    }
    for shown in report.ignored.iter().filter(|shown| ignored::is_new(bucket, shown)) {
        metrics.ignored.with_label_values(&[shown.config]).inc();
    }
    for fault in &report.faults {
        context.metrics.faults.with_label_values(&[fault.as_str()]).inc();
    }
    if report.check {
        metrics.checks.with_label_values(&[check(report)]).inc();
    }
}

/// When the drift began: at the change that a hint told of, else at the check before, at the earliest.
fn changed(bucket: &Bucket, report: &Report, drifted: &Drifted) -> Option<(bool, Timestamp)> {
    let checked = || bucket.status.as_ref()?.last_checked.as_ref().map(|checked| (false, checked.0));
    report.hints.latest(drifted.config).map(|hint| (true, hint.at)).or_else(checked)
}

fn between(since: Timestamp, now: Timestamp) -> Duration {
    Duration::try_from(now.duration_since(since)).unwrap_or_default()
}

/// How the check ended, as a label.
fn check(report: &Report) -> &'static str {
    match (&report.state, report.drift.is_empty()) {
        (State::Synced, true) => "in_sync",
        (State::Synced, false) => "drifted",
        (State::Recoverable { reason, .. }, false) if [look::DRY_RUN, look::CONTESTED, look::LOST].contains(&reason.as_str()) => "drifted",
        _ => "failed",
    }
}

/// Logs how the pass ended, in one line; what is in sync and was before, for debugging only. Drift that was told before is not told again.
pub fn log(bucket: &Bucket, report: &Report) {
    let some = |names: Vec<String>, between: &str| (!names.is_empty()).then(|| names.join(between));
    let new = report.drift.iter().filter(|drifted| drift::is_new(bucket, drifted));
    let drift = some(new.map(|drifted| drift::in_words(drifted, &report.hints)).collect(), "; ");
    let stands = report.drift.iter().any(|drifted| !drifted.repaired);
    let written = some(report.written.iter().map(|config| (*config).to_owned()).collect(), " ");
    match &report.state {
        State::Synced if stands && drift.is_some() => tracing::info!(drift, written, "S3 differs from the spec and stays as it is"),
        State::Recoverable { reason, message, .. } if reason == look::DRY_RUN => tracing::info!(drift, "{message}"),
        State::Synced if drift.is_none() && written.is_none() && !report.created => tracing::debug!(stands, "nothing changed"),
        State::Synced => tracing::info!(created = report.created, written, drift, "in sync now"),
        State::Terminal { reason, message, .. } => tracing::warn!(reason, written, drift, "not in sync, waiting for a change: {message}"),
        State::Recoverable { reason, message, .. } => tracing::warn!(reason, written, drift, "not in sync, trying again: {message}"),
    }
}
