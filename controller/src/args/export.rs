//! `cooper-controller export`: manifests of buckets that are there.

use std::path::PathBuf;

use clap::Args;
use shared::resource_tags;

use super::aws::AwsArgs;

/// Which buckets are exported, and where to.
#[derive(Clone, Debug, Args)]
pub struct ExportArgs {
    /// Names of buckets. Without any, all buckets of the account are listed, which takes s3:ListAllMyBuckets.
    #[arg(value_name = "NAME")]
    pub names: Vec<String>,
    /// Only buckets in this region. May be repeated.
    #[arg(long, value_name = "REGION", value_delimiter = ',', conflicts_with = "names")]
    pub region: Vec<String>,
    /// Only buckets whose name fits this pattern, in which * stands for any characters. May be repeated.
    #[arg(long = "match", value_name = "GLOB", value_delimiter = ',', conflicts_with = "names")]
    pub globs: Vec<String>,
    /// The namespace that is written into the manifests; none, so that kubectl decides, if it is not given.
    #[arg(short = 'n', long, value_name = "NAMESPACE")]
    pub namespace: Option<String>,
    /// A folder for one file per bucket; without it all go to standard output, one document after the other.
    #[arg(short = 'o', long, value_name = "FOLDER")]
    pub output: Option<PathBuf>,
    /// How AWS is reached. Manifests of buckets in --aws-region do not name their region: give the same as the controller's.
    #[command(flatten)]
    pub aws: AwsArgs,
    /// The tags that the controller adds to every bucket; the same as its own. They stay out of the manifests, and annotation
    /// ignore-field-drift keeps the controller from adding them; with an empty value it is left out, and it does add its own.
    #[arg(long, value_name = "KEY=VALUE", value_delimiter = ',', default_values = resource_tags::DEFAULT)]
    pub resource_tags: Vec<String>,
    /// How many buckets are read at the same time.
    #[arg(long, value_name = "NUMBER", default_value_t = super::BUCKETS_AT_ONCE, value_parser = super::buckets_at_once())]
    pub concurrency: u16,
}
