//! Why a command ended early, and with which exit code.

use std::io;
use std::path::PathBuf;
use std::process::ExitCode;

use shared::fault::Fault;
use shared::manifest::ManifestError;
use shared::telemetry::Chain;

use crate::aws::IdentityError;
use crate::settings::SettingsError;

/// The exit code of a program that SIGINT ended, as shells tell it.
const INTERRUPTED: u8 = 130;
/// The exit code of a program that SIGPIPE ended.
const CLOSED: u8 = 141;

/// Why a command ended early.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    /// A flag cannot be used.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The manifests cannot be read.
    #[error(transparent)]
    Manifests(#[from] ManifestError),
    /// AWS does not say who calls.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// The metrics cannot be registered.
    #[error("the metrics cannot be registered; this is a bug")]
    Metrics(#[from] prometheus::Error),
    /// The process cannot listen for signals.
    #[error("cannot listen for signals; run on a system that has them")]
    Signals(#[source] io::Error),
    /// There is no way to the API server.
    #[error("no way to the API server; set KUBECONFIG, or leave --cluster out")]
    Kubeconfig(#[source] kube::Error),
    /// The API server does not say what was asked for.
    #[error("cannot get {what} from the API server; ask for the right to get it, or leave --cluster out")]
    Cluster {
        /// What was asked for.
        what: String,
        /// What the API server said.
        #[source]
        source: kube::Error,
    },
    /// The buckets cannot be listed.
    #[error("cannot list the buckets; give their names instead, or: {0}")]
    List(Fault),
    /// What was worked out cannot be written.
    #[error("cannot write {}; give a folder that this user may write to, or make room", path.display())]
    Write {
        /// Where to.
        path: PathBuf,
        /// Why not.
        #[source]
        source: io::Error,
    },
    /// A manifest cannot be said in YAML.
    #[error("cannot write bucket {bucket:?} as YAML; report this as a fault of cooper-controller")]
    Yaml {
        /// The bucket.
        bucket: String,
        /// Why not.
        #[source]
        source: Box<serde_saphyr::SerializeError>,
    },
    /// Nobody reads the standard output any more.
    #[error("nobody reads the output any more")]
    Closed,
    /// SIGINT or SIGTERM came.
    #[error("interrupted after {done} of {total}")]
    Interrupted {
        /// How many buckets were done.
        done: usize,
        /// Of how many.
        total: usize,
    },
}

impl CliError {
    /// What became of a write to standard output.
    pub(super) fn of_output(source: io::Error) -> Self {
        if source.kind() == io::ErrorKind::BrokenPipe { Self::Closed } else { Self::Write { path: PathBuf::from("<stdout>"), source } }
    }

    /// The kind of error, for a label.
    #[must_use]
    pub fn category(&self) -> &'static str {
        match self {
            Self::Settings(error) => error.category(),
            Self::Manifests(error) => error.category(),
            Self::Identity(error) => error.category(),
            Self::Metrics(_) | Self::Signals(_) => "start",
            Self::Kubeconfig(_) | Self::Cluster { .. } => "kubernetes",
            Self::List(fault) => fault.class.as_str(),
            Self::Write { .. } | Self::Yaml { .. } | Self::Closed => "output",
            Self::Interrupted { .. } => "interrupted",
        }
    }

    /// Tells it on standard error, unless it is that nobody listens; the exit code that follows from it.
    #[must_use]
    pub(super) fn complain(&self, command: &str) -> ExitCode {
        if matches!(self, Self::Closed) {
            return ExitCode::from(CLOSED);
        }
        super::progress::say(&format!("cooper-controller {command}: {}", Chain(self)));
        if matches!(self, Self::Interrupted { .. }) { ExitCode::from(INTERRUPTED) } else { ExitCode::FAILURE }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pipe_that_is_closed_is_told_to_nobody() {
        let closed = CliError::of_output(io::Error::from(io::ErrorKind::BrokenPipe));
        assert!(matches!(closed, CliError::Closed));
        assert_eq!(format!("{:?}", closed.complain("plan")), format!("{:?}", ExitCode::from(CLOSED)));
        let full = CliError::of_output(io::Error::from(io::ErrorKind::StorageFull));
        assert!(full.to_string().contains("<stdout>") && full.category() == "output", "{full}");
    }
}
