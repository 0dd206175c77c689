//! Users who edit Buckets while a sweep goes on, and how long it takes until S3 hears of it.

use std::time::Duration;

use kube::Api;
use kube::api::{Patch, PatchParams};
use serde_json::json;
use shared::Bucket;

use super::figures::Waits;
use crate::error::{Error, Result};
use crate::s3::{Calls, Journal};

/// One edit.
#[derive(Clone, Debug)]
pub struct Edit {
    /// The S3 bucket.
    pub bucket: String,
    /// When, on the clock of the record of calls.
    pub at: Duration,
}

/// Edits these Buckets one after the other, so far apart. The name of a Bucket is that of its bucket.
///
/// # Errors
/// The API server refused one.
pub async fn make(api: &Api<Bucket>, journal: &Journal, names: impl Iterator<Item = String>, apart: Duration) -> Result<Vec<Edit>> {
    let mut edits = Vec::new();
    for (number, name) in names.enumerate() {
        let value = format!("edit-{number}-{}", journal.now().as_millis());
        let patch = json!({ "spec": { "tagging": { "tagSet": [{ "key": "team", "value": value }] } } });
        let at = journal.now();
        api.patch(&name, &PatchParams::default(), &Patch::Merge(patch)).await.map_err(Error::kubernetes(format!("edit {name}")))?;
        edits.push(Edit { bucket: name, at });
        tokio::time::sleep(apart).await;
    }
    Ok(edits)
}

/// Whether each edit reached S3.
#[must_use]
pub fn arrived(edits: &[Edit], calls: &Calls) -> bool {
    edits.iter().all(|edit| first(calls, edit, true).is_some())
}

/// How long it took from each edit to the first call about its bucket, and to the first write.
#[must_use]
pub fn waits(edits: &[Edit], calls: &Calls) -> Waits {
    let wait = |edit: &Edit, writes| first(calls, edit, writes).map(|at| at.saturating_sub(edit.at).as_secs_f64() * 1000.0);
    let of = |writes| edits.iter().filter_map(|edit| wait(edit, writes)).collect();
    Waits::of(of(false), of(true))
}

/// When the first call about the bucket came after the edit.
fn first(calls: &Calls, edit: &Edit, writes: bool) -> Option<Duration> {
    let about = calls.iter().filter(|entry| entry.at >= edit.at && entry.bucket.as_deref() == Some(edit.bucket.as_str()));
    about.filter(|entry| !writes || entry.operation.starts_with("Put")).map(|entry| entry.at).min()
}
