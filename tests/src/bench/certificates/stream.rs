//! Work at a fixed rate, whatever becomes of the work before, and how it went.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::task::JoinSet;
use tokio::time::interval;

/// How each piece of work went. Clones are one.
#[derive(Clone, Debug)]
pub(super) struct Tally {
    began: Instant,
    held: Arc<Mutex<Held>>,
}

#[derive(Debug, Default)]
struct Held {
    millis: Vec<f64>,
    failures: Vec<String>,
}

impl Tally {
    /// Times of failures are told from now on.
    pub(super) fn new() -> Self {
        Self { began: Instant::now(), held: Arc::default() }
    }

    /// Makes `work` so often a second for so long, with its number, and waits for all of it.
    pub(super) async fn at_rate<F>(&self, per_second: u32, length: Duration, work: impl Fn(u64) -> F)
    where
        F: Future<Output = Result<(), String>> + Send + 'static,
    {
        let mut ticks = interval(Duration::from_secs(1) / per_second.max(1));
        let (end, mut number, mut under_way) = (Instant::now() + length, 0, JoinSet::new());
        while Instant::now() < end {
            ticks.tick().await;
            number += 1;
            let (tally, one) = (self.clone(), work(number));
            under_way.spawn(async move {
                let began = Instant::now();
                let outcome = one.await;
                tally.record(began.elapsed(), outcome);
            });
            while under_way.try_join_next().is_some() {}
        }
        while under_way.join_next().await.is_some() {}
    }

    fn record(&self, took: Duration, outcome: Result<(), String>) {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.millis.push(took.as_secs_f64() * 1000.0);
        let at = self.began.elapsed().as_secs_f64();
        held.failures.extend(outcome.err().map(|why| format!("after {at:.1} s: {why}")));
    }

    /// How long each took, in milliseconds, and why some failed.
    pub(super) fn end(self) -> (Vec<f64>, Vec<String>) {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        (std::mem::take(&mut held.millis), std::mem::take(&mut held.failures))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn all_work_is_counted_and_slow_work_holds_nothing_up() {
        let tally = Tally::new();
        tally
            .at_rate(100, Duration::from_millis(100), |number| async move {
                tokio::time::sleep(Duration::from_millis(150)).await;
                if number == 2 { Err("no".to_owned()) } else { Ok(()) }
            })
            .await;
        let (millis, failures) = tally.end();
        assert!(millis.len() > 2 && millis.iter().all(|took| *took >= 150.0), "{millis:?}");
        assert!(failures.len() == 1 && failures[0].ends_with("s: no"), "{failures:?}");
    }
}
