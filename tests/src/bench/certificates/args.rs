//! The command line of the bench, and what follows from it.

use std::time::Duration;

use clap::Parser;

use crate::bench::outcome::Outcome;

/// Writes Buckets for minutes while the webhook's certificate is renewed, its CA exchanged and its replicas restarted.
#[derive(Clone, Debug, Parser)]
#[command(name = "certificates")]
pub struct Args {
    /// How long [default: 10].
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=1440))]
    pub minutes: Option<u32>,
    /// How many writes a second.
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub writes: u32,
    /// How many new connections a second, made as another API server would make them.
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u32).range(1..=100))]
    pub handshakes: u32,
    /// The file and the exit code.
    #[command(flatten)]
    pub outcome: Outcome,
}

/// What is done, and how long everything lives, in seconds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// From the first write to the last.
    pub length: Duration,
    /// The life of a server certificate.
    pub leaf: u32,
    /// The life of a CA.
    pub authority: u32,
    /// How long a new CA is trusted before it signs.
    pub settle: u32,
    /// How often each replica looks for a new certificate; the default of the product in the long run.
    pub poll: u32,
    /// How long the second replica's kubelet takes at most; also how often `cooper-certs` looks.
    pub kubelet: u32,
    /// How long a replica that stops goes on serving; the default of the product in the long run.
    pub drain: u32,
    /// How often a replica calls itself.
    pub selfcheck: u32,
    /// How often all replicas are restarted, one after the other.
    pub restarts: u32,
    /// Writes a second.
    pub writes: u32,
    /// New connections a second.
    pub handshakes: u32,
}

impl Args {
    /// Reads the command line.
    #[must_use]
    pub fn read() -> Self {
        Self::parse()
    }

    /// What follows from it. Where cargo runs the bench as a test, and no time is named, everything is short.
    #[must_use]
    pub fn plan(&self) -> Plan {
        let (writes, handshakes) = (self.writes, self.handshakes);
        if self.minutes.is_none() && !self.outcome.bench {
            let length = Duration::from_secs(20);
            let (leaf, authority, settle, poll, kubelet, drain, selfcheck) = (15, 30, 2, 2, 1, 2, 2);
            return Plan { length, leaf, authority, settle, poll, kubelet, drain, selfcheck, restarts: 1, writes, handshakes };
        }
        let minutes = self.minutes.unwrap_or(10);
        Plan {
            length: Duration::from_mins(u64::from(minutes)),
            leaf: 60,
            authority: 180,
            settle: 10,
            poll: 10,
            kubelet: 5,
            drain: 5,
            selfcheck: 5,
            restarts: (minutes / 2).max(1),
            writes,
            handshakes,
        }
    }
}

impl Plan {
    /// How many server certificates have to be made in this time at the least: one in each life. They are renewed earlier.
    #[must_use]
    pub fn renewals(&self) -> u64 {
        self.length.as_secs() / u64::from(self.leaf)
    }

    /// How many CAs have to be exchanged at the least.
    #[must_use]
    pub fn exchanges(&self) -> u64 {
        self.length.as_secs() / u64::from(self.authority)
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        Args::command().debug_assert();
        let plan = |words: &[&str]| Args::try_parse_from([&["certificates"], words].concat()).expect("it fits").plan();
        let ten = plan(&["--bench"]);
        assert_eq!((ten.length, ten.renewals(), ten.exchanges(), ten.restarts), (Duration::from_mins(10), 10, 3, 5));
        assert_eq!(plan(&["--minutes=10"]), ten, "a debug build may run long as well");
        assert!(plan(&[]).length < Duration::from_mins(1));
        assert!(Args::try_parse_from(["certificates", "--minutes=0"]).is_err());
    }

    #[test]
    fn a_certificate_reaches_every_replica_before_the_last_one_ends() {
        for words in [&["x"][..], &["x", "--bench"]] {
            let plan = Args::try_parse_from(words).expect("it fits").plan();
            // Renewed at two thirds of a life that begins a tenth early, after at most a second; whole seconds are counted.
            let left = plan.leaf - (plan.leaf + plan.leaf / 10) * 2 / 3 + plan.leaf / 10;
            assert!(plan.kubelet + plan.poll + 2 < left, "{plan:?}: {left}");
        }
    }
}
