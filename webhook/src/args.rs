//! The command line.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Parser, Subcommand};
use shared::admission::{self, Settings};
use shared::resource_tags::{DEFAULT, TagTemplateError, TagTemplates};
use shared::telemetry::LogFormat;
use shared::unset::UnsetFields;

use crate::Phase;
use crate::check::CheckArgs;
use crate::duration::seconds;

/// Defaults and validates Buckets before they are stored. The cluster is found as kubectl finds it: KUBECONFIG, or the service
/// account of the pod.
#[derive(Clone, Debug, Parser)]
#[command(name = "cooper-webhook", version, args_conflicts_with_subcommands = true)]
pub struct Cli {
    /// What else to do than serve.
    #[command(subcommand)]
    pub command: Option<Command>,

    /// How to serve.
    #[command(flatten)]
    pub serve: Args,
}

/// What else the program does.
#[derive(Clone, Debug, Subcommand)]
pub enum Command {
    /// Says what admission would say of manifests, without a cluster: for pipelines and pre-commit hooks. Exit code 1 where something
    /// would be refused, 2 where it cannot be told.
    Check(Box<CheckArgs>),
    /// Writes the rules that CEL can say as a ValidatingAdmissionPolicy with its binding, as YAML.
    Baseline,
}

/// How to serve.
#[derive(Clone, Debug, clap::Args)]
pub struct Args {
    /// Where the webhook listens, HTTPS.
    #[arg(long, env = "COOPER_LISTEN", default_value = "0.0.0.0:9443")]
    pub listen: SocketAddr,

    /// Where /livez, /readyz and /metrics listen, plain HTTP.
    #[arg(long, env = "COOPER_ADMIN_ADDR", default_value = "0.0.0.0:9080")]
    pub admin_addr: SocketAddr,

    /// The folder of tls.crt and tls.key.
    #[arg(long, env = "COOPER_CERT_DIR", default_value = "/etc/cooper/tls")]
    pub cert_dir: PathBuf,

    /// How often the certificate is looked at, in seconds (10, 0.5) or as 1m30s.
    #[arg(long, env = "COOPER_CERT_POLL_SECONDS", default_value = "10", value_parser = poll)]
    pub cert_poll_seconds: Duration,

    /// How often to call itself as the API server would, in seconds or as 1m30s; 0 never.
    #[arg(long, env = "COOPER_SELFCHECK_SECONDS", default_value = "60", value_parser = seconds)]
    pub selfcheck_seconds: Duration,

    /// The ValidatingWebhookConfiguration whose caBundle has to trust the certificate.
    #[arg(long, env = "COOPER_VALIDATING_CONFIGURATION", default_value = "cooper-validation")]
    pub validating_configuration: String,

    /// What the rules take from the operator.
    #[command(flatten)]
    pub rules: RuleArgs,

    /// How far to go, for a cluster whose Buckets nobody has judged yet.
    #[arg(long, env = "COOPER_PHASE", value_enum, default_value_t)]
    pub phase: Phase,

    /// How long answers close their connections before the listener goes, in seconds or as 1m30s.
    #[arg(long, env = "COOPER_DRAIN_SECONDS", default_value = "5", value_parser = seconds)]
    pub drain_seconds: Duration,

    /// debug, info, warn or error, or filter directives such as info,kube=debug.
    #[arg(long, env = "COOPER_LOG_LEVEL", default_value = "info")]
    pub log_level: String,

    /// json or text.
    #[arg(long, env = "COOPER_LOG_FORMAT", default_value = "json")]
    pub log_format: LogFormat,
}

/// What the rules take from the operator.
#[derive(Clone, Debug, clap::Args)]
pub struct RuleArgs {
    /// The region of Buckets that name none in a namespace that names none; the same as the controller's --aws-region.
    #[arg(long, env = "AWS_REGION")]
    pub default_region: Option<String>,

    /// A user whose writes are never refused: the controller, and the ACK S3 controller while both run. May be repeated.
    #[arg(
        long,
        env = "COOPER_CONTROLLER_USER",
        value_delimiter = ',',
        default_value = "system:serviceaccount:cooper-system:cooper-controller"
    )]
    pub controller_user: Vec<String>,

    /// The tags that the controller adds to every bucket, key=value; the same as the controller's --resource-tags. They count
    /// towards the 50 that a bucket may have.
    #[arg(long, env = "COOPER_RESOURCE_TAGS", value_delimiter = ',', default_values = DEFAULT.iter().copied())]
    pub resource_tags: Vec<String>,

    /// What the controller does about the sections that a spec leaves out: reset or ignore; the same as the controller's
    /// --unset-fields.
    #[arg(long, env = "COOPER_UNSET_FIELDS", value_name = "WORD", default_value = "reset", value_parser = unset_fields)]
    pub unset_fields: UnsetFields,

    /// The id of a rule that is off by default and shall be on. May be repeated.
    #[arg(long, env = "COOPER_ENABLE_RULE", value_delimiter = ',', value_parser = rule)]
    pub enable_rule: Vec<String>,
}

impl RuleArgs {
    /// What the rules take from the command line.
    ///
    /// # Errors
    /// A resource tag is not of the form key=value.
    pub fn settings(&self) -> Result<Settings, TagTemplateError> {
        Ok(Settings {
            default_region: self.default_region.clone().filter(|region| !region.is_empty()),
            controller_tags: TagTemplates::parse(&self.resource_tags)?.len(),
            controllers: self.controller_user.iter().filter(|user| !user.is_empty()).cloned().collect(),
            enabled_rules: self.enable_rule.clone(),
            // Controllers may have the feature off; this program has not.
            ignores_read_only: false,
            unset: self.unset_fields,
        })
    }
}

fn poll(text: &str) -> Result<Duration, String> {
    let poll = seconds(text)?;
    if poll.is_zero() { Err("look at the certificate at least every 0.01 seconds, not all the time".to_owned()) } else { Ok(poll) }
}

fn unset_fields(word: &str) -> Result<UnsetFields, String> {
    UnsetFields::parse(word).ok_or_else(|| format!("{word:?} is not understood; write {}", UnsetFields::WORDS.join(" or ")))
}

fn rule(id: &str) -> Result<String, String> {
    let known = admission::find(id).filter(|rule| rule.off_by_default);
    known.map(|rule| rule.id.to_owned()).ok_or_else(|| {
        let off: Vec<&str> = admission::RULES.iter().filter(|rule| rule.off_by_default).map(|rule| rule.id).collect();
        format!("{id:?} is no rule that is off by default; those are: {}", off.join(", "))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn args(more: &[&str]) -> Result<Args, clap::Error> {
        Cli::try_parse_from(["cooper-webhook"].iter().chain(more)).map(|cli| cli.serve)
    }

    #[test]
    fn the_defaults_fit_the_manifests() {
        let args = args(&[]).unwrap();
        assert_eq!((args.listen.port(), args.admin_addr.port(), args.cert_poll_seconds), (9443, 9080, Duration::from_secs(10)));
        let settings = args.rules.settings().unwrap();
        assert_eq!((settings.controller_tags, settings.unset), (2, UnsetFields::Reset));
        assert_eq!(settings.controllers, ["system:serviceaccount:cooper-system:cooper-controller"]);
    }

    #[test]
    fn lists_may_be_repeated_or_empty() {
        let flags = ["--controller-user=a,b", "--controller-user=c", "--resource-tags=", "--default-region=", "--unset-fields=ignore"];
        let args = args(&flags).unwrap();
        let settings = args.rules.settings().unwrap();
        assert_eq!((settings.controllers.join(" "), settings.controller_tags, settings.default_region), ("a b c".to_owned(), 0, None));
        assert_eq!(settings.unset, UnsetFields::Ignore);
    }

    #[test]
    fn mistakes_are_named() {
        let said = |more: &[&str]| args(more).unwrap_err().to_string();
        assert!(said(&["--enable-rule=name-length"]).contains("region-optin-hint"));
        assert!(said(&["--cert-poll-seconds=0"]).contains("at least"));
        assert!(said(&["--unset-fields=Ignore"]).contains("write reset or ignore"));
        assert!(said(&["--drain-seconds=soon"]).contains("no duration"));
        assert!(said(&["--log-format=yaml"]).contains("use json or text"));
        assert!(args(&["--resource-tags=a"]).unwrap().rules.settings().unwrap_err().to_string().contains("key=value"));
    }
}
