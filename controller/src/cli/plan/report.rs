//! The plans as text for people and as JSON for programs.

use std::io::{self, Write};

use serde_json::{Value, json};
use shared::admission::Severity;
use shared::subconfig::Difference;
use shared::subconfig::remote::Failed;

use super::outlook::Outlook;
use super::subject::Subject;
use crate::adoption::Proposal;
use crate::args::plan::Format;
use crate::cli::plural;
use crate::text;

/// One Bucket, and what a reconcile of it would come to.
pub(super) struct Told {
    /// The Bucket.
    pub subject: Subject,
    /// What it would come to.
    pub outlook: Outlook,
}

impl Told {
    /// Whether a reconcile would not do all that the spec asks for, or that could not be worked out.
    pub(super) fn is_unclear(&self) -> bool {
        self.subject.is_refused() || self.outlook.end.is_some() || !self.outlook.unread.is_empty()
    }
}

/// Writes all of them.
pub(super) fn write(format: Format, told: &[Told], asked_cluster: bool, to: &mut dyn Write) -> io::Result<()> {
    match format {
        Format::Text => write_text(told, asked_cluster, to),
        Format::Json => {
            serde_json::to_writer_pretty(&mut *to, &as_json(told))?;
            writeln!(to)
        }
    }
}

fn write_text(told: &[Told], asked_cluster: bool, to: &mut dyn Write) -> io::Result<()> {
    if told.is_empty() {
        return writeln!(to, "no Bucket of s3.services.k8s.aws was found");
    }
    for one in told {
        block(one, to)?;
    }
    let compared = |one: &Told| one.outlook.proposal.as_ref().is_some_and(|proposal| !proposal.is_empty());
    if !asked_cluster && told.iter().any(compared) {
        writeln!(to, "Buckets are taken to have their S3 buckets already; --cluster asks whether they do")?;
    }
    let summary = Summary::of(told);
    let mut parts = vec![format!("{} to change", summary.changed), format!("{} unchanged", summary.unchanged)];
    if summary.unclear > 0 {
        parts.push(format!("{} not worked out", summary.unclear));
    }
    writeln!(to, "{}: {}", plural(told.len(), "Bucket"), parts.join(", "))
}

fn block(one: &Told, to: &mut dyn Write) -> io::Result<()> {
    let Told { subject, outlook } = one;
    let whose = format!("Bucket {}/{}", subject.namespace, subject.name);
    for (line, finding) in &subject.findings {
        let level = if finding.severity == Severity::Deny { "error" } else { "warning" };
        writeln!(to, "{}:{line}: {level}: {whose}: {finding}", subject.file)?;
    }
    let bucket = outlook.bucket.as_deref().map(|bucket| format!(": S3 bucket {bucket}")).unwrap_or_default();
    let region = outlook.region.as_deref().map(|region| format!(" in {region}")).unwrap_or_default();
    writeln!(to, "{whose}{bucket}{region}: {}", headline(one))?;
    for (_, difference, destructive) in outlook.proposal.iter().flat_map(Proposal::entries) {
        writeln!(to, "  {}{}", change(difference), if destructive { "  (destructive)" } else { "" })?;
    }
    if let Some((reason, message)) = &outlook.end {
        writeln!(to, "  ! {reason}: {message}")?;
    }
    for Failed { config, fault } in &outlook.unread {
        writeln!(to, "  ! {config} could not be read, {}: {}", fault.class.as_str(), text::shortened(&fault.to_string(), text::MESSAGE))?;
    }
    for note in &outlook.notes {
        writeln!(to, "  # {note}")?;
    }
    Ok(())
}

fn headline(one: &Told) -> String {
    match &one.outlook.proposal {
        _ if one.subject.is_refused() => "refused by admission, S3 was not asked".to_owned(),
        None => "no plan".to_owned(),
        Some(proposal) if proposal.is_empty() => "no change".to_owned(),
        Some(proposal) => {
            let destructive = match proposal.destructive() {
                0 => String::new(),
                some => format!(", {some} destructive"),
            };
            format!("{}{destructive}, plan {}", plural(proposal.total(), "change"), proposal.hash)
        }
    }
}

/// `+` for what is not there yet, `-` for what goes, `~` for what becomes something else.
fn change(difference: &Difference) -> String {
    let field = text::shortened(&difference.field, 2 * text::VALUE);
    match (text::value(&difference.observed), text::value(&difference.desired)) {
        (None, desired) => format!("+ {field}: {}", desired.unwrap_or_default()),
        (Some(observed), None) => format!("- {field}: {observed}"),
        (Some(observed), Some(desired)) => format!("~ {field}: {observed} -> {desired}"),
    }
}

#[derive(Default)]
struct Summary {
    changed: usize,
    unchanged: usize,
    unclear: usize,
}

impl Summary {
    fn of(told: &[Told]) -> Self {
        told.iter().fold(Self::default(), |mut summary, one| {
            let which = match (one.is_unclear(), one.outlook.changes()) {
                (true, _) => &mut summary.unclear,
                (false, 0) => &mut summary.unchanged,
                (false, _) => &mut summary.changed,
            };
            *which += 1;
            summary
        })
    }
}

fn as_json(told: &[Told]) -> Value {
    let summary = Summary::of(told);
    let changes: usize = told.iter().map(|one| one.outlook.changes()).sum();
    json!({
        "buckets": told.iter().map(bucket).collect::<Vec<_>>(),
        "summary": {
            "buckets": told.len(),
            "changed": summary.changed,
            "unchanged": summary.unchanged,
            "unclear": summary.unclear,
            "changes": changes,
        },
    })
}

fn bucket(one: &Told) -> Value {
    let Told { subject, outlook } = one;
    let changes = outlook.proposal.iter().flat_map(Proposal::entries).map(|(config, difference, destructive)| {
        json!({
            "config": config,
            "field": difference.field,
            "desired": difference.desired,
            "observed": difference.observed,
            "destructive": destructive,
        })
    });
    let findings = subject.findings.iter().map(|(line, finding)| {
        json!({
            "line": line,
            "rule": finding.rule,
            "severity": finding.severity.as_str(),
            "field": finding.field,
            "message": finding.message,
        })
    });
    let faults = outlook.unread.iter().map(|Failed { config, fault }| {
        json!({
            "config": config,
            "class": fault.class.as_str(),
            "operation": fault.operation.name,
            "action": fault.operation.action,
            "code": fault.code,
            "message": fault.message,
        })
    });
    json!({
        "file": subject.file,
        "line": subject.line,
        "namespace": subject.namespace,
        "name": subject.name,
        "bucket": outlook.bucket,
        "region": outlook.region,
        "hash": outlook.proposal.as_ref().map(|proposal| &proposal.hash),
        "changes": changes.collect::<Vec<_>>(),
        "end": outlook.end.as_ref().map(|(reason, message)| json!({"reason": reason, "message": message})),
        "findings": findings.collect::<Vec<_>>(),
        "faults": faults.collect::<Vec<_>>(),
        "notes": outlook.notes,
    })
}

#[cfg(test)]
mod tests {
    use shared::BucketSpec;
    use shared::fault::{Class, Fault, Operation};
    use shared::place::Place;
    use shared::subconfig::{self, Have, Observed};
    use shared::unset::UnsetFields;

    use super::super::subject;
    use super::*;

    fn subject(name: &str) -> Subject {
        let text = format!("apiVersion: s3.services.k8s.aws/v1alpha1\nkind: Bucket\nmetadata:\n  name: logs\nspec:\n  name: {name}\n");
        subject::tests::subjects(&text).remove(0)
    }

    fn section<T: serde::de::DeserializeOwned>(value: Value) -> Have<T> {
        serde_json::from_value(value).map_or(Have::Empty, Have::Value)
    }

    fn planned() -> Outlook {
        let spec = json!({
            "name": "team-a-logs",
            "versioning": {"status": "Enabled"},
            "tagging": {"tagSet": [{"key": "team", "value": "a"}]},
        });
        let spec: BucketSpec = serde_json::from_value(spec).unwrap();
        let observed = Observed {
            versioning: section(json!({"status": "Suspended"})),
            tagging: Have::Empty,
            lifecycle: section(json!({"rules": [{"id": "x".repeat(200), "status": "Enabled", "expiration": {"days": 1}}]})),
            ..Observed::default()
        };
        let plan = subconfig::plan(&spec, &observed, &Place::default(), UnsetFields::Reset);
        Outlook {
            region: Some("eu-west-1".to_owned()),
            bucket: Some("team-a-logs".to_owned()),
            proposal: Some(Proposal::of("team-a-logs", &plan, &Place::default())),
            ..Outlook::default()
        }
    }

    fn all() -> Vec<Told> {
        let operation = Operation { name: "GetBucketCors", action: "s3:GetBucketCORS" };
        let fault = Fault { class: Class::Denied, operation, code: "AccessDenied".to_owned(), message: "no".to_owned(), source: None };
        let partly = Outlook {
            unread: vec![Failed { config: "cors", fault }],
            notes: vec!["read-only: nothing of it is written".to_owned()],
            ..planned()
        };
        let ends = Outlook { end: Some(("RegionMismatch".to_owned(), "it is elsewhere".to_owned())), ..Outlook::default() };
        vec![
            Told { subject: subject("team-a-logs"), outlook: planned() },
            Told { subject: subject("team-a-logs"), outlook: partly },
            Told { subject: subject("Logs"), outlook: Outlook::refused() },
            Told { subject: subject("team-a-logs"), outlook: ends },
        ]
    }

    fn written(format: Format, told: &[Told]) -> String {
        let mut to = Vec::new();
        write(format, told, false, &mut to).unwrap();
        String::from_utf8(to).unwrap()
    }

    #[test]
    fn text_is_a_block_for_each_bucket() {
        insta::assert_snapshot!(written(Format::Text, &all()));
        assert_eq!(written(Format::Text, &[]), "no Bucket of s3.services.k8s.aws was found\n");
    }

    #[test]
    fn json_holds_values_in_full() {
        let json: Value = serde_json::from_str(&written(Format::Json, &all())).unwrap();
        let first = &json["buckets"][0];
        assert_eq!(
            (&first["namespace"], &first["bucket"], &first["region"]),
            (&json!("team-a"), &json!("team-a-logs"), &json!("eu-west-1"))
        );
        let changes = first["changes"].as_array().unwrap();
        let lifecycle = changes.iter().find(|change| change["config"] == "lifecycle").unwrap();
        assert_eq!(lifecycle["observed"]["rules"][0]["id"].as_str().map(str::len), Some(200));
        assert_eq!((&lifecycle["desired"], &lifecycle["destructive"]), (&Value::Null, &json!(true)));
        assert_eq!(json["buckets"][1]["faults"][0]["action"], "s3:GetBucketCORS");
        assert_eq!(json["buckets"][2]["hash"], Value::Null);
        assert_eq!(json["summary"], json!({"buckets": 4, "changed": 1, "unchanged": 0, "unclear": 3, "changes": 2 * changes.len()}));
    }
}
