//! The S3 model as a program: prints where it listens and serves until it is told to stop.

use anyhow::{Context, Result};
use clap::Parser;
use tests::s3::{Args, S3Model};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let args = Args::parse();
    let port = args.port;
    let model = S3Model::start(args.into()).with_context(|| format!("the S3 model cannot listen on 127.0.0.1:{port}"))?;
    println!("S3 and STS at {}; journal, faults and state at {}/_model/", model.endpoint(), model.endpoint());
    for (name, value) in model.environment("111111111111", "us-east-1") {
        println!("export {name}={value}");
    }
    tokio::signal::ctrl_c().await.context("cannot wait for the end")
}
