//! The controller with Buckets that nobody touches: an hour of sweeps that find nothing, write nothing and come in time ([`sweeps`]);
//! and what Prometheus is given of very many of them ([`scrape`]).

pub mod args;
pub mod figures;
pub mod scrape;
pub mod sweeps;

use serde_json::{Value, json};

pub use self::args::Args;
use crate::bench::fleet::{budget::Line, figures::shown};
use crate::bench::table::table;
use crate::error::Result;

/// Measures, and prints what came of it. False if `--check` was given and a line of the budget does not hold.
///
/// # Errors
/// The world did not come up, or the controller did not do its work in time.
pub async fn run(args: &Args) -> Result<bool> {
    if args.scrape {
        let page = Box::pin(scrape::measure(args)).await?;
        let heading = format!("{} Buckets, --bucket-metrics=all\n", args.buckets());
        return told(args, &heading, &page.named(), &page.budget(!cfg!(debug_assertions)), &json!(page));
    }
    let sweeps = Box::pin(sweeps::watch(args)).await?;
    let heading = format!(
        "{} Buckets with 8 sub-configurations declared, checked every {} s, {} ms per S3 call, {} Buckets at once\n",
        args.buckets(),
        args.period,
        args.latency_ms,
        args.concurrency
    );
    told(args, &heading, &sweeps.named(), &sweeps.budget(args.buckets(), args.period().as_secs_f64()), &json!(sweeps))
}

fn told(args: &Args, heading: &str, named: &[(&str, f64)], lines: &[Line], figures: &Value) -> Result<bool> {
    let rows: Vec<_> = named.iter().map(|(name, value)| vec![(*name).to_owned(), shown(*value)]).collect();
    let budget: Vec<_> = lines.iter().map(Line::row).collect();
    println!("{heading}\n{}\n{}", table(&["", "cooper"], &rows), table(&["budget", "measured", "at most", ""], &budget));
    let report = json!({ "buckets": args.buckets(), "periodSeconds": args.period, "latencyMillis": args.latency_ms,
            "concurrency": args.concurrency, "figures": figures, "budget": lines });
    args.outcome.of(&report, lines.iter().all(Line::holds))
}
