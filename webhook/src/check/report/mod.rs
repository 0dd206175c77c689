//! The findings as text, JSON or SARIF.

mod sarif;

use std::io::{self, Write};

use clap::ValueEnum;
use serde_json::{Value, json};
use shared::admission::Severity;

use super::judge::{Checked, Located};

/// How the findings are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// One line per finding, as compilers do, and a last line with the counts.
    Text,
    /// One object: buckets, denied, warned, findings[].
    Json,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
}

pub(super) fn write(format: Format, checked: &Checked, to: &mut dyn Write) -> io::Result<()> {
    match format {
        Format::Text => text(checked, to),
        Format::Json => pretty(&as_json(checked), to),
        Format::Sarif => pretty(&sarif::log(checked), to),
    }
}

fn text(checked: &Checked, to: &mut dyn Write) -> io::Result<()> {
    for at in &checked.findings {
        let Located { file, line, finding, .. } = at;
        writeln!(to, "{file}:{line}: {}: {}: {finding}", level(finding.severity), subject(at))?;
    }
    let (denied, warned) = counts(checked);
    match checked.buckets {
        0 if checked.policies > 0 => {
            writeln!(to, "{} checked: {}, {}", plural(checked.policies, "guardrail"), plural(denied, "error"), plural(warned, "warning"))
        }
        0 => writeln!(to, "no Bucket of s3.services.k8s.aws was found"),
        buckets => writeln!(to, "{} checked: {}, {}", plural(buckets, "Bucket"), plural(denied, "error"), plural(warned, "warning")),
    }
}

/// Kind, namespace and name.
fn subject(at: &Located) -> String {
    let Located { kind, namespace, name, .. } = at;
    if namespace.is_empty() { format!("{kind} {name}") } else { format!("{kind} {namespace}/{name}") }
}

fn as_json(checked: &Checked) -> Value {
    let (denied, warned) = counts(checked);
    let findings = checked.findings.iter().map(|at| {
        json!({
            "file": at.file,
            "line": at.line,
            "kind": at.kind,
            "namespace": at.namespace,
            "name": at.name,
            "rule": at.finding.rule,
            "severity": at.finding.severity.as_str(),
            "reason": at.finding.reason.as_str(),
            "field": at.finding.field,
            "message": at.finding.message,
        })
    });
    json!({"buckets": checked.buckets, "guardrails": checked.policies, "denied": denied, "warned": warned, "findings": findings.collect::<Vec<_>>()})
}

/// The severity as compilers and SARIF say it.
fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Deny => "error",
        Severity::Warn => "warning",
    }
}

fn counts(checked: &Checked) -> (usize, usize) {
    let denied = checked.findings.iter().filter(|at| at.finding.severity == Severity::Deny).count();
    (denied, checked.findings.len() - denied)
}

fn plural(count: usize, what: &str) -> String {
    let ending = if count == 1 { "" } else { "s" };
    format!("{count} {what}{ending}")
}

fn pretty(value: &Value, to: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *to, value)?;
    writeln!(to)
}

#[cfg(test)]
pub(super) mod tests {
    use shared::admission::{Finding, Reason};

    use super::*;

    pub(in crate::check) fn checked() -> Checked {
        let finding = |rule: &'static str, severity| Finding {
            rule: rule.into(),
            severity,
            reason: Reason::Invalid,
            field: "spec.name".to_owned(),
            message: "is \"x\"".to_owned(),
            ratcheted: false,
        };
        let located = |line, finding| Located {
            file: "a b.yaml".to_owned(),
            line,
            kind: "Bucket",
            namespace: "team-a".to_owned(),
            name: "logs".to_owned(),
            finding,
        };
        let findings = vec![located(3, finding("name-length", Severity::Deny)), located(9, finding("name-dots-tls", Severity::Warn))];
        Checked { buckets: 1, policies: 0, findings }
    }

    fn written(format: Format, checked: &Checked) -> String {
        let mut to = Vec::new();
        write(format, checked, &mut to).unwrap();
        String::from_utf8(to).unwrap()
    }

    #[test]
    fn text_is_what_editors_jump_by() {
        let lines = "a b.yaml:3: error: Bucket team-a/logs: [name-length] spec.name: is \"x\"\n\
                     a b.yaml:9: warning: Bucket team-a/logs: [name-dots-tls] spec.name: is \"x\"\n\
                     1 Bucket checked: 1 error, 1 warning\n";
        assert_eq!(written(Format::Text, &checked()), lines);
        assert_eq!(written(Format::Text, &Checked::default()), "no Bucket of s3.services.k8s.aws was found\n");
    }

    #[test]
    fn json_holds_the_same() {
        let json: Value = serde_json::from_str(&written(Format::Json, &checked())).unwrap();
        assert_eq!((&json["buckets"], &json["denied"], &json["warned"]), (&json!(1), &json!(1), &json!(1)));
        assert_eq!(json["findings"][0]["rule"], "name-length");
        assert_eq!(json["findings"][1]["line"], 9);
    }
}
