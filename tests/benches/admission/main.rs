//! `cargo bench -p tests --bench admission -- --help`: what `/validate` costs, beside a handler that reads the review and allows.
//!
//! Both handlers run in this process, in turns, so that whatever else the machine does strikes both alike.

mod figures;
mod handlers;
mod in_process;
mod over_tls;
mod reviews;

use std::error::Error;
use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use tests::bench::table::table;

use crate::figures::{Comparison, HEADING, micros};

/// What goes wrong is only told.
type Fault = Box<dyn Error + Send + Sync>;

/// The 99th percentile of the handler may be 2 ms.
const BUDGET_MICROS: f64 = 2000.0;

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
    /// A file for the figures, as JSON.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Ends with exit code 1 if the budget does not hold.
    #[arg(long)]
    check: bool,
    /// Cargo gives it to benches; without it, few requests are enough.
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() -> ExitCode {
    let mut args = Args::parse();
    if !args.bench {
        args.requests = args.requests.min(200);
    }
    match run(&args) {
        Ok(holds) if holds || !args.check => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(fault) => {
            eprintln!("admission: {fault}");
            ExitCode::FAILURE
        }
    }
}

/// Measures, prints, and says whether the budget holds.
fn run(args: &Args) -> Result<bool, Fault> {
    if rustls::crypto::aws_lc_rs::default_provider().install_default().is_err() {
        return Err("a TLS provider was installed before; this is a bug".into());
    }
    let mut all: Vec<Comparison> = Vec::new();
    let reviews = reviews::all()?;
    for review in &reviews {
        all.push(in_process::compare(review, args.requests)?);
    }
    for review in &reviews {
        all.push(over_tls::compare(review, args.requests, args.connections)?);
    }

    println!(
        "{} reviews of each kind; a cell is /validate, then how many times a handler's that reads the review and allows\n",
        args.requests
    );
    println!("{}", table(&HEADING, &all.iter().map(Comparison::row).collect::<Vec<_>>()));
    if let Some(path) = &args.json {
        let report: Vec<_> = all.iter().map(Comparison::json).collect();
        fs::write(path, format!("{:#}\n", serde_json::Value::from(report)))?;
    }
    if cfg!(debug_assertions) {
        println!("This is a debug build: run cargo bench for figures that mean something.");
        return Ok(true);
    }
    let slowest = all.iter().filter(|one| one.in_process).map(|one| micros(one.ours.percentile(99.0))).fold(0.0, f64::max);
    let holds = slowest <= BUDGET_MICROS;
    println!("budget: p99 in the handler {slowest:.0} µs, at most {BUDGET_MICROS:.0} µs: {}", if holds { "OK" } else { "over" });
    Ok(holds)
}
