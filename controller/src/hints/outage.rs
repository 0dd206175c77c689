//! How long the queue has not answered: told once when it begins and once when it ends, tried again less and less often. Pure.

use std::time::Duration;

use crate::schedule;

/// The first wait.
const FIRST: Duration = Duration::from_secs(1);
/// The longest wait. The queue keeps its messages for much longer.
const LONGEST: Duration = Duration::from_secs(30);

/// The tries in a row that failed.
#[derive(Debug, Default)]
pub(super) struct Outage(u32);

impl Outage {
    /// The queue did not answer. Whether this is the first time, and how long to wait; `seed` spreads the waits of several processes.
    pub(super) fn failed(&mut self, seed: u64) -> (bool, Duration) {
        let longest = FIRST.saturating_mul(1 << self.0.min(16)).min(LONGEST);
        self.0 = self.0.saturating_add(1);
        (self.0 == 1, longest.mul_f64(0.5 + 0.5 * schedule::roll((seed, self.0))))
    }

    /// The queue answered. Whether it had not before.
    pub(super) fn ended(&mut self) -> bool {
        std::mem::take(&mut self.0) > 0
    }

    /// Whether the last try failed.
    pub(super) fn is_on(&self) -> bool {
        self.0 > 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outage_is_told_once_and_tried_less_and_less_often() {
        let mut outage = Outage::default();
        let tries: Vec<(bool, Duration)> = (0..40).map(|_| outage.failed(7)).collect();
        assert_eq!(tries.iter().filter(|(first, _)| *first).count(), 1);
        assert!(tries[0].0 && tries[0].1 <= FIRST && tries[39].1 <= LONGEST && tries[39].1 >= LONGEST / 2);
        assert!(outage.is_on() && outage.ended() && !outage.is_on() && !outage.ended());
        assert!(outage.failed(7).0, "the next outage is told again");
        assert_ne!(Outage::default().failed(1).1, Outage::default().failed(2).1);
    }
}
