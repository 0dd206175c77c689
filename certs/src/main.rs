//! `cooper-certs`: see `cooper-certs --help`.
use std::process::ExitCode;

use certs::{args::Args, command};
use clap::Parser;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    if rustls::crypto::aws_lc_rs::default_provider().install_default().is_err() {
        eprintln!("cooper-certs: another TLS provider was installed first; this is a fault of the build");
        return ExitCode::FAILURE;
    }
    match command::run(Args::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("cooper-certs: {}", error.chain());
            ExitCode::from(error.exit_code())
        }
    }
}
