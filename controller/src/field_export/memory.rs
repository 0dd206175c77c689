//! What was written for each FieldExport, so that nothing is asked or written twice. All of it may be lost: a restart only writes the
//! same values once more, which changes nothing.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::order::Target;

/// After this, a value is written again although nothing changed: somebody may have changed or lost it.
pub const RECHECK: Duration = Duration::from_mins(10);

/// How long a query rests after it took too much for the first time.
const REST: Duration = Duration::from_secs(30);

/// What is remembered, by the FieldExport's uid.
#[derive(Debug, Default)]
pub struct Memory(Mutex<HashMap<String, Remembered>>);

#[derive(Debug, Default)]
struct Remembered {
    /// How often in a row it failed.
    tries: u32,
    written: Option<Written>,
    ended: Option<Ended>,
}

/// A query that took too much.
#[derive(Debug)]
struct Ended {
    query: u64,
    times: u32,
    until: Instant,
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
        self.lock().insert(uid.to_owned(), Remembered { written: Some(written), ..Remembered::default() });
    }

    /// Remembers that the value in place answers another question as well.
    pub fn also_answers(&self, uid: &str, question: u64) {
        if let Some(written) = self.lock().get_mut(uid).and_then(|known| known.written.as_mut()) {
            written.question = question;
        }
    }

    /// Whether the query took too much a short time ago: it is not run again yet, whatever its source holds by now.
    #[must_use]
    pub fn is_too_much(&self, uid: &str, query: u64, now: Instant) -> bool {
        let all = self.lock();
        let ended = all.get(uid).and_then(|known| known.ended.as_ref());
        ended.is_some_and(|ended| ended.query == query && now < ended.until)
    }

    /// Remembers that the query took too much. Each time in a row it rests for longer.
    pub fn took_too_much(&self, uid: &str, query: u64, now: Instant) {
        let mut all = self.lock();
        let known = all.entry(uid.to_owned()).or_default();
        let times = known.ended.as_ref().filter(|ended| ended.query == query).map_or(0, |ended| ended.times);
        let rest = REST.saturating_mul(1 << times.min(10)).min(RECHECK);
        known.ended = Some(Ended { query, times: times.saturating_add(1), until: now + rest });
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
    fn a_query_that_took_too_much_rests_for_longer_each_time() {
        let (memory, now) = (Memory::default(), Instant::now());
        let rests = |query: u64, seconds: u64| memory.is_too_much("u", query, now + Duration::from_secs(seconds));
        assert!(!rests(1, 0));
        memory.took_too_much("u", 1, now);
        assert!(rests(1, 29) && !rests(1, 30) && !rests(2, 0), "an edited query is run at once");
        memory.took_too_much("u", 1, now);
        assert!(rests(1, 59) && !rests(1, 60));
        for _ in 0..20 {
            memory.took_too_much("u", 1, now);
        }
        assert!(rests(1, 599) && !rests(1, 600));
        memory.took_too_much("u", 2, now);
        assert!(rests(2, 29) && !rests(2, 30), "another query starts anew");
        memory.wrote("u", Written { target: target("k"), question: 1, value: 7, at: now });
        assert!(!rests(2, 0));
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
