//! Faults on demand: rules that say which calls go wrong, when, and how.

mod bucket;
mod chance;
mod decide;
mod rule;
mod spoilt;
mod stores;

pub use decide::{FaultId, Faults};
pub use rule::{Act, FaultRule, Spoil};

pub(crate) use decide::{Facts, Interruption, Verdict};
pub(crate) use spoilt::{Body, spoilt, whole};
