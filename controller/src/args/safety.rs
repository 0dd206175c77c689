//! What keeps data from harm.

use clap::{ArgAction, Args};

/// What keeps data from harm.
#[derive(Clone, Debug, Args)]
pub struct SafetyArgs {
    /// Read, plan and report, and write nothing to S3.
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true", default_value_t = false, value_parser = super::go_bool, action = ArgAction::Set)]
    pub dry_run: bool,
    /// What happens to the S3 bucket of a deleted Bucket where neither the Bucket nor its namespace says: delete or retain.
    #[arg(long, value_name = "POLICY", default_value = "delete")]
    pub deletion_policy: String,
}
