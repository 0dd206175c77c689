//! One reason to refuse or to warn, and where in the object it is.

use std::fmt::{self, Display};

/// How much a finding weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The write is refused.
    Deny,
    /// The write passes with a warning.
    Warn,
}

/// What is wrong with the field; the `reason` of a cause in a Kubernetes Status.
/// Source: Kubernetes API reference, `StatusCause`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reason {
    /// The value is not one that the field takes.
    Invalid,
    /// The value is missing.
    Required,
    /// The value stands there twice.
    Duplicate,
    /// The value is none of the few that are known.
    NotSupported,
    /// The value may not be set, changed or used here.
    Forbidden,
}

impl Reason {
    /// The reason as Kubernetes spells it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Invalid => "FieldValueInvalid",
            Self::Required => "FieldValueRequired",
            Self::Duplicate => "FieldValueDuplicate",
            Self::NotSupported => "FieldValueNotSupported",
            Self::Forbidden => "FieldValueForbidden",
        }
    }
}

/// One reason to refuse or to warn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The id of the rule; it never changes.
    pub rule: &'static str,
    /// How much it weighs.
    pub severity: Severity,
    /// What is wrong.
    pub reason: Reason,
    /// The field.
    pub field: String,
    /// What is wrong, with which value, and what to do.
    pub message: String,
}

impl Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{}] {}: {}", self.rule, self.field, self.message)
    }
}

/// A field of the object. It lives on the stack and becomes text only when there is a finding.
#[derive(Clone, Copy, Debug)]
pub struct Path<'a> {
    parent: Option<&'a Path<'a>>,
    segment: Segment<'a>,
}

#[derive(Clone, Copy, Debug)]
enum Segment<'a> {
    Member(&'a str),
    Index(usize),
    Key(&'a str),
}

impl<'a> Path<'a> {
    /// The start of a path: `spec`, `metadata`, `status`.
    #[must_use]
    pub fn root(name: &'a str) -> Self {
        Self { parent: None, segment: Segment::Member(name) }
    }

    /// `path.name`
    #[must_use]
    pub fn member(&'a self, name: &'a str) -> Self {
        Self { parent: Some(self), segment: Segment::Member(name) }
    }

    /// `path[index]`
    #[must_use]
    pub fn index(&'a self, index: usize) -> Self {
        Self { parent: Some(self), segment: Segment::Index(index) }
    }

    /// `path[key]`
    #[must_use]
    pub fn key(&'a self, key: &'a str) -> Self {
        Self { parent: Some(self), segment: Segment::Key(key) }
    }
}

impl Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(parent) = self.parent {
            parent.fmt(f)?;
        }
        match self.segment {
            Segment::Member(name) if self.parent.is_none() => f.write_str(name),
            Segment::Member(name) => write!(f, ".{name}"),
            Segment::Index(index) => write!(f, "[{index}]"),
            Segment::Key(key) => write!(f, "[{key}]"),
        }
    }
}

/// What was found so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Findings(Vec<Finding>);

impl Findings {
    /// A finding that refuses the write.
    pub fn deny(&mut self, rule: &'static str, reason: Reason, at: &Path<'_>, message: impl Into<String>) {
        self.push(Severity::Deny, rule, reason, at, message.into());
    }

    /// A finding that only warns.
    pub fn warn(&mut self, rule: &'static str, reason: Reason, at: &Path<'_>, message: impl Into<String>) {
        self.push(Severity::Warn, rule, reason, at, message.into());
    }

    fn push(&mut self, severity: Severity, rule: &'static str, reason: Reason, at: &Path<'_>, message: String) {
        self.0.push(Finding { rule, severity, reason, field: at.to_string(), message });
    }

    /// All of them, the refusing ones first, then by field and rule.
    #[must_use]
    pub fn sorted(mut self) -> Vec<Finding> {
        self.0.sort_by(|a, b| (a.severity, &a.field, a.rule).cmp(&(b.severity, &b.field, b.rule)));
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_prints_as_kubectl_does() {
        let spec = Path::root("spec");
        let tagging = spec.member("tagging");
        let set = tagging.member("tagSet");
        assert_eq!(set.index(3).member("key").to_string(), "spec.tagging.tagSet[3].key");
        let (metadata, key) = (Path::root("metadata"), "services.k8s.aws/region");
        assert_eq!(metadata.member("annotations").key(key).to_string(), "metadata.annotations[services.k8s.aws/region]");
    }
}
