//! What keeps data from harm, as the flags say.

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
}

impl SafetySettings {
    /// Reads the flags.
    ///
    /// # Errors
    /// A flag's value cannot be used.
    pub fn of(args: &SafetyArgs) -> Result<Self, SettingsError> {
        Ok(Self { dry_run: args.dry_run, deletion_policy: deletion_policy(&args.deletion_policy)? })
    }
}

fn deletion_policy(text: &str) -> Result<DeletionPolicy, SettingsError> {
    match text {
        "" | "delete" => Ok(DeletionPolicy::Delete),
        "retain" => Ok(DeletionPolicy::Retain),
        _ => Err(problem("deletion-policy", format!("{text:?} is no policy; write delete or retain"))),
    }
}
