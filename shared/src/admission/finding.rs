//! One reason to refuse or to warn, and where in the object it is.

use std::borrow::Cow;
use std::fmt::{self, Display};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// How much a finding weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The write is refused.
    Deny,
    /// The write passes with a warning.
    Warn,
}

impl Severity {
    /// The word in metrics and reports: `deny`, `warn`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Deny => "deny",
            Self::Warn => "warn",
        }
    }
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
    /// The id of the rule; it never changes. Of a guardrail `name/rule`.
    pub rule: Cow<'static, str>,
    /// How much it weighs.
    pub severity: Severity,
    /// What is wrong.
    pub reason: Reason,
    /// The field.
    pub field: String,
    /// What is wrong, with which value, and what to do.
    pub message: String,
    /// Whether it would refuse the write, had the stored object not had it already.
    pub ratcheted: bool,
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

    /// The last member of the path, such as `days` of `spec.lifecycle.rules[0].expiration.days`; `None` at an index or a key.
    #[must_use]
    pub fn name(&self) -> Option<&'a str> {
        match self.segment {
            Segment::Member(name) => Some(name),
            Segment::Index(_) | Segment::Key(_) => None,
        }
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

/// What was found so far. Of each severity it keeps the first [`Findings::MOST`] and counts the rest, so that an object made of
/// mistakes costs no more memory than one that holds many.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Findings {
    found: Vec<Finding>,
    kept: [usize; 2],
    dropped: usize,
    skipped: bool,
    broken: Vec<&'static str>,
}

impl Findings {
    /// How many findings of one severity are kept.
    pub const MOST: usize = 256;

    /// A finding that refuses the write. The field is a [`Path`] or anything that prints as one.
    pub fn deny(&mut self, rule: &'static str, reason: Reason, at: impl Display, message: impl Into<String>) {
        self.push(Severity::Deny, rule, reason, at, message.into());
    }

    /// A finding that only warns.
    pub fn warn(&mut self, rule: &'static str, reason: Reason, at: impl Display, message: impl Into<String>) {
        self.push(Severity::Warn, rule, reason, at, message.into());
    }

    fn push(&mut self, severity: Severity, rule: &'static str, reason: Reason, at: impl Display, message: String) {
        let kept = match severity {
            Severity::Deny => &mut self.kept[0],
            Severity::Warn => &mut self.kept[1],
        };
        if *kept < Self::MOST {
            *kept += 1;
            self.found.push(Finding { rule: Cow::Borrowed(rule), severity, reason, field: at.to_string(), message, ratcheted: false });
        } else {
            self.dropped += 1;
        }
    }

    /// Notes that a rule was left out because what it needs to know of other objects is not known yet.
    pub fn skip_stateful(&mut self) {
        self.skipped = true;
    }

    /// Whether a rule was left out because what it needs to know of other objects is not known yet.
    #[must_use]
    pub fn skipped_stateful(&self) -> bool {
        self.skipped
    }

    /// Runs the rules of one area. A panic in them, which is a bug of ours, is noted and costs no more than their findings: one broken
    /// rule stops no Bucket.
    pub fn guarded(&mut self, area: &'static str, judge: impl FnOnce(&mut Self)) {
        // Findings are only ever added, so that those of a judge that broke off are whole.
        if catch_unwind(AssertUnwindSafe(|| judge(self))).is_err() {
            self.broken.push(area);
        }
    }

    /// The areas whose rules panicked.
    #[must_use]
    pub fn broken(&self) -> &[&'static str] {
        &self.broken
    }

    /// How many findings were made and not kept.
    #[must_use]
    pub fn dropped(&self) -> usize {
        self.dropped
    }

    /// The findings in the order in which they were made.
    #[must_use]
    pub fn as_slice(&self) -> &[Finding] {
        &self.found
    }

    /// All of them, the refusing ones first, then by field and rule.
    #[must_use]
    pub fn sorted(mut self) -> Vec<Finding> {
        sort(&mut self.found);
        self.found
    }
}

/// The refusing ones first, then by field and rule.
pub fn sort(findings: &mut [Finding]) {
    findings.sort_by(|a, b| (a.severity, &a.field, &a.rule).cmp(&(b.severity, &b.field, &b.rule)));
}

/// A value of the user as it stands in a message: in quotes, control characters escaped, cut after 64 characters.
#[must_use]
pub fn quote(value: &str) -> String {
    const MOST: usize = 64;
    let mut text: String = value.chars().take(MOST).flat_map(char::escape_debug).collect();
    if value.chars().nth(MOST).is_some() {
        text.push_str("...");
    }
    format!("\"{text}\"")
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

    #[test]
    fn findings_beyond_the_first_many_are_counted_and_a_refusal_is_never_among_them() {
        let mut findings = Findings::default();
        for _ in 0..Findings::MOST + 3 {
            findings.warn("w", Reason::Invalid, "spec", "w");
        }
        findings.deny("d", Reason::Invalid, "spec", "d");
        assert_eq!((findings.as_slice().len(), findings.dropped()), (Findings::MOST + 1, 3));
        assert_eq!(findings.sorted()[0].rule, "d");
    }

    #[test]
    fn a_panic_costs_the_findings_of_its_area_and_no_more() {
        let mut findings = Findings::default();
        findings.guarded("first", |to| to.deny("a", Reason::Invalid, "spec", "a"));
        findings.guarded("second", |to| {
            to.deny("b", Reason::Invalid, "spec", "b");
            panic!("a bug");
        });
        findings.guarded("third", |to| to.warn("c", Reason::Invalid, "spec", "c"));
        assert_eq!(findings.broken(), ["second"]);
        assert_eq!(findings.as_slice().iter().map(|finding| &*finding.rule).collect::<String>(), "abc");
    }

    #[test]
    fn a_quoted_value_is_short_and_prints_on_one_line() {
        assert_eq!(quote("a\nb"), r#""a\nb""#);
        assert_eq!(quote(&"ü".repeat(64)), format!("\"{}\"", "ü".repeat(64)));
        assert_eq!(quote(&"ü".repeat(65)), format!("\"{}...\"", "ü".repeat(64)));
    }
}
