//! A row of random numbers that begins at a seed (splitmix64).

/// A row of random numbers.
#[derive(Clone, Debug)]
pub(super) struct Chance(u64);

impl Chance {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// Whether something of this probability happens.
    pub(super) fn strikes(&mut self, probability: f64) -> bool {
        let draw = u32::try_from(self.next() >> 32).unwrap_or_default();
        f64::from(draw) < probability * f64::from(u32::MAX)
    }

    /// A number from 0 to the limit.
    pub(super) fn up_to(&mut self, limit: u64) -> u64 {
        let draw = self.next();
        limit.checked_add(1).map_or(draw, |count| draw % count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chances_come_out_as_asked_and_alike_for_a_seed() {
        let draw = |seed| {
            let mut chance = Chance::new(seed);
            (0..10_000).map(|_| chance.strikes(0.3)).collect::<Vec<_>>()
        };
        let struck = draw(7).iter().filter(|struck| **struck).count();
        assert!((2_800..3_200).contains(&struck), "{struck}");
        assert_eq!(draw(7), draw(7));
        assert_ne!(draw(7), draw(8));
        assert!((0..100).all(|_| !Chance::new(1).strikes(0.0)));
        assert!(Chance::new(3).up_to(5) <= 5);
    }
}
