//! A controller with many Buckets, on a real control plane and the S3 model: how many calls, how long, how much memory.
//!
//! [`measure`] goes through the life of a fleet and gives [`Figures`]; [`budget`] says which of them are within what was promised;
//! [`crowd`] makes the Buckets and follows them.

pub mod args;
pub mod budget;
pub mod crowd;
pub mod figures;
pub mod measure;
mod stage;

pub use args::Args;
pub use figures::Figures;

use serde_json::json;

use crate::bench::table::table;
use crate::error::Result;

/// Measures this workspace's controller and, where the arguments name one, another; prints what came of it. False if `--check` was
/// given and a line of the budget does not hold.
///
/// # Errors
/// A fleet could not be brought up, or did not come to rest in time.
pub async fn run(args: &Args) -> Result<bool> {
    let ours = Box::pin(measure::measure(args, None)).await?;
    let theirs = match &args.controller {
        Some(program) => Some(Box::pin(measure::measure(args, Some(program))).await?),
        None => None,
    };
    let lines = budget::lines(&ours, args.buckets, args.is_like_the_budget());
    println!("{}", heading(args));
    println!("{}", figures::rows(&ours, theirs.as_ref()));
    let rows: Vec<_> = lines.iter().map(budget::Line::row).collect();
    println!("{}", table(&["budget", "measured", "at most", ""], &rows));
    let report = json!({ "buckets": args.buckets, "latencyMillis": args.latency_ms, "concurrency": args.concurrency,
            "ours": ours, "theirs": theirs, "budget": lines });
    args.outcome.of(&report, lines.iter().all(budget::Line::holds))
}

fn heading(args: &Args) -> String {
    format!(
        "{} Buckets with 8 sub-configurations declared, {} ms per S3 call, {} Buckets at once\n",
        args.buckets, args.latency_ms, args.concurrency
    )
}
