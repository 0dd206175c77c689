//! What keeps data from harm, as the flags say.

use std::num::NonZeroU32;

use shared::place::DeletionPolicy;

use super::{SettingsError, problem};
use crate::args::safety::SafetyArgs;

/// What keeps data from harm.
#[derive(Clone, Debug, Default)]
pub struct SafetySettings {
    /// Whether nothing is written to S3 at all.
    pub dry_run: bool,
    /// What happens to the bucket of a deleted Bucket where nobody says.
    pub deletion_policy: DeletionPolicy,
    /// How many buckets may be deleted within a minute; no bound, if absent.
    pub max_deletions_per_minute: Option<NonZeroU32>,
    /// At which rate buckets are emptied, in objects a second; not at all, if absent.
    pub emptying: Option<NonZeroU32>,
}

impl SafetySettings {
    /// Reads the flags.
    ///
    /// # Errors
    /// A flag's value cannot be used.
    pub fn of(args: &SafetyArgs) -> Result<Self, SettingsError> {
        let rate = NonZeroU32::new(args.emptying_objects_per_second);
        let rate = rate.ok_or_else(|| problem("emptying-objects-per-second", "0 never ends; write 1 or more".to_owned()))?;
        Ok(Self {
            dry_run: args.dry_run,
            deletion_policy: deletion_policy(&args.deletion_policy)?,
            max_deletions_per_minute: NonZeroU32::new(args.max_deletions_per_minute),
            emptying: args.enable_bucket_emptying.then_some(rate),
        })
    }
}

fn deletion_policy(text: &str) -> Result<DeletionPolicy, SettingsError> {
    match text {
        "" | "delete" => Ok(DeletionPolicy::Delete),
        "retain" => Ok(DeletionPolicy::Retain),
        _ => Err(problem("deletion-policy", format!("{text:?} is no policy; write delete or retain"))),
    }
}
