//! What becomes of the S3 bucket of a deleted Bucket. Pure: everything that counts goes in, and the first that applies decides.

use kube::ResourceExt;
use shared::place::{self, DeletionPolicy};
use shared::protection::Protection;
use shared::{Bucket, annotation};

use crate::context::Annotations;
use crate::mode::Mode;

/// What is deleted around the Bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Going {
    /// The Bucket alone.
    Nothing,
    /// Its namespace.
    Namespace,
    /// The CustomResourceDefinition of Buckets, and every Bucket of the cluster with it.
    Definition,
    /// The API server did not say.
    Unknown,
}

/// What counts in a deletion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is an answer of its own, and the table of decisions has a column for it")]
pub(super) struct Circumstances {
    /// Whether the Bucket asks to be let go, AWS untouched.
    pub force_detach: bool,
    /// Whether the Bucket is paused.
    pub paused: bool,
    /// How far a pass may go.
    pub mode: Mode,
    /// What Bucket, namespace or controller say of the S3 bucket.
    pub policy: DeletionPolicy,
    /// Whether the Bucket itself says `delete`, not its namespace or the controller.
    pub says_delete: bool,
    /// Who protects the Bucket.
    pub protection: Option<Protection>,
    /// What is deleted around it.
    pub going: Going,
    /// Whether too many buckets were deleted.
    pub breaker_open: bool,
    /// Whether the deletion was confirmed all the same.
    pub confirmed: bool,
}

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Decision {
    /// Let the Bucket go and ask AWS nothing.
    Detach,
    /// Let the Bucket go; the S3 bucket stays.
    Retain(Because),
    /// Keep the Bucket, and do nothing before something changes.
    Wait(Hold),
    /// Delete the S3 bucket, and let the Bucket go.
    Delete,
}

/// Why the S3 bucket stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Because {
    /// The Bucket only looks on.
    ReadOnly,
    /// The deletion policy says so.
    Policy,
    /// The namespace is deleted: nobody said that the data shall go.
    NamespaceGoing,
    /// The definition is deleted, in an uninstallation as a rule.
    DefinitionGoing,
}

/// What a deletion waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hold {
    /// The end of the pause.
    Paused,
    /// An answer of the API server.
    Unknown,
    /// The end of the protection: the DELETE came while no webhook was there to refuse it.
    Protected(Protection),
    /// The end of --dry-run.
    DryRun,
    /// People, as too many buckets were deleted.
    Breaker,
}

impl Circumstances {
    /// Of the Bucket's and its namespace's annotations; what is around it is to be filled in.
    #[must_use]
    pub(super) fn of(bucket: &Bucket, namespace: &Annotations, default: DeletionPolicy, mode: Mode) -> Self {
        let confirmed = bucket.annotation(annotation::CONFIRM_DELETION);
        Self {
            force_detach: annotation::is_true(bucket.annotation(annotation::FORCE_DETACH)),
            paused: false,
            mode,
            policy: place::deletion_policy(bucket, namespace, default),
            says_delete: bucket.annotations().get(annotation::DELETION_POLICY).is_some_and(|word| word == "delete"),
            protection: Protection::of(bucket, Some(namespace)),
            going: Going::Nothing,
            breaker_open: false,
            confirmed: confirmed.is_some() && confirmed == bucket.bucket_name(),
        }
    }
}

/// What is to be done. The order of the lines is the order of precedence.
#[must_use]
pub(super) fn decide(known: &Circumstances) -> Decision {
    let because = match known.going {
        Going::Namespace => Some(Because::NamespaceGoing),
        Going::Definition => Some(Because::DefinitionGoing),
        Going::Nothing | Going::Unknown => None,
    };
    match (known, known.protection, because) {
        (Circumstances { force_detach: true, .. }, ..) => Decision::Detach,
        (Circumstances { paused: true, .. }, ..) => Decision::Wait(Hold::Paused),
        (Circumstances { mode: Mode::ReadOnly, .. }, ..) => Decision::Retain(Because::ReadOnly),
        (Circumstances { policy: DeletionPolicy::Retain, .. }, ..) => Decision::Retain(Because::Policy),
        (Circumstances { going: Going::Unknown, .. }, ..) => Decision::Wait(Hold::Unknown),
        // A namespace must not hang, and what stays in S3 is protected.
        (_, Some(_), Some(because)) | (Circumstances { says_delete: false, .. }, _, Some(because)) => Decision::Retain(because),
        (_, Some(protection), None) => Decision::Wait(Hold::Protected(protection)),
        (Circumstances { mode: Mode::DryRun, .. }, ..) => Decision::Wait(Hold::DryRun),
        (Circumstances { breaker_open: true, confirmed: false, .. }, ..) => Decision::Wait(Hold::Breaker),
        _ => Decision::Delete,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Circumstances = Circumstances {
        force_detach: false,
        paused: false,
        mode: Mode::Manage,
        policy: DeletionPolicy::Delete,
        says_delete: false,
        protection: None,
        going: Going::Nothing,
        breaker_open: false,
        confirmed: false,
    };

    /// One thing that can be about a deletion.
    type Change = fn(&mut Circumstances);

    /// In the order of precedence: what applies alone, and what it leads to.
    const ORDER: [(&str, Change, Decision); 10] = [
        ("force-detach", |c| c.force_detach = true, Decision::Detach),
        ("paused", |c| c.paused = true, Decision::Wait(Hold::Paused)),
        ("read-only", |c| c.mode = Mode::ReadOnly, Decision::Retain(Because::ReadOnly)),
        ("retain", |c| c.policy = DeletionPolicy::Retain, Decision::Retain(Because::Policy)),
        ("unknown", |c| c.going = Going::Unknown, Decision::Wait(Hold::Unknown)),
        ("namespace", |c| c.going = Going::Namespace, Decision::Retain(Because::NamespaceGoing)),
        ("protected", |c| c.protection = Some(Protection::Own), Decision::Wait(Hold::Protected(Protection::Own))),
        ("dry-run", |c| c.mode = Mode::DryRun, Decision::Wait(Hold::DryRun)),
        ("breaker", |c| c.breaker_open = true, Decision::Wait(Hold::Breaker)),
        ("nothing", |_| {}, Decision::Delete),
    ];

    #[test]
    fn of_two_the_one_that_goes_before_decides() {
        for (first, (name, change, decision)) in ORDER.iter().enumerate() {
            for (later, also, _) in &ORDER[first..] {
                let mut known = PLAIN;
                // The later one first, as two of them write the same member.
                also(&mut known);
                change(&mut known);
                assert_eq!(decide(&known), *decision, "{name} before {later}");
            }
        }
    }

    #[test]
    fn special_cases() {
        let of = |changes: &[Change]| {
            let mut known = PLAIN;
            for change in changes {
                change(&mut known);
            }
            decide(&known)
        };
        let (going, crd): (Change, Change) = (|c| c.going = Going::Namespace, |c| c.going = Going::Definition);
        let (says, protected): (Change, Change) = (|c| c.says_delete = true, |c| c.protection = Some(Protection::OfNamespace));
        let (open, confirmed): (Change, Change) = (|c| c.breaker_open = true, |c| c.confirmed = true);
        assert_eq!(of(&[crd]), Decision::Retain(Because::DefinitionGoing));
        assert_eq!(of(&[going, says]), Decision::Delete, "the Bucket's own word is explicit");
        assert_eq!(of(&[crd, says]), Decision::Delete);
        assert_eq!(of(&[going, says, protected]), Decision::Retain(Because::NamespaceGoing), "neither lost nor hanging");
        assert_eq!(of(&[going, says, open]), Decision::Wait(Hold::Breaker));
        assert_eq!(of(&[open, confirmed]), Decision::Delete);
        assert_eq!(of(&[protected, confirmed]), Decision::Wait(Hold::Protected(Protection::OfNamespace)));
    }

    #[test]
    fn annotations_say_what_counts() {
        let of = |all: &[(&str, &str)]| {
            let mut bucket = Bucket::new("b", shared::BucketSpec { name: "logs".to_owned(), ..shared::BucketSpec::default() });
            bucket.metadata.annotations = Some(all.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect());
            Circumstances::of(&bucket, &Annotations::new(), DeletionPolicy::Delete, Mode::Manage)
        };
        assert_eq!(of(&[]), PLAIN);
        assert!(of(&[(annotation::DELETION_POLICY, "delete")]).says_delete);
        assert!(!of(&[(annotation::DELETION_POLICY, "Delete")]).says_delete, "a slip retains");
        assert!(of(&[(annotation::CONFIRM_DELETION, "logs")]).confirmed);
        assert!(!of(&[(annotation::CONFIRM_DELETION, "true")]).confirmed);
        assert!(of(&[(annotation::FORCE_DETACH, "TRUE")]).force_detach && !of(&[(annotation::FORCE_DETACH, "yes")]).force_detach);
    }
}
