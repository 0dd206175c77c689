//! The command line of the bench.

use std::path::PathBuf;
use std::time::Duration;

use clap::Parser;

use crate::bench::outcome::Outcome;

/// Measures a controller with a fleet of Buckets on a real control plane and the S3 model.
#[derive(Clone, Debug, Parser)]
#[command(name = "fleet")]
pub struct Args {
    /// How many Buckets.
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..=20_000))]
    pub buckets: u32,
    /// How long each S3 call takes, in milliseconds.
    #[arg(long, default_value_t = 20)]
    pub latency_ms: u64,
    /// How many Buckets the controller works on at once.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u16).range(1..))]
    pub concurrency: u16,
    /// How many buckets are changed behind the controller's back; a tenth of them if not given.
    #[arg(long)]
    pub drift: Option<u32>,
    /// Another controller executable to measure afterwards. It has to serve the same resources and take the ACK controller's flags.
    #[arg(long, value_name = "PATH")]
    pub controller: Option<PathBuf>,
    /// The file and the exit code.
    #[command(flatten)]
    pub outcome: Outcome,
}

impl Args {
    /// Reads the command line. Where cargo runs the bench as a test, the fleet is small.
    #[must_use]
    pub fn read() -> Self {
        let args = Self::parse();
        if args.outcome.bench { args } else { Self { buckets: args.buckets.min(5), ..args } }
    }

    /// The time of one S3 call.
    #[must_use]
    pub fn latency(&self) -> Duration {
        Duration::from_millis(self.latency_ms)
    }

    /// How many buckets are to drift: at least one, at most all.
    #[must_use]
    pub fn drifting(&self) -> u32 {
        self.drift.unwrap_or(self.buckets / 10).clamp(1, self.buckets)
    }

    /// Whether times can be compared with the budget, which was set for 20 ms per call and 10 Buckets at once.
    #[must_use]
    pub fn is_like_the_budget(&self) -> bool {
        self.latency_ms == 20 && self.concurrency == 10 && !cfg!(debug_assertions)
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        Args::command().debug_assert();
        let args = Args::try_parse_from(["fleet", "--buckets=7", "--bench"]).expect("it fits");
        assert_eq!((args.drifting(), args.latency()), (1, Duration::from_millis(20)));
        assert_eq!(Args { drift: Some(9), ..args }.drifting(), 7);
        assert!(Args::try_parse_from(["fleet", "--buckets=0"]).is_err());
    }
}
