//! `cargo bench -p tests --bench idle -- --help`: sweeps that find nothing, for an hour, and a scrape of very many Buckets.

use std::process::ExitCode;

use tests::bench::idle::{self, Args};
use tests::bench::outcome::exit;

#[tokio::main]
async fn main() -> ExitCode {
    exit("idle", idle::run(&Args::read()).await)
}
