//! How far the deletions under way have come. All of it may be lost: a restart lists again what is still there.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use shared::Bucket;

/// How far one deletion has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Progress {
    /// Whether S3 said that the bucket is not empty: then the next try needs no look at it first.
    pub full: bool,
    /// What was deleted out of the bucket; `None` before it was begun.
    pub emptied: Option<Emptied>,
}

/// What was deleted out of a bucket.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Emptied {
    /// Versions and delete markers.
    pub versions: u64,
    /// Uploads.
    pub uploads: u64,
}

/// The deletions under way, by the uid of the Bucket.
#[derive(Debug, Default)]
pub(super) struct UnderWay(Mutex<HashMap<String, Progress>>);

impl UnderWay {
    /// How far the Bucket's deletion has come.
    #[must_use]
    pub(super) fn of(&self, bucket: &Bucket) -> Progress {
        self.lock().get(key(bucket)).copied().unwrap_or_default()
    }

    /// The deletion has come so far.
    pub(super) fn set(&self, bucket: &Bucket, progress: Progress) {
        self.lock().insert(key(bucket).to_owned(), progress);
    }

    /// The Bucket is gone.
    pub(super) fn forget(&self, bucket: &Bucket) {
        self.lock().remove(key(bucket));
    }

    /// Another process goes on with all of them.
    pub(super) fn clear(&self) {
        self.lock().clear();
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Progress>> {
        // Every change is one assignment: a panic leaves nothing half done.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn key(bucket: &Bucket) -> &str {
    bucket.metadata.uid.as_deref().unwrap_or_default()
}
