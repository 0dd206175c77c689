//! Whether an object has the shape of its kind: what the API server refuses before it asks a webhook. For those who look at manifests
//! without one.

use std::fmt::Display;
use std::sync::LazyLock;

use serde_json::{Map, Value};

use super::schema_of;
use crate::admission::{Finding, Findings, Path, Reason, Severity, check, quote};
use crate::{Bucket, BucketSpec};

/// The rule of fields that the schema does not have. kubectl has the API server refuse them; other clients lose them silently.
/// Source: Kubernetes API concepts, "Validation for unrecognized or duplicate fields".
pub const UNKNOWN_FIELD: &str = "unknown-field";
/// The rule of values of another type than the schema's.
pub const WRONG_TYPE: &str = "wrong-type";

/// What in a Bucket, as it was written, does not fit its schema. Nulls count as left out.
pub fn misfits(bucket: &Value, to: &mut Findings) {
    static SPEC: LazyLock<Value> = LazyLock::new(schema_of::<BucketSpec>);
    let Some(object) = bucket.as_object() else { return };
    for name in object.keys().filter(|name| !["apiVersion", "kind", "metadata", "spec", "status"].contains(&name.as_str())) {
        unknown_field(name, &Path::root(name), ["metadata", "spec"], to);
    }
    let metadata = Path::root("metadata");
    for name in ["annotations", "labels"] {
        texts(&bucket["metadata"][name], &metadata.member(name), to);
    }
    if let Some(spec) = object.get("spec") {
        value(spec, &SPEC, &Path::root("spec"), to);
    }
}

/// Annotations and labels: texts by key.
fn texts(map: &Value, at: &Path<'_>, to: &mut Findings) {
    match map {
        Value::Null => {}
        Value::Object(map) => {
            for (key, text) in map.iter().filter(|(_, text)| !text.is_string()) {
                to.deny(WRONG_TYPE, Reason::Invalid, at.key(key), format!("{text} is {}, not a string; put it in quotes", kind(text)));
            }
        }
        Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => wrong_type(map, "object", at, to),
    }
}

fn value(given: &Value, schema: &Value, at: &Path<'_>, to: &mut Findings) {
    let Some(wanted) = schema.get("type").and_then(Value::as_str) else { return };
    match (wanted, given) {
        (_, Value::Null) | ("string", Value::String(_)) | ("boolean", Value::Bool(_)) | ("number", Value::Number(_)) => {}
        ("integer", Value::Number(number)) if number.is_i64() => {}
        ("object", Value::Object(members)) => object(members, schema, at, to),
        ("array", Value::Array(items)) => {
            for (index, item) in items.iter().enumerate() {
                value(item, &schema["items"], &at.index(index), to);
            }
        }
        _ => wrong_type(given, wanted, at, to),
    }
}

fn object(members: &Map<String, Value>, schema: &Value, at: &Path<'_>, to: &mut Findings) {
    let Some(known) = schema.get("properties").and_then(Value::as_object) else { return };
    for (name, member) in members {
        match known.get(name) {
            Some(schema) => value(member, schema, &at.member(name), to),
            None => unknown_field(name, &at.member(name), known.keys().map(String::as_str), to),
        }
    }
}

fn unknown_field<'a>(name: &str, at: &Path<'_>, known: impl IntoIterator<Item = &'a str>, to: &mut Findings) {
    let hint = check::like(name, &known.into_iter().collect::<Vec<_>>());
    to.deny(UNKNOWN_FIELD, Reason::Invalid, at, format!("there is no field {}.{hint}", quote(name)));
}

fn wrong_type(given: &Value, wanted: &str, at: &Path<'_>, to: &mut Findings) {
    let quotes = if wanted == "string" && !given.is_object() && !given.is_array() { "; put it in quotes" } else { "" };
    to.deny(WRONG_TYPE, Reason::Invalid, at, format!("it is {}, and the field takes {}{quotes}", kind(given), named(wanted)));
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

fn named(schema_type: &str) -> &str {
    match schema_type {
        "integer" => "a whole number",
        "number" => "a number",
        "boolean" => "a boolean",
        "string" => "a string",
        "array" => "a list",
        "object" => "an object",
        other => other,
    }
}

/// What is wrong with a manifest of a Bucket: what the API server would refuse and, where it can be read as a Bucket at all, what the
/// rules say of it. `bucket` is the manifest as it is read.
#[must_use]
pub fn findings(raw: &Value, bucket: Result<&Bucket, impl Display>, rules: impl FnOnce(&Bucket) -> Vec<Finding>) -> Vec<Finding> {
    let mut misfits = Findings::default();
    self::misfits(raw, &mut misfits);
    let mut found = misfits.sorted();
    match bucket {
        Ok(bucket) => found.extend(rules(bucket)),
        Err(error) if found.is_empty() => found.push(Finding {
            rule: WRONG_TYPE.into(),
            severity: Severity::Deny,
            reason: Reason::Invalid,
            field: "spec".to_owned(),
            message: format!("it cannot be read as a Bucket: {error}"),
            ratcheted: false,
        }),
        Err(_) => {}
    }
    found
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn found(bucket: &Value) -> Vec<String> {
        let mut to = Findings::default();
        misfits(bucket, &mut to);
        to.as_slice().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_field_that_is_not_there_is_named_with_the_one_that_is_meant() {
        let bucket =
            json!({"apiVersion": "v", "kind": "Bucket", "metadata": {}, "sepc": {}, "spec": {"verisoning": {}, "tagging": {"tagset": []}}});
        assert_eq!(
            found(&bucket),
            [
                r#"[unknown-field] sepc: there is no field "sepc". Did you mean spec?"#,
                r#"[unknown-field] spec.tagging.tagset: there is no field "tagset". Did you mean tagSet?"#,
                r#"[unknown-field] spec.verisoning: there is no field "verisoning". Did you mean versioning?"#,
            ]
        );
    }

    #[test]
    fn a_value_of_another_type_is_named() {
        let bucket = json!({"metadata": {"annotations": {"a/b": 12}, "labels": null}, "spec": {
            "name": 7, "acl": null, "cors": [], "objectLockEnabledForBucket": "true", "lifecycle": {"rules": [{"expiration": {"days": 1.5}}]}}});
        assert_eq!(
            found(&bucket),
            [
                "[wrong-type] metadata.annotations[a/b]: 12 is a number, not a string; put it in quotes",
                "[wrong-type] spec.cors: it is a list, and the field takes an object",
                "[wrong-type] spec.lifecycle.rules[0].expiration.days: it is a number, and the field takes a whole number",
                "[wrong-type] spec.name: it is a number, and the field takes a string; put it in quotes",
                "[wrong-type] spec.objectLockEnabledForBucket: it is a string, and the field takes a boolean",
            ]
        );
    }

    #[test]
    fn what_fits_gives_no_cause_for_a_word() {
        assert_eq!(found(&json!({"metadata": {"annotations": {"a": "b"}}, "spec": {"name": "a", "cors": {"corsRules": []}}})), [""; 0]);
        assert_eq!(found(&json!([])), [""; 0]);
    }
}
