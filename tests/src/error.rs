//! What can go wrong while the world is built or asked.

use std::path::PathBuf;
use std::time::Duration;

/// A fault of the harness. Its text says what failed, with what, and what to do about it.
#[derive(thiserror::Error)]
pub enum Error {
    /// A file or directory could not be read or written.
    #[error("cannot {doing} {path}: {source}; check that the disk has space and that the path is yours", path = path.display())]
    File {
        /// What was tried, as a verb.
        doing: &'static str,
        /// The file or directory.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A program could not be started at all.
    #[error("cannot start {program}: {source}; {advice}")]
    Program {
        /// The program as it was called.
        program: String,
        /// Why.
        source: std::io::Error,
        /// What the reader can do.
        advice: String,
    },
    /// A program ended with a failure; `output` is the end of what it said.
    #[error("{command} failed ({status}); {advice}\n{output}")]
    Failed {
        /// The command as a user would type it.
        command: String,
        /// How it ended.
        status: String,
        /// What the reader can do.
        advice: String,
        /// The last lines of its output.
        output: String,
    },
    /// A process that should stay up ended.
    #[error("{name} ended by itself ({status}); the end of its log {log} says why:\n{tail}", log = log.display())]
    Ended {
        /// The process.
        name: String,
        /// How it ended.
        status: String,
        /// Its whole log.
        log: PathBuf,
        /// The last lines of the log.
        tail: String,
    },
    /// Something did not happen in time.
    #[error("waited {within:?} in vain for {waiting_for}; what was seen last:\n{seen}")]
    Timeout {
        /// What was waited for.
        waiting_for: String,
        /// How long.
        within: Duration,
        /// The last state, and log tails where there are some.
        seen: String,
    },
    /// The Kubernetes API refused or failed a call of the harness itself.
    #[error("cannot {doing}: {source}; is the control plane still up?")]
    Kubernetes {
        /// What was tried.
        doing: String,
        /// Why.
        source: Box<kube::Error>,
    },
    /// An HTTP call to one of the processes failed.
    #[error("HTTP call to {url} failed: {reason}; is the process up, and does it listen there?")]
    Http {
        /// The address.
        url: String,
        /// Why.
        reason: String,
    },
    /// A certificate or key could not be made.
    #[error("cannot make the certificate of {what}: {source}")]
    Certificate {
        /// Whose certificate.
        what: String,
        /// Why.
        source: rcgen::Error,
    },
    /// Something that the demo claims is not so.
    #[error("this does not hold: {claim}; the output above shows what was seen instead")]
    Claim {
        /// The claim.
        claim: String,
    },
    /// A text is not what it should be: a manifest, a kubeconfig, an answer.
    #[error("{what} is not as expected: {reason}")]
    Unexpected {
        /// The text.
        what: String,
        /// What is wrong with it.
        reason: String,
    },
}

impl std::fmt::Debug for Error {
    /// As `Display`: tests that return an error show it by `Debug`, and logs should keep their lines.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self, f)
    }
}

impl Error {
    /// The class of the fault: a fixed word, for counting and for tests.
    #[must_use]
    pub const fn category(&self) -> &'static str {
        match self {
            Self::File { .. } => "file",
            Self::Program { .. } => "program",
            Self::Failed { .. } => "failed",
            Self::Ended { .. } => "ended",
            Self::Timeout { .. } => "timeout",
            Self::Kubernetes { .. } => "kubernetes",
            Self::Http { .. } => "http",
            Self::Certificate { .. } => "certificate",
            Self::Claim { .. } => "claim",
            Self::Unexpected { .. } => "unexpected",
        }
    }

    /// For `map_err` on file operations.
    pub fn file(doing: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| Self::File { doing, path, source }
    }

    /// For `map_err` on Kubernetes calls.
    pub fn kubernetes(doing: impl Into<String>) -> impl FnOnce(kube::Error) -> Self {
        let doing = doing.into();
        move |source| Self::Kubernetes { doing, source: Box::new(source) }
    }
}

/// The result of everything in the harness.
pub type Result<T> = std::result::Result<T, Error>;
