//! The command line of the bench.

use std::time::Duration;

use clap::Parser;

use crate::bench::outcome::Outcome;

/// Measures the controller with very many Buckets on a real control plane, and with an S3 that answers so many requests a second.
#[derive(Clone, Debug, Parser)]
#[command(name = "scale")]
pub struct Args {
    /// How many Buckets.
    #[arg(long, default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(1..=50_000))]
    pub buckets: u32,
    /// How many of them are checked while S3 refuses what is too much.
    #[arg(long, default_value_t = 500, value_parser = clap::value_parser!(u32).range(1..))]
    pub limited: u32,
    /// How many requests a second S3 answers then; to the others it says 503 SlowDown.
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..))]
    pub per_second: u32,
    /// How many edits users make in the middle of each sweep.
    #[arg(long, default_value_t = 120)]
    pub edits: u32,
    /// The time between two checks while all are overdue, in seconds, in place of ten hours: ten minutes of those are a sixtieth of it.
    #[arg(long, default_value_t = 300, value_parser = clap::value_parser!(u32).range(1..))]
    pub period: u32,
    /// How long each S3 call takes, in milliseconds.
    #[arg(long, default_value_t = 20)]
    pub latency_ms: u64,
    /// How many Buckets the controller works on at once.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u16).range(1..))]
    pub concurrency: u16,
    /// The file and the exit code.
    #[command(flatten)]
    pub outcome: Outcome,
}

impl Args {
    /// Reads the command line. Where cargo runs the bench as a test, everything is small.
    #[must_use]
    pub fn read() -> Self {
        let args = Self::parse();
        if args.outcome.bench { args } else { Self { buckets: 6, limited: 3, per_second: 50, edits: 2, period: 10, ..args } }
    }

    /// The time of one S3 call.
    #[must_use]
    pub fn latency(&self) -> Duration {
        Duration::from_millis(self.latency_ms)
    }

    /// The time between two checks while all are overdue.
    #[must_use]
    pub fn period(&self) -> Duration {
        Duration::from_secs(u64::from(self.period))
    }

    /// What ten minutes of ten hours are of that.
    #[must_use]
    pub fn ten_minutes(&self) -> Duration {
        self.period() / 60
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        Args::command().debug_assert();
        let args = Args::try_parse_from(["scale", "--buckets=7", "--period=600"]).expect("it fits");
        assert_eq!((args.ten_minutes(), args.latency()), (Duration::from_secs(10), Duration::from_millis(20)));
        assert!(Args::try_parse_from(["scale", "--buckets=0"]).is_err());
    }
}
