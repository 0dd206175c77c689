//! `cargo bench -p tests --bench admission -- --help`: what `/validate` costs, beside a handler that reads the review and allows, and
//! what twenty guardrails add to it.
//!
//! All handlers run in this process, in turns, so that whatever else the machine does strikes all alike.

mod figures;
mod guardrails;
mod handlers;
mod in_process;
mod over_tls;
mod reviews;

use std::error::Error;
use std::process::ExitCode;

use clap::Parser;
use tests::bench::outcome::{Outcome, exit};
use tests::bench::table::table;

use crate::figures::{Comparison, HEADING, micros};
use crate::handlers::NAMES;

/// What goes wrong is only told.
type Fault = Box<dyn Error + Send + Sync>;

/// The 99th percentile of the handler may be 2 ms.
const SLOWEST_MICROS: f64 = 2000.0;
/// What of the throughput of a handler that reads and allows has to be left.
const THROUGHPUT: f64 = 0.8;
/// How many times as long an answer may take with the guardrails.
const GUARDED: f64 = 2.0;

/// Measures the handler of `/validate`.
#[derive(Debug, Parser)]
#[command(name = "admission")]
struct Args {
    /// How many reviews of each kind, for each handler.
    #[arg(long, default_value_t = 20_000, value_parser = clap::value_parser!(u32).range(20..))]
    requests: u32,
    /// How many TLS connections at once.
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u32).range(1..=256))]
    connections: u32,
    /// Only the reviews whose name contains this, such as for a profile.
    #[arg(long, value_name = "TEXT", default_value = "")]
    only: String,
    /// The file and the exit code.
    #[command(flatten)]
    outcome: Outcome,
}

fn main() -> ExitCode {
    let mut args = Args::parse();
    if !args.outcome.bench {
        args.requests = args.requests.min(200);
    }
    exit("admission", run(&args))
}

/// Measures, prints, and says whether the budget holds where that is asked for.
fn run(args: &Args) -> Result<bool, Fault> {
    if rustls::crypto::aws_lc_rs::default_provider().install_default().is_err() {
        return Err("a TLS provider was installed before; this is a bug".into());
    }
    let mut all: Vec<Comparison> = Vec::new();
    let mut reviews = reviews::all()?;
    reviews.retain(|review| review.name.contains(&args.only));
    for review in &reviews {
        all.push(in_process::compare(review, args.requests)?);
    }
    for review in &reviews {
        all.push(over_tls::compare(review, args.requests, args.connections)?);
    }

    println!("{} reviews of each kind; the parts of a cell: {}", args.requests, NAMES.join(" / "));
    println!("throughput: {} as a part of {}; guarded: the time of {} as a multiple of {}\n", NAMES[1], NAMES[0], NAMES[2], NAMES[1]);
    println!("{}", table(&HEADING, &all.iter().map(Comparison::row).collect::<Vec<_>>()));
    let report = all.iter().map(Comparison::json).collect();
    if cfg!(debug_assertions) {
        println!("This is a debug build: run cargo bench for figures that mean something.");
    }
    Ok(args.outcome.of(&report, cfg!(debug_assertions) || holds(&all))?)
}

/// Whether the handler keeps to the budget; says so. Times are those without a network, of all reviews; throughput is that of the server, over
/// TLS. The ratios are those of reviews that people write and both handlers allow.
fn holds(all: &[Comparison]) -> bool {
    let slowest = all.iter().filter(|one| one.in_process).map(|one| micros(one.slowest())).fold(0.0, f64::max);
    let alike =
        |ratio: usize, in_process: bool| all.iter().filter(move |one| one.usual && one.in_process == in_process && one.is_alike()[ratio]);
    let throughput = alike(0, false).map(Comparison::throughput).fold(f64::INFINITY, f64::min);
    let guarded = alike(1, true).map(Comparison::guarded).fold(0.0, f64::max);
    let parts = [
        (slowest <= SLOWEST_MICROS, format!("the slowest p99 is {slowest:.0} µs, at most {SLOWEST_MICROS:.0} µs")),
        (throughput >= THROUGHPUT, format!("the least throughput is {throughput:.2} times that of {}, at least {THROUGHPUT}", NAMES[0])),
        (guarded <= GUARDED, format!("with the guardrails it takes at most {guarded:.2} times as long, at most {GUARDED}")),
    ];
    for (holds, text) in &parts {
        println!("budget: {text}: {}", if *holds { "OK" } else { "over" });
    }
    parts.iter().all(|(holds, _)| *holds)
}
