//! `cargo bench -p tests --bench fleet -- --help`: a controller with many Buckets, its calls, its times and its memory.

use std::process::ExitCode;

use tests::bench::fleet::{self, Args};
use tests::bench::outcome::exit;

#[tokio::main]
async fn main() -> ExitCode {
    exit("fleet", fleet::run(&Args::read()).await)
}
