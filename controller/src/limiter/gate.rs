//! Where requests wait for their turn. The more urgent lane goes first, but none waits for ever.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use super::rate::Rate;
use crate::queue::Turns;
use crate::trigger::Lane;

/// The longest that a request waits. It was signed before: S3 refuses a signature that is 15 minutes old.
/// Source: S3 API reference, "Authenticating Requests (AWS Signature Version 4)", RequestTimeTooSkewed.
pub const MOST_WAIT: Duration = Duration::from_mins(2);

/// Where requests wait for their turn.
#[derive(Debug)]
pub(super) struct Gate(Mutex<State>);

#[derive(Debug)]
struct State {
    rate: Rate,
    waiting: [VecDeque<oneshot::Sender<()>>; Lane::ALL.len()],
    turns: Turns,
    /// Whether somebody opens the gate to those who wait.
    is_kept: bool,
}

/// The turn did not come in time.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Late;

impl Gate {
    pub(super) fn new(per_second: Option<f64>) -> Self {
        let rate = Rate::new(per_second, now());
        Self(Mutex::new(State { rate, waiting: Default::default(), turns: Turns::default(), is_kept: false }))
    }

    /// Waits for the turn of a request of this lane.
    pub(super) async fn pass(self: &Arc<Self>, lane: Lane) -> Result<(), Late> {
        let turn = {
            let mut state = self.lock();
            if state.is_empty() && state.rate.take(now()).is_ok() {
                return Ok(());
            }
            let (sender, turn) = oneshot::channel();
            state.waiting[lane.index()].push_back(sender);
            if !std::mem::replace(&mut state.is_kept, true) {
                tokio::spawn(Arc::clone(self).keep());
            }
            turn
        };
        match tokio::time::timeout(MOST_WAIT, turn).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(Late),
        }
    }

    /// What the rate is told, or asked.
    pub(super) fn rate<T>(&self, of: impl FnOnce(&mut Rate, Instant) -> T) -> T {
        of(&mut self.lock().rate, now())
    }

    /// Lets those who wait go one by one, until none is left.
    async fn keep(self: Arc<Self>) {
        loop {
            let wait = self.lock().serve();
            match wait {
                Some(wait) => tokio::time::sleep(wait).await,
                None => return,
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing in here panics half way.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn is_empty(&self) -> bool {
        self.waiting.iter().all(VecDeque::is_empty)
    }

    /// Lets go who may go now. The time until the next one may; `None` where nobody waits any more.
    fn serve(&mut self) -> Option<Duration> {
        loop {
            for lane in &mut self.waiting {
                while lane.front().is_some_and(oneshot::Sender::is_closed) {
                    lane.pop_front();
                }
            }
            if self.is_empty() {
                self.is_kept = false;
                return None;
            }
            if let Err(wait) = self.rate.take(now()) {
                return Some(wait);
            }
            let lane = self.turns.next(Lane::ALL.map(|lane| !self.waiting[lane.index()].is_empty()));
            let next = lane.and_then(|lane| self.waiting[lane.index()].pop_front());
            // One who gave up this very moment costs a token.
            next.map(|next| next.send(()));
        }
    }
}

/// The clock of the timers, so that tests can turn it.
fn now() -> Instant {
    tokio::time::Instant::now().into_std()
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn order(gate: &Arc<Gate>, lanes: &[Lane]) -> Vec<Lane> {
        let done = Arc::new(Mutex::new(Vec::new()));
        let waiting: Vec<_> = lanes
            .iter()
            .map(|&lane| {
                let (gate, done) = (Arc::clone(gate), Arc::clone(&done));
                tokio::spawn(async move {
                    gate.pass(lane).await.unwrap();
                    done.lock().unwrap().push(lane);
                })
            })
            .collect();
        for task in waiting {
            task.await.unwrap();
        }
        done.lock().unwrap().clone()
    }

    #[tokio::test(start_paused = true)]
    async fn an_edit_overtakes_a_sweep_that_waits_and_the_sweep_still_gets_its_share() {
        let gate = Arc::new(Gate::new(Some(10.0)));
        gate.pass(Lane::Sweep).await.unwrap();
        let lanes = [vec![Lane::Sweep; 5], vec![Lane::Edit; 20]].concat();
        let began = now();
        let order = order(&gate, &lanes).await;
        assert_eq!(order[..9], [Lane::Edit; 9]);
        assert!(order[..10].contains(&Lane::Sweep) && order[10..20].contains(&Lane::Sweep), "{order:?}");
        let took = now().duration_since(began).as_secs_f64();
        assert!((2.4..2.7).contains(&took), "25 at 10 a second took {took} s");
        assert!(!gate.lock().is_kept, "nobody stays behind");
    }

    #[tokio::test(start_paused = true)]
    async fn nobody_waits_without_a_limit() {
        let gate = Arc::new(Gate::new(None));
        let began = now();
        for _ in 0..10_000 {
            gate.pass(Lane::Sweep).await.unwrap();
        }
        assert_eq!(now(), began);
    }

    #[tokio::test(start_paused = true)]
    async fn who_waits_too_long_gives_up_and_who_gave_up_costs_nothing() {
        let gate = Arc::new(Gate::new(Some(1.0)));
        let all: Vec<_> = (0..200).map(|_| gate.pass(Lane::Retry)).collect();
        let results = futures::future::join_all(all).await;
        let late = results.iter().filter(|result| result.is_err()).count();
        assert!((78..=82).contains(&late), "{late} of 200 at one a second were late");
        gate.pass(Lane::Edit).await.unwrap();
        let began = now();
        assert!(tokio::time::timeout(Duration::from_millis(10), gate.pass(Lane::Edit)).await.is_err(), "it gave up sooner");
        gate.pass(Lane::Sweep).await.unwrap();
        assert!(now().duration_since(began) <= Duration::from_millis(1100), "its token is the next one's");
    }
}
