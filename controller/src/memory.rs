//! What the controller remembers of each Bucket between two passes. All of it may be lost: a restart only looks once more.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use shared::Bucket;
use shared::bucket::annotations;

use crate::audit::Seen;
use crate::fresh::Fresh;
use crate::hint::Hints;

/// What is remembered, by the Bucket's uid.
#[derive(Debug, Default)]
pub struct Memory(Mutex<HashMap<Uid, Remembered>>);

/// The uid of a Bucket, in little room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Uid(u128);

/// What is remembered of one Bucket.
#[derive(Clone, Debug, Default)]
pub struct Remembered {
    /// How often in a row a pass failed.
    pub tries: u32,
    /// When the next pass follows the last one, unless something asks for one before.
    pub next: Option<Timestamp>,
    /// A digest of the annotations of the Bucket and its namespace that the last pass saw.
    inputs: Option<u64>,
    /// The resource version of the controller's own last write, where it is a number.
    written: Option<u64>,
    /// Whether this process created the S3 bucket and has not read it since.
    pub unread: bool,
    /// When S3 first said that the bucket is gone, where that is not certain yet.
    pub absent: Option<Timestamp>,
    /// What was written last.
    pub fresh: Fresh,
    /// Whether the last pass saw something that has to be looked at again before anything follows from it.
    pub unsure: bool,
    /// Whether something that the Bucket hangs on changed, such as its Role.
    pub called: bool,
    /// What others said of the bucket and no complete look followed yet.
    pub hints: Hints,
    /// What the last pass saw in S3, where that is not what the spec asks for.
    pub seen: Option<Arc<Seen>>,
}

impl Memory {
    /// What is remembered of the Bucket.
    #[must_use]
    pub fn of(&self, bucket: &Bucket) -> Remembered {
        self.lock().get(&Uid::of(bucket)).cloned().unwrap_or_default()
    }

    /// Changes what is remembered of the Bucket.
    pub fn update(&self, bucket: &Bucket, change: impl FnOnce(&mut Remembered)) {
        change(self.lock().entry(Uid::of(bucket)).or_default());
    }

    /// Forgets the Bucket.
    pub fn forget(&self, bucket: &Bucket) {
        self.lock().remove(&Uid::of(bucket));
    }

    /// Forgets all Buckets but these.
    pub fn keep(&self, is_there: impl Fn(Uid) -> bool) {
        self.lock().retain(|uid, _| is_there(*uid));
    }

    /// Remembers that the controller wrote the Bucket, as the API server answered it.
    pub fn wrote(&self, answer: &Bucket) {
        self.update(answer, |remembered| remembered.written = version(answer));
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Uid, Remembered>> {
        // Every change is one assignment: a panic leaves nothing half done.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Uid {
    /// The uid of the Bucket; of its name where it has none.
    #[must_use]
    pub fn of(bucket: &Bucket) -> Self {
        let metadata = &bucket.metadata;
        // They are UUIDs. Source: Kubernetes, "Object Names and IDs".
        let uuid = metadata.uid.as_deref().filter(|uid| uid.len() == 36);
        let number = uuid.and_then(|uid| u128::from_str_radix(&uid.replace('-', ""), 16).ok());
        Self(number.unwrap_or_else(|| {
            let mut hasher = DefaultHasher::new();
            (&metadata.uid, &metadata.namespace, &metadata.name).hash(&mut hasher);
            u128::from(hasher.finish())
        }))
    }
}

impl Remembered {
    /// Whether the Bucket, as it came out of the cache, is older than what the controller itself wrote. Resource versions are
    /// numbers that grow. Source: Kubernetes API concepts, "Resource versions" (comparable since 1.35).
    #[must_use]
    pub fn is_ahead_of(&self, cached: &Bucket) -> bool {
        self.written.zip(version(cached)).is_some_and(|(written, seen)| seen < written)
    }

    /// Whether the annotations changed since the last pass of this process. The first pass knows of no change.
    #[must_use]
    pub fn sees_change(&self, inputs: u64) -> bool {
        self.inputs.is_some_and(|known| known != inputs)
    }

    /// Remembers that the Bucket, or its namespace, changed. Before the first pass of this process there is nothing to compare with: a
    /// process on standby hears of changes and makes no passes.
    pub fn heard_of_change(&mut self) {
        self.called |= self.inputs.is_none();
    }

    /// Remembers which annotations the pass saw, and that it heeds what the Bucket was called for.
    pub fn saw(&mut self, inputs: u64) {
        self.inputs = Some(inputs);
        self.called = false;
    }
}

/// A digest of the annotations that a pass depends on.
#[must_use]
pub fn inputs(bucket: &Bucket, namespace: Option<&std::collections::BTreeMap<String, String>>) -> u64 {
    let mut hasher = DefaultHasher::new();
    (annotations(&bucket.metadata), namespace).hash(&mut hasher);
    hasher.finish()
}

fn version(bucket: &Bucket) -> Option<u64> {
    bucket.metadata.resource_version.as_deref()?.parse().ok()
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
        let tried = || memory.update(&bucket("1"), |remembered| remembered.tries = 3);
        tried();
        assert_eq!(memory.of(&bucket("2")).tries, 3);
        memory.keep(|uid| uid == Uid::of(&bucket("3")));
        assert_eq!(memory.of(&bucket("1")).tries, 3);
        memory.keep(|_| false);
        assert_eq!(memory.of(&bucket("1")).tries, 0);
        tried();
        memory.forget(&bucket("1"));
        assert_eq!(memory.of(&bucket("1")).tries, 0);
    }

    #[test]
    fn a_uid_is_told_from_every_other() {
        let of = |uid: &str, name: &str| {
            let mut bucket = Bucket::default();
            (bucket.metadata.uid, bucket.metadata.name) = (Some(uid.to_owned()).filter(|uid| !uid.is_empty()), Some(name.to_owned()));
            Uid::of(&bucket)
        };
        let uuid = "7b0c2a5e-0f43-4d6e-9b3a-0123456789ab";
        assert_eq!(of(uuid, "a"), of(uuid, "b"));
        assert_ne!(of(uuid, "a"), of("7b0c2a5e-0f43-4d6e-9b3a-0123456789ac", "a"));
        assert_ne!(of("", "a"), of("", "b"));
        assert_ne!(of("é23456789012345678901234567890123456", "a"), of("u", "a"), "no uid makes it stumble");
    }
}
