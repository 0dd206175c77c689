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
    /// How many S3 buckets may be deleted within a minute, in the whole cluster. One more pauses all deletions until somebody resumes
    /// them; 0 for no bound.
    #[arg(long, value_name = "NUMBER", default_value_t = 10)]
    pub max_deletions_per_minute: u32,
    /// Delete the objects of a deleted Bucket's S3 bucket too, where the Bucket's annotation empty-on-deletion names it.
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true", default_value_t = false, value_parser = super::go_bool, action = ArgAction::Set)]
    pub enable_bucket_emptying: bool,
    /// How many versions and uploads are deleted a second to empty buckets, of all of them together.
    #[arg(long, value_name = "NUMBER", default_value_t = 1000)]
    pub emptying_objects_per_second: u32,
}
