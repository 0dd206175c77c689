//! The breaker: more deletions within a minute than anybody would ask for one by one stop all further ones, until people say that
//! they were meant.
//!
//! It is about mistakes such as `kubectl delete buckets --all`. Only what would delete an S3 bucket counts: neither Buckets whose S3
//! bucket stays, nor tries that S3 refuses.

use std::collections::VecDeque;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use prometheus::{IntGauge, Registry};
use tokio::sync::Notify;
use tokio::time::Instant;

/// The time over which deletions are counted.
const WINDOW: Duration = Duration::from_mins(1);

/// Counts deletions, and stops them. Clones are handles to the same one.
#[derive(Clone, Debug)]
pub struct Breaker {
    most: Option<NonZeroU32>,
    count: Arc<Mutex<Count>>,
    resumed: Arc<Notify>,
    gauge: IntGauge,
}

/// What one deletion is told.
#[derive(Debug)]
pub(super) enum Admission {
    /// Go on.
    Granted(Slot),
    /// Deletions under way may use up what is left; ask again soon.
    Later,
    /// Too many: this one opened the breaker, or it was open.
    Open {
        /// Whether this one opened it.
        tripped: bool,
    },
}

/// The right to one deletion. Dropped, it is given back.
#[derive(Debug)]
pub(super) struct Slot(Breaker);

/// What was deleted, and what may still be.
#[derive(Debug, Default)]
struct Count {
    done: VecDeque<Instant>,
    under_way: usize,
    open: bool,
    recalled: bool,
    resumed: Option<Timestamp>,
}

impl Breaker {
    /// A closed breaker that lets through so many deletions a minute, all of them without a number; and its gauge.
    ///
    /// # Errors
    /// The registry has a metric of that name already.
    pub fn register(most: Option<NonZeroU32>, registry: &Registry) -> prometheus::Result<Self> {
        let help = "1 while deletions wait, as too many S3 buckets were deleted within a minute.";
        let gauge = IntGauge::new("cooper_deletion_breaker_open", help)?;
        registry.register(Box::new(gauge.clone()))?;
        Ok(Self { most, count: Arc::default(), resumed: Arc::default(), gauge })
    }

    /// How many deletions a minute it lets through.
    #[must_use]
    pub(super) fn most(&self) -> u32 {
        self.most.map_or(0, NonZeroU32::get)
    }

    /// Whether deletions wait.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.count().open
    }

    /// Whether the breaker was reset after the deletion was asked for: who reset it has seen it waiting.
    #[must_use]
    pub(super) fn has_passed(&self, asked_for: Option<Timestamp>) -> bool {
        self.count().resumed.zip(asked_for).is_some_and(|(resumed, asked_for)| asked_for <= resumed)
    }

    /// Asks for the right to one deletion.
    #[must_use]
    pub(super) fn admit(&self) -> Admission {
        let Some(most) = self.most else { return Admission::Granted(self.slot()) };
        let mut count = self.count();
        if count.open {
            return Admission::Open { tripped: false };
        }
        count.forget(Instant::now());
        let most = usize::try_from(most.get()).unwrap_or(usize::MAX);
        if count.done.len() >= most {
            count.open = true;
            drop(count);
            self.gauge.set(1);
            return Admission::Open { tripped: true };
        }
        if count.done.len() + count.under_way >= most {
            return Admission::Later;
        }
        drop(count);
        Admission::Granted(self.slot())
    }

    /// Closes the breaker and counts anew. What was asked for until `now` goes on without being counted; whether it was open.
    #[must_use]
    pub fn reset(&self, now: Timestamp) -> bool {
        let mut count = self.count();
        let was_open = count.open;
        count.done.clear();
        (count.open, count.recalled, count.resumed) = (false, true, Some(now));
        drop(count);
        self.gauge.set(0);
        self.resumed.notify_one();
        was_open
    }

    /// Waits for the next reset. One waits at a time.
    pub async fn resumed(&self) {
        self.resumed.notified().await;
    }

    /// Forgets all but what was reset: another process counts now.
    pub(super) fn forget(&self) {
        let mut count = self.count();
        count.done.clear();
        (count.open, count.recalled) = (false, false);
        drop(count);
        self.gauge.set(0);
    }

    /// Opens the breaker if it was open when the process before this one ended, or ceased to lead: then Buckets still say that they
    /// wait. Asked once.
    pub(crate) fn recall(&self, some_wait: impl FnOnce() -> bool) {
        let first = !std::mem::replace(&mut self.count().recalled, true);
        if first && self.most.is_some() && some_wait() {
            self.count().open = true;
            self.gauge.set(1);
            tracing::error!("deletions were paused when the last process ended, and stay so; {}", super::words::RESUME);
        }
    }

    fn slot(&self) -> Slot {
        self.count().under_way += 1;
        Slot(self.clone())
    }

    fn count(&self) -> MutexGuard<'_, Count> {
        // Every change is one assignment: a panic leaves nothing half done.
        self.count.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Slot {
    /// The bucket is deleted, or may be.
    pub(super) fn spend(self) {
        self.0.count().done.push_back(Instant::now());
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let mut count = self.0.count();
        count.under_way = count.under_way.saturating_sub(1);
    }
}

impl Count {
    fn forget(&mut self, now: Instant) {
        while self.done.front().is_some_and(|done| now.duration_since(*done) >= WINDOW) {
            self.done.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn breaker(most: u32) -> Breaker {
        Breaker::register(NonZeroU32::new(most), &Registry::new()).unwrap()
    }

    fn spend(breaker: &Breaker) {
        match breaker.admit() {
            Admission::Granted(slot) => slot.spend(),
            other @ (Admission::Later | Admission::Open { .. }) => panic!("{other:?}"),
        }
    }

    fn is_open(admission: &Admission, tripped: bool) -> bool {
        matches!(admission, Admission::Open { tripped: it } if *it == tripped)
    }

    #[tokio::test(start_paused = true)]
    async fn one_more_than_a_minute_bears_opens_it_for_good() {
        let breaker = breaker(2);
        spend(&breaker);
        tokio::time::advance(Duration::from_secs(59)).await;
        spend(&breaker);
        tokio::time::advance(Duration::from_secs(1)).await;
        spend(&breaker);
        assert!(!breaker.is_open() && breaker.gauge.get() == 0);
        assert!(is_open(&breaker.admit(), true));
        assert_eq!((breaker.is_open(), breaker.gauge.get()), (true, 1));
        tokio::time::advance(Duration::from_hours(9)).await;
        assert!(is_open(&breaker.admit(), false), "time does not close it");
        assert!(breaker.reset(Timestamp::UNIX_EPOCH) && !breaker.reset(Timestamp::UNIX_EPOCH));
        assert_eq!(breaker.gauge.get(), 0);
        spend(&breaker);
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_under_way_takes_room_and_gives_it_back() {
        let breaker = breaker(2);
        let (one, two) = (breaker.admit(), breaker.admit());
        assert!(matches!((&one, &two), (Admission::Granted(_), Admission::Granted(_))));
        assert!(matches!(breaker.admit(), Admission::Later), "it may come to nothing");
        drop(one);
        spend(&breaker);
        assert!(matches!(breaker.admit(), Admission::Later));
        drop(two);
        assert!(matches!(breaker.admit(), Admission::Granted(_)));
    }

    #[tokio::test(start_paused = true)]
    async fn without_a_number_everything_goes() {
        let breaker = breaker(0);
        (0..1000).for_each(|_| spend(&breaker));
        breaker.recall(|| true);
        assert!(!breaker.is_open());
    }

    #[tokio::test(start_paused = true)]
    async fn what_waited_at_the_reset_goes_on_uncounted() {
        let at = |second| Timestamp::from_second(second).ok();
        let breaker = breaker(1);
        assert!(!breaker.has_passed(at(5)));
        assert!(!breaker.reset(at(10).unwrap()));
        breaker.resumed().await;
        assert!(breaker.has_passed(at(10)) && !breaker.has_passed(at(11)) && !breaker.has_passed(None));
    }

    #[tokio::test(start_paused = true)]
    async fn it_is_open_after_a_restart_while_some_wait_but_a_reset_holds() {
        let (fresh, reset) = (breaker(1), breaker(1));
        fresh.recall(|| true);
        assert!(fresh.is_open() && fresh.gauge.get() == 1);
        assert!(fresh.reset(Timestamp::UNIX_EPOCH));
        fresh.recall(|| true);
        assert!(!fresh.is_open(), "asked once");
        assert!(!reset.reset(Timestamp::UNIX_EPOCH));
        reset.recall(|| true);
        assert!(!reset.is_open());
    }

    #[tokio::test(start_paused = true)]
    async fn who_ceases_to_lead_forgets_and_asks_the_buckets_when_it_leads_again() {
        let breaker = breaker(1);
        spend(&breaker);
        assert!(is_open(&breaker.admit(), true));
        breaker.forget();
        assert_eq!((breaker.is_open(), breaker.gauge.get()), (false, 0), "a standby raises no alarm");
        breaker.recall(|| true);
        assert!(breaker.is_open());
        assert!(breaker.reset(Timestamp::UNIX_EPOCH));
        breaker.forget();
        assert!(breaker.has_passed(Some(Timestamp::UNIX_EPOCH)), "people have said so");
        breaker.recall(|| false);
        assert!(!breaker.is_open(), "another process was told to go on");
    }
}
