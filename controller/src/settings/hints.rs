//! Who tells the controller of changes, as the flags say.

use http::Uri;
use shared::region;

use super::aws::url;
use super::reconcile::per_second;
use super::{SettingsError, problem};
use crate::args::hints::HintsArgs;

const FLAG: &str = "hint-queue-url";

/// Who tells the controller of changes.
#[derive(Clone, Debug, PartialEq)]
pub struct HintsSettings {
    /// The queue that is asked; nobody tells, if absent.
    pub queue: Option<QueueAddress>,
    /// How many checks a second hints may lead to; as many as there are hints, if absent.
    pub per_second: Option<f64>,
}

/// Where a queue is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueueAddress {
    /// Its URL, as SQS names it.
    pub url: String,
    /// Scheme and host of the URL: where SQS is asked, also in a VPC or a test.
    pub endpoint: String,
    /// The region that the host names, if it names one.
    pub region: Option<String>,
}

impl HintsSettings {
    /// Reads the flags. `unsafe_allowed`: whether the URL may be one without encryption.
    ///
    /// # Errors
    /// A flag's value cannot be used.
    pub fn of(args: &HintsArgs, unsafe_allowed: bool) -> Result<Self, SettingsError> {
        let queue = url(FLAG, &args.hint_queue_url, unsafe_allowed)?.map(|url| address(&url)).transpose()?;
        Ok(Self { queue, per_second: per_second("hints-per-second", args.hints_per_second)? })
    }
}

fn address(text: &str) -> Result<QueueAddress, SettingsError> {
    let wrong = || {
        problem(FLAG, format!("{text:?} is no URL of a queue; write one such as https://sqs.eu-west-1.amazonaws.com/123456789012/hints"))
    };
    let uri: Uri = text.parse().map_err(|_| wrong())?;
    let (Some(scheme), Some(authority), None) = (uri.scheme_str(), uri.authority(), uri.query()) else { return Err(wrong()) };
    // The account and the queue's name.
    let parts = uri.path().split('/').filter(|part| !part.is_empty()).count();
    if parts < 2 || authority.as_str().contains('@') {
        return Err(wrong());
    }
    // Such as sqs.eu-west-1.amazonaws.com, eu-west-1.queue.amazonaws.com, vpce-1-2.sqs.eu-west-1.vpce.amazonaws.com.
    // Source: AWS General Reference, "Amazon SQS endpoints and quotas".
    let region = authority.host().split('.').find(|label| region::is_known(label)).map(str::to_owned);
    Ok(QueueAddress { url: text.to_owned(), endpoint: format!("{scheme}://{authority}"), region })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(url: &str, per_second: f64) -> Result<HintsSettings, SettingsError> {
        HintsSettings::of(&HintsArgs { hint_queue_url: url.to_owned(), hints_per_second: per_second }, url.starts_with("http://127"))
    }

    #[test]
    fn the_url_says_where_the_queue_is() {
        let found = |url: &str| of(url, 20.0).unwrap().queue.map(|queue| (queue.endpoint, queue.region.unwrap_or_default()));
        let of = |endpoint: &str, region: &str| Some((endpoint.to_owned(), region.to_owned()));
        assert_eq!(found(""), None);
        let own = "https://sqs.eu-west-1.amazonaws.com";
        assert_eq!(found(&format!("{own}/123456789012/hints")), of(own, "eu-west-1"));
        let china = "https://sqs.cn-north-1.amazonaws.com.cn";
        assert_eq!(found(&format!("{china}/123456789012/hints")), of(china, "cn-north-1"));
        let private = "https://vpce-0a-1b.sqs.us-east-1.vpce.amazonaws.com";
        assert_eq!(found(&format!("{private}/123456789012/hints")), of(private, "us-east-1"));
        assert_eq!(found("http://127.0.0.1:4566/000000000000/hints"), of("http://127.0.0.1:4566", ""));
    }

    #[test]
    fn what_is_no_queue_is_refused() {
        for url in [
            "hints",
            "https://sqs.eu-west-1.amazonaws.com",
            "https://sqs.eu-west-1.amazonaws.com/hints",
            "https://a:b@sqs.eu-west-1.amazonaws.com/123456789012/hints",
            "https://sqs.eu-west-1.amazonaws.com/123456789012/hints?x=y",
            "http://sqs.eu-west-1.amazonaws.com/123456789012/hints",
            "arn:aws:sqs:eu-west-1:123456789012:hints",
        ] {
            let error = of(url, 20.0).unwrap_err();
            assert!(error.flag == FLAG && error.to_string().contains(';'), "{url}: {error}");
        }
        assert_eq!(of("", -1.0).unwrap_err().flag, "hints-per-second");
        assert_eq!(of("", 0.0).unwrap().per_second, None);
    }
}
