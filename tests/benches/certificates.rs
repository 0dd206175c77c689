//! `cargo bench -p tests --bench certificates -- --help`: writes that go on while certificates, CAs and replicas of the webhook change.

use std::process::ExitCode;

use tests::bench::certificates::{self, Args};
use tests::bench::outcome::exit;

#[tokio::main]
async fn main() -> ExitCode {
    exit("certificates", certificates::run(&Args::read()).await)
}
