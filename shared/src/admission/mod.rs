//! What admission says of a Bucket. The webhook and the controller call the same functions, so they cannot disagree.

mod facts;
mod finding;

pub use facts::{Claim, Claims, Facts, Operation, Request, Settings};
pub use finding::{Finding, Findings, Path, Reason, Severity};
