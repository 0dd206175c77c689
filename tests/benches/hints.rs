//! `cargo bench -p tests --bench hints -- --help`: how long it takes from a hint to S3's first answer.

use std::process::ExitCode;

use tests::bench::hints::{self, Args};

#[tokio::main]
async fn main() -> ExitCode {
    match hints::run(&Args::read()).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(fault) => {
            eprintln!("hints: {fault}");
            ExitCode::FAILURE
        }
    }
}
