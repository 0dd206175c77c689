//! How findings read: the Status of a refusal, the warnings of a pass, the annotations of the audit log. All of it within the
//! limits that the API server sets.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::sync::Arc;

use shared::admission::Finding;
use shared::bucket::GROUP;

use crate::review::{Cause, Details, Status};

/// A warning's length to aim at, in characters. Source: Kubernetes, "Extensible admission control", warnings.
const WARNING_AIM: usize = 120;
/// Longer warnings may be cut by the API server.
const WARNING_MOST: usize = 256;
/// The most warnings of one answer.
pub(crate) const WARNINGS: usize = 10;
/// All warnings together, in characters; the API server drops what is beyond.
const WARNINGS_TOTAL: usize = 4096;
/// The most faults that one answer spells out.
const CAUSES: usize = 100;
/// The longest list of rules in the audit log, in bytes.
const AUDIT_BYTES: usize = 1024;

/// The kind of what is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Kind {
    pub group: &'static str,
    pub kind: &'static str,
}

/// A Bucket.
pub(crate) const BUCKET: Kind = Kind { group: GROUP, kind: "Bucket" };

/// The refusal of an object: every finding as a line of the message, for clients that show only that, and as a cause, for kubectl.
pub(crate) fn refusal(of: Kind, name: &str, denied: &[Finding]) -> Status {
    let problems = if denied.len() == 1 { "problem" } else { "problems" };
    let mut message = format!("{} {name:?} refused: {} {problems}", of.kind, denied.len());
    let shown = &denied[..denied.len().min(CAUSES)];
    let left = denied.len() - shown.len();
    for finding in shown {
        // Writing to a String cannot fail.
        let _ = write!(message, "\n[{}] {}: {}", finding.rule, one_line(&finding.field), one_line(&finding.message));
    }
    if left > 0 {
        let _ = write!(message, "\nand {left} more");
    }
    let causes = shown.iter().map(|finding| Cause {
        reason: finding.reason.as_str(),
        message: format!("[{}] {}", finding.rule, one_line(&finding.message)),
        field: one_line(&finding.field).into_owned(),
    });
    let mut status = Status::failure(422, "Invalid", message);
    status.details = Some(details(of, name, causes.collect()));
    status
}

/// What a refusal is about.
pub(crate) fn details(of: Kind, name: &str, causes: Vec<Cause>) -> Details {
    Details { name: name.to_owned(), group: of.group, kind: of.kind, causes }
}

/// Ends a refusal with these texts. kubectl shows the causes alone, so they stand in the last one as well.
pub(crate) fn append(status: &mut Status, notes: &[Arc<str>]) {
    for note in notes.iter().map(|note| one_line(note)) {
        let _ = write!(status.message, "\n{note}");
        if let Some(last) = status.details.as_mut().and_then(|details| details.causes.last_mut()) {
            let _ = write!(last.message, " ({note})");
        }
    }
}

/// A text as a warning.
pub(crate) fn plain_warning(text: &str) -> String {
    let mut text = one_line(text).into_owned();
    shorten(&mut text);
    text
}

/// The warnings of one answer.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Warnings {
    /// What is sent.
    pub texts: Vec<String>,
    /// How many findings are cut short or left out.
    pub truncated: usize,
}

/// Findings as warnings, most important first, as given: at most 10, each at most 256 characters, 4,096 in all; where some are
/// left out the last one says how many.
pub(crate) fn warnings<'a>(findings: impl ExactSizeIterator<Item = &'a Finding>) -> Warnings {
    let all = findings.len();
    let mut warnings = Warnings::default();
    let mut room = WARNINGS_TOTAL;
    for (done, finding) in findings.enumerate() {
        let (text, cut) = warning(finding);
        let length = text.chars().count();
        let last_place = warnings.texts.len() + 1 == WARNINGS && all - done > 1;
        // The last line, which says what is left out, needs a place and some characters.
        if last_place || length + 32 > room {
            warnings.texts.push(format!("and {} more", all - done));
            warnings.truncated += all - done;
            return warnings;
        }
        room -= length;
        warnings.truncated += usize::from(cut);
        warnings.texts.push(text);
    }
    warnings
}

/// `[rule] field: message`; the field goes where the text is longer than the length to aim at and the message names it anyway.
fn warning(finding: &Finding) -> (String, bool) {
    let message = one_line(&finding.message);
    let mut text = format!("[{}] {}: {message}", finding.rule, one_line(&finding.field));
    let long = text.chars().count() > WARNING_AIM;
    if finding.message.starts_with(&finding.field) || (long && names(&finding.message, &finding.field)) {
        text = format!("[{}] {message}", finding.rule);
    }
    let cut = shorten(&mut text);
    (text, cut)
}

/// Cuts what is too long for a warning; whether it was.
fn shorten(text: &mut String) -> bool {
    let cut = text.char_indices().nth(WARNING_MOST).is_some();
    if cut {
        let end = text.char_indices().nth(WARNING_MOST - 3).map_or(text.len(), |(at, _)| at);
        text.truncate(end);
        text.push_str("...");
    }
    cut
}

/// Whether the message names the field: as a whole, or the key of the map that the field ends in, such as an annotation.
fn names(message: &str, field: &str) -> bool {
    let key = field.strip_suffix(']').and_then(|field| Some(field.split_once('[')?.1)).filter(|key| key.contains('/'));
    message.contains(field) || key.is_some_and(|key| message.contains(key))
}

/// Rule ids as the value of an audit annotation: sorted, each once, separated by commas, at most 1 KiB.
pub(crate) fn audit_list<'a>(ids: impl Iterator<Item = &'a str>) -> String {
    let mut ids: Vec<&str> = ids.collect();
    ids.sort_unstable();
    ids.dedup();
    let mut list = String::new();
    for id in ids {
        if list.len() + id.len() + 4 > AUDIT_BYTES {
            list.push_str(",...");
            break;
        }
        if !list.is_empty() {
            list.push(',');
        }
        list.push_str(id);
    }
    list
}

/// Control characters would break the lines of a message and make a warning unsendable (source: Kubernetes,
/// `NewWarningHeader`): they are shown escaped.
fn one_line(text: &str) -> Cow<'_, str> {
    if !text.contains(char::is_control) {
        return Cow::Borrowed(text);
    }
    let mut line = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        if c.is_control() { line.extend(c.escape_default()) } else { line.push(c) }
    }
    Cow::Owned(line)
}

#[cfg(test)]
mod tests {
    use shared::admission::{Reason, Severity};

    use super::*;

    fn finding(rule: &'static str, message: &str) -> Finding {
        Finding {
            rule: rule.into(),
            severity: Severity::Deny,
            reason: Reason::Invalid,
            field: "spec.name".to_owned(),
            message: message.to_owned(),
            ratcheted: false,
        }
    }

    #[test]
    fn a_refusal_has_a_line_and_a_cause_for_each_finding() {
        let status = refusal(BUCKET, "logs", &[finding("name-length", "too long"), finding("name-dots", "a\nb")]);
        assert_eq!((status.code, status.reason), (422, "Invalid"));
        assert_eq!(status.message, "Bucket \"logs\" refused: 2 problems\n[name-length] spec.name: too long\n[name-dots] spec.name: a\\nb");
        let details = status.details.unwrap();
        assert_eq!((details.group, details.kind, details.name.as_str()), ("s3.services.k8s.aws", "Bucket", "logs"));
        assert_eq!(details.causes[1].message, "[name-dots] a\\nb");
        assert_eq!((details.causes[1].field.as_str(), details.causes[1].reason), ("spec.name", "FieldValueInvalid"));
    }

    #[test]
    fn a_thousand_findings_still_make_a_small_answer() {
        let many: Vec<_> = (0..1000).map(|n| finding("tag-key-length", &format!("tag {n}"))).collect();
        let status = refusal(BUCKET, "logs", &many);
        assert!(status.message.starts_with("Bucket \"logs\" refused: 1000 problems\n") && status.message.ends_with("\nand 900 more"));
        assert_eq!(status.details.unwrap().causes.len(), 100);
    }

    #[test]
    fn warnings_keep_to_the_limits() {
        let short: Vec<_> = (0..10).map(|n| finding("rule", &n.to_string())).collect();
        let ten = warnings(short.iter());
        assert_eq!((ten.texts.len(), ten.truncated, ten.texts[9].as_str()), (10, 0, "[rule] spec.name: 9"));

        let short: Vec<_> = (0..17).map(|n| finding("rule", &n.to_string())).collect();
        let cut = warnings(short.iter());
        assert_eq!((cut.texts.len(), cut.truncated, cut.texts[9].as_str()), (10, 8, "and 8 more"));

        let wide: Vec<_> = (0..30).map(|_| finding("rule", &"é".repeat(1000))).collect();
        let cut = warnings(wide.iter());
        assert!(cut.texts.iter().all(|text| text.chars().count() <= WARNING_MOST), "{cut:?}");
        assert!(cut.texts.iter().map(|text| text.chars().count()).sum::<usize>() <= WARNINGS_TOTAL);
        assert_eq!((cut.texts[0].chars().count(), cut.truncated), (256, 30));
        assert!(cut.texts[0].ends_with("...") && cut.texts[9] == "and 21 more", "{cut:?}");
        assert_eq!(warnings([].iter()), Warnings::default());
    }

    #[test]
    fn a_long_warning_leaves_out_a_field_that_it_names_anyway() {
        let message = format!("spec.name {} is too long", "x".repeat(100));
        let (text, cut) = warning(&finding("name-length", &message));
        assert_eq!((text, cut), (format!("[name-length] {message}"), false));

        let mut unknown = finding("annotation", &format!("annotation \"a/b\" is not known{}", ".".repeat(100)));
        unknown.field = "metadata.annotations[a/b]".to_owned();
        assert_eq!(warning(&unknown).0, format!("[annotation] {}", unknown.message));
        unknown.field = "spec.rules[7].a".to_owned();
        assert!(warning(&unknown).0.contains("spec.rules[7].a"), "a place in a list is kept");
    }

    #[test]
    fn the_audit_log_gets_each_rule_once_and_at_most_a_kibibyte() {
        assert_eq!(audit_list(["b", "a", "b"].into_iter()), "a,b");
        let many: Vec<String> = (0..500).map(|n| format!("rule-{n:03}")).collect();
        let list = audit_list(many.iter().map(String::as_str));
        assert!(list.len() <= AUDIT_BYTES && list.ends_with(",..."), "{}", list.len());
    }
}
