//! What one rule says of one Bucket, before anybody weighs it.

use std::fmt::Display;

use super::template::Placeholder;
use crate::admission::Reason;

/// One thing that a rule says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mark {
    /// Whether the rule could not be judged, rather than not met.
    pub(crate) error: bool,
    pub(crate) reason: Reason,
    pub(crate) field: String,
    pub(crate) message: String,
}

/// What one rule says. Of a Bucket made of faults it keeps the first [`Marks::MOST`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Marks {
    pub(crate) found: Vec<Mark>,
    /// How many more there were.
    pub(crate) dropped: usize,
    /// Whether the rule does not apply, or nobody can know whether it is met.
    pub(crate) skipped: bool,
}

impl Marks {
    /// How many marks of one rule are kept.
    pub(crate) const MOST: usize = 32;

    /// The rule is not met.
    pub(crate) fn fail(&mut self, reason: Reason, field: impl Display, message: impl Into<String>) {
        self.push(false, reason, field, message.into());
    }

    /// The rule cannot be judged, and should be.
    pub(crate) fn error(&mut self, field: impl Display, message: impl Into<String>) {
        self.push(true, Reason::Invalid, field, message.into());
    }

    /// The rule asks for something that is not known.
    pub(crate) fn unknown(&mut self, field: impl Display, placeholder: Placeholder) {
        let advice = match placeholder {
            Placeholder::Account => "; set annotation services.k8s.aws/owner-account-id on the namespace",
            Placeholder::Region => "; set annotation services.k8s.aws/region",
            Placeholder::Namespace | Placeholder::Name => "",
        };
        self.error(field, format!("the rule asks for the bucket's {placeholder}, which is not known{advice}"));
    }

    /// The rule does not apply, or nobody can know whether it is met.
    pub(crate) fn skip(&mut self) {
        self.skipped = true;
    }

    fn push(&mut self, error: bool, reason: Reason, field: impl Display, message: String) {
        if self.found.len() < Self::MOST {
            self.found.push(Mark { error, reason, field: field.to_string(), message });
        } else {
            self.dropped += 1;
        }
    }
}
