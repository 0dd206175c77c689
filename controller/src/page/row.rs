//! One Bucket in a list. Pure.

use std::collections::BTreeSet;

use jiff::Timestamp;
use kube::ResourceExt;
use shared::Bucket;

use super::moment::Moment;
use super::value::visible;
use super::wait::{self, About};
use crate::{drift, gauges, text};

/// The longest message in a list, in characters.
const MESSAGE: usize = 500;

/// One Bucket in a list.
#[derive(Debug, PartialEq)]
pub(super) struct Row {
    pub(super) namespace: String,
    pub(super) name: String,
    pub(super) state: &'static str,
    pub(super) tone: &'static str,
    /// The sub-configurations in which it drifted.
    pub(super) drifted: String,
    /// Since when.
    pub(super) since: Option<Moment>,
    pub(super) checked: Option<Moment>,
    /// What it waits for; empty where it does not.
    pub(super) reason: String,
    pub(super) message: String,
}

impl Row {
    pub(super) fn of(bucket: &Bucket, now: Timestamp) -> Self {
        let state = gauges::state(bucket);
        let drifted: BTreeSet<&str> = drift::standing(bucket).map(|drift| drift.config.as_str()).collect();
        let wait = wait::of(bucket);
        Self {
            namespace: bucket.namespace().unwrap_or_default(),
            name: bucket.name_any(),
            state,
            tone: tone(state),
            drifted: visible(&drifted.into_iter().collect::<Vec<_>>().join(", ")),
            since: since(bucket).map(|at| Moment::of(at, now)),
            checked: checked(bucket).map(|at| Moment::of(at, now)),
            reason: match wait {
                None => String::new(),
                Some(wait) if wait.about == About::Pause => format!("Paused ({})", visible(wait.reason)),
                Some(wait) => visible(wait.reason),
            },
            message: wait.map(|wait| visible(&text::shortened(wait.message, MESSAGE))).unwrap_or_default(),
        }
    }
}

/// The look of a state.
pub(super) fn tone(state: &str) -> &'static str {
    match state {
        "synced" => "good",
        "drifted" | "terminal" => "bad",
        "recoverable" => "warn",
        _ => "calm",
    }
}

/// Since when the oldest drift stands.
pub(super) fn since(bucket: &Bucket) -> Option<Timestamp> {
    drift::standing(bucket).filter_map(|drift| drift.first_seen.as_ref()).map(|since| since.0).min()
}

/// When the Bucket was last checked.
pub(super) fn checked(bucket: &Bucket) -> Option<Timestamp> {
    bucket.status.as_ref()?.last_checked.as_ref().map(|checked| checked.0)
}
