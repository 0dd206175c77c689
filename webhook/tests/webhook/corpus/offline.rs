//! `cooper-webhook check` on the same files: the same findings as the router's, on lines of the Bucket's own.

use std::process::Command;

use serde::Deserialize;
use serde_json::Value;

use super::file::{File, Manifest, files};

#[derive(Deserialize)]
struct Report {
    buckets: usize,
    findings: Vec<Found>,
}

#[derive(Deserialize)]
struct Found {
    line: usize,
    namespace: String,
    name: String,
    rule: String,
    severity: String,
    field: String,
    message: String,
}

/// What the program says of a file; the surroundings of this test change nothing about it.
fn check(file: &File) -> Report {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cooper-webhook"));
    command.env_clear().args(["check", "-o", "json", "--default-region", "eu-west-1", "-f"]).arg(&file.path);
    let output = command.output().unwrap();
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{}: {error}: {output:?}", file.path.display()))
}

#[tokio::test]
async fn the_check_of_files_says_what_the_router_says() {
    let mut wrong = Vec::new();
    for file in ["admitted", "refused"].into_iter().flat_map(files) {
        let report = check(&file);
        assert_eq!(report.buckets, file.manifests.len(), "{}", file.path.display());
        let world = file.world();
        for manifest in &file.manifests {
            let object = world.defaulted(manifest).await;
            let response = world.ask("/validate", &manifest.review("CREATE", &object, &Value::Null)).await;
            let own = |found: &&Found| found.name == manifest.name() && found.namespace == manifest.namespace();
            let found: Vec<&Found> = report.findings.iter().filter(own).collect();
            wrong.extend(difference(&response, &found).map(|difference| format!("{manifest}: {difference}")));
        }
        wrong.extend(report.findings.iter().filter_map(|found| misplaced(&file, found)));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What the router says otherwise.
fn difference(response: &Value, found: &[&Found]) -> Option<String> {
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let of = |severity: &str| found.iter().filter(|found| found.severity == severity).copied().collect::<Vec<_>>();
    let (denied, warned) = (of("deny"), of("warn"));
    let causes = list(&response["status"]["details"]["causes"]);
    let same_cause = |cause: &Value, found: &Found| {
        cause["field"] == found.field.as_str() && cause["message"] == format!("[{}] {}", found.rule, found.message).as_str()
    };
    let warnings = list(&response["warnings"]);
    let shown = warnings.iter().filter_map(Value::as_str).filter(|text| text.starts_with('['));
    // A warning leaves its field out where its text names it, and is cut where it is long.
    let same_warning = |text: &str, found: &Found| {
        let whole = format!("[{}] {}: {}", found.rule, found.field, found.message);
        let short = format!("[{}] {}", found.rule, found.message);
        let start = text.strip_suffix("...").unwrap_or(text);
        whole.starts_with(start) || short.starts_with(start)
    };
    let same = causes.len() == denied.len()
        && causes.iter().zip(&denied).all(|(cause, found)| same_cause(cause, found))
        && (warnings.len() == warned.len() || warnings.len() == 10)
        && shown.zip(&warned).all(|(text, found)| same_warning(text, found));
    let said: Vec<String> = found.iter().map(|found| format!("{} {} {}", found.severity, found.rule, found.field)).collect();
    (!same).then(|| format!("the check says {said:?}, the router {response}"))
}

/// A finding whose line is not one of its Bucket.
fn misplaced(file: &File, found: &Found) -> Option<String> {
    let text = std::fs::read_to_string(&file.path).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let start = lines[..found.line].iter().rposition(|line| *line == "---").map_or(0, |line| line + 1);
    let end = lines[found.line..].iter().position(|line| *line == "---").map_or(lines.len(), |more| found.line + more);
    let named = lines[start..end].iter().any(|line| line.contains(&format!("ame: {}", found.name)));
    (!named).then(|| format!("{}:{} is no line of {}", file.path.display(), found.line, found.name))
}

/// Without its Bucket a manifest has no review.
#[test]
fn comments_are_read() {
    let text = "# warns: a b\n# refused: c spec.x\nkind: Bucket\nmetadata: {name: n}\n";
    let file = File::parse(std::path::Path::new("f.yaml"), text);
    let manifest: &Manifest = &file.manifests[0];
    assert_eq!(manifest.warns("warns").len(), 2);
    assert_eq!(manifest.refused().into_iter().collect::<Vec<_>>(), [("c".to_owned(), "spec.x".to_owned())]);
}
