//! Which of several controllers works, as the flags say.

use super::{SettingsError, is_label, problem};
use crate::args::leader::LeaderArgs;
use crate::lease::{self, Mode};

/// The name of the Lease: that of the ACK S3 controller, so that the two never work at the same time.
pub const LEASE: &str = "ack-s3.services.k8s.aws";
/// The longest name that an object may have. Source: RFC 1123, as in "Object Names and IDs" of the Kubernetes documentation.
const LONGEST: usize = 253;

/// Which of several controllers works.
#[derive(Clone, Debug)]
pub struct LeaderSettings {
    /// What this process wants of the Lease.
    pub mode: Mode,
    /// The namespace of the Lease, where the flag names one.
    pub namespace: Option<String>,
    /// The name of the Lease.
    pub lease: String,
    /// The name under which this process stands for election.
    pub identity: String,
}

impl LeaderSettings {
    /// Reads the flags.
    ///
    /// # Errors
    /// A flag's value cannot be used.
    pub fn of(args: &LeaderArgs) -> Result<Self, SettingsError> {
        let (name, namespace) = (args.leader_election_lease_name.trim(), args.leader_election_namespace.trim());
        if !is_name(name) {
            let text = format!("{name:?} is no name of an object; write one such as {LEASE}");
            return Err(problem("leader-election-lease-name", text));
        }
        if !namespace.is_empty() && !is_label(namespace) {
            let text = format!("{namespace:?} is no name of a namespace; write one such as cooper-system");
            return Err(problem("leader-election-namespace", text));
        }
        Ok(Self {
            mode: if args.enable_leader_election { Mode::Hold } else { Mode::Respect },
            namespace: Some(namespace.to_owned()).filter(|name| !name.is_empty()),
            lease: name.to_owned(),
            identity: lease::identity(args.pod_uid.trim()),
        })
    }
}

/// Whether it can be the name of an object.
fn is_name(text: &str) -> bool {
    text.len() <= LONGEST && text.split('.').all(is_label)
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::args::Args;

    fn settings(args: &[&str]) -> Result<LeaderSettings, SettingsError> {
        LeaderSettings::of(&Args::try_parse_from([&["x"], args].concat()).unwrap().leader)
    }

    #[test]
    fn election_is_on_under_the_peers_name() {
        let settings = settings(&[]).unwrap();
        assert_eq!((settings.mode, settings.lease.as_str(), settings.namespace), (Mode::Hold, "ack-s3.services.k8s.aws", None));
    }

    #[test]
    fn shards_have_names_and_pods_have_identities() {
        let args = ["--enable-leader-election=false", "--leader-election-lease-name=shard-a", "--leader-election-namespace=ack-system"];
        let settings = settings(&[&args[..], &["--pod-uid=4f"]].concat()).unwrap();
        assert_eq!((settings.mode, settings.lease.as_str()), (Mode::Respect, "shard-a"));
        assert_eq!(settings.namespace.as_deref(), Some("ack-system"));
        assert!(settings.identity.ends_with("_4f"));
    }

    #[test]
    fn names_that_kubernetes_would_refuse_are_told_at_once() {
        for (arg, flag) in [
            ("--leader-election-lease-name=", "leader-election-lease-name"),
            ("--leader-election-lease-name=Shard", "leader-election-lease-name"),
            ("--leader-election-lease-name=a..b", "leader-election-lease-name"),
            ("--leader-election-namespace=a.b", "leader-election-namespace"),
            ("--leader-election-namespace=-a", "leader-election-namespace"),
        ] {
            let error = settings(&[arg]).unwrap_err();
            assert!(error.flag == flag && error.to_string().contains(';'), "{arg}: {error}");
        }
    }
}
