//! `cargo bench -p tests --bench scale -- --help`: the controller with very many Buckets, and with an S3 that refuses.

use std::process::ExitCode;

use tests::bench::outcome::exit;
use tests::bench::scale::{self, Args};

#[tokio::main]
async fn main() -> ExitCode {
    exit("scale", scale::run(&Args::read()).await)
}
