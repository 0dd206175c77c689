//! Whether this process may write now.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::watch;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// Whether this process may write now. Clones share the state.
#[derive(Clone, Debug)]
pub struct Leadership(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    until: Mutex<Until>,
    leads: watch::Sender<bool>,
}

#[derive(Clone, Copy, Debug)]
enum Until {
    Never,
    Forever,
    Then(Moment),
}

/// A point in time by two clocks: one that only goes forward but may stand still while the machine sleeps, and one that people set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// By the clock that only goes forward.
    pub steady: Instant,
    /// By the clock on the wall.
    pub wall: Timestamp,
}

impl Moment {
    /// This moment.
    #[must_use]
    pub fn now() -> Self {
        Self { steady: Instant::now(), wall: Timestamp::now() }
    }

    /// So much later by both clocks.
    #[must_use]
    pub fn after(self, wait: Duration) -> Self {
        Self { steady: self.steady + wait, wall: self.wall.checked_add(wait).unwrap_or(Timestamp::MAX) }
    }

    /// Whether either clock has come so far.
    fn has_come(self, now: Self) -> bool {
        now.steady >= self.steady || now.wall >= self.wall
    }
}

impl Leadership {
    /// Of a process that asks nobody.
    #[must_use]
    pub fn forever() -> Self {
        Self(Arc::new(Inner { until: Mutex::new(Until::Forever), leads: watch::Sender::new(true) }))
    }

    /// Of a process that has yet to ask.
    #[must_use]
    pub fn none() -> Self {
        Self(Arc::new(Inner { until: Mutex::new(Until::Never), leads: watch::Sender::new(false) }))
    }

    /// Whether this process may write now. Asked right before each write.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.holds_at(Moment::now())
    }

    /// Whether this process may write at that moment.
    #[must_use]
    pub fn holds_at(&self, now: Moment) -> bool {
        match self.until() {
            Until::Never => false,
            Until::Forever => true,
            Until::Then(end) => !end.has_come(now),
        }
    }

    /// True while this process leads: passes may start. It may turn false some moments after [`holds`](Self::holds).
    #[must_use]
    pub fn watch(&self) -> watch::Receiver<bool> {
        self.0.leads.subscribe()
    }

    /// Returns once this process leads.
    pub async fn won(&self) {
        // The sender lives as long as `self`.
        let _ = self.watch().wait_for(|leads| *leads).await;
    }

    /// Returns once this process has not led for so long.
    pub async fn lost_for(&self, grace: Duration) {
        loop {
            let end = match self.until() {
                Until::Forever => return std::future::pending().await,
                Until::Never => Instant::now(),
                Until::Then(end) => end.steady,
            };
            tokio::time::sleep_until(end + grace).await;
            if !self.holds() {
                return;
            }
        }
    }

    /// Does something each time this process ceases to lead, until `stop`.
    pub async fn at_each_end(&self, stop: CancellationToken, act: impl Fn()) {
        let mut leads = self.watch();
        let ends = async {
            while leads.wait_for(|leads| *leads).await.is_ok() && leads.wait_for(|leads| !*leads).await.is_ok() {
                act();
            }
        };
        tokio::select! {
            () = stop.cancelled() => {}
            () = ends => {}
        }
    }

    /// Leads until then. True if it did not lead before.
    #[must_use]
    pub fn extend(&self, end: Moment) -> bool {
        self.set(Until::Then(end));
        !self.0.leads.send_replace(true)
    }

    /// Leads no longer. True if it did before.
    #[must_use]
    pub fn end(&self) -> bool {
        self.set(Until::Never);
        self.0.leads.send_replace(false)
    }

    /// When leadership ends unless it is extended; `None` where that is settled already.
    #[must_use]
    pub fn deadline(&self) -> Option<Instant> {
        match self.until() {
            Until::Then(end) => Some(end.steady),
            Until::Never | Until::Forever => None,
        }
    }

    fn until(&self) -> Until {
        *self.0.until.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set(&self, until: Until) {
        *self.0.until.lock().unwrap_or_else(PoisonError::into_inner) = until;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RENEW: Duration = Duration::from_secs(10);

    #[tokio::test]
    async fn leadership_ends_by_itself_by_either_clock() {
        let leadership = Leadership::none();
        assert!(!leadership.holds() && !*leadership.watch().borrow());
        let now = Moment::now();
        assert!(leadership.extend(now.after(RENEW)), "it is news");
        assert!(!leadership.extend(now.after(RENEW)), "it is none");
        assert!(leadership.holds_at(now.after(Duration::from_millis(9_999))));
        assert!(!leadership.holds_at(now.after(RENEW)));
        let slept = Moment { wall: now.wall.checked_add(RENEW).unwrap(), ..now };
        assert!(!leadership.holds_at(slept), "the machine was asleep, and the steady clock stood still");
        let set_back = Moment { steady: now.steady + RENEW, wall: now.wall.checked_sub(RENEW).unwrap() };
        assert!(!leadership.holds_at(set_back), "the clock was set back");
    }

    /// Lets all others go on.
    async fn settled() {
        for _ in 0..8 {
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test]
    async fn those_who_wait_are_told() {
        let leadership = Leadership::none();
        let clone = leadership.clone();
        let waiting = tokio::spawn(async move { clone.won().await });
        tokio::task::yield_now().await;
        assert!(!waiting.is_finished());
        assert!(leadership.extend(Moment::now().after(RENEW)));
        waiting.await.unwrap();
        assert!(leadership.end() && !leadership.end() && !leadership.holds());
        let (ends, stop) = (std::cell::Cell::new(0), CancellationToken::new());
        let flaps = async {
            for _ in 0..3 {
                assert!(leadership.extend(Moment::now().after(RENEW)));
                settled().await;
                assert!(leadership.end());
                settled().await;
            }
            stop.cancel();
        };
        tokio::join!(leadership.at_each_end(stop.clone(), || ends.set(ends.get() + 1)), flaps);
        assert_eq!(ends.get(), 3);
        assert!(Leadership::forever().holds() && *Leadership::forever().watch().borrow());
    }
}
