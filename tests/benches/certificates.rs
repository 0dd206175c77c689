//! `cargo bench -p tests --bench certificates -- --help`: writes that go on while certificates, CAs and replicas of the webhook change.

use std::process::ExitCode;

use tests::bench::certificates::{self, Args};

#[tokio::main]
async fn main() -> ExitCode {
    match certificates::run(&Args::read()).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(fault) => {
            eprintln!("certificates: {fault}");
            ExitCode::FAILURE
        }
    }
}
