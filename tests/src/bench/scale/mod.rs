//! The controller with very many Buckets: its memory, what a restart costs, how soon an edit is worked on in the middle of a sweep, and
//! how long a sweep takes while S3 answers only so many requests a second.

pub mod args;
pub mod edits;
pub mod figures;
mod measure;
mod stage;

use serde_json::json;

pub use self::args::Args;
use self::figures::Figures;
use crate::bench::fleet::{budget::Line, figures::shown};
use crate::bench::table::table;
use crate::error::Result;

/// Measures, and prints what came of it. False if `--check` was given and a line of the budget does not hold.
///
/// # Errors
/// The world did not come up, or the controller did not do its work in time.
pub async fn run(args: &Args) -> Result<bool> {
    let figures = Box::pin(measure::measure(args)).await?;
    let lines = figures.budget(args.buckets == 10_000 && !cfg!(debug_assertions));
    println!("{}", text(args, &figures, &lines));
    let report = json!({ "buckets": args.buckets, "limited": args.limited, "perSecond": args.per_second, "periodSeconds": args.period,
            "latencyMillis": args.latency_ms, "concurrency": args.concurrency, "figures": figures, "budget": lines });
    args.outcome.of(&report, lines.iter().all(Line::holds))
}

fn text(args: &Args, figures: &Figures, lines: &[Line]) -> String {
    let heading = format!(
        "{} Buckets with 8 sub-configurations declared, {} ms per S3 call, {} Buckets at once; {} of them at {} calls a second\n",
        args.buckets, args.latency_ms, args.concurrency, args.limited, args.per_second
    );
    let rows: Vec<_> = figures.named().into_iter().map(|(name, value)| vec![name.to_owned(), shown(value)]).collect();
    let budget: Vec<_> = lines.iter().map(Line::row).collect();
    [heading, table(&["", "cooper"], &rows), table(&["budget", "measured", "at most", ""], &budget)].join("\n")
}
