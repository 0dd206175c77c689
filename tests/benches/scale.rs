//! `cargo bench -p tests --bench scale -- --help`: the controller with very many Buckets, and with an S3 that refuses.

use std::process::ExitCode;

use tests::bench::scale::{self, Args};

#[tokio::main]
async fn main() -> ExitCode {
    match scale::run(&Args::read()).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(fault) => {
            eprintln!("scale: {fault}");
            ExitCode::FAILURE
        }
    }
}
