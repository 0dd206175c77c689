//! Which events came already. SQS delivers some messages twice, EventBridge some events, and two rules may match one. Pure.

use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

use tokio::time::Instant;

/// An event is known for this long at least, and for twice as long at most. It is more than the visibility time-out of the queue, after
/// which a message comes again that could not be deleted.
const KNOWN: Duration = Duration::from_mins(5);
/// The most events of one such time; of more, the older half is forgotten sooner.
const MOST: usize = 20_000;

/// The events that came of late.
pub(super) struct Repeats {
    hasher: RandomState,
    now: HashSet<u64>,
    before: HashSet<u64>,
    since: Instant,
}

impl Repeats {
    /// None came yet.
    pub(super) fn new(now: Instant) -> Self {
        Self { hasher: RandomState::new(), now: HashSet::new(), before: HashSet::new(), since: now }
    }

    /// Whether an event of this id came of late; from now on it did.
    pub(super) fn is_known(&mut self, id: &str, now: Instant) -> bool {
        if now.saturating_duration_since(self.since) >= KNOWN || self.now.len() >= MOST {
            self.before = std::mem::take(&mut self.now);
            self.since = now;
        }
        // The key of the hash is random: nobody can make up an id that hides another.
        let digest = self.hasher.hash_one(id);
        !self.now.insert(digest) || self.before.contains(&digest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_known_for_some_minutes_and_memory_is_bounded() {
        let start = Instant::now();
        let mut repeats = Repeats::new(start);
        assert!(!repeats.is_known("a", start) && repeats.is_known("a", start));
        assert!(repeats.is_known("a", start + KNOWN) && !repeats.is_known("b", start + KNOWN));
        assert!(!repeats.is_known("c", start + KNOWN * 3) && !repeats.is_known("a", start + KNOWN * 4));
        for id in 0..100_000 {
            repeats.is_known(&id.to_string(), start + KNOWN * 4);
        }
        assert!(repeats.now.len() + repeats.before.len() <= 2 * MOST);
        assert!(repeats.is_known("99999", start + KNOWN * 4));
    }
}
