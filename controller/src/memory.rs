//! What the controller remembers of each Bucket between two passes. All of it may be lost: a restart only looks once more.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Mutex, MutexGuard, PoisonError};

use kube::ResourceExt;
use shared::Bucket;
use shared::bucket::annotations;

/// What is remembered, by the Bucket's uid.
#[derive(Debug, Default)]
pub struct Memory(Mutex<HashMap<String, Remembered>>);

/// What is remembered of one Bucket.
#[derive(Clone, Debug, Default)]
pub struct Remembered {
    /// How often in a row a pass failed.
    pub tries: u32,
    /// A digest of the annotations of the Bucket and its namespace that the last pass saw.
    inputs: Option<u64>,
    /// The resource version of the controller's own last write.
    written: Option<String>,
    /// Whether this process created the S3 bucket and has not read it since.
    pub unread: bool,
    /// Whether the S3 bucket may be somebody else's: the account had it already when it was to be created, and its tags could not be
    /// read. After a restart the finalizer counts as proof.
    pub unproven: bool,
}

impl Memory {
    /// What is remembered of the Bucket.
    #[must_use]
    pub fn of(&self, bucket: &Bucket) -> Remembered {
        self.lock().get(&key(bucket)).cloned().unwrap_or_default()
    }

    /// Changes what is remembered of the Bucket.
    pub fn update(&self, bucket: &Bucket, change: impl FnOnce(&mut Remembered)) {
        change(self.lock().entry(key(bucket)).or_default());
    }

    /// Forgets the Bucket.
    pub fn forget(&self, bucket: &Bucket) {
        self.lock().remove(&key(bucket));
    }

    /// Remembers that the controller wrote the Bucket, as the API server answered it.
    pub fn wrote(&self, answer: &Bucket) {
        self.update(answer, |remembered| remembered.written.clone_from(&answer.metadata.resource_version));
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Remembered>> {
        // Every change is one assignment: a panic leaves nothing half done.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Remembered {
    /// Whether the Bucket, as it came out of the cache, is older than what the controller itself wrote. Resource versions are
    /// numbers that grow. Source: Kubernetes API concepts, "Resource versions" (comparable since 1.35).
    #[must_use]
    pub fn is_ahead_of(&self, cached: &Bucket) -> bool {
        let number = |version: Option<&str>| version.and_then(|version| version.parse::<u64>().ok());
        let (written, seen) = (number(self.written.as_deref()), number(cached.metadata.resource_version.as_deref()));
        written.zip(seen).is_some_and(|(written, seen)| seen < written)
    }

    /// Whether the annotations changed since the last pass of this process. The first pass knows of no change.
    #[must_use]
    pub fn sees_change(&self, inputs: u64) -> bool {
        self.inputs.is_some_and(|known| known != inputs)
    }

    /// Remembers which annotations the pass saw.
    pub fn saw(&mut self, inputs: u64) {
        self.inputs = Some(inputs);
    }
}

/// A digest of the annotations that a pass depends on.
#[must_use]
pub fn inputs(bucket: &Bucket, namespace: Option<&std::collections::BTreeMap<String, String>>) -> u64 {
    let mut hasher = DefaultHasher::new();
    (annotations(&bucket.metadata), namespace).hash(&mut hasher);
    hasher.finish()
}

fn key(bucket: &Bucket) -> String {
    bucket.metadata.uid.clone().unwrap_or_else(|| format!("{}/{}", bucket.namespace().unwrap_or_default(), bucket.name_any()))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn bucket(version: &str) -> Bucket {
        let mut bucket = Bucket::default();
        bucket.metadata.uid = Some("u".to_owned());
        bucket.metadata.resource_version = Some(version.to_owned());
        bucket
    }

    #[test]
    fn a_cache_behind_the_last_write_is_noticed() {
        let memory = Memory::default();
        assert!(!memory.of(&bucket("9")).is_ahead_of(&bucket("9")));
        memory.wrote(&bucket("10"));
        assert!(memory.of(&bucket("9")).is_ahead_of(&bucket("9")), "by number, not by text");
        assert!(!memory.of(&bucket("10")).is_ahead_of(&bucket("10")));
        assert!(!memory.of(&bucket("11")).is_ahead_of(&bucket("11")));
    }

    #[test]
    fn a_change_of_annotations_is_noticed_but_not_at_the_first_look() {
        let namespace = |value: &str| BTreeMap::from([("k".to_owned(), value.to_owned())]);
        let mut remembered = Remembered::default();
        let first = inputs(&bucket("1"), Some(&namespace("a")));
        assert!(!remembered.sees_change(first));
        remembered.saw(first);
        assert!(!remembered.sees_change(inputs(&bucket("2"), Some(&namespace("a")))));
        assert!(remembered.sees_change(inputs(&bucket("2"), Some(&namespace("b")))));
        assert!(remembered.sees_change(inputs(&bucket("2"), None)));
    }

    #[test]
    fn what_is_forgotten_starts_anew() {
        let memory = Memory::default();
        memory.update(&bucket("1"), |remembered| remembered.tries = 3);
        assert_eq!(memory.of(&bucket("2")).tries, 3);
        memory.forget(&bucket("1"));
        assert_eq!(memory.of(&bucket("1")).tries, 0);
    }
}
