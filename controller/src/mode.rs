//! How far a pass may go. Pure.

use shared::drift_mode::DriftModes;
use shared::pause::Pause;
use shared::unset::UnsetFields;
use shared::{Bucket, annotation};

use crate::context::{Annotations, Context};
use crate::settings::gates::Gates;

/// How far a pass may go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// S3 is brought to what the spec says.
    #[default]
    Manage,
    /// The Bucket looks on: S3 is read and compared, and not written. The finalizer is not put on, but by `adoption-policy: adopt`,
    /// which fills the spec in and sets finalizer and `adopted` all the same.
    ReadOnly,
    /// The controller runs with --dry-run: what it would do is worked out and shown, and not done.
    DryRun,
}

impl Mode {
    /// The mode of a pass over the Bucket. Of the two modes that write nothing, the Bucket's own counts.
    #[must_use]
    pub fn of(bucket: &Bucket, dry_run: bool, gates: &Gates) -> Self {
        if gates.read_only_resources && annotation::is_true(bucket.annotation(annotation::READ_ONLY)) {
            Self::ReadOnly
        } else if dry_run {
            Self::DryRun
        } else {
            Self::Manage
        }
    }

    /// What becomes of the sections that a spec leaves out where nobody says; `otherwise` is the controller's default. Who only looks
    /// on may be looking at anybody's bucket, which is no drift for having more.
    #[must_use]
    pub fn unset_fields(self, otherwise: UnsetFields) -> UnsetFields {
        if self == Self::ReadOnly { UnsetFields::Ignore } else { otherwise }
    }

    /// Whether S3 and what makes the bucket the Bucket's own (finalizer, annotation `adopted`) are written.
    #[must_use]
    pub fn writes(self) -> bool {
        self == Self::Manage
    }
}

/// The pause that is on for the Bucket now: AWS is not called at all, and a deletion waits.
#[must_use]
pub fn pause(context: &Context, bucket: &Bucket, namespace: &Annotations) -> Option<Pause> {
    let of_namespace = namespace.get(annotation::PAUSED).map(String::as_str);
    Pause::of(bucket.annotation(annotation::PAUSED), of_namespace, (context.now)())
}

/// What is done about drift of the Bucket.
#[must_use]
pub fn drift(context: &Context, bucket: &Bucket, namespace: &Annotations) -> DriftModes {
    DriftModes::of(bucket, namespace.get(annotation::DRIFT_MODE).map(String::as_str), &context.drift_mode)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_looks_on_does_not_mind_what_the_spec_leaves_out() {
        let of = |mode: Mode| mode.unset_fields(UnsetFields::Reset);
        assert_eq!([Mode::Manage, Mode::ReadOnly, Mode::DryRun].map(of), [UnsetFields::Reset, UnsetFields::Ignore, UnsetFields::Reset]);
    }

    #[test]
    fn the_bucket_says_read_only_and_the_controller_dry_run() {
        let mut bucket = Bucket::default();
        let of = |bucket: &Bucket, dry_run, gate| Mode::of(bucket, dry_run, &Gates { read_only_resources: gate, ..Gates::default() });
        assert_eq!(of(&bucket, false, true), Mode::Manage);
        assert_eq!(of(&bucket, true, true), Mode::DryRun);
        bucket.metadata.annotations = Some([(annotation::READ_ONLY.to_owned(), "True".to_owned())].into());
        assert_eq!(of(&bucket, true, true), Mode::ReadOnly);
        assert_eq!(of(&bucket, false, false), Mode::Manage, "the gate is off");
        assert_eq!(of(&bucket, true, false), Mode::DryRun);
        assert_eq!([Mode::Manage, Mode::ReadOnly, Mode::DryRun].map(Mode::writes), [true, false, false]);
    }
}
