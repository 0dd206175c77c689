//! `cooper-controller plan`: what a reconcile would change.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use shared::resource_tags;

use super::aws::AwsArgs;

/// What is planned, and how it is told.
#[derive(Clone, Debug, Args)]
pub struct PlanArgs {
    /// Files of YAML or JSON, folders with all such files in them, or - for standard input. May be repeated. Namespaces among them give
    /// region and role to their Buckets.
    #[arg(short = 'f', long = "filename", required = true, num_args = 1.., value_name = "FILE")]
    pub filename: Vec<PathBuf>,
    /// The namespace of Buckets that name none.
    #[arg(short = 'n', long, default_value = "default")]
    pub namespace: String,
    /// How the plans are written.
    #[arg(short = 'o', long, value_enum, default_value_t)]
    pub output: Format,
    /// Ask the API server what the files do not say: annotations of namespaces, which buckets are Buckets' own, Roles that are referred
    /// to. The cluster is found as kubectl finds it.
    #[arg(long)]
    pub cluster: bool,
    /// The same as --aws-region.
    #[arg(long, value_name = "REGION")]
    pub region: Option<String>,
    /// How AWS is reached; the same as the controller's.
    #[command(flatten)]
    pub aws: AwsArgs,
    /// Tags that every bucket gets; the same as the controller's.
    #[arg(long, value_name = "KEY=VALUE", value_delimiter = ',', default_values = resource_tags::DEFAULT)]
    pub resource_tags: Vec<String>,
    /// What becomes of the sections that a spec leaves out, reset or ignore; the same as the controller's.
    #[arg(long, value_name = "WORD", default_value = "reset")]
    pub unset_fields: String,
    /// How many buckets are read at the same time.
    #[arg(long, value_name = "NUMBER", default_value_t = super::BUCKETS_AT_ONCE, value_parser = super::buckets_at_once())]
    pub concurrency: u16,
}

/// How plans are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// A block of lines for each Bucket, and a last line with the counts.
    #[default]
    Text,
    /// One object: buckets[], summary.
    Json,
}
