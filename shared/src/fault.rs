//! What went wrong in a call to S3 or STS, and what follows from it.

use std::error::Error as StdError;
use std::sync::Arc;

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
    /// Too many requests.
    Throttled,
    /// S3 or the way to it is ill.
    Transient,
}

impl Class {
    /// The class as a metric label and an Event reason.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Terminal => "Terminal",
            Self::Denied => "Denied",
            Self::Missing => "Missing",
            Self::Conflict => "Conflict",
            Self::Throttled => "Throttled",
            Self::Transient => "Transient",
        }
    }
}

/// The code of a fault that came from no answer: a time-out, a refused connection, an unreadable body.
pub const NO_ANSWER: &str = "NoAnswer";
/// The code of a fault where the store does not implement what the spec declares.
pub const UNSUPPORTED: &str = "UnsupportedByStore";

/// One S3 or STS operation and the IAM action that allows it.
/// Source: Service Authorization Reference, "Actions, resources, and condition keys for Amazon S3".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Operation {
    /// The operation as the API names it, such as GetBucketEncryption.
    pub name: &'static str,
    /// The IAM action to allow, such as s3:GetEncryptionConfiguration.
    pub action: &'static str,
}

/// A failed call.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{}{}", .operation.name, self.tail())]
pub struct Fault {
    /// What follows from it.
    pub class: Class,
    /// The call that failed.
    pub operation: Operation,
    /// The error code of the answer, or [`NO_ANSWER`].
    pub code: String,
    /// The text of the answer.
    pub message: String,
    /// What the SDK made of it.
    #[source]
    pub source: Option<Arc<dyn StdError + Send + Sync>>,
}

impl Fault {
    fn tail(&self) -> String {
        let hint = match self.class {
            // Not a matter of IAM: S3's answer names the setting that forbids it.
            Class::Denied if self.message.contains("Block Public Access") => String::new(),
            Class::Denied => format!(" (allow {} for the identity that the controller uses)", self.operation.action),
            Class::Terminal | Class::Missing | Class::Conflict | Class::Throttled | Class::Transient => String::new(),
        };
        let colon = if self.message.is_empty() { "" } else { ": " };
        format!(": {}{colon}{}{hint}", self.code, self.message)
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

/// The class of an error code, the HTTP status deciding where the code is unknown.
/// Source: S3 API reference, "Error responses"; STS API reference, "Common errors".
#[must_use]
pub fn classify(status: u16, code: &str) -> Class {
    match code {
        "AccessDenied"
        | "AccessDeniedException"
        | "AllAccessDisabled"
        | "AccountProblem"
        | "InvalidAccessKeyId"
        | "SignatureDoesNotMatch"
        | "ExpiredToken"
        | "ExpiredTokenException"
        | "InvalidToken"
        | "InvalidClientTokenId"
        | "InvalidIdentityToken"
        | "UnauthorizedAccess"
        | "MethodNotAllowed"
        | "NotSignedUp" => Class::Denied,
        "NoSuchBucket" | "NoSuchKey" | "NotFound" | "KMS.NotFoundException" => Class::Missing,
        "OperationAborted" | "BucketNotEmpty" | "ConditionalRequestConflict" | "InvalidBucketState" | "RestoreAlreadyInProgress" => {
            Class::Conflict
        }
        "SlowDown"
        | "Throttling"
        | "ThrottlingException"
        | "RequestLimitExceeded"
        | "TooManyRequests"
        | "TooManyRequestsException"
        | "RequestThrottled"
        | "BandwidthLimitExceeded"
        | "ReducePriority"
        | "ServiceUnavailable" => Class::Throttled,
        "InternalError" | "RequestTimeout" | "RequestTimeTooSkewed" | "RequestExpired" | "IncompleteBody" | NO_ANSWER => Class::Transient,
        _ => match status {
            401 | 403 => Class::Denied,
            404 => Class::Missing,
            409 | 412 => Class::Conflict,
            429 | 503 => Class::Throttled,
            400..=499 | 501 => Class::Terminal,
            _ => Class::Transient,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_go_before_statuses() {
        assert_eq!(classify(400, "RequestTimeout"), Class::Transient);
        assert_eq!(classify(409, "OperationAborted"), Class::Conflict);
        assert_eq!(classify(503, "SlowDown"), Class::Throttled);
        assert_eq!(classify(400, "MalformedPolicy"), Class::Terminal);
        assert_eq!(classify(403, "SomethingNew"), Class::Denied);
        assert_eq!(classify(500, "SomethingNew"), Class::Transient);
        assert_eq!(classify(0, NO_ANSWER), Class::Transient);
    }

    #[test]
    fn a_public_policy_that_is_blocked_is_no_matter_of_iam() {
        let fault = Fault {
            class: Class::Denied,
            operation: Operation { name: "PutBucketPolicy", action: "s3:PutBucketPolicy" },
            code: "AccessDenied".to_owned(),
            message: "public policies are prevented by the BlockPublicPolicy setting in S3 Block Public Access.".to_owned(),
            source: None,
        };
        assert!(!fault.to_string().contains("(allow"), "{fault}");
    }

    #[test]
    fn a_denial_names_the_iam_action() {
        let fault = Fault {
            class: Class::Denied,
            operation: Operation { name: "GetBucketEncryption", action: "s3:GetEncryptionConfiguration" },
            code: "AccessDenied".to_owned(),
            message: "Access Denied".to_owned(),
            source: None,
        };
        assert!(fault.to_string().contains("s3:GetEncryptionConfiguration"), "{fault}");
    }
}
