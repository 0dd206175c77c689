//! Faults on demand: rules that say which calls go wrong, when, and how.

mod bucket;
mod chance;
mod decide;
mod rule;
mod stores;

pub use decide::{FaultId, Faults};
pub use rule::{Act, FaultRule};

pub(crate) use decide::{Facts, Interruption, Verdict};
