//! What one pass over a Bucket found and did. Status, Events, metrics and the schedule are all worked out from it, purely.

mod state;

use shared::place::Place;
use shared::subconfig::Difference;
use shared::subconfig::remote::{Applied, Outcome};

pub use self::state::{Pace, State};
use crate::references::Reference;
use crate::unmanaged::Shown;

/// What one pass found and did.
#[derive(Debug, Default)]
pub struct Report {
    /// How the pass ended.
    pub state: State,
    /// Where the bucket is; set once it is known to exist and to be ours.
    pub place: Option<Place>,
    /// The Location header of the answer to CreateBucket.
    pub location: Option<String>,
    /// Whether this pass created the S3 bucket.
    pub created: bool,
    /// Whether every sub-configuration was read.
    pub complete: bool,
    /// Whether the pass was a check: the spec had been applied before, so what differed is drift.
    pub check: bool,
    /// What had changed behind the controller's back.
    pub drift: Vec<Drifted>,
    /// What S3 holds in sections that are not managed.
    pub unmanaged: Vec<Shown>,
    /// What became of the spec's reference; `None` where it has none, or the pass did not get so far.
    pub reference: Option<Reference>,
    /// The sub-configurations that were written.
    pub written: Vec<&'static str>,
}

/// One sub-configuration that had changed behind the controller's back, or the whole bucket.
#[derive(Debug, PartialEq)]
pub struct Drifted {
    /// The sub-configuration's name, or [`BUCKET`].
    pub config: &'static str,
    /// The fields that differed.
    pub fields: Vec<Difference>,
    /// Whether it was put right.
    pub repaired: bool,
}

/// The name under which a bucket that is gone altogether counts as drift.
pub const BUCKET: &str = "bucket";

impl Report {
    /// A pass that ended before S3 was asked anything.
    #[must_use]
    pub fn of(state: State) -> Self {
        Self { state, ..Self::default() }
    }
}

/// The sub-configurations that S3 took.
#[must_use]
pub fn written(applied: &Applied) -> Vec<&'static str> {
    applied.ran.iter().filter(|ran| matches!(ran.outcome, Outcome::Done)).map(|ran| ran.config).collect()
}
