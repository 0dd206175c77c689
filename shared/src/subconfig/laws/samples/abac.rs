//! Samples of [`Abac`].

use proptest::option::of;
use proptest::prelude::*;

use super::one_of;
use crate::subconfig::Abac;
use crate::subconfig::laws::Sample;

impl Sample for Abac {
    fn samples() -> BoxedStrategy<Self> {
        of(one_of(&["", "Enabled", "Disabled"])).prop_map(|status| Self { status }).boxed()
    }
}
