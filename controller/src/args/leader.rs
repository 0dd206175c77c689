//! Which of several controllers works.

use clap::{ArgAction, Args};

/// Which of several controllers works.
#[derive(Clone, Debug, Args)]
pub struct LeaderArgs {
    /// Work only while this process holds the Lease, so that several may run. Without it, work unless somebody else holds the Lease.
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true", default_value_t = true, value_parser = super::go_bool, action = ArgAction::Set)]
    pub enable_leader_election: bool,
    /// The namespace of the Lease; that of the ServiceAccount, if empty.
    #[arg(long, value_name = "NAMESPACE", default_value = "", hide_default_value = true)]
    pub leader_election_namespace: String,
    /// The name of the Lease. Controllers that share one take turns; those that look after different Buckets need one each.
    #[arg(long, value_name = "NAME", default_value = crate::settings::leader::LEASE)]
    pub leader_election_lease_name: String,
    /// The uid of the Pod. With it, a container that is started again in its Pod goes on at once instead of waiting for its own Lease.
    #[arg(long, env = "POD_UID", value_name = "UID", default_value = "", hide_default_value = true)]
    pub pod_uid: String,
}
