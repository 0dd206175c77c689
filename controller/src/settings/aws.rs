//! How AWS is reached, as the flags say.

use std::time::Duration;

use super::{LONGEST, SettingsError, problem};
use crate::args::aws::AwsArgs;

/// How AWS is reached.
#[derive(Clone, Debug)]
pub struct AwsSettings {
    /// The region of Buckets that name none, in namespaces that name none.
    pub region: String,
    /// The S3 endpoint, where it is not AWS's own.
    pub endpoint: Option<String>,
    /// The STS endpoint, where it is not AWS's own.
    pub identity_endpoint: Option<String>,
    /// Whether an endpoint may be one without encryption.
    pub unsafe_endpoints: bool,
    /// Whether the bucket's name stands in the path.
    pub path_style: bool,
    /// The longest time of one request.
    pub timeout: Option<Duration>,
}

impl AwsSettings {
    /// Reads the flags.
    ///
    /// # Errors
    /// A flag's value cannot be used.
    pub fn of(args: AwsArgs) -> Result<Self, SettingsError> {
        let region = args.aws_region.map(|region| region.trim().to_owned()).filter(|region| !region.is_empty());
        let region = region.ok_or_else(|| problem("aws-region", "no region; give one, such as eu-west-1, or set AWS_REGION".to_owned()))?;
        let unsafe_allowed = args.allow_unsafe_aws_endpoint_urls;
        let endpoint = url("aws-endpoint-url", &args.aws_endpoint_url, unsafe_allowed)?;
        let identity = url("aws-identity-endpoint-url", &args.aws_identity_endpoint_url, unsafe_allowed)?;
        Ok(Self {
            region,
            identity_endpoint: identity.or_else(|| endpoint.clone()),
            endpoint,
            unsafe_endpoints: unsafe_allowed,
            path_style: args.aws_endpoint_use_path_style,
            timeout: timeout(&args.http_client_timeout)?,
        })
    }
}

/// A URL, or none where the text is empty.
pub(super) fn url(flag: &'static str, text: &str, unsafe_allowed: bool) -> Result<Option<String>, SettingsError> {
    let text = text.trim();
    match text.split_once("://") {
        None if text.is_empty() => Ok(None),
        Some(("https", rest)) if !rest.is_empty() => Ok(Some(text.to_owned())),
        Some(("http", rest)) if !rest.is_empty() && unsafe_allowed => Ok(Some(text.to_owned())),
        Some(("http", _)) => {
            Err(problem(flag, format!("{text:?} is not https; use https, or allow it with --allow-unsafe-aws-endpoint-urls")))
        }
        _ => Err(problem(flag, format!("{text:?} is no URL; write one such as https://s3.example.com"))),
    }
}

/// A duration as Go writes it. 0 means none.
fn timeout(text: &str) -> Result<Option<Duration>, SettingsError> {
    let wrong = || problem("http-client-timeout", format!("{text:?} is no duration; write one such as 60s or 1m30s, or 0 for none"));
    if text.trim() == "0" {
        return Ok(None);
    }
    let duration: jiff::SignedDuration = text.trim().parse().map_err(|_| wrong())?;
    let duration = Duration::try_from(duration).map_err(|_| wrong())?;
    if duration > LONGEST {
        return Err(problem("http-client-timeout", format!("{text:?} is out of range; write ten years at most, or 0 for none")));
    }
    Ok(Some(duration).filter(|duration| !duration.is_zero()))
}
