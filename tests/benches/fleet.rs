//! `cargo bench -p tests --bench fleet -- --help`: a controller with many Buckets, its calls, its times and its memory.

use std::process::ExitCode;

use tests::bench::fleet::{self, Args};

#[tokio::main]
async fn main() -> ExitCode {
    match fleet::run(&Args::read()).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(fault) => {
            eprintln!("fleet: {fault}");
            ExitCode::FAILURE
        }
    }
}
