//! `webhook/GUARDRAILS.md`: what a guardrail can demand, made of the types. Written anew with `UPDATE_PAGES=1 cargo test -p shared page`.

use std::fmt::Write as _;

use serde_json::Value;

use super::BucketFacts;
use super::controls::{Bundle, CONTROLS};
use super::rules::Rules;
use crate::admission::page::is_current;
use crate::crd::schema_of;

const HEAD: &str = "# What a guardrail can demand

Made from the types and the table of expressions; `kubectl explain bgr.spec --recursive` has the same with its limits. How to write one and
roll it out stands in [README.md](README.md#demand-more-than-s3-does), one with every field in
[deploy/guardrails/example.yaml](../deploy/guardrails/example.yaml).

## Rules

The members of `spec.rules`. A rule that is left out is not looked at, and so is a member. Each rule that has members takes `action` as well:
Deny, Warn, Audit or \"Off\", in quotes. In `allowed`, `targets` and `allowedDestinationBuckets` a `*` stands for anything but a colon. There, and
in patterns, `${namespace}`, `${account}`, `${region}` and `${name}` stand for those of the Bucket. Patterns are in RE2's syntax and match the
whole text.

| field | value | |
|---|---|---|
";

const CONTROLS_HEAD: &str = "
## Controls

What `spec.controls` comes to. The names are those of exceptions and metrics; what a control does is never more than `enforcement.action`.

| control | does | is |
|---|---|---|
";

const FACTS_HEAD: &str = "
## Facts for expressions

Expressions see `object`, `oldObject`, `namespaceObject`, `request`, `params` and `variables` as in a ValidatingAdmissionPolicy, and `bucket`:
what the controller makes of the Bucket, with what S3 gives a new bucket where the spec says nothing. All of it is always there: a text that is
not known is empty, a number is 0, a list has no items.

| `bucket` | value | |
|---|---|---|
";

const DIFFERENCES: &str = "
## Where an expression is not what it is in a policy

All other expressions of a table of some 240 come to the same on a real API server. `error` goes by `enforcement.onError`; `refused` cannot be
written.

| expression | here | in a policy | why |
|---|---|---|---|
";

fn page() -> String {
    let mut page = HEAD.to_owned();
    rows(&schema_of::<Rules>(), "", &mut page);
    page.push_str(CONTROLS_HEAD);
    for control in CONTROLS {
        let names = control.named(&[Bundle::AwsFsbp, Bundle::Cis5, Bundle::Nist80053]).unwrap_or_default();
        let rules = serde_json::to_string(&control.rules()).unwrap();
        writeln!(page, "| {} | {} | `{rules}` |", names.replace(',', ", "), control.action.as_str()).unwrap();
    }
    page.push_str(FACTS_HEAD);
    rows(&schema_of::<BucketFacts>(), "", &mut page);
    page.push_str(DIFFERENCES);
    let table: Value = serde_json::from_str(include_str!("cel/parity.json")).unwrap();
    for case in table["cases"].as_array().unwrap().iter().filter(|case| case.get("policy").is_some()) {
        let word = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let (expression, policy) = (word(&case["expression"]).replace('|', "\\|"), &case["policy"]);
        writeln!(page, "| `{expression}` | {} | {} | {} |", word(&case["expected"]), word(&policy["expected"]), word(&policy["why"]))
            .unwrap();
    }
    page
}

/// A row for each field, and for those within it.
fn rows(schema: &Value, at: &str, page: &mut String) {
    for (name, field) in schema["properties"].as_object().into_iter().flatten().filter(|(name, _)| *name != "action") {
        let item = &field["items"];
        let inner = if item.is_object() { item } else { field };
        let path = if at.is_empty() { name.clone() } else { format!("{at}.{name}") };
        writeln!(page, "| `{path}` | {} | {} |", value(field), field["description"].as_str().unwrap_or_default().replace('|', "\\|"))
            .unwrap();
        let path = if item.is_object() { format!("{path}[]") } else { path };
        rows(inner, &path, page);
    }
}

/// What a field takes, in a word.
fn value(field: &Value) -> String {
    if let Some(words) = field["enum"].as_array() {
        return words.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", ");
    }
    match field["type"].as_str() {
        Some("array") => format!("list: {}", value(&field["items"])),
        Some("boolean") => "true, false".to_owned(),
        Some("integer" | "number") => "number".to_owned(),
        Some("string") => "text".to_owned(),
        _ if field["additionalProperties"].is_object() => "map".to_owned(),
        _ => "members".to_owned(),
    }
}

#[test]
fn page_of_guardrails_is_current() {
    is_current("webhook/GUARDRAILS.md", &page());
}
