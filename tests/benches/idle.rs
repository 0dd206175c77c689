//! `cargo bench -p tests --bench idle -- --help`: sweeps that find nothing, for an hour, and a scrape of very many Buckets.

use std::process::ExitCode;

use tests::bench::idle::{self, Args};

#[tokio::main]
async fn main() -> ExitCode {
    match idle::run(&Args::read()).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(fault) => {
            eprintln!("idle: {fault}");
            ExitCode::FAILURE
        }
    }
}
