//! Whose turn it is when several lanes wait: the more urgent one goes first, but none waits for ever. Pure.

use crate::trigger::Lane;

/// A hint that waits is passed over this often at most before one goes first.
const HINT_AGES: u8 = 4;
/// The same for a retry.
const RETRY_AGES: u8 = 3;
/// The same for a sweep.
const SWEEP_AGES: u8 = 9;

/// How often each lane was passed over while something waited in it. Of ten turns in a row, a lane that can go at each of them gets
/// one if it is the sweep or the hints, and two if it is the retries.
#[derive(Clone, Debug, Default)]
pub struct Turns {
    passed_over: [u8; Lane::ALL.len()],
}

impl Turns {
    /// The lane that goes next, of those that can, in the order of [`Lane::ALL`].
    pub fn next(&mut self, can: [bool; Lane::ALL.len()]) -> Option<Lane> {
        // The rarer one first: the other one comes so soon again that it may wait for one turn more.
        let aged = [(Lane::Sweep, SWEEP_AGES), (Lane::Retry, RETRY_AGES), (Lane::Hint, HINT_AGES)];
        let aged = aged.into_iter().find(|(lane, age)| can[lane.index()] && self.passed_over[lane.index()] >= *age);
        let next = aged.map(|(lane, _)| lane).or_else(|| Lane::ALL.into_iter().find(|lane| can[lane.index()]))?;
        for (passed_over, can) in self.passed_over.iter_mut().zip(can) {
            *passed_over = if can { passed_over.saturating_add(1) } else { 0 };
        }
        self.passed_over[next.index()] = 0;
        Some(next)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_more_urgent_lane_goes_first() {
        let mut turns = Turns::default();
        assert_eq!(turns.next([true; 4]), Some(Lane::Edit));
        assert_eq!(turns.next([false, true, true, true]), Some(Lane::Hint));
        assert_eq!(turns.next([false, false, true, true]), Some(Lane::Retry));
        assert_eq!(turns.next([false, false, false, true]), Some(Lane::Sweep));
        assert_eq!(turns.next([false; 4]), None);
    }

    proptest! {
        #[test]
        fn of_ten_turns_in_a_row_each_lane_that_waits_gets_its_share(before in prop::collection::vec(any::<[bool; 4]>(), 0..40)) {
            let mut turns = Turns::default();
            for can in before {
                if let Some(lane) = turns.next(can) {
                    prop_assert!(can[lane.index()], "only who can go goes");
                }
            }
            let all: Vec<Lane> = (0..50).filter_map(|_| turns.next([true; 4])).collect();
            for ten in all.windows(10) {
                let count = |lane| ten.iter().filter(|turn| **turn == lane).count();
                prop_assert!(count(Lane::Sweep) >= 1 && count(Lane::Retry) >= 2 && count(Lane::Hint) >= 1 && count(Lane::Edit) >= 4, "{ten:?}");
            }
        }
    }
}
