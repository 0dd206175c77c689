//! Which of several controllers works, as the flags say.

use crate::args::leader::LeaderArgs;

/// Which of several controllers works.
#[derive(Clone, Debug)]
pub struct LeaderSettings {
    /// Whether it works only while it holds the lease.
    pub election: bool,
    /// The namespace of the lease, where the flag names one.
    pub namespace: Option<String>,
}

impl From<&LeaderArgs> for LeaderSettings {
    fn from(args: &LeaderArgs) -> Self {
        let namespace = Some(args.leader_election_namespace.trim().to_owned()).filter(|name| !name.is_empty());
        Self { election: args.enable_leader_election, namespace }
    }
}
