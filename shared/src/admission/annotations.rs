//! Rules about annotations that say where S3 is, and about those that nobody knows.

use std::net::IpAddr;

use super::finding::{Findings, Path, Reason};
use super::{Facts, quote};
use crate::unset::UnsetFields;
use crate::{annotation, similar};

pub(super) fn findings(facts: &Facts<'_>, to: &mut Findings) {
    endpoint_url_syntax(facts, to);
    endpoint_url_plaintext(facts, to);
    ack_annotation_unknown(facts, to);
    unset_fields_enum(facts, to);
}

fn endpoint_url_syntax(facts: &Facts<'_>, to: &mut Findings) {
    let Some(url) = facts.given(annotation::ENDPOINT_URL, annotation::ENDPOINT_URL) else { return };
    if Endpoint::parse(url.value).is_none() {
        let message = format!(
            "{} endpoint-url is {}; use a URL of scheme and host only, such as https://s3.example.com",
            url.whose(),
            quote(url.value)
        );
        to.deny("endpoint-url-syntax", Reason::Invalid, url, message);
    }
}

fn endpoint_url_plaintext(facts: &Facts<'_>, to: &mut Findings) {
    let Some(url) = facts.given(annotation::ENDPOINT_URL, annotation::ENDPOINT_URL) else { return };
    let Some(endpoint) = Endpoint::parse(url.value) else { return };
    if !endpoint.is_tls && !endpoint.is_near() {
        let message = format!("{} endpoint-url {} is not encrypted; use https", url.whose(), quote(url.value));
        to.warn("endpoint-url-plaintext", Reason::Invalid, url, message);
    }
}

fn ack_annotation_unknown(facts: &Facts<'_>, to: &mut Findings) {
    let (metadata, all) = (Path::root("metadata"), crate::bucket::annotations(&facts.bucket().metadata));
    let at = metadata.member("annotations");
    for key in all.keys().filter(|key| annotation::is_ours(key) && !annotation::KNOWN.contains(&key.as_str())) {
        let hint = similar::did_you_mean(key, annotation::KNOWN.iter().copied());
        let message = format!("annotation {} is not known and does nothing.{hint}", quote(key));
        to.warn("ack-annotation-unknown", Reason::NotSupported, at.key(key), message);
    }
}

/// The controller would leave the sections alone, which may not be what was meant.
fn unset_fields_enum(facts: &Facts<'_>, to: &mut Findings) {
    let Some(word) = facts.bucket().annotation(annotation::UNSET_FIELDS).filter(|word| UnsetFields::parse(word).is_none()) else { return };
    let hint = similar::did_you_mean(&word.trim().to_lowercase(), UnsetFields::WORDS);
    let message = format!("unset-fields is {}; use {}.{hint}", quote(word), UnsetFields::WORDS.join(" or "));
    let metadata = Path::root("metadata");
    let at = metadata.member("annotations");
    to.deny("unset-fields-enum", Reason::NotSupported, at.key(annotation::UNSET_FIELDS), message);
}

/// How the hosts of AWS end, over all partitions.
const OF_AWS: &[&str] = &[
    ".amazonaws.com",
    ".amazonaws.com.cn",
    ".amazonaws.eu",
    ".api.aws",
    ".api.amazonwebservices.com.cn",
    ".c2s.ic.gov",
    ".sc2s.sgov.gov",
    ".cloud.adc-e.uk",
    ".csp.hci.ic.gov",
];

/// Whether the endpoint is another S3 store's.
pub(super) fn is_other_store(url: &str) -> bool {
    Endpoint::parse(url).is_some_and(|endpoint| !OF_AWS.iter().any(|end| endpoint.host.ends_with(end)))
}

/// An endpoint: `http(s)://host[:port]`, a slash at the end allowed. Source: S3 endpoint rules, "Custom endpoint".
struct Endpoint<'a> {
    is_tls: bool,
    host: &'a str,
}

impl<'a> Endpoint<'a> {
    fn parse(url: &'a str) -> Option<Self> {
        let (scheme, rest) = url.split_once("://")?;
        let is_tls = match scheme {
            "https" => true,
            "http" => false,
            _ => return None,
        };
        let authority = rest.strip_suffix('/').unwrap_or(rest);
        let (host, port) = split_port(authority)?;
        let port_fits = port.is_none_or(|port| port.bytes().all(|b| b.is_ascii_digit()) && port.parse::<u16>().is_ok_and(|port| port > 0));
        (port_fits && is_host(host)).then_some(Self { is_tls, host })
    }

    /// Whether the way to the host leads through no other network than this machine's or the cluster's.
    fn is_near(&self) -> bool {
        let inside = ["localhost"].contains(&self.host)
            || [".localhost", ".svc", ".cluster.local"].iter().any(|suffix| self.host.ends_with(suffix))
            || !self.host.contains(['.', ':']);
        inside || bare(self.host).parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
    }
}

fn split_port(authority: &str) -> Option<(&str, Option<&str>)> {
    if let Some(end) = authority.find(']').filter(|_| authority.starts_with('[')) {
        let (host, rest) = authority.split_at_checked(end + 1)?;
        return if rest.is_empty() { Some((host, None)) } else { Some((host, Some(rest.strip_prefix(':')?))) };
    }
    Some(authority.split_once(':').map_or((authority, None), |(host, port)| (host, Some(port))))
}

fn is_host(host: &str) -> bool {
    let label = |label: &str| {
        let ends = !label.is_empty() && !label.starts_with('-') && !label.ends_with('-');
        ends && label.len() <= 63 && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
    };
    if host.starts_with('[') { bare(host).parse::<IpAddr>().is_ok() } else { host.len() <= 253 && host.split('.').all(label) }
}

/// An IPv6 address without its brackets.
fn bare(host: &str) -> &str {
    host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host)
}

#[cfg(test)]
pub(super) mod cases {
    use super::*;
    use crate::admission::testing::{Case, World, case};

    pub(in crate::admission) fn all() -> Vec<Case> {
        let endpoint = |url: &str| World::new().annotate(annotation::ENDPOINT_URL, url);
        vec![
            case("endpoint-url-syntax", endpoint("s3.local:9000"), endpoint("https://s3.local:9000")),
            case("endpoint-url-plaintext", endpoint("http://s3.corp"), endpoint("https://s3.corp")),
            case(
                "ack-annotation-unknown",
                World::new().annotate("services.k8s.aws/regoin", "eu-west-1"),
                World::new().annotate("example.com/regoin", "eu-west-1").annotate("s3.services.k8s.aws/paused", "true"),
            ),
            case(
                "unset-fields-enum",
                World::new().annotate(annotation::UNSET_FIELDS, "ingore"),
                World::new().annotate(annotation::UNSET_FIELDS, "ignore"),
            ),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::admission::testing::World;

    #[test]
    fn an_endpoint_is_scheme_and_host() {
        for good in ["https://s3.example.com", "http://127.0.0.1:9000/", "https://[::1]:443", "http://minio_1:9000", "https://[::1]"] {
            assert!(Endpoint::parse(good).is_some(), "{good}");
        }
        for bad in [
            "",
            "https://",
            "ftp://a",
            "https://a/b",
            "https://a?b",
            "https://a:b",
            "https://a:0",
            "https://a:65536",
            "https://u@a",
            "https://a..b",
            "https://[::1",
            "https://[x]",
            "https://[::1]x",
            "https://-a",
            "https://a b",
            "https://a:+1",
            "http://]",
        ] {
            assert!(Endpoint::parse(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn plain_http_is_fine_on_the_machine_and_in_the_cluster() {
        for near in ["http://localhost:9000", "http://127.0.0.1", "http://[::1]:9000", "http://minio", "http://minio.storage.svc"] {
            assert!(Endpoint::parse(near).unwrap().is_near(), "{near}");
        }
        assert!(!Endpoint::parse("http://10.0.0.1").unwrap().is_near());
    }

    #[test]
    fn the_namespaces_endpoint_is_looked_at_too() {
        let world = World::new().namespace(annotation::ENDPOINT_URL, "nowhere");
        assert_eq!(world.verdict().findings[0].field, "metadata.namespace");
    }

    #[test]
    fn a_word_that_is_almost_one_of_the_two_comes_with_a_guess() {
        for (word, hint) in [("Ignore", " Did you mean ignore?"), ("resets", " Did you mean reset?"), ("keep", ""), ("", "")] {
            let verdict = World::new().annotate(annotation::UNSET_FIELDS, word).verdict();
            assert!(verdict.findings[0].message.ends_with(&format!("use reset or ignore.{hint}")), "{:?}", verdict.findings);
        }
    }

    #[test]
    fn an_unknown_annotation_comes_with_a_guess() {
        let verdict = World::new().annotate("s3.services.k8s.aws/iam-role-arm", "x").verdict();
        assert!(verdict.findings[0].message.contains("Did you mean s3.services.k8s.aws/iam-role-arn?"));
        assert_eq!(verdict.findings[0].field, "metadata.annotations[s3.services.k8s.aws/iam-role-arm]");
    }
}
