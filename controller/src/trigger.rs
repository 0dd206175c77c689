//! Who asks for a look at a Bucket besides the watch of Buckets: a namespace, a Role, a map of accounts that changed, somebody
//! who saw a change in S3.

use futures::channel::mpsc::{self, UnboundedReceiver, UnboundedSender};
use kube::runtime::reflector::ObjectRef;
use shared::Bucket;

/// How urgent a look at a Bucket is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lane {
    /// Somebody changed the Bucket, and waits.
    Edit,
    /// Somebody hinted at a change of the bucket in S3.
    Hint,
    /// The last pass failed, or something that the Bucket hangs on changed.
    Retry,
    /// It is time for a check.
    Sweep,
}

impl Lane {
    /// All lanes, the most urgent first.
    pub const ALL: [Self; 4] = [Self::Edit, Self::Hint, Self::Retry, Self::Sweep];

    /// The place of the lane in [`Lane::ALL`].
    #[must_use]
    pub fn index(self) -> usize {
        match self {
            Self::Edit => 0,
            Self::Hint => 1,
            Self::Retry => 2,
            Self::Sweep => 3,
        }
    }

    /// The lane as a metric label.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Edit => "edit",
            Self::Hint => "hint",
            Self::Retry => "retry",
            Self::Sweep => "sweep",
        }
    }
}

/// Where a look at a Bucket is asked for.
#[derive(Clone, Debug)]
pub struct Triggers(UnboundedSender<(ObjectRef<Bucket>, Lane)>);

impl Triggers {
    /// The place to ask, and what was asked for.
    #[must_use]
    pub fn new() -> (Self, UnboundedReceiver<(ObjectRef<Bucket>, Lane)>) {
        let (sender, receiver) = mpsc::unbounded();
        (Self(sender), receiver)
    }

    /// Asks for a look at the Bucket.
    pub fn send(&self, bucket: ObjectRef<Bucket>, lane: Lane) {
        // The receiver is gone only while the process ends.
        drop(self.0.unbounded_send((bucket, lane)));
    }
}
