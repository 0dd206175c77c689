//! How often Buckets are looked at because of hints: all of them together, and each. A look is more than twenty reads, and somebody's
//! script may write one bucket, or all of them, many times a second. Pure.

use std::collections::HashMap;
use std::time::Duration;

use tokio::time::Instant;

use crate::memory::Uid;

/// So many looks at one Bucket may follow each other at once.
const AT_ONCE: u32 = 3;
/// After them there is one in this time.
const APART: Duration = Duration::from_secs(10);
/// From this many Buckets on, those that have rested are forgotten.
const MANY: usize = 1024;

/// What was not used of this time may be used at once: events come in batches.
const SAVED: Duration = Duration::from_secs(1);

/// How many looks there may be a second, at all Buckets together.
pub(super) struct Flow {
    /// The time between two looks; none, where there is no bound.
    each: Option<Duration>,
    /// When the next one may be.
    next: Instant,
}

impl Flow {
    /// So many looks a second, or as many as one likes.
    pub(super) fn new(per_second: Option<f64>, now: Instant) -> Self {
        let each = per_second.and_then(|rate| Duration::try_from_secs_f64(1.0 / rate).ok());
        Self { each, next: now.checked_sub(SAVED).unwrap_or(now) }
    }

    /// Takes one look's turn: how long it has to wait for it.
    pub(super) fn wait(&mut self, now: Instant) -> Duration {
        let Some(each) = self.each else { return Duration::ZERO };
        let turn = self.next.max(now.checked_sub(SAVED).unwrap_or(now));
        self.next = turn + each;
        turn.saturating_duration_since(now)
    }
}

/// When a Bucket may be looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    /// Now.
    Now,
    /// Then, and somebody has to see to it.
    Then(Instant),
    /// A look is planned already; it will do for this hint too.
    Planned,
}

/// The Buckets that were looked at of late.
#[derive(Default)]
pub(super) struct Pace {
    buckets: HashMap<Uid, Recent>,
    /// So many Buckets are remembered before those that have rested are looked for again.
    room: usize,
}

struct Recent {
    /// When the Bucket will have rested: then it may be looked at as often at once as ever.
    rested: Instant,
    /// The look that is planned.
    planned: Option<Instant>,
}

impl Pace {
    /// When this Bucket may be looked at for one more hint.
    pub(super) fn ask(&mut self, bucket: Uid, now: Instant) -> Turn {
        if self.buckets.len() > self.room.max(MANY) {
            self.buckets.retain(|_, recent| recent.rested > now);
            self.room = self.buckets.len() * 2;
        }
        let recent = self.buckets.entry(bucket).or_insert(Recent { rested: now, planned: None });
        if recent.planned.is_some_and(|planned| planned > now) {
            return Turn::Planned;
        }
        recent.rested = recent.rested.max(now) + APART;
        let turn = recent.rested.checked_sub(APART * AT_ONCE).filter(|turn| *turn > now);
        recent.planned = turn;
        turn.map_or(Turn::Now, Turn::Then)
    }
}

#[cfg(test)]
mod tests {
    use shared::Bucket;

    use super::*;

    fn uid(number: u32) -> Uid {
        let mut bucket = Bucket::default();
        bucket.metadata.uid = Some(number.to_string());
        Uid::of(&bucket)
    }

    #[test]
    fn some_looks_follow_at_once_then_one_in_a_while_and_no_hint_is_lost() {
        let (mut pace, start) = (Pace::default(), Instant::now() + Duration::from_hours(1));
        for _ in 0..AT_ONCE {
            assert_eq!(pace.ask(uid(1), start), Turn::Now);
        }
        assert_eq!(pace.ask(uid(1), start), Turn::Then(start + APART));
        assert_eq!(pace.ask(uid(1), start + Duration::from_secs(9)), Turn::Planned, "one look will do for both");
        assert_eq!(pace.ask(uid(2), start), Turn::Now, "another Bucket does not wait for it");
        let after = start + APART;
        assert_eq!(pace.ask(uid(1), after), Turn::Then(after + APART), "the planned look has begun, maybe before this change");
        assert_eq!(pace.ask(uid(1), start + APART * 9), Turn::Now);
    }

    #[test]
    fn a_second_of_looks_may_come_at_once_and_then_they_come_one_by_one() {
        let start = Instant::now() + Duration::from_hours(1);
        let mut flow = Flow::new(Some(20.0), start);
        let waits: Vec<Duration> = (0..40).map(|_| flow.wait(start)).collect();
        assert_eq!(waits.iter().filter(|wait| wait.is_zero()).count(), 21);
        assert_eq!(waits[39], Duration::from_millis(50) * 19, "nobody is sent away");
        assert_eq!(flow.wait(start + Duration::from_hours(1)), Duration::ZERO);
        let mut free = Flow::new(None, start);
        assert!((0..1000).all(|_| free.wait(start).is_zero()));
    }

    #[test]
    fn buckets_that_have_rested_are_forgotten() {
        let (mut pace, start) = (Pace::default(), Instant::now());
        for number in 0..50_000_u32 {
            pace.ask(uid(number), start + Duration::from_millis(20 * u64::from(number)));
        }
        assert!(pace.buckets.len() <= 2 * MANY, "{}", pace.buckets.len());
    }
}
