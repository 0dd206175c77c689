//! Samples of [`RequestPayment`].

use proptest::option::of;
use proptest::prelude::*;

use super::one_of;
use crate::subconfig::RequestPayment;
use crate::subconfig::laws::Sample;

impl Sample for RequestPayment {
    fn samples() -> BoxedStrategy<Self> {
        of(one_of(&["", "BucketOwner", "Requester"])).prop_map(|payer| Self { payer }).boxed()
    }
}
