//! The rate at which objects are deleted, of all buckets together.

use std::num::NonZeroU32;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// The longest wait within one pass.
const PATIENCE: Duration = Duration::from_secs(5);

/// Hands out turns, each as long as its objects take at the rate.
pub(super) struct Throttle {
    per_second: NonZeroU32,
    free_at: Mutex<Instant>,
}

impl Throttle {
    /// So many objects a second.
    pub(super) fn new(per_second: NonZeroU32) -> Self {
        Self { per_second, free_at: Mutex::new(Instant::now()) }
    }

    /// How long to wait before so many objects are deleted; `None` where that is too long, and then nothing is reserved.
    pub(super) fn reserve(&self, objects: usize) -> Option<Duration> {
        let takes = Duration::from_secs(1) / self.per_second.get() * u32::try_from(objects).unwrap_or(u32::MAX);
        let now = Instant::now();
        // One assignment: a panic leaves nothing half done.
        let mut free_at = self.free_at.lock().unwrap_or_else(PoisonError::into_inner);
        let from = (*free_at).max(now);
        let wait = from - now;
        if wait > PATIENCE {
            return None;
        }
        *free_at = from + takes;
        Some(wait)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn turns_follow_one_another_at_the_rate() {
        let throttle = Throttle::new(NonZeroU32::new(1000).unwrap());
        let waits: Vec<_> = (0..3).map(|_| throttle.reserve(500).unwrap().as_millis()).collect();
        assert_eq!(waits, [0, 500, 1000]);
        tokio::time::advance(Duration::from_mins(1)).await;
        assert_eq!(throttle.reserve(1), Some(Duration::ZERO), "what was not used is not saved up");
        assert_eq!(throttle.reserve(1), Some(Duration::from_millis(1)));
    }

    #[tokio::test(start_paused = true)]
    async fn a_turn_that_is_far_off_is_not_taken() {
        let throttle = Throttle::new(NonZeroU32::new(1).unwrap());
        assert_eq!(throttle.reserve(6), Some(Duration::ZERO));
        assert_eq!((throttle.reserve(1), throttle.reserve(1)), (None, None));
        tokio::time::advance(Duration::from_secs(1)).await;
        assert_eq!(throttle.reserve(1), Some(Duration::from_secs(5)));
    }
}
