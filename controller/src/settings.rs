//! What the command line means. Everything that can be wrong with it is said here, by flag, before anything starts.

use std::net::SocketAddr;
use std::time::Duration;

use shared::place::DeletionPolicy;
use shared::resource_tags::TagTemplates;
use shared::telemetry::LogFormat;
use shared::unset::UnsetFields;

use crate::args::Args;

/// How long a bucket goes unchecked where nobody says otherwise: 10 h, as in the peer.
const PERIOD: Duration = Duration::from_hours(10);

/// What is logged at debug.
const DEBUG: &str = "info,controller=debug,shared=debug";

/// What the operator wants.
#[derive(Debug)]
pub struct Settings {
    /// How AWS is reached.
    pub aws: AwsSettings,
    /// Where /metrics is served.
    pub metrics_addr: SocketAddr,
    /// Where the health endpoints are served.
    pub healthz_addr: SocketAddr,
    /// The log filter.
    pub log_filter: String,
    /// The shape of a log line.
    pub log_format: LogFormat,
    /// The tags that every bucket gets.
    pub tags: TagTemplates,
    /// The namespaces whose Buckets are looked after; all, if empty.
    pub namespaces: Vec<String>,
    /// The label selector of the Buckets that are looked after.
    pub selector: Option<String>,
    /// What happens to the bucket of a deleted Bucket where nobody says.
    pub deletion_policy: DeletionPolicy,
    /// What becomes of the sections that a spec leaves out where nobody says.
    pub unset_fields: UnsetFields,
    /// Whether a Bucket may refer to a Role of another namespace.
    pub cross_namespace: bool,
    /// The time between two checks for drift.
    pub period: Duration,
    /// How many Buckets are worked on at the same time.
    pub concurrency: u16,
}

/// How AWS is reached.
#[derive(Clone, Debug)]
pub struct AwsSettings {
    /// The region of Buckets that name none, in namespaces that name none.
    pub region: String,
    /// The S3 endpoint, where it is not AWS's own.
    pub endpoint: Option<String>,
    /// The STS endpoint, where it is not AWS's own.
    pub identity_endpoint: Option<String>,
    /// Whether the bucket's name stands in the path.
    pub path_style: bool,
    /// The longest time of one request.
    pub timeout: Option<Duration>,
}

/// A flag whose value cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("--{flag}: {problem}")]
pub struct SettingsError {
    /// The flag.
    pub flag: &'static str,
    /// What is wrong with its value, and what to write instead.
    pub problem: String,
}

impl SettingsError {
    /// The kind of error, for a label.
    #[must_use]
    pub fn category(&self) -> &'static str {
        "configuration"
    }
}

impl Settings {
    /// Reads the command line.
    ///
    /// # Errors
    /// A flag's value cannot be used.
    pub fn of(args: Args) -> Result<Self, SettingsError> {
        let selector = Some(args.watch_selectors.trim().to_owned()).filter(|selector| !selector.is_empty());
        let resync = of_bucket("reconcile-resource-resync-seconds", &args.reconcile_resource_resync_seconds)?;
        let seconds = resync.unwrap_or(args.reconcile_default_resync_seconds);
        let syncs = of_bucket("reconcile-resource-max-concurrent-syncs", &args.reconcile_resource_max_concurrent_syncs)?;
        let development = args.enable_development_logging;
        Ok(Self {
            metrics_addr: address("metrics-addr", &args.metrics_addr)?,
            healthz_addr: address("healthz-addr", &args.healthz_addr)?,
            log_filter: log_filter(&args.log_level, development),
            log_format: if development { LogFormat::Text } else { LogFormat::Json },
            tags: TagTemplates::parse(&args.resource_tags).map_err(|error| problem("resource-tags", error.to_string()))?,
            namespaces: namespaces(&args.watch_namespace)?,
            selector,
            deletion_policy: deletion_policy(&args.deletion_policy)?,
            unset_fields: unset_fields(&args.unset_fields)?,
            cross_namespace: args.enable_cross_namespace,
            period: if seconds == 0 { PERIOD } else { Duration::from_secs(seconds) },
            concurrency: concurrency(syncs, args.reconcile_default_max_concurrent_syncs)?,
            aws: aws(args)?,
        })
    }
}

fn aws(args: Args) -> Result<AwsSettings, SettingsError> {
    let region = args.aws_region.map(|region| region.trim().to_owned()).filter(|region| !region.is_empty());
    let region = region.ok_or_else(|| problem("aws-region", "no region; give one, such as eu-west-1, or set AWS_REGION".to_owned()))?;
    let unsafe_allowed = args.allow_unsafe_aws_endpoint_urls;
    let endpoint = url("aws-endpoint-url", &args.aws_endpoint_url, unsafe_allowed)?;
    let identity = url("aws-identity-endpoint-url", &args.aws_identity_endpoint_url, unsafe_allowed)?;
    Ok(AwsSettings {
        region,
        identity_endpoint: identity.or_else(|| endpoint.clone()),
        endpoint,
        path_style: args.aws_endpoint_use_path_style,
        timeout: timeout(&args.http_client_timeout)?,
    })
}

fn problem(flag: &'static str, problem: String) -> SettingsError {
    SettingsError { flag, problem }
}

/// At debug the libraries would say a hundred times as much as the controller; who wants that names them.
fn log_filter(level: &str, development: bool) -> String {
    match level.trim().to_ascii_lowercase().as_str() {
        "info" if development => DEBUG.to_owned(),
        "debug" => DEBUG.to_owned(),
        _ => level.to_owned(),
    }
}

/// `host:port`; as in Go, no host means all addresses.
fn address(flag: &'static str, text: &str) -> Result<SocketAddr, SettingsError> {
    let whole = if text.starts_with(':') { format!("0.0.0.0{text}") } else { text.to_owned() };
    whole.parse().map_err(|_| problem(flag, format!("{text:?} is no address; write host:port, such as 0.0.0.0:8080")))
}

fn url(flag: &'static str, text: &str, unsafe_allowed: bool) -> Result<Option<String>, SettingsError> {
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
    Ok(Some(duration).filter(|duration| !duration.is_zero()))
}

fn namespaces(given: &[String]) -> Result<Vec<String>, SettingsError> {
    let given: Vec<String> = if given == [""] { Vec::new() } else { given.to_vec() };
    let label = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    for (index, name) in given.iter().enumerate() {
        let edges = name.starts_with('-') || name.ends_with('-');
        if name.is_empty() || name.len() > 63 || edges || !name.chars().all(label) {
            return Err(problem("watch-namespace", format!("{name:?} is no name of a namespace; write names separated by commas")));
        }
        if given[..index].contains(name) {
            return Err(problem("watch-namespace", format!("{name:?} is given twice; name it once")));
        }
    }
    Ok(given)
}

fn deletion_policy(text: &str) -> Result<DeletionPolicy, SettingsError> {
    match text {
        "" | "delete" => Ok(DeletionPolicy::Delete),
        "retain" => Ok(DeletionPolicy::Retain),
        _ => Err(problem("deletion-policy", format!("{text:?} is no policy; write delete or retain"))),
    }
}

fn unset_fields(text: &str) -> Result<UnsetFields, SettingsError> {
    UnsetFields::parse(text).ok_or_else(|| problem("unset-fields", format!("{text:?} is not understood; write reset or ignore")))
}

/// The number for kind Bucket among `Kind=number` entries.
fn of_bucket(flag: &'static str, entries: &[String]) -> Result<Option<u64>, SettingsError> {
    let mut found = None;
    for entry in entries.iter().filter(|entry| !entry.is_empty()) {
        let wrong = || problem(flag, format!("{entry:?} is not understood; write Bucket=N with N above 0"));
        let (kind, number) = entry.split_once('=').ok_or_else(wrong)?;
        match (kind.trim(), number.trim().parse::<u64>()) {
            ("Bucket", Ok(number)) if number > 0 => found = Some(number),
            _ => return Err(wrong()),
        }
    }
    Ok(found)
}

fn concurrency(of_bucket: Option<u64>, default: u16) -> Result<u16, SettingsError> {
    let given = of_bucket.unwrap_or_else(|| default.into());
    let wrong = || problem("reconcile-default-max-concurrent-syncs", format!("{given} is out of range; write 1 to {}", u16::MAX));
    u16::try_from(given).ok().filter(|number| *number > 0).ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    fn settings(args: &[&str]) -> Result<Settings, SettingsError> {
        Settings::of(Args::try_parse_from([&["cooper-controller", "--aws-region=eu-west-1"], args].concat()).unwrap())
    }

    #[test]
    fn the_defaults_are_the_peers_but_for_concurrency() {
        let settings = settings(&[]).unwrap();
        assert_eq!((settings.metrics_addr.port(), settings.healthz_addr.port()), (8080, 8081));
        assert_eq!((settings.period, settings.concurrency), (Duration::from_hours(10), 10));
        assert_eq!(settings.aws.timeout, Some(Duration::from_mins(1)));
        assert_eq!((settings.tags.len(), settings.deletion_policy), (2, DeletionPolicy::Delete));
        assert_eq!((settings.unset_fields, settings.cross_namespace), (UnsetFields::Reset, true));
        assert!(settings.namespaces.is_empty() && settings.selector.is_none() && settings.aws.endpoint.is_none());
        assert_eq!(settings.log_format, LogFormat::Json);
    }

    #[test]
    fn flags_mean_what_they_mean_to_the_peer() {
        let all = [
            "--metrics-addr=:9090",
            "--aws-endpoint-url=http://127.0.0.1:4566",
            "--allow-unsafe-aws-endpoint-urls",
            "--http-client-timeout=1m30s",
            "--resource-tags=a=b",
            "--resource-tags=c=%K8S_NAMESPACE%,d=e",
            "--watch-namespace=one,two",
            "--reconcile-default-resync-seconds=50",
            "--reconcile-resource-resync-seconds=Bucket=20",
            "--reconcile-resource-max-concurrent-syncs=Bucket=3",
            "--deletion-policy=retain",
            "--enable-cross-namespace=false",
            "--enable-development-logging",
        ];
        let settings = settings(&all).unwrap();
        assert_eq!(settings.metrics_addr.to_string(), "0.0.0.0:9090");
        assert_eq!(settings.aws.endpoint, settings.aws.identity_endpoint);
        assert_eq!(settings.aws.timeout, Some(Duration::from_secs(90)));
        assert_eq!((settings.tags.len(), settings.namespaces.len()), (3, 2));
        assert_eq!((settings.period, settings.concurrency), (Duration::from_secs(20), 3));
        assert_eq!((settings.deletion_policy, settings.log_filter.as_str()), (DeletionPolicy::Retain, DEBUG));
        assert!(!settings.cross_namespace);
    }

    #[test]
    fn empty_values_switch_off() {
        let settings = settings(&["--resource-tags=", "--watch-namespace=", "--http-client-timeout=0", "--deletion-policy="]).unwrap();
        assert!(settings.tags.is_empty() && settings.namespaces.is_empty() && settings.aws.timeout.is_none());
    }

    #[test]
    fn an_unusable_value_names_its_flag() {
        let cases = [
            ("--metrics-addr=8080", "metrics-addr"),
            ("--healthz-addr=nowhere:x", "healthz-addr"),
            ("--aws-endpoint-url=http://s3.example.com", "aws-endpoint-url"),
            ("--aws-endpoint-url=s3.example.com", "aws-endpoint-url"),
            ("--aws-identity-endpoint-url=ftp://x", "aws-identity-endpoint-url"),
            ("--http-client-timeout=soon", "http-client-timeout"),
            ("--http-client-timeout=-5s", "http-client-timeout"),
            ("--resource-tags=team", "resource-tags"),
            ("--watch-namespace=a,,b", "watch-namespace"),
            ("--watch-namespace=a,a", "watch-namespace"),
            ("--watch-namespace=Team", "watch-namespace"),
            ("--deletion-policy=Retain", "deletion-policy"),
            ("--unset-fields=Ignore", "unset-fields"),
            ("--reconcile-resource-resync-seconds=Buckets=5", "reconcile-resource-resync-seconds"),
            ("--reconcile-resource-resync-seconds=Bucket=0", "reconcile-resource-resync-seconds"),
            ("--reconcile-default-max-concurrent-syncs=0", "reconcile-default-max-concurrent-syncs"),
            ("--reconcile-resource-max-concurrent-syncs=Bucket=70000", "reconcile-default-max-concurrent-syncs"),
        ];
        for (arg, flag) in cases {
            let error = settings(&[arg]).unwrap_err();
            assert_eq!(error.flag, flag, "{arg}: {error}");
            assert!(error.to_string().contains(';'), "says what to do: {error}");
        }
        let no_region = Settings::of(Args::try_parse_from(["x", "--aws-region="]).unwrap()).unwrap_err();
        assert!(no_region.to_string().contains("AWS_REGION"), "{no_region}");
    }
}
