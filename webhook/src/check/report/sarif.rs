//! Static Analysis Results Interchange Format. Source: OASIS, "SARIF Version 2.1.0", sections 3.14 (run), 3.27 (result) and 3.28
//! (location).

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{Checked, Located, level, subject};

const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json";

pub(super) fn log(checked: &Checked) -> Value {
    let rules: BTreeSet<&str> = checked.findings.iter().map(|at| &*at.finding.rule).collect();
    let rules: Vec<Value> = rules.into_iter().map(|id| json!({"id": id})).collect();
    json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {"name": "cooper-webhook check", "version": env!("CARGO_PKG_VERSION"), "rules": rules}},
            "results": checked.findings.iter().map(result).collect::<Vec<_>>(),
        }],
    })
}

fn result(at: &Located) -> Value {
    let finding = &at.finding;
    json!({
        "ruleId": finding.rule,
        "level": level(finding.severity),
        "message": {"text": format!("{}: {}: {}", subject(at), finding.field, finding.message)},
        "locations": [{"physicalLocation": {"artifactLocation": {"uri": uri(&at.file)}, "region": {"startLine": at.line}}}],
    })
}

/// A path as a relative URI reference: what a URI does not take is escaped (RFC 3986, section 2).
fn uri(path: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._~/".contains(&b);
    path.bytes().map(|b| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::report::tests::checked;

    #[test]
    fn every_result_names_rule_level_and_place() {
        let log = log(&checked());
        let results = &log["runs"][0]["results"];
        assert_eq!(
            (&results[0]["ruleId"], &results[0]["level"], &results[1]["level"]),
            (&json!("name-length"), &json!("error"), &json!("warning"))
        );
        let place = &results[1]["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uri"], "a%20b.yaml");
        assert_eq!(place["region"]["startLine"], 9);
        assert_eq!(log["runs"][0]["tool"]["driver"]["rules"].as_array().unwrap().len(), 2);
    }
}
