//! What was written for each FieldExport, so that nothing is asked or written twice. All of it may be lost: a restart only writes the
//! same values once more, which changes nothing.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::order::Target;

/// After this, a value is written again although nothing changed: somebody may have changed or lost it.
pub const RECHECK: Duration = Duration::from_mins(10);

/// What is remembered, by the FieldExport's uid.
#[derive(Debug, Default)]
pub struct Memory(Mutex<HashMap<String, Remembered>>);

#[derive(Debug, Default)]
struct Remembered {
    /// How often in a row it failed.
    tries: u32,
    written: Option<Written>,
}

/// What was written last. Digests only: the value may be a secret.
#[derive(Clone, Debug)]
pub struct Written {
    /// Where.
    pub target: Target,
    /// A digest of the query and what it was asked of.
    pub question: u64,
    /// A digest of the value.
    pub value: u64,
    /// When.
    pub at: Instant,
}

impl Written {
    /// Whether the key holds what it should, as far as is known.
    fn is_fresh(&self, target: &Target, now: Instant) -> bool {
        self.target == *target && now.saturating_duration_since(self.at) < RECHECK
    }
}

impl Memory {
    /// Whether the same question was answered and written a short time ago.
    #[must_use]
    pub fn knows_answer(&self, uid: &str, target: &Target, question: u64, now: Instant) -> bool {
        self.written(uid).is_some_and(|written| written.is_fresh(target, now) && written.question == question)
    }

    /// Whether the same value was written a short time ago.
    #[must_use]
    pub fn holds_value(&self, uid: &str, target: &Target, value: u64, now: Instant) -> bool {
        self.written(uid).is_some_and(|written| written.is_fresh(target, now) && written.value == value)
    }

    /// What was written last.
    #[must_use]
    pub fn written(&self, uid: &str) -> Option<Written> {
        self.lock().get(uid)?.written.clone()
    }

    /// Remembers a success.
    pub fn wrote(&self, uid: &str, written: Written) {
        self.lock().insert(uid.to_owned(), Remembered { tries: 0, written: Some(written) });
    }

    /// Remembers that the value in place answers another question as well.
    pub fn also_answers(&self, uid: &str, question: u64) {
        if let Some(written) = self.lock().get_mut(uid).and_then(|known| known.written.as_mut()) {
            written.question = question;
        }
    }

    /// Remembers a failure, and gives how many there were in a row.
    pub fn failed(&self, uid: &str) -> u32 {
        let mut all = self.lock();
        let known = all.entry(uid.to_owned()).or_default();
        known.tries = known.tries.saturating_add(1);
        known.tries
    }

    /// Forgets the failures.
    pub fn succeeded(&self, uid: &str) {
        if let Some(known) = self.lock().get_mut(uid) {
            known.tries = 0;
        }
    }

    /// Forgets all about it; whether something had been written.
    pub fn forget(&self, uid: &str) -> bool {
        self.lock().remove(uid).is_some_and(|known| known.written.is_some())
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Remembered>> {
        // Every change is one assignment: a panic leaves nothing half done.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A digest.
#[must_use]
pub fn digest(of: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    of.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(key: &str) -> Target {
        Target::parse(&format!("secret/a/b/{key}")).unwrap()
    }

    #[test]
    fn what_was_written_is_known_for_a_while() {
        let (memory, now) = (Memory::default(), Instant::now());
        assert!(!memory.knows_answer("u", &target("k"), 1, now));
        memory.wrote("u", Written { target: target("k"), question: 1, value: 7, at: now });
        assert!(memory.knows_answer("u", &target("k"), 1, now) && memory.holds_value("u", &target("k"), 7, now));
        assert!(!memory.knows_answer("u", &target("k"), 2, now), "another question");
        assert!(!memory.knows_answer("u", &target("l"), 1, now), "another key");
        assert!(!memory.knows_answer("u", &target("k"), 1, now + RECHECK), "long ago");
        assert!(!memory.holds_value("u", &target("k"), 8, now), "another value");
        memory.also_answers("u", 2);
        assert!(memory.knows_answer("u", &target("k"), 2, now));
        assert!(memory.forget("u") && !memory.forget("u"));
    }

    #[test]
    fn failures_count_until_a_success() {
        let memory = Memory::default();
        assert_eq!((memory.failed("u"), memory.failed("u"), memory.failed("v")), (1, 2, 1));
        memory.succeeded("u");
        assert_eq!(memory.failed("u"), 1);
        assert_eq!(digest(("a", 1)), digest(("a", 1)));
    }
}
