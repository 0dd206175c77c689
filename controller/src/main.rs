//! `cooper-controller`.

use std::process::ExitCode;

#[tokio::main(worker_threads = 2)] // enough for 400 new Buckets a second; more of them only take memory on large nodes
async fn main() -> ExitCode {
    if rustls::crypto::aws_lc_rs::default_provider().install_default().is_err() {
        eprintln!("cooper-controller: a TLS provider was installed before the first line of main; this is a bug");
        return ExitCode::FAILURE;
    }
    match controller::run(controller::args::Args::of_command_line()).await {
        Ok(code) => code,
        Err(error) => {
            eprintln!("cooper-controller: {}", shared::telemetry::Chain(&*error));
            ExitCode::FAILURE
        }
    }
}
