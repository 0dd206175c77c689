//! The command line of the demo.

use clap::Parser;

/// Shows Cooper at work on this machine: a real Kubernetes control plane, an S3, the webhook and the controller.
#[derive(Debug, Clone, Parser)]
#[command(name = "demo", version)]
pub struct Args {
    /// Stay up after the story and print how to reach everything, until Ctrl-C.
    #[arg(long)]
    pub keep: bool,

    /// Use the S3 at this address, for example a MiniStack or MinIO, instead of the model that comes with the tests. Its keys are taken
    /// from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (test, if they are not set).
    #[arg(long, value_name = "URL", conflicts_with = "aws")]
    pub s3_endpoint: Option<String>,

    /// Use AWS itself, with AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN from the environment. Makes and deletes one
    /// empty bucket.
    #[arg(long)]
    pub aws: bool,
}
