//! What one pass over a Bucket found and did. Status, Events, metrics and the schedule are all worked out from it, purely.

mod state;

use std::time::Duration;

use shared::fault::{Class, Fault};
use shared::pause::Pause;
use shared::place::{Place, Unplaced};
use shared::role_selector::Selected;
use shared::subconfig::Difference;
use shared::subconfig::remote::{Applied, Failed, Outcome};

pub use self::state::{Pace, State};
use crate::adoption::Proposal;
use crate::drift::{self, Hold};
use crate::hint::Hints;
use crate::mode::Mode;
use crate::references::Reference;
use crate::unmanaged::Shown;

/// What one pass found and did.
#[derive(Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each tells something of its own about the pass")]
pub struct Report {
    /// How the pass ended.
    pub state: State,
    /// Where the bucket is; set once it is known to exist and to be ours.
    pub place: Option<Place>,
    /// The Location header of the answer to CreateBucket.
    pub location: Option<String>,
    /// Whether this pass created the S3 bucket.
    pub created: bool,
    /// Whether this pass took over an S3 bucket that was there before.
    pub adopted: bool,
    /// What would change, where the pass shows that instead of doing it.
    pub plan: Option<Proposal>,
    /// Whether every sub-configuration was read.
    pub complete: bool,
    /// Whether the pass was a check: the spec had been applied before, so what differed is drift.
    pub check: bool,
    /// What had changed behind the controller's back.
    pub drift: Vec<Drifted>,
    /// How soon after a repair the same drift is another round of a fight.
    pub window: Duration,
    /// The sub-configurations that were not looked at for drift.
    pub off: Vec<&'static str>,
    /// The sub-configurations that could not be carried out yet; `None` where the pass did not get so far.
    pub pending: Option<Vec<&'static str>>,
    /// Digests of the sections that were carried out, where drift is only shown.
    pub applied: drift::Applied,
    /// What others said of the bucket before the pass.
    pub hints: Hints,
    /// What S3 holds in sections that are not managed.
    pub unmanaged: Vec<Shown>,
    /// What became of the spec's reference; `None` where it has none, or the pass did not get so far.
    pub reference: Option<Reference>,
    /// What IAMRoleSelectors came to; `None` where the pass did not get so far.
    pub selection: Option<Selection>,
    /// The sub-configurations that were written.
    pub written: Vec<&'static str>,
    /// The classes of all calls to AWS that failed and were not made up for.
    pub faults: Vec<Class>,
    /// How far the pass went.
    pub mode: Mode,
    /// The fields that are ignored and in which S3 differs.
    pub ignored: Vec<Shown>,
    /// The pause that is on.
    pub pause: Option<Pause>,
}

/// What IAMRoleSelectors came to for the Bucket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Selection {
    /// None chose.
    None,
    /// This one did.
    Selected(Selected),
    /// Several would, and this is to be said of it.
    Conflict(String),
    /// One would and cannot be used, and this is to be said of it.
    Invalid(String),
}

impl Selection {
    /// What led to the place.
    #[must_use]
    pub fn of(place: &Place) -> Self {
        place.selected.clone().map_or(Self::None, Self::Selected)
    }
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
    /// Why it stays as it is for now; `None` where nothing keeps it from being put right.
    pub hold: Option<Hold>,
}

impl Drifted {
    /// Drift that was just found.
    #[must_use]
    pub fn found(config: &'static str, fields: Vec<Difference>) -> Self {
        Self { config, fields, repaired: false, hold: None }
    }
}

/// The name under which a bucket that is gone altogether counts as drift.
pub use shared::drift_mode::BUCKET;

impl Report {
    /// A pass that ended before S3 was asked anything.
    #[must_use]
    pub fn of(state: State) -> Self {
        Self { state, ..Self::default() }
    }

    /// A pass that one fault ended.
    #[must_use]
    pub fn of_fault(fault: &Fault) -> Self {
        Self { faults: vec![fault.class], ..Self::of(State::of_fault(fault)) }
    }

    /// A pass that ended because nobody knows where the bucket belongs, or with which role.
    #[must_use]
    pub fn unplaced(unplaced: &Unplaced) -> Self {
        let message = unplaced.to_string();
        let pace = if unplaced.is_role_unavailable() { Pace::Steady } else { Pace::Patient };
        let state = State::recoverable(unplaced.category(), &message, pace);
        let selection = if matches!(unplaced, Unplaced::SelectorConflict { .. }) {
            Some(Selection::Conflict(message))
        } else {
            Some(Selection::Invalid(message)).filter(|_| matches!(unplaced, Unplaced::SelectorInvalid { .. }))
        };
        Self { selection, ..Self::of(state) }
    }
}

/// The sub-configurations that S3 took.
#[must_use]
pub fn written(applied: &Applied) -> Vec<&'static str> {
    applied.ran.iter().filter(|ran| matches!(ran.outcome, Outcome::Done)).map(|ran| ran.config).collect()
}

/// The classes of what failed among reads and writes.
#[must_use]
pub fn faults(unread: &[Failed], applied: &Applied) -> Vec<Class> {
    let writes = applied.ran.iter().filter_map(|ran| match &ran.outcome {
        Outcome::Failed(fault) => Some(fault.class),
        Outcome::Done | Outcome::HeldBack { .. } | Outcome::Stopped => None,
    });
    unread.iter().map(|failed| failed.fault.class).chain(writes).collect()
}
