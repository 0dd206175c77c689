//! What went wrong in a call to S3 or STS, and what follows from it.

mod advice;
mod classify;
mod table;

use std::error::Error as StdError;
use std::sync::Arc;

pub use self::classify::{classify, classify_told};

/// What follows from a fault. One pure table, [`classify`], decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Class {
    /// S3 refuses what the spec says; wait for a change, look again slowly.
    Terminal,
    /// Permission is lacking; somebody else has to grant it.
    Denied,
    /// Something that has to exist does not, or not yet.
    Missing,
    /// Somebody else is writing the same bucket just now.
    Conflict,
    /// A quota of the account is used up; people have to have it raised, or make room.
    Limit,
    /// Too many requests.
    Throttled,
    /// S3 or the way to it is ill.
    Transient,
}

impl Class {
    /// All of them.
    pub const ALL: [Self; 7] = [Self::Terminal, Self::Denied, Self::Missing, Self::Conflict, Self::Limit, Self::Throttled, Self::Transient];

    /// The class as a metric label and an Event reason.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Terminal => "Terminal",
            Self::Denied => "Denied",
            Self::Missing => "Missing",
            Self::Conflict => "Conflict",
            Self::Limit => "Limit",
            Self::Throttled => "Throttled",
            Self::Transient => "Transient",
        }
    }
}

/// The code of a fault that came from no answer: a time-out, a refused connection, a connection that was cut.
pub const NO_ANSWER: &str = "NoAnswer";
/// The code of a fault where an answer came that is none: cut short, too long, or no S3 document.
pub const UNREADABLE: &str = "UnreadableAnswer";
/// The code of a fault where the store does not implement what the spec declares.
pub const UNSUPPORTED: &str = "UnsupportedByStore";
/// What S3 puts before the error codes of KMS.
const KMS: &str = "KMS.";

/// One S3 or STS operation and the IAM action that allows it.
/// Source: Service Authorization Reference, "Actions, resources, and condition keys for Amazon S3".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Operation {
    /// The operation as the API names it, such as GetBucketEncryption.
    pub name: &'static str,
    /// The IAM action to allow, such as s3:GetEncryptionConfiguration.
    pub action: &'static str,
}

/// A failed call. Its text names the call, the error code, S3's own words and, where there is something to do, what to do.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{}: {}{}{}{}", .operation.name, .code, self.colon(), .message, advice::on(self))]
pub struct Fault {
    /// What follows from it.
    pub class: Class,
    /// The call that failed.
    pub operation: Operation,
    /// The error code of the answer, [`NO_ANSWER`], [`UNREADABLE`] or another word.
    pub code: String,
    /// The text of the answer.
    pub message: String,
    /// What the SDK made of it.
    #[source]
    pub source: Option<Arc<dyn StdError + Send + Sync>>,
}

impl Fault {
    fn colon(&self) -> &'static str {
        if self.message.is_empty() { "" } else { ": " }
    }

    /// The fault of a spec that lacks a member without which the SDK builds no request; admission refuses such a spec.
    pub fn unbuildable(operation: Operation, source: impl StdError + Send + Sync + 'static) -> Self {
        let message = source.to_string();
        Self { class: Class::Terminal, operation, code: "IncompleteSpec".to_owned(), message, source: Some(Arc::new(source)) }
    }

    /// The fault of a store that does not implement what the spec declares.
    #[must_use]
    pub fn unsupported(operation: Operation, config: &str) -> Self {
        Self {
            class: Class::Terminal,
            operation,
            code: UNSUPPORTED.to_owned(),
            message: format!("this S3 store does not implement {config}; remove spec.{config} or use another store"),
            source: None,
        }
    }
}
