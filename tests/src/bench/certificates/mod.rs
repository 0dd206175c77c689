//! Certificates that live for a minute, a CA that is exchanged every two, replicas that restart in turn, and people who go on writing:
//! not one write may fail.

pub mod args;
mod callers;
pub mod figures;
mod soak;
mod stream;

use serde_json::json;

pub use self::args::Args;
use self::figures::{Figures, Promise};
use crate::bench::table::table;
use crate::error::Result;

/// Measures, and prints what came of it. False if `--check` was given and a promise does not hold.
///
/// # Errors
/// The world did not come up, or a replica did not come back.
pub async fn run(args: &Args) -> Result<bool> {
    let plan = args.plan();
    let figures = Box::pin(soak::soak(&plan)).await?;
    let promises = figures.promises(&plan);
    println!("{}", text(args, &figures, &promises));
    for failure in &figures.failures {
        eprintln!("{failure}");
    }
    let report = json!({ "seconds": plan.length.as_secs(), "leafSeconds": plan.leaf, "caSeconds": plan.authority,
            "writesPerSecond": plan.writes, "handshakesPerSecond": plan.handshakes, "figures": figures, "promises": promises });
    args.outcome.of(&report, promises.iter().all(Promise::holds))
}

fn text(args: &Args, figures: &Figures, promises: &[Promise]) -> String {
    let plan = args.plan();
    let heading = format!(
        "{} s, server certificates of {} s, CAs of {} s, 2 replicas; {} writes and {} new connections a second\n",
        plan.length.as_secs(),
        plan.leaf,
        plan.authority,
        plan.writes,
        plan.handshakes
    );
    let rows: Vec<_> = figures.named().into_iter().map(|(name, value)| vec![name.to_owned(), value]).collect();
    let lines: Vec<_> = promises.iter().map(Promise::row).collect();
    [heading, table(&["", "cooper"], &rows), table(&["promise", "measured", "wanted", ""], &lines)].join("\n")
}
