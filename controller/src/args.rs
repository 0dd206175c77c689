//! The command line as it is typed. Names, defaults and environment are those of the ACK S3 controller wherever it has the same.

use std::path::PathBuf;

use clap::{ArgAction, Parser, Subcommand};
use shared::resource_tags;

/// Keeps S3 buckets as Buckets say.
#[derive(Debug, Parser)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
#[command(name = "cooper-controller", version, about, args_conflicts_with_subcommands = true)]
pub struct Args {
    /// Something else than running the controller.
    #[command(subcommand)]
    pub command: Option<Command>,

    /// Region of Buckets that name none, in namespaces that name none. Required.
    #[arg(long, env = "AWS_REGION", value_name = "REGION")]
    pub aws_region: Option<String>,
    /// S3 endpoint instead of AWS's own; STS goes there as well unless --aws-identity-endpoint-url is given. Where the flag is not
    /// given, the AWS SDK reads AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_S3 and AWS_ENDPOINT_URL_STS.
    #[arg(long, value_name = "URL", default_value = "", hide_default_value = true)]
    pub aws_endpoint_url: String,
    /// STS endpoint instead of AWS's own.
    #[arg(long, value_name = "URL", default_value = "", hide_default_value = true)]
    pub aws_identity_endpoint_url: String,
    /// Accept endpoint URLs that are not https.
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true", default_value_t = false, action = ArgAction::Set)]
    pub allow_unsafe_aws_endpoint_urls: bool,
    /// Put the bucket's name into the path of the URL instead of its host.
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true", default_value_t = false, action = ArgAction::Set)]
    pub aws_endpoint_use_path_style: bool,
    /// Longest time of one request to AWS, such as 60s; 0 for none.
    #[arg(long, value_name = "DURATION", default_value = "60s")]
    pub http_client_timeout: String,

    /// Where /metrics is served.
    #[arg(long, value_name = "ADDRESS", default_value = "0.0.0.0:8080")]
    pub metrics_addr: String,
    /// Where /healthz, /livez and /readyz are served.
    #[arg(long, value_name = "ADDRESS", default_value = "0.0.0.0:8081")]
    pub healthz_addr: String,
    /// debug, info, warn or error; or directives such as info,kube=debug.
    #[arg(long, value_name = "LEVEL", default_value = "info")]
    pub log_level: String,
    /// Logs as text for people, from level debug on, instead of JSON.
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true", default_value_t = false, action = ArgAction::Set)]
    pub enable_development_logging: bool,

    /// Tags that every bucket gets, key=value with placeholders such as %K8S_NAMESPACE%; an empty value for none.
    #[arg(long, value_name = "KEY=VALUE", value_delimiter = ',', default_values = resource_tags::DEFAULT)]
    pub resource_tags: Vec<String>,
    /// Namespaces whose Buckets are looked after; all, if empty.
    #[arg(long, value_name = "NAMESPACE", value_delimiter = ',')]
    pub watch_namespace: Vec<String>,
    /// Label selector of the Buckets that are looked after; all, if empty.
    #[arg(long, value_name = "SELECTOR", default_value = "", hide_default_value = true)]
    pub watch_selectors: String,
    /// What happens to the S3 bucket of a deleted Bucket where neither the Bucket nor its namespace says: delete or retain.
    #[arg(long, value_name = "POLICY", default_value = "delete")]
    pub deletion_policy: String,
    /// What becomes of the sections that a spec leaves out, where the Bucket's annotation does not say and it was not adopted: reset
    /// (to what S3 gives a new bucket) or ignore (shown, never written).
    #[arg(long, value_name = "WORD", default_value = "reset")]
    pub unset_fields: String,

    /// Whether a Bucket may refer to a Role of another namespace.
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true", default_value_t = true, action = ArgAction::Set)]
    pub enable_cross_namespace: bool,

    /// Seconds between two checks of a bucket for drift; 0 for 36000 (10 h).
    #[arg(long, value_name = "SECONDS", default_value_t = 0)]
    pub reconcile_default_resync_seconds: u64,
    /// The same for one kind, as Bucket=SECONDS; wins over the default.
    #[arg(long, value_name = "KIND=SECONDS", value_delimiter = ',')]
    pub reconcile_resource_resync_seconds: Vec<String>,
    /// How many Buckets are worked on at the same time.
    #[arg(long, value_name = "NUMBER", default_value_t = 10)]
    pub reconcile_default_max_concurrent_syncs: u16,
    /// The same for one kind, as Bucket=NUMBER; wins over the default.
    #[arg(long, value_name = "KIND=NUMBER", value_delimiter = ',')]
    pub reconcile_resource_max_concurrent_syncs: Vec<String>,
}

/// Something else than running the controller.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Writes the CustomResourceDefinitions as YAML files.
    Crds {
        /// The folder to write to.
        #[arg(long, value_name = "FOLDER")]
        dir: PathBuf,
    },
    /// Writes the table of sub-configurations into the README.
    Docs {
        /// The README, which marks the place of the table.
        #[arg(long, value_name = "FILE")]
        readme: PathBuf,
    },
    /// Prints the least IAM policy that the controller needs for the buckets of one account.
    IamPolicy {
        /// What the names of the buckets start with; all buckets, if empty.
        #[arg(long, value_name = "PREFIX", default_value = "", hide_default_value = true)]
        bucket_prefix: String,
        /// The partition of the account, such as aws-cn.
        #[arg(long, value_name = "PARTITION", default_value = "aws")]
        partition: String,
        /// Only what reads.
        #[arg(long)]
        read_only: bool,
    },
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        Args::command().debug_assert();
    }

    #[test]
    fn booleans_are_taken_as_go_takes_them() {
        let of = |args: &[&str]| Args::try_parse_from([&["x"], args].concat()).unwrap().aws_endpoint_use_path_style;
        assert!(!of(&[]));
        assert!(of(&["--aws-endpoint-use-path-style"]));
        assert!(of(&["--aws-endpoint-use-path-style=true"]));
        assert!(!of(&["--aws-endpoint-use-path-style=false"]));
    }
}
