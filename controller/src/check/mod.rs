//! `--check-config`: everything that a start needs, looked at without starting. Nothing is written anywhere.

mod cluster;
mod hints;
mod rights;
mod schema;

use prometheus::Registry;
use shared::telemetry::Chain;

use crate::args::Args;
use crate::aws::Aws;
use crate::calls::Counting;
use crate::metrics::Metrics;
use crate::settings::{Settings, SettingsError};

/// Something was found that keeps the controller from working.
#[derive(Debug, thiserror::Error)]
pub enum CheckError {
    /// The findings are printed.
    #[error("{0} findings; correct what is printed above")]
    Found(usize),
    /// The check itself failed.
    #[error("the metrics cannot be registered; this is a bug")]
    Metrics(#[from] prometheus::Error),
    /// The command line changed while it was read.
    #[error(transparent)]
    Settings(#[from] SettingsError),
}

impl CheckError {
    /// The kind of error, for a label.
    #[must_use]
    pub fn category(&self) -> &'static str {
        match self {
            Self::Found(_) | Self::Settings(_) => "configuration",
            Self::Metrics(_) => "start",
        }
    }
}

/// One line of the answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// It is as it should be.
    Fine(String),
    /// The controller works all the same, with less.
    Warning(String),
    /// The controller would not start, or could not do its work.
    Error(String),
}

/// Looks at all of it, and prints what is found, one finding per line.
///
/// # Errors
/// There is a finding that keeps the controller from working.
pub async fn run(args: Args) -> Result<(), CheckError> {
    let mut findings: Vec<Finding> = Settings::errors(&args).iter().map(|error| Finding::Error(error.to_string())).collect();
    if findings.is_empty() {
        let settings = Settings::of(args)?;
        findings.push(Finding::Fine("flags and environment".to_owned()));
        findings.extend(cluster::findings(&settings).await);
        let counting = Counting(Metrics::new(&Registry::new())?);
        let aws = Aws::load(settings.aws.clone(), counting).await;
        findings.push(identity(&aws).await);
        if let Some(queue) = &settings.hints.queue {
            findings.push(hints::finding(&aws, queue).await);
        }
    }
    let mut errors = 0;
    for finding in &findings {
        match finding {
            Finding::Fine(text) => println!("ok: {text}"),
            Finding::Warning(text) => println!("warning: {text}"),
            Finding::Error(text) => {
                errors += 1;
                println!("error: {text}");
            }
        }
    }
    if errors == 0 { Ok(()) } else { Err(CheckError::Found(errors)) }
}

async fn identity(aws: &Aws) -> Finding {
    match aws.caller().await {
        Ok(caller) => Finding::Fine(format!("AWS knows the controller as {} of account {}", caller.arn, caller.account)),
        Err(error) => Finding::Error(Chain(&error).to_string()),
    }
}
