//! What can go wrong. The text of each error says what failed, with what, and what to do.

use std::path::PathBuf;

use crate::material::Flaw;

/// The result of this crate's functions.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A failure of `cooper-certs`.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// What is stored cannot be used, and is left as it is.
    #[error("{place}: {flaw}")]
    Material {
        /// The folder or Secret.
        place: String,
        /// What is wrong, and what to do.
        flaw: Flaw,
    },
    /// A key or certificate could not be made.
    #[error("cannot make {what}")]
    Issue {
        /// What was to be made.
        what: &'static str,
        /// The library's reason.
        source: rcgen::Error,
    },
    /// A file or folder could not be read or written.
    #[error("cannot {action} {path}: check that it exists, that the volume is writable and who owns it", path = path.display())]
    Folder {
        /// What was tried.
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// The Kubernetes API could not be reached or refused a request.
    #[error("cannot {action}: {hint}")]
    Api {
        /// Verb and object.
        action: String,
        /// What to check.
        hint: &'static str,
        /// The API server's reason, or the client's.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// Others kept writing the same Secret.
    #[error("{place} was changed by somebody else {tries} times in a row: find who else writes it, or run again")]
    Contended {
        /// The Secret.
        place: String,
        /// How often it was tried.
        tries: u32,
    },
    /// A webhook configuration that is not Cooper's.
    #[error("{kind} {name} is not labelled {label}: it is left alone. Check the name, or add the label if it is Cooper's")]
    NotOurs {
        /// Kind of the webhook configuration.
        kind: &'static str,
        /// Its name.
        name: String,
        /// The label that is asked for.
        label: &'static str,
    },
    /// A webhook configuration or Secret without the members that make one.
    #[error("{object}: {why}")]
    Shape {
        /// The object.
        object: String,
        /// What is missing.
        why: String,
    },
    /// The steps did not come to an end.
    #[error("{place} is still not settled after {steps} steps; the last one was: {last}. Run again, and report it if it stays so")]
    Unsettled {
        /// The folder or Secret.
        place: String,
        /// How many steps were made.
        steps: u32,
        /// The last one.
        last: String,
    },
}

impl Error {
    /// The class of the error, a fixed word for logs.
    #[must_use]
    pub fn category(&self) -> &'static str {
        match self {
            Self::Material { .. } => "material",
            Self::Issue { .. } => "issue",
            Self::Folder { .. } => "folder",
            Self::Api { .. } => "api",
            Self::Contended { .. } => "contended",
            Self::NotOurs { .. } => "not-ours",
            Self::Shape { .. } => "shape",
            Self::Unsettled { .. } => "unsettled",
        }
    }

    /// The exit code of the process: 3 where a person has to decide, since trying again changes nothing; 1 otherwise. (Wrong usage is 2,
    /// by clap.)
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Material { .. } | Self::NotOurs { .. } | Self::Shape { .. } => 3,
            Self::Issue { .. } | Self::Folder { .. } | Self::Api { .. } | Self::Contended { .. } | Self::Unsettled { .. } => 1,
        }
    }

    /// The error and its reasons on one line.
    #[must_use]
    pub fn chain(&self) -> String {
        let mut text = format!("[{}] {self}", self.category());
        let mut next = std::error::Error::source(self);
        while let Some(reason) = next {
            let reason_text = reason.to_string();
            if !text.contains(&reason_text) {
                text.push_str(": ");
                text.push_str(&reason_text);
            }
            next = reason.source();
        }
        text
    }

    /// For `map_err`: a failed call of the Kubernetes API.
    pub(crate) fn api(action: impl Into<String>) -> impl FnOnce(kube::Error) -> Self {
        let action = action.into();
        move |error| {
            let hint = hint(&error);
            // The server's own words: the client's text repeats them in a programmer's form.
            if let kube::Error::Api(status) = error {
                Self::Api { action, hint, source: status }
            } else {
                Self::Api { action, hint, source: Box::new(error) }
            }
        }
    }
}

/// What to check after a failed call of the Kubernetes API.
fn hint(error: &kube::Error) -> &'static str {
    if let kube::Error::InferConfig(_) = error {
        return "no cluster is configured; set KUBECONFIG or run inside the cluster";
    }
    let kube::Error::Api(status) = error else { return "check KUBECONFIG and that the API server can be reached" };
    if status.is_forbidden() {
        "this identity may not do it; apply deploy/rbac and check the ServiceAccount"
    } else if status.is_not_found() {
        "it does not exist; apply deploy/ first and check the name"
    } else if status.is_conflict() {
        "another field manager owns the field (cert-manager's injector?); let only one of them write it, or take it over with --take-over"
    } else {
        "the API server refused it"
    }
}
