//! The places where drift is shown, read once for all Buckets of the table.

use std::collections::BTreeMap;

use serde_json::Value;
use shared::Bucket;
use shared::drift_mode::BUCKET;

use super::{Kind, Told};
use crate::team::{Failure, Team};

/// What people and programs see.
pub(super) struct Places {
    /// `kubectl get bkt -o wide`, a line for each.
    wide: String,
    /// `kubectl describe bkt`, by Bucket.
    described: BTreeMap<String, String>,
    /// Events by Bucket: reason and note.
    events: BTreeMap<String, Vec<(String, String)>>,
    /// What the log says of drift, by Bucket.
    log: BTreeMap<String, Vec<String>>,
}

impl Places {
    /// Reads them; of the log what came after so many bytes.
    pub(super) async fn read(team: &Team<'_>, logged: usize) -> Result<Self, Failure> {
        let log = team.world.controller().log();
        Ok(Self {
            wide: team.kubectl.run(&["get", "bkt", "-o", "wide"]).await?.ok()?.stdout,
            described: described(&team.kubectl.run(&["describe", "bkt"]).await?.ok()?.stdout),
            events: events(team).await?,
            log: log_lines(log.get(logged..).unwrap_or_default(), &team.namespace),
        })
    }

    /// What is wrong with how a kind of drift is shown; nothing where all is well.
    pub(super) fn faults(&self, bucket: &Bucket, kind: &Kind) -> Vec<String> {
        let name = bucket.metadata.name.as_deref().unwrap_or_default();
        let mut faults = status(bucket, kind);
        let row = self.wide.lines().find(|row| row.split_whitespace().next() == Some(name)).unwrap_or_default();
        let described = self.described.get(name).map_or("", String::as_str);
        for Told { field, .. } in &kind.told {
            for (place, text) in [("kubectl get -o wide", row), ("kubectl describe", described)] {
                if !text.contains(field) {
                    faults.push(format!("{place} does not name {field}: {text}"));
                }
            }
        }
        let events = self.events.get(name).map_or(&[][..], Vec::as_slice);
        for (reason, word) in [("DriftDetected", "gone"), ("DriftRemediated", "there again")] {
            let notes: Vec<&str> = events.iter().filter(|(of, _)| of == reason).map(|(_, note)| note.as_str()).collect();
            if !matches!(notes[..], [note] if tells(note, kind, word)) {
                faults.push(format!("Events {reason}: {notes:?}"));
            }
        }
        let lines = self.log.get(name).map_or(&[][..], Vec::as_slice);
        if !matches!(lines, [line] if tells(line, kind, "gone")) {
            faults.push(format!("log: {lines:?}"));
        }
        faults
    }

    /// How many Events of this reason there are.
    pub(super) fn told(&self, reason: &str) -> usize {
        self.events.values().flatten().filter(|(of, _)| of == reason).count()
    }
}

/// What is wrong with the status.
fn status(bucket: &Bucket, kind: &Kind) -> Vec<String> {
    let entries = bucket.status.as_ref().and_then(|status| status.drift.as_deref()).unwrap_or_default();
    let mut sorted: Vec<_> = entries.iter().collect();
    sorted.sort_by(|one, next| one.field.cmp(&next.field));
    let is_as_told = sorted.len() == kind.told.len() && kind.told.iter().zip(&sorted).all(|(told, entry)| told.is(entry));
    let is_whole = sorted.iter().all(|entry| {
        let times = [&entry.first_seen, &entry.last_seen, &entry.remediated_at];
        entry.config == kind.config && times.iter().all(|time| time.is_some()) && entry.rounds.is_none() && entry.changed_by.is_none()
    });
    let conditions = bucket.status.as_ref().and_then(|status| status.conditions.as_deref()).unwrap_or_default();
    let drifted = conditions.iter().find(|condition| condition.type_ == "Drifted");
    let is_remediated = drifted.is_some_and(|condition| condition.status == "False" && condition.reason.as_deref() == Some("Remediated"));
    let mut faults = Vec::new();
    if !is_as_told || !is_whole {
        faults.push(format!("status.drift is {}", serde_json::to_string(entries).unwrap_or_default()));
    }
    if !is_remediated {
        faults.push(format!("Drifted is {drifted:?}"));
    }
    faults
}

/// Whether a text names all fields; of a bucket that is gone, or there again, it says that in a word.
fn tells(text: &str, kind: &Kind, word: &str) -> bool {
    if kind.config == BUCKET { text.contains(word) } else { kind.told.iter().all(|told| text.contains(&told.field)) }
}

/// The Events of the namespace, by Bucket.
async fn events(team: &Team<'_>) -> Result<BTreeMap<String, Vec<(String, String)>>, Failure> {
    let list = team.kubectl.get_json("events.v1.events.k8s.io").await?;
    let mut events: BTreeMap<String, Vec<_>> = BTreeMap::new();
    for event in list["items"].as_array().into_iter().flatten() {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        // One that was published again is told as a series.
        let times = event["series"]["count"].as_u64().unwrap_or(1);
        for _ in 0..times {
            events.entry(text(&event["regarding"]["name"])).or_default().push((text(&event["reason"]), text(&event["note"])));
        }
    }
    Ok(events)
}

/// The parts of `kubectl describe`, by name.
fn described(text: &str) -> BTreeMap<String, String> {
    let named = |part: &str| Some((part.lines().next()?.strip_prefix("Name:")?.trim().to_owned(), part.to_owned()));
    text.split("\n\n\n").filter_map(|part| named(part.trim_start())).collect()
}

/// What the log says of drift in a namespace, by Bucket.
fn log_lines(log: &str, namespace: &str) -> BTreeMap<String, Vec<String>> {
    let mut lines: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for line in log.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok()) {
        let object = line["spans"].as_array().into_iter().flatten().find(|span| span["namespace"] == namespace);
        if let (Some(drift), Some(object)) = (line["drift"].as_str(), object.and_then(|span| span["object"].as_str())) {
            lines.entry(object.to_owned()).or_default().push(drift.to_owned());
        }
    }
    lines
}
