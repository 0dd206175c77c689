//! Which of several controllers works.

use clap::{ArgAction, Args};

/// Which of several controllers works.
#[derive(Clone, Debug, Args)]
pub struct LeaderArgs {
    /// Work only while this process holds the lease, so that several may run.
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true", default_value_t = true, value_parser = super::go_bool, action = ArgAction::Set)]
    pub enable_leader_election: bool,
    /// The namespace of the lease; that of the ServiceAccount, if empty.
    #[arg(long, value_name = "NAMESPACE", default_value = "", hide_default_value = true)]
    pub leader_election_namespace: String,
}
