//! The sections of a spec as the controller takes them.

use std::borrow::Cow;

use crate::BucketSpec;
use crate::admission::effective;
use crate::guardrail::subject::{Source, Subject};
use crate::place::Place;
use crate::subconfig::SubConfig;
use crate::unset::UnsetFields;

/// A spec, and what its silence means.
pub(super) struct Sections<'a> {
    spec: Option<&'a BucketSpec>,
    /// Whether an absent section is what S3 gives a new bucket: the bucket is new, or the controller resets it. What an adopted
    /// bucket holds nobody knows here, and what S3 was seen to hold is all that there is.
    resets: bool,
    /// Whether this is a directory bucket.
    pub(super) is_directory: bool,
}

impl<'a> Sections<'a> {
    pub(super) fn of(subject: &Subject<'a>) -> Self {
        let facts = subject.facts;
        let ours = facts.adoption.policy.is_none() && !facts.looks_on();
        let resets = ours && UnsetFields::of(facts.bucket(), subject.unset) == UnsetFields::Reset;
        let resets = subject.source == Source::Spec && (resets || effective::is_new(facts));
        Self { spec: facts.spec(), resets, is_directory: facts.is_directory() }
    }

    /// A section in its normal form; `None` where there is nothing, or nobody knows.
    pub(super) fn get<S: SubConfig>(&self) -> Option<S> {
        let spec = self.spec?;
        let declared = S::declared(spec).map(Cow::into_owned).and_then(S::shown);
        let reset = || S::want(spec, &Place::default()).and_then(S::shown);
        declared.or_else(|| self.resets.then(reset).flatten())
    }
}
