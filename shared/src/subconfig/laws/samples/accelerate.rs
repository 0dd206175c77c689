//! Samples of [`Accelerate`].

use proptest::option::of;
use proptest::prelude::*;

use super::one_of;
use crate::subconfig::Accelerate;
use crate::subconfig::laws::Sample;

impl Sample for Accelerate {
    fn samples() -> BoxedStrategy<Self> {
        of(one_of(&["", "Enabled", "Suspended"])).prop_map(|status| Self { status }).boxed()
    }
}
