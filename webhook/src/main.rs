//! The admission webhook of Buckets, as a process.

use std::process::ExitCode;

use webhook::run;

#[tokio::main]
async fn main() -> ExitCode {
    if rustls::crypto::aws_lc_rs::default_provider().install_default().is_err() {
        eprintln!("cooper-webhook: another TLS provider was installed before; this is a bug in the build");
        return ExitCode::FAILURE;
    }
    match run::run(clap::Parser::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            run::complain(&error);
            ExitCode::FAILURE
        }
    }
}
