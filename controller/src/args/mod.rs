//! The command line as it is typed. Names, defaults and environment are those of the ACK S3 controller wherever it has the same.

pub mod accounts;
pub mod audit;
pub mod aws;
pub mod export;
pub mod exports;
pub mod hints;
pub mod leader;
pub mod metrics;
#[cfg(test)]
mod peer;
pub mod plan;
pub mod reconcile;
pub mod safety;
pub mod serve;
pub mod watch;

use std::path::PathBuf;

use clap::builder::RangedU64ValueParser;
use clap::{Parser, Subcommand};

use self::accounts::AccountsArgs;
use self::audit::AuditArgs;
use self::aws::AwsArgs;
use self::export::ExportArgs;
use self::exports::ExportsArgs;
use self::hints::HintsArgs;
use self::leader::LeaderArgs;
use self::metrics::MetricsArgs;
use self::plan::PlanArgs;
use self::reconcile::ReconcileArgs;
use self::safety::SafetyArgs;
use self::serve::ServeArgs;
use self::watch::WatchArgs;

/// Keeps S3 buckets as Buckets say.
#[derive(Debug, Parser)]
#[command(name = "cooper-controller", version, about, args_conflicts_with_subcommands = true, args_override_self = true)]
pub struct Args {
    /// Something else than running the controller.
    #[command(subcommand)]
    pub command: Option<Command>,

    /// How AWS is reached.
    #[command(flatten)]
    pub aws: AwsArgs,
    /// Whose account a bucket is in, and with which role it is reached.
    #[command(flatten)]
    pub accounts: AccountsArgs,
    /// Which Buckets are looked after.
    #[command(flatten)]
    pub watch: WatchArgs,
    /// How often, and how much at once.
    #[command(flatten)]
    pub reconcile: ReconcileArgs,
    /// Who tells of changes.
    #[command(flatten)]
    pub hints: HintsArgs,
    /// What guardrails are asked in the background.
    #[command(flatten)]
    pub audit: AuditArgs,
    /// What Prometheus is told of single Buckets.
    #[command(flatten)]
    pub metrics: MetricsArgs,
    /// What keeps data from harm.
    #[command(flatten)]
    pub safety: SafetyArgs,
    /// Copies of fields, and references to other objects.
    #[command(flatten)]
    pub exports: ExportsArgs,
    /// Which of several controllers works.
    #[command(flatten)]
    pub leader: LeaderArgs,
    /// What the controller listens on, and what it logs.
    #[command(flatten)]
    pub serve: ServeArgs,
}

/// Something else than running the controller.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Says what a reconcile of these manifests would change in S3. Nothing is written, neither to S3 nor to the cluster. Exit code 0
    /// where nothing would change, 2 where something would, 1 where that could not be worked out for each Bucket.
    Plan(Box<PlanArgs>),
    /// Writes manifests of buckets that are there, whose apply takes them over and changes nothing in S3. Exit code 1 where a bucket was
    /// left out, or its manifest would be refused.
    Export(Box<ExportArgs>),
    /// Writes the CustomResourceDefinitions as YAML files.
    Crds {
        /// The folder to write to.
        #[arg(long, value_name = "FOLDER")]
        dir: PathBuf,
    },
    /// Answers one jq query, for the controller itself: the question comes on stdin.
    #[command(hide = true)]
    AnswerQuery,
    /// Writes the table of sub-configurations into the README.
    Docs {
        /// The README, which marks the place of the table.
        #[arg(long, value_name = "FILE")]
        readme: PathBuf,
    },
    /// Prints the least IAM policy that the controller needs for the buckets of one account.
    IamPolicy {
        /// What the names of the buckets start with; all buckets, if empty.
        #[arg(long, value_name = "PREFIX", default_value = "", hide_default_value = true)]
        bucket_prefix: String,
        /// The partition of the account, such as aws-cn.
        #[arg(long, value_name = "PARTITION", default_value = "aws")]
        partition: String,
        /// Only what reads.
        #[arg(long)]
        read_only: bool,
        /// Also what --enable-bucket-emptying takes: deleting objects.
        #[arg(long, conflicts_with = "read_only")]
        emptying: bool,
        /// Also what --hint-queue-url takes: reading this queue.
        #[arg(long, value_name = "ARN")]
        hint_queue_arn: Option<String>,
    },
}

/// How many buckets the commands read at the same time where nobody says.
const BUCKETS_AT_ONCE: u16 = 8;

/// Each bucket takes up to eleven requests at once.
fn buckets_at_once() -> RangedU64ValueParser<u16> {
    RangedU64ValueParser::new().range(1..=64)
}

impl Args {
    /// Reads the command line, and ends the process where it makes no sense, or asks for help. With `plan` that is exit code 1: 2 says
    /// something else there.
    #[must_use]
    pub fn of_command_line() -> Self {
        Self::try_parse().unwrap_or_else(|error| {
            let plans = std::env::args_os().nth(1).is_some_and(|command| command == "plan");
            // Where nobody listens there is nobody to tell.
            let _ = error.print();
            std::process::exit(if plans { error.exit_code().min(1) } else { error.exit_code() })
        })
    }
}

/// A boolean as Go's flags take it: 1, t, T, TRUE, true, True and the like for false.
/// Source: Go, strconv.ParseBool.
fn go_bool(text: &str) -> Result<bool, String> {
    match text {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Ok(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Ok(false),
        _ => Err("write true or false".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        Args::command().debug_assert();
    }

    #[test]
    fn booleans_are_taken_as_go_takes_them() {
        let of = |args: &[&str]| Args::try_parse_from([&["x"], args].concat()).unwrap().aws.aws_endpoint_use_path_style;
        assert!(!of(&[]));
        assert!(of(&["--aws-endpoint-use-path-style"]));
        assert!(of(&["--aws-endpoint-use-path-style=true"]) && of(&["--aws-endpoint-use-path-style=T"]));
        assert!(!of(&["--aws-endpoint-use-path-style=false"]));
    }
}
