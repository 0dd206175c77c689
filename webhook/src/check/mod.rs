//! `cooper-webhook check`: what admission would say of manifests, without a cluster.

mod judge;
mod policies;
mod report;

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use shared::admission::Severity;
use shared::manifest::{self, Document, ManifestError};
use shared::resource_tags::TagTemplateError;
use shared::telemetry::Chain;

use crate::args::RuleArgs;
pub use report::Format;

/// What is checked, and how it is told.
#[derive(Clone, Debug, Args)]
pub struct CheckArgs {
    /// Files of YAML or JSON, folders with all such files in them, or - for standard input. May be repeated. Namespaces among them
    /// give region and role to their Buckets, and guardrails judge them, with ConfigMaps as their params, as in a cluster.
    #[arg(short = 'f', long = "filename", required = true, num_args = 1.., value_name = "FILE")]
    pub filename: Vec<PathBuf>,

    /// Files or folders with guardrails, exceptions and ConfigMaps to judge by; all else in them is left out. May be repeated.
    #[arg(long, value_name = "FILE")]
    pub guardrails: Vec<PathBuf>,

    /// The namespace of Buckets that name none.
    #[arg(short = 'n', long, default_value = "default")]
    pub namespace: String,

    /// A label of that namespace, key=value, where the namespace is not among the files. May be repeated.
    #[arg(long, value_name = "KEY=VALUE", value_delimiter = ',', value_parser = label)]
    pub namespace_labels: Vec<(String, String)>,

    /// How the findings are written.
    #[arg(short = 'o', long, value_enum, default_value_t = Format::Text)]
    pub output: Format,

    /// From which severity on the exit code is 1.
    #[arg(long, value_enum, default_value_t = FailOn::Deny)]
    pub fail_on: FailOn,

    /// What the rules take from the operator; the same as the webhook's in the cluster.
    #[command(flatten)]
    pub rules: RuleArgs,
}

/// From which severity on a finding fails the check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FailOn {
    /// What would be refused.
    Deny,
    /// Warnings as well.
    Warn,
}

/// Why nothing could be checked.
#[derive(Debug, thiserror::Error)]
pub enum CheckError {
    /// The manifests cannot be read.
    #[error(transparent)]
    Manifests(#[from] ManifestError),
    /// A resource tag is none.
    #[error(transparent)]
    ResourceTags(#[from] TagTemplateError),
    /// The findings cannot be written.
    #[error("the findings cannot be written; check the disk or the pipe")]
    Write(#[from] io::Error),
}

/// Checks all files. The exit code is 0 where nothing would be refused, 1 where something would.
///
/// # Errors
/// A file cannot be read, or the findings cannot be written.
pub fn run(args: &CheckArgs) -> Result<ExitCode, CheckError> {
    let mut all = manifest::read(&args.filename)?;
    let is_judge = |document: &Document| policies::is_policy(document) || policies::is_config_map(document);
    all.extend(manifest::read(&args.guardrails)?.into_iter().filter(is_judge));
    let checked = judge::judge(&all, &args.namespace, &args.namespace_labels, &args.rules.settings()?);
    let mut out = io::stdout().lock();
    report::write(args.output, &checked, &mut out)?;
    out.flush()?;
    let fails = |severity| severity == Severity::Deny || args.fail_on == FailOn::Warn;
    Ok(if checked.findings.iter().any(|located| fails(located.finding.severity)) { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn label(text: &str) -> Result<(String, String), String> {
    let pair = text.split_once('=').filter(|(key, _)| !key.is_empty());
    pair.map(|(key, value)| (key.to_owned(), value.to_owned())).ok_or_else(|| format!("{text:?} is no label; give it as key=value"))
}

/// Writes an error and all that caused it to standard error; the exit code says that nothing can be told.
#[must_use]
pub fn complain(error: &CheckError) -> ExitCode {
    eprintln!("cooper-webhook check: {}", Chain(error));
    ExitCode::from(2)
}
