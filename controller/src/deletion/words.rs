//! What people are told of a deletion that does not go through, and of one that does.

use shared::annotation;
use shared::fault::{Class, Fault};
use shared::place::Place;

use super::decide::{Because, Hold};
use crate::events::Note;
use crate::report::{Pace, State};
use crate::text;

/// The reason of a Bucket whose S3 bucket is being emptied. Its message changes with every batch.
pub const EMPTYING: &str = "Emptying";
/// The reason of a Bucket that waits as too many buckets were deleted.
pub(super) const PAUSED: &str = "DeletionsPaused";
/// What ends the pause of all deletions.
pub(super) const RESUME: &str =
    "check that they are meant, then POST /deletion-breaker/reset to the controller's --admin-addr, or confirm one by one";

/// What a Bucket is told that lets itself go.
pub(super) fn detached() -> Note {
    let text = format!("annotation {} let the Bucket go; AWS was not asked, and what is there stays", annotation::FORCE_DETACH);
    Note::normal("Detached", "Delete", &text)
}

/// Why the S3 bucket stays.
pub(super) fn retained(because: Because) -> Note {
    let delete = format!("annotation {}=delete on the Bucket would have deleted it", annotation::DELETION_POLICY);
    let text = match because {
        Because::Policy => "the S3 bucket stays, as the deletion policy says".to_owned(),
        Because::ReadOnly => "the S3 bucket stays, as the Bucket only looks on (read-only)".to_owned(),
        Because::NamespaceGoing => format!("the S3 bucket stays, as the whole namespace is being deleted; {delete}"),
        Because::DefinitionGoing => {
            format!("the S3 bucket stays, as the CustomResourceDefinition of Buckets is being deleted; {delete}")
        }
    };
    Note::normal("Retained", "Delete", &text)
}

/// What was left alone.
pub(super) fn not_ours(name: &str) -> Note {
    Note::warning("Released", "Delete", &format!("S3 bucket {name:?} is not known to be this Bucket's and was left alone"))
}

/// What the deletion waits for, where nothing was asked of S3. `why` is what is known besides.
pub(super) fn waits(hold: Hold, name: &str, most: u32, why: &str) -> State {
    let (reason, message) = match hold {
        Hold::Paused => ("Paused", format!("the Bucket is to be deleted and waits: {why}")),
        Hold::Unknown => {
            return State::recoverable("SurroundingsUnknown", &format!("S3 bucket {name:?} is not deleted yet: {why}"), Pace::Patient);
        }
        Hold::Protected(protection) => {
            let key = annotation::DELETION_PROTECTION;
            let message = format!(
                "{} {key} protects S3 bucket {name:?}, and the deletion got past the webhook; set {key}=false on the Bucket to have it deleted, or {}=retain to keep it and let the Bucket go",
                protection.whose(),
                annotation::DELETION_POLICY
            );
            ("Protected", message)
        }
        Hold::DryRun => ("DryRun", format!("would delete S3 bucket {name:?}; the controller runs with --dry-run and writes nothing")),
        Hold::Breaker => return deletions_paused(name, most),
    };
    State::recoverable(reason, &message, Pace::Rare)
}

/// The Bucket names another S3 bucket than the one it had. Neither is touched.
pub(super) fn renamed(was: &str, now: &str) -> State {
    let message = format!(
        "this Bucket's S3 bucket is {was:?} and spec.name says {now:?}: neither is deleted; set spec.name back to {was:?}, or let the Bucket go with annotation {}=true, which leaves both",
        annotation::FORCE_DETACH
    );
    State::recoverable("NameChanged", &message, Pace::Rare)
}

/// Too many buckets were deleted.
pub(super) fn deletions_paused(name: &str, most: u32) -> State {
    let message = format!(
        "S3 bucket {name:?} is not deleted: more than {most} were within a minute, so that all further deletions wait (--max-deletions-per-minute); {RESUME} with annotation {}={name}",
        annotation::CONFIRM_DELETION
    );
    State::recoverable(PAUSED, &message, Pace::Rare)
}

/// Others are being deleted right now.
pub(super) fn later(name: &str) -> State {
    let message = format!("S3 bucket {name:?} is not deleted yet: as many deletions are under way as may be within a minute");
    State::recoverable("DeletionsUnderWay", &message, Pace::Onward)
}

/// S3 deletes no bucket that holds something. `hint` is what is known of emptying it.
pub(super) fn not_empty(name: &str, hint: &str) -> State {
    let message = format!(
        "S3 bucket {name:?} is not empty and is not deleted: delete its objects, all their versions and unfinished uploads; or keep the bucket with annotation {}=retain on this Bucket{hint}",
        annotation::DELETION_POLICY
    );
    State::recoverable("BucketNotEmpty", &message, Pace::Rare)
}

/// It is being emptied.
pub(super) fn emptying(name: &str, versions: u64, uploads: u64) -> State {
    let message = format!(
        "S3 bucket {name:?} is being emptied before it is deleted: {versions} versions and delete markers deleted, {uploads} uploads aborted so far (by this process)"
    );
    State::recoverable(EMPTYING, &message, Pace::Onward)
}

/// It is not emptied, although the annotation asks for it.
pub(super) fn not_emptied(name: &str, why: &str) -> State {
    let message = format!(
        "S3 bucket {name:?} is not empty and is not emptied: {why}; empty it yourself, or keep it with annotation {}=retain on this Bucket",
        annotation::DELETION_POLICY
    );
    State::recoverable("EmptyingRefused", &message, Pace::Rare)
}

/// The bucket is in another region than this Bucket's was.
pub(super) fn elsewhere(name: &str, place: &Place, region: Option<&str>) -> State {
    let other = region.unwrap_or("another region");
    let message = format!("S3 bucket {name:?} is in {other}, and this Bucket's was in {}; it is not deleted", place.region);
    with_way_out(State::recoverable("RegionMismatch", &message, Pace::Slow))
}

/// What failed, and where it does not heal by itself how to let the Bucket go all the same.
pub(super) fn failed(fault: &Fault) -> State {
    let state = State::of_fault(fault);
    if matches!(fault.class, Class::Throttled | Class::Transient | Class::Conflict) { state } else { with_way_out(state) }
}

/// The same, and how to let the Bucket go without the right to delete the S3 bucket.
pub(super) fn with_way_out(mut state: State) -> State {
    let way_out = format!(
        "; or let the Bucket go and keep what is in S3: annotation {}=retain, or {}=true, which asks AWS nothing",
        annotation::DELETION_POLICY,
        annotation::FORCE_DETACH
    );
    if let State::Terminal { message, .. } | State::Recoverable { message, .. } = &mut state {
        *message = text::shortened(message, text::MESSAGE - way_out.len()) + &way_out;
    }
    state
}

#[cfg(test)]
mod tests {
    use shared::fault::Operation;

    use super::*;

    fn message(state: &State) -> &str {
        match state {
            State::Recoverable { message, .. } | State::Terminal { message, .. } => message,
            State::Synced => panic!("not synced"),
        }
    }

    #[test]
    fn the_way_out_is_told_however_long_the_fault_is() {
        let operation = Operation { name: "DeleteBucket", action: "s3:DeleteBucket" };
        let of = |class, message: String| failed(&Fault { class, operation, code: "X".to_owned(), message, source: None });
        let denied = of(Class::Denied, "x".repeat(5000));
        assert!(message(&denied).contains("force-detach=true") && message(&denied).contains("deletion-policy=retain"), "{denied:?}");
        assert!(message(&denied).chars().count() <= text::MESSAGE);
        assert!(!message(&of(Class::Throttled, "slow".to_owned())).contains("force-detach"), "that heals");
    }

    #[test]
    fn who_waits_is_told_what_to_do() {
        let paused = deletions_paused("logs", 10);
        for part in ["more than 10", "/deletion-breaker/reset", "confirm-deletion=logs"] {
            assert!(message(&paused).contains(part), "{paused:?}");
        }
        let protected = waits(Hold::Protected(shared::protection::Protection::OfNamespace), "logs", 0, "");
        assert!(message(&protected).contains("deletion-protection=false"), "{protected:?}");
    }
}
