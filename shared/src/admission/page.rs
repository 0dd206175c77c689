//! `webhook/RULES.md`: every rule with what it says of its bad example. Written anew with `UPDATE_PAGES=1 cargo test -p shared page`.

use std::fmt::Write as _;
use std::path::Path;

use super::catalogue::cases;
use super::testing::Case;
use super::verdict::without_indices;
use super::{OWN_RULES, On, RULES, Rule, Severity};

const AREAS: &[(char, &str)] = &[
    ('A', "Object, annotations, account and role"),
    ('B', "Name of a general purpose bucket"),
    ('C', "Account-regional namespace"),
    ('D', "Directory buckets"),
    ('E', "Region and location"),
    ('F', "Tags"),
    ('G', "Lifecycle"),
    ('H', "CORS"),
    ('I', "Website"),
    ('J', "Notifications"),
    ('K', "Replication"),
    ('L', "Object Lock and versioning"),
    ('M', "Encryption"),
    ('N', "Public access block, ownership, ACL"),
    ('O', "Access logging"),
    ('P', "Inventory, analytics, metrics, Intelligent-Tiering"),
    ('Q', "Accelerate, request payment, ABAC"),
    ('R', "Bucket policy"),
    ('S', "Changes"),
    ('-', "Annotations of Cooper"),
];

const HEAD: &str = "# Rules

Every rule by its id, which stands in brackets in what `kubectl apply` prints, with the field that it looks at and what it says of an
example, which ends with what to do. `refuses` is a denial, `warns` lets the write pass; what is not new in a change, and what a controller
writes, only warns. Made from the rules and their tests; `cooper-webhook check` asks the same rules without a cluster.
";

fn page() -> String {
    let cases = cases();
    let mut page = HEAD.to_owned();
    for (area, title) in AREAS {
        let rules: Vec<&Rule> = RULES.iter().chain(OWN_RULES).filter(|rule| rule.area == *area).collect();
        write!(page, "\n## {title}\n\n| rule | field | at | | says |\n|---|---|---|---|---|\n").unwrap();
        for rule in rules {
            let case = cases.iter().find(|case| case.rule == rule.id).unwrap_or_else(|| panic!("{} has no case", rule.id));
            page.push_str(&row(rule, case));
        }
    }
    page
}

fn row(rule: &Rule, case: &Case) -> String {
    let verdict = case.bad.verdict();
    let finding = verdict.findings.iter().find(|finding| finding.rule == rule.id).unwrap();
    let level = if finding.severity == Severity::Deny { "refuses" } else { "warns" };
    let default = if rule.off_by_default { ", off by default" } else { "" };
    let message = finding.message.replace('|', "\\|").replace('<', "&lt;").replace('*', "\\*").replace('_', "\\_");
    format!("| `{}` | `{}` | {} | {level}{default} | {message} |\n", rule.id, without_indices(&finding.field), at(rule.on))
}

fn at(on: On) -> &'static str {
    match on {
        On::Create => "create",
        On::Update => "update",
        On::Write => "create, update",
        On::Delete => "delete",
        On::Status => "status",
    }
}

/// Whether a file that is made from the rules holds this; writes it where that is asked for.
pub(crate) fn is_current(file: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(file);
    if std::env::var_os("UPDATE_PAGES").is_some() {
        std::fs::write(&path, text).unwrap();
    }
    let stored = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(stored == text, "{file} is stale; run UPDATE_PAGES=1 cargo test -p shared --lib _current");
}

#[test]
fn page_of_rules_is_current() {
    is_current("webhook/RULES.md", &page());
}

#[test]
fn page_shows_fields_without_places() {
    assert_eq!(without_indices("spec.tagging.tagSet[3].key"), "spec.tagging.tagSet[].key");
    assert_eq!(without_indices("metadata.annotations[a/b]"), "metadata.annotations[a/b]");
}
