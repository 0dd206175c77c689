//! The controller: reconciles admitted Buckets against S3, finds and repairs drift, exports Prometheus metrics.
//!
//! A pass over a Bucket goes from top to bottom and never back ([`reconcile`]): guard, place, observe, plan, apply, report,
//! schedule. What decides is pure; what reads and writes does as it is told.

pub mod absence;
pub mod accounts;
pub mod ack_metrics;
pub mod admin;
pub mod adoption;
pub mod app;
pub mod args;
pub mod audit;
pub mod aws;
pub mod calls;
pub mod check;
pub mod claims;
pub mod cli;
pub mod context;
pub mod converge;
pub mod crds;
pub mod create;
pub mod creation;
pub mod deletion;
pub mod docs;
pub mod drift;
pub mod environment;
pub mod events;
pub mod field_export;
pub mod fresh;
pub mod gauges;
pub mod guard;
pub mod hint;
pub mod hints;
pub mod iam;
pub mod ignored;
pub mod lease;
pub mod limiter;
pub mod local;
pub mod look;
pub mod memory;
pub mod metrics;
pub mod mode;
pub mod objects;
pub mod observe;
pub mod page;
pub mod pass;
pub mod paused;
pub mod pruned;
pub mod queue;
pub mod reconcile;
pub mod references;
pub mod report;
pub mod schedule;
pub mod settings;
pub mod startup;
pub mod status;
pub mod tell;
pub mod text;
pub mod trigger;
pub mod unmanaged;
pub mod watch;

use std::error::Error;
use std::process::ExitCode;

use crate::args::{Args, Command};
use crate::settings::Settings;

/// Does what the command line asks for; the exit code says how it ended.
///
/// # Errors
/// The command line makes no sense, or something that the controller cannot do without is missing.
pub async fn run(args: Args) -> Result<ExitCode, Box<dyn Error>> {
    environment::without_empty_endpoints()?;
    match args.command {
        Some(Command::Plan(args)) => return Ok(Box::pin(cli::plan::run(*args)).await),
        Some(Command::Export(args)) => return Ok(Box::pin(cli::export::run(*args)).await),
        Some(Command::Crds { dir }) => {
            for path in crds::write(&dir)? {
                println!("{}", path.display());
            }
        }
        Some(Command::AnswerQuery) => field_export::sandbox::answer()?,
        Some(Command::Docs { readme }) => docs::write(&readme)?,
        Some(Command::IamPolicy { bucket_prefix: prefix, partition, read_only, emptying, hint_queue_arn: hints }) => {
            print!("{}", iam::policy(&iam::Scope { prefix, partition, read_only, emptying, hints })?);
        }
        None if args.serve.check_config => Box::pin(check::run(args)).await?,
        None => Box::pin(app::run(Settings::of(args)?)).await?,
    }
    Ok(ExitCode::SUCCESS)
}
