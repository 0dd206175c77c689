//! The command line of the bench.

use std::time::Duration;

use clap::Parser;

use crate::bench::outcome::Outcome;

/// Measures how long it takes from a hint to the first read of its bucket, on a real control plane, LocalStack's SQS and the S3 model.
#[derive(Clone, Debug, Parser)]
#[command(name = "hints")]
pub struct Args {
    /// How many Buckets.
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub buckets: u32,
    /// How many hints, over all Buckets in turns.
    #[arg(long, default_value_t = 500, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub hints: u32,
    /// How many hints are sent a second; more than the controller's --hints-per-second wait in the queue.
    #[arg(long, default_value_t = 15, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub per_second: u32,
    /// How long each S3 call takes, in milliseconds.
    #[arg(long, default_value_t = 20)]
    pub latency_ms: u64,
    /// The file and the exit code.
    #[command(flatten)]
    pub outcome: Outcome,
}

impl Args {
    /// Reads the command line. Where cargo runs the bench as a test, there are few of all.
    #[must_use]
    pub fn read() -> Self {
        let args = Self::parse();
        if args.outcome.bench { args } else { Self { buckets: args.buckets.min(5), hints: args.hints.min(10), ..args } }
    }

    /// The time of one S3 call.
    #[must_use]
    pub fn latency(&self) -> Duration {
        Duration::from_millis(self.latency_ms)
    }

    /// The time between two hints.
    #[must_use]
    pub fn apart(&self) -> Duration {
        Duration::from_secs(1) / self.per_second.max(1)
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        Args::command().debug_assert();
        let args = Args::try_parse_from(["hints", "--per-second=20", "--bench"]).expect("it fits");
        assert_eq!((args.apart(), args.latency(), args.hints), (Duration::from_millis(50), Duration::from_millis(20), 500));
    }
}
