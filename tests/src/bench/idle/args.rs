//! The command line of the bench.

use std::time::Duration;

use clap::Parser;

use crate::bench::outcome::Outcome;

/// Has the controller check Buckets that nobody touches, again and again: no drift may be found, nothing written, no check come late.
#[derive(Clone, Debug, Parser)]
#[command(name = "idle")]
pub struct Args {
    /// How many Buckets, with eight sub-configurations declared; 1,000, or 10,000 with --scrape.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=50_000))]
    pub buckets: Option<u32>,
    /// For how long.
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u32).range(1..))]
    pub minutes: u32,
    /// The time between two checks of a Bucket, in seconds, in place of ten hours.
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u32).range(1..))]
    pub period: u32,
    /// How long each S3 call takes, in milliseconds.
    #[arg(long, default_value_t = 5)]
    pub latency_ms: u64,
    /// How many Buckets the controller works on at once.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u16).range(1..))]
    pub concurrency: u16,
    /// Measures /metrics of a standby that knows very many Buckets instead: how large it is, and how long it takes.
    #[arg(long)]
    pub scrape: bool,
    /// The file and the exit code.
    #[command(flatten)]
    pub outcome: Outcome,
}

impl Args {
    /// Reads the command line. Where cargo runs the bench as a test, everything is small.
    #[must_use]
    pub fn read() -> Self {
        let args = Self::parse();
        if args.outcome.bench { args } else { Self { buckets: Some(args.buckets.unwrap_or(6).min(6)), period: args.period.min(5), ..args } }
    }

    /// How many Buckets.
    #[must_use]
    pub fn buckets(&self) -> u32 {
        self.buckets.unwrap_or(if self.scrape { 10_000 } else { 1000 })
    }

    /// The time of one S3 call.
    #[must_use]
    pub fn latency(&self) -> Duration {
        Duration::from_millis(self.latency_ms)
    }

    /// The time between two checks.
    #[must_use]
    pub fn period(&self) -> Duration {
        Duration::from_secs(self.period.into())
    }

    /// For how long the checks are watched; four periods where cargo runs the bench as a test.
    #[must_use]
    pub fn time(&self) -> Duration {
        if self.outcome.bench { Duration::from_secs(u64::from(self.minutes) * 60) } else { self.period() * 4 }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        Args::command().debug_assert();
        let of = |args: &[&str]| Args::try_parse_from([&["idle"], args].concat());
        assert_eq!(of(&["--scrape"]).expect("it fits").buckets(), 10_000);
        let args = of(&["--bench", "--minutes=2"]).expect("it fits");
        assert_eq!((args.buckets(), args.time(), args.period()), (1000, Duration::from_mins(2), Duration::from_mins(1)));
        assert_eq!(of(&["--period=7"]).expect("it fits").time(), Duration::from_secs(28), "as a test");
        assert!(of(&["--period=0"]).is_err() && of(&["--buckets=0"]).is_err() && of(&["--minutes=0"]).is_err());
    }
}
