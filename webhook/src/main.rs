//! The admission webhook of Buckets, as a process.

use std::process::ExitCode;

use webhook::args::{Cli, Command};
use webhook::{baseline, check, run};

#[tokio::main]
async fn main() -> ExitCode {
    if rustls::crypto::aws_lc_rs::default_provider().install_default().is_err() {
        eprintln!("cooper-webhook: another TLS provider was installed before; this is a bug in the build");
        return ExitCode::FAILURE;
    }
    let cli: Cli = clap::Parser::parse();
    match cli.command {
        Some(Command::Check(args)) => check::run(&args).unwrap_or_else(|error| check::complain(&error)),
        Some(Command::Baseline) => baseline::print(),
        None => run::run(cli.serve).await.map_or_else(|error| run::complain(&error), |()| ExitCode::SUCCESS),
    }
}
