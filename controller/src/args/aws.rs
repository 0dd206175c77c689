//! How AWS is reached.

use clap::{ArgAction, Args};

/// How AWS is reached.
#[derive(Clone, Debug, Args)]
pub struct AwsArgs {
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
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true", default_value_t = false, value_parser = super::go_bool, action = ArgAction::Set)]
    pub allow_unsafe_aws_endpoint_urls: bool,
    /// Put the bucket's name into the path of the URL instead of its host.
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true", default_value_t = false, value_parser = super::go_bool, action = ArgAction::Set)]
    pub aws_endpoint_use_path_style: bool,
    /// Longest time of one request to AWS, such as 60s; 0 for none.
    #[arg(long, value_name = "DURATION", default_value = "60s")]
    pub http_client_timeout: String,
}
