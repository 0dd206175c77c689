//! `cargo bench -p tests --bench latency -- --help`: what a user waits for the creation of a Bucket at a real API server: alone, with
//! the two webhooks, and with the baseline policy.
//!
//! All three are namespaces of one API server and take turns, so that whatever else the machine does strikes all alike.

mod ground;
mod lane;

use std::error::Error;
use std::process::ExitCode;

use clap::Parser;
use serde_json::json;
use tests::bench::buckets;
use tests::bench::outcome::{Outcome, exit};
use tests::bench::table::table;
use tokio::runtime::Builder;

use crate::ground::Ground;
use crate::lane::{HEADING, Lane, Make, row};

/// What goes wrong is only told.
type Fault = Box<dyn Error + Send + Sync>;

/// How often the lanes take turns.
const TURNS: u32 = 20;
/// How many times longer a creation may take with the webhooks: in the middle, and of a hundred the slowest.
const BUDGET: [(f64, f64); 2] = [(50.0, 2.5), (99.0, 4.0)];

/// Measures the creation of Buckets.
#[derive(Debug, Parser)]
#[command(name = "latency")]
struct Args {
    /// How many Buckets of each kind, in each lane. [default: 1000, in cargo test 20]
    #[arg(long, value_parser = clap::value_parser!(u32).range(20..))]
    buckets: Option<u32>,
    /// Stores nothing; otherwise each Bucket is stored, and deleted outside of the time that is measured.
    #[arg(long)]
    dry_run: bool,
    /// The file and the exit code.
    #[command(flatten)]
    outcome: Outcome,
}

fn main() -> ExitCode {
    let args = Args::parse();
    exit("latency", run(&args))
}

/// Measures, prints, and says whether the budget holds where that is asked for.
fn run(args: &Args) -> Result<bool, Fault> {
    if rustls::crypto::aws_lc_rs::default_provider().install_default().is_err() {
        return Err("a TLS provider was installed before; this is a bug".into());
    }
    Builder::new_multi_thread().enable_all().build()?.block_on(measure(args))
}

async fn measure(args: &Args) -> Result<bool, Fault> {
    let count = args.buckets.unwrap_or(if args.outcome.bench { 1000 } else { 20 });
    let ground = Ground::start().await?;
    let (mut rows, mut figures, mut holds) = (Vec::new(), Vec::new(), true);
    let kinds: [(&str, Make); 2] = [("bare", |name| Ok(buckets::bare(name))), ("eight sections", |name| Ok(buckets::full(name)?))];
    for (kind, make) in kinds {
        let mut lanes = Vec::new();
        for (place, namespace) in ground.namespaces() {
            lanes.push(Lane::new(place, ground.buckets(namespace).await?, args.dry_run)?);
        }
        for turn in 0..=TURNS {
            for lane in &mut lanes {
                lane.go(make, count / TURNS, turn).await?;
            }
        }
        rows.extend(lanes.iter().map(|lane| row(kind, lane, &lanes[0])));
        figures.extend(lanes.iter().map(|lane| lane.json(kind)));
        let within = |lane: &Lane| BUDGET.iter().all(|(percentile, most)| lane.times(*percentile, &lanes[0]) <= *most);
        holds &= lanes.iter().all(within);
    }
    let how = if args.dry_run { "dry runs" } else { "stored, and deleted outside of the time" };
    println!("{count} Buckets of each kind in each lane, one after the other; {how}\n");
    println!("{}", table(&HEADING, &rows));
    if cfg!(debug_assertions) {
        println!("Unoptimised: cargo bench has better figures.");
        holds = true;
    } else {
        let [(_, middle), (_, slowest)] = BUDGET;
        println!("budget: at most {middle} times in the middle and {slowest} times at p99: {}", if holds { "OK" } else { "over" });
    }
    Ok(args.outcome.of(&json!({ "buckets": count, "lanes": figures }), holds)?)
}
