//! What a change of the spec does to versioning.

use super::{ENABLED, SUSPENDED};
use crate::BucketSpec;
use crate::admission::Facts;
use crate::subconfig::object_lock;
use crate::unset::UnsetFields;

/// Whether the change suspends versioning while objects go on being replicated. Where it does, that is said at versioning, and
/// nothing needs to be said at the replication.
#[must_use]
pub(crate) fn suspends_replication(facts: &Facts<'_>) -> bool {
    is_taken_away(facts) && facts.spec().is_some_and(replicates) && facts.old_spec().is_some_and(replicates)
}

/// Whether the change turns versioning off that was on. A section that is left out leaves it on where objects can be locked, and
/// where such sections are not managed.
pub(super) fn is_taken_away(facts: &Facts<'_>) -> bool {
    if !facts.exists() || status(facts.old_spec()) != Some(ENABLED) {
        return false;
    }
    match status(facts.spec()) {
        Some(status) => status == SUSPENDED,
        None => facts.unset() == UnsetFields::Reset && !object_lock::is_on(facts),
    }
}

fn status(spec: Option<&BucketSpec>) -> Option<&str> {
    spec?.versioning.as_ref()?.status.as_deref().filter(|status| !status.is_empty())
}

fn replicates(spec: &BucketSpec) -> bool {
    let rules = spec.replication.as_ref().and_then(|replication| replication.rules.as_ref());
    rules.is_some_and(|rules| !rules.is_empty())
}
