//! `cargo bench -p tests --bench hints -- --help`: how long it takes from a hint to S3's first answer.

use std::process::ExitCode;

use tests::bench::hints::{self, Args};
use tests::bench::outcome::exit;

#[tokio::main]
async fn main() -> ExitCode {
    exit("hints", hints::run(&Args::read()).await)
}
