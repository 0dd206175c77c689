//! What the command line means. Everything that can be wrong with it is said here, by flag, before anything starts.

pub mod accounts;
pub mod audit;
pub mod aws;
pub mod exports;
pub mod gates;
pub mod hints;
pub mod leader;
pub mod metrics;
pub mod reconcile;
pub mod safety;
pub mod serve;
pub mod watch;

use std::time::Duration;

use self::accounts::AccountsSettings;
use self::audit::AuditSettings;
use self::aws::AwsSettings;
use self::exports::ExportsSettings;
use self::hints::HintsSettings;
use self::leader::LeaderSettings;
use self::metrics::MetricsSettings;
use self::reconcile::ReconcileSettings;
use self::safety::SafetySettings;
use self::serve::ServeSettings;
use self::watch::WatchSettings;
use crate::args::Args;

/// The longest time that a flag can say, ten years: far from where sums of times overflow.
const LONGEST: Duration = Duration::from_hours(87_600);

/// What the operator wants.
#[derive(Clone, Debug)]
pub struct Settings {
    /// How AWS is reached.
    pub aws: AwsSettings,
    /// Whose account a bucket is in, and with which role it is reached.
    pub accounts: AccountsSettings,
    /// Which Buckets are looked after.
    pub watch: WatchSettings,
    /// How often, and how much at once.
    pub reconcile: ReconcileSettings,
    /// Who tells of changes.
    pub hints: HintsSettings,
    /// What guardrails are asked in the background.
    pub audit: AuditSettings,
    /// What Prometheus is told of single Buckets.
    pub metrics: MetricsSettings,
    /// What keeps data from harm.
    pub safety: SafetySettings,
    /// Copies of fields, and references to other objects.
    pub exports: ExportsSettings,
    /// Which of several controllers works.
    pub leader: LeaderSettings,
    /// What the controller listens on, and what it logs.
    pub serve: ServeSettings,
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
    /// Reads the command line, and of the environment what has no flag.
    ///
    /// # Errors
    /// A flag's value cannot be used.
    pub fn of(args: Args) -> Result<Self, SettingsError> {
        Ok(Self {
            accounts: accounts(&args)?,
            watch: WatchSettings::of(&args.watch)?,
            reconcile: ReconcileSettings::of(&args.reconcile)?,
            hints: HintsSettings::of(&args.hints, args.aws.allow_unsafe_aws_endpoint_urls)?,
            audit: AuditSettings::of(&args.audit)?,
            metrics: MetricsSettings::of(&args.metrics)?,
            safety: SafetySettings::of(&args.safety)?,
            exports: ExportsSettings::from(&args.exports),
            leader: LeaderSettings::of(&args.leader)?,
            serve: ServeSettings::of(&args.serve)?,
            aws: AwsSettings::of(args.aws)?,
        })
    }

    /// What is wrong with the command line: the first of each group of flags.
    #[must_use]
    pub fn errors(args: &Args) -> Vec<SettingsError> {
        let errors = [
            AwsSettings::of(args.aws.clone()).err(),
            accounts(args).err(),
            WatchSettings::of(&args.watch).err(),
            ReconcileSettings::of(&args.reconcile).err(),
            HintsSettings::of(&args.hints, args.aws.allow_unsafe_aws_endpoint_urls).err(),
            AuditSettings::of(&args.audit).err(),
            MetricsSettings::of(&args.metrics).err(),
            SafetySettings::of(&args.safety).err(),
            LeaderSettings::of(&args.leader).err(),
            ServeSettings::of(&args.serve).err(),
        ];
        errors.into_iter().flatten().collect()
    }
}

fn accounts(args: &Args) -> Result<AccountsSettings, SettingsError> {
    AccountsSettings::of(&args.accounts, std::env::var("K8S_NAMESPACE").ok())
}

/// Whether it can be the name of a namespace. Source: RFC 1123, as in "Object Names and IDs" of the Kubernetes documentation.
fn is_label(text: &str) -> bool {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    !text.is_empty() && text.len() <= 63 && text.chars().all(fits) && !text.starts_with('-') && !text.ends_with('-')
}

fn problem(flag: &'static str, problem: String) -> SettingsError {
    SettingsError { flag, problem }
}

#[cfg(test)]
mod tests {
    use clap::Parser;
    use shared::place::DeletionPolicy;
    use shared::telemetry::LogFormat;
    use shared::unset::UnsetFields;

    use super::serve::DEBUG;
    use super::*;
    use crate::limiter::PerSecond;

    fn settings(args: &[&str]) -> Result<Settings, SettingsError> {
        Settings::of(Args::try_parse_from([&["cooper-controller", "--aws-region=eu-west-1"], args].concat()).unwrap())
    }

    #[test]
    fn the_defaults_are_the_peers_but_for_concurrency() {
        let settings = settings(&[]).unwrap();
        assert_eq!((settings.serve.metrics_addr.port(), settings.serve.healthz_addr.port()), (8080, 8081));
        assert_eq!((settings.reconcile.period, settings.reconcile.concurrency), (Duration::from_hours(10), 10));
        assert_eq!(settings.aws.timeout, Some(Duration::from_mins(1)));
        assert_eq!((settings.reconcile.tags.len(), settings.safety.deletion_policy), (2, DeletionPolicy::Delete));
        assert_eq!((settings.reconcile.unset_fields, settings.exports.cross_namespace), (UnsetFields::Reset, true));
        assert!(settings.watch.namespaces.is_empty() && settings.watch.selector.is_none() && settings.aws.endpoint.is_none());
        assert_eq!(settings.serve.log_format, LogFormat::Json);
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
        assert_eq!(settings.serve.metrics_addr.to_string(), "0.0.0.0:9090");
        assert_eq!(settings.aws.endpoint, settings.aws.identity_endpoint);
        assert_eq!(settings.aws.timeout, Some(Duration::from_secs(90)));
        assert_eq!((settings.reconcile.tags.len(), settings.watch.namespaces.len()), (3, 2));
        assert_eq!((settings.reconcile.period, settings.reconcile.concurrency), (Duration::from_secs(20), 3));
        assert_eq!((settings.safety.deletion_policy, settings.serve.log_filter.as_str()), (DeletionPolicy::Retain, DEBUG));
        assert!(!settings.exports.cross_namespace);
    }

    #[test]
    fn an_address_may_be_a_name() {
        let settings = settings(&["--metrics-addr=localhost:9090", "--admin-addr=localhost:9091"]).unwrap();
        assert!(settings.serve.metrics_addr.ip().is_loopback() && settings.serve.metrics_addr.port() == 9090);
        assert!(settings.serve.admin_addr.is_some_and(|address| address.ip().is_loopback()));
    }

    #[test]
    fn pages_are_off_until_asked_for_and_want_an_address() {
        assert!(!settings(&[]).unwrap().serve.admin_page && settings(&["--admin-page"]).unwrap().serve.admin_page);
        let error = settings(&["--admin-page=true", "--admin-addr="]).unwrap_err();
        assert!(error.flag == "admin-page" && error.to_string().contains("--admin-addr is empty"), "{error}");
    }

    #[test]
    fn empty_values_switch_off() {
        let settings = settings(&[
            "--resource-tags=",
            "--aws-writes-per-second=0",
            "--watch-namespace=",
            "--http-client-timeout=0",
            "--deletion-policy=",
        ])
        .unwrap();
        assert_eq!(settings.reconcile.per_second, PerSecond { reads: Some(1000.0), writes: None });
        assert!(settings.reconcile.tags.is_empty() && settings.watch.namespaces.is_empty() && settings.aws.timeout.is_none());
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
            ("--http-client-timeout=87601h", "http-client-timeout"),
            ("--reconcile-default-resync-seconds=315360001", "reconcile-default-resync-seconds"),
            ("--reconcile-resource-resync-seconds=Bucket=18446744073709551615", "reconcile-resource-resync-seconds"),
            ("--admin-addr=no host:8082", "admin-addr"),
            ("--admin-addr=0.0.0.0:8082", "admin-addr"),
            ("--resource-tags=team", "resource-tags"),
            ("--watch-namespace=a,,b", "watch-namespace"),
            ("--watch-namespace=a,a", "watch-namespace"),
            ("--watch-namespace=Team", "watch-namespace"),
            ("--deletion-policy=Retain", "deletion-policy"),
            ("--unset-fields=Ignore", "unset-fields"),
            ("--bucket-metrics=yes", "bucket-metrics"),
            ("--drift-mode=warm", "drift-mode"),
            ("--drift-mode=polcy=off", "drift-mode"),
            ("--emptying-objects-per-second=0", "emptying-objects-per-second"),
            ("--reconcile-resource-resync-seconds=Buckets=5", "reconcile-resource-resync-seconds"),
            ("--reconcile-resource-resync-seconds=Bucket=0", "reconcile-resource-resync-seconds"),
            ("--aws-reads-per-second=-1", "aws-reads-per-second"),
            ("--aws-writes-per-second=NaN", "aws-writes-per-second"),
            ("--audit-interval-seconds=1", "audit-interval-seconds"),
            ("--policy-reports=yes", "policy-reports"),
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
