//! What was written a moment ago. S3 may still read as it was before (its configurations are eventually consistent), and that is no
//! drift: it is looked at again first. Source: S3 User Guide, "Amazon S3 data consistency model".

use std::time::Duration;

use jiff::Timestamp;
use shared::subconfig::NAMES;

/// For so long after a write a difference is taken for a read that lags behind it.
const LAG: Duration = Duration::from_secs(5);

/// The sub-configurations that the last pass with writes wrote, and when. Small, as there is one for every Bucket.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Fresh {
    /// In seconds since 1970.
    at: i64,
    /// One bit for each, in the order of their names.
    configs: u32,
}

impl Fresh {
    /// These were written now.
    #[must_use]
    pub fn new(configs: &[&str], now: Timestamp) -> Self {
        let bit = |config: &&str| NAMES.iter().position(|name| name == config).map_or(0, |index| 1 << index);
        // Rounded up, so that the lag is not cut short.
        Self { at: now.as_second() + 1, configs: configs.iter().map(bit).sum() }
    }

    /// How long to wait until a difference in one of these can be believed; `None` where it can be now.
    #[must_use]
    pub fn lag<'a>(self, mut configs: impl Iterator<Item = &'a str>, now: Timestamp) -> Option<Duration> {
        let was_written = |config: &str| NAMES.iter().position(|name| *name == config).is_some_and(|index| self.configs >> index & 1 == 1);
        // It is rounded up by a second; a clock that was set back further says nothing.
        let since = u64::try_from(now.as_second() - self.at + 1).ok()?.saturating_sub(1);
        let left = LAG.checked_sub(Duration::from_secs(since)).filter(|left| !left.is_zero())?;
        configs.any(was_written).then_some(left)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn a_difference_in_what_was_just_written_is_looked_at_again() {
        let fresh = Fresh::new(&["cors", "website"], at(100));
        assert_eq!(fresh.lag(["policy", "cors"].into_iter(), at(100)), Some(LAG));
        assert_eq!(fresh.lag(["website"].into_iter(), at(104)), Some(Duration::from_secs(2)));
        assert_eq!(fresh.lag(["cors"].into_iter(), at(106)), None);
        assert_eq!(fresh.lag(["policy"].into_iter(), at(100)), None, "nobody wrote it");
        assert_eq!(fresh.lag(["cors"].into_iter(), at(90)), None, "the clock was set back");
        assert_eq!(Fresh::default().lag(NAMES.iter().copied(), at(100)), None);
    }

    #[test]
    fn there_is_a_bit_for_every_sub_configuration() {
        assert!(NAMES.len() <= 32);
        for name in NAMES {
            assert_eq!(Fresh::new(&[*name], at(0)).lag(std::iter::once(*name), at(0)), Some(LAG), "{name}");
        }
    }
}
