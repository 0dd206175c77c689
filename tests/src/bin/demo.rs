//! `cargo demo`: shows Cooper at work on this machine. See `cargo demo --help`.

use std::process::ExitCode;

use clap::Parser;
use tests::demo::{Args, run};

#[tokio::main]
async fn main() -> ExitCode {
    run(Args::parse()).await
}
