//! How long reads are behind a write: for so many of them, or for some time.

use std::time::{Duration, Instant};

/// How long reads find what was there before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Behind {
    pub(crate) reads: u32,
    pub(crate) time: Duration,
    since: Option<Instant>,
}

impl Behind {
    /// For so many reads.
    pub(crate) fn reads(reads: u32) -> Self {
        Self { reads, ..Self::default() }
    }

    /// For this long after the write.
    pub(crate) fn time(time: Duration) -> Self {
        Self { time, ..Self::default() }
    }

    /// Whether a write with this shows at once.
    pub(crate) fn is_none(self) -> bool {
        self.reads == 0 && self.time.is_zero()
    }

    /// The longer of both.
    pub(crate) fn and(self, other: Self) -> Self {
        Self { reads: self.reads.max(other.reads), time: self.time.max(other.time), since: None }
    }

    /// The write happens now.
    pub(crate) fn beginning_now(self) -> Self {
        Self { since: Some(Instant::now()), ..self }
    }

    /// One more read: whether it still finds what was there before.
    pub(crate) fn strikes(&mut self) -> bool {
        if self.reads > 0 {
            self.reads -= 1;
            return true;
        }
        self.since.is_some_and(|since| since.elapsed() < self.time)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_are_behind_for_a_number_or_a_time() {
        let mut two = Behind::reads(2).beginning_now();
        assert_eq!([two.strikes(), two.strikes(), two.strikes()], [true, true, false]);
        let mut long = Behind::time(Duration::from_hours(1)).and(Behind::reads(1)).beginning_now();
        assert_eq!([long.strikes(), long.strikes(), long.strikes()], [true, true, true]);
        let mut over = Behind::time(Duration::from_nanos(1)).beginning_now();
        std::thread::sleep(Duration::from_micros(1));
        assert!(!over.strikes() && !over.is_none() && Behind::default().is_none());
    }
}
