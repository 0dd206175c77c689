//! Differences between two JSON values, by field path.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

/// One field that differs.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// The field, such as `spec.tagging.tagSet[team].value`. Items of a list that carry a key, an id or another name of
    /// their own go by it, others by index.
    pub field: String,
    /// What is wanted; null for nothing.
    pub desired: Value,
    /// What is there; null for nothing.
    pub observed: Value,
}

/// The fields in which `observed` differs from `desired`, in the order of their paths.
#[must_use]
pub(crate) fn between(field: &str, desired: &Value, observed: &Value) -> Vec<Difference> {
    let mut found = Vec::new();
    walk(field, desired, observed, &mut found);
    found
}

fn walk(field: &str, desired: &Value, observed: &Value, found: &mut Vec<Difference>) {
    match (desired, observed) {
        _ if desired == observed => {}
        (Value::Object(want), Value::Object(have)) => walk_members(field, want, have, found),
        (Value::Array(want), Value::Array(have)) => match (by_key(want), by_key(have)) {
            (Some(want), Some(have)) if want != have => walk_keyed(field, &want, &have, found),
            _ => walk_items(field, want, have, found),
        },
        _ => found.push(Difference { field: field.to_owned(), desired: desired.clone(), observed: observed.clone() }),
    }
}

fn walk_members(field: &str, want: &Map<String, Value>, have: &Map<String, Value>, found: &mut Vec<Difference>) {
    let mut names: Vec<&String> = want.keys().chain(have.keys()).collect();
    names.sort_unstable();
    names.dedup();
    for name in names {
        walk(&format!("{field}.{name}"), want.get(name).unwrap_or(&Value::Null), have.get(name).unwrap_or(&Value::Null), found);
    }
}

fn walk_keyed(field: &str, want: &BTreeMap<&str, &Value>, have: &BTreeMap<&str, &Value>, found: &mut Vec<Difference>) {
    let mut keys: Vec<&&str> = want.keys().chain(have.keys()).collect();
    keys.sort_unstable();
    keys.dedup();
    for key in keys {
        let (want, have) = (want.get(*key), have.get(*key));
        walk(&format!("{field}[{key}]"), want.unwrap_or(&&Value::Null), have.unwrap_or(&&Value::Null), found);
    }
}

fn walk_items(field: &str, want: &[Value], have: &[Value], found: &mut Vec<Difference>) {
    for index in 0..want.len().max(have.len()) {
        let (want, have) = (want.get(index), have.get(index));
        walk(&format!("{field}[{index}]"), want.unwrap_or(&Value::Null), have.unwrap_or(&Value::Null), found);
    }
}

/// The members that tell the items of a list apart, the first that an item has.
pub(crate) const KEYS: [&str; 5] = ["key", "id", "Sid", "accessTier", "name"];

/// What an item of a list goes by; `None` where it has no key.
pub(crate) fn key_of(item: &Value) -> Option<&str> {
    KEYS.iter().find_map(|member| item.get(member)).and_then(Value::as_str)
}

/// The items by their keys; `None` where one has none or two share it.
fn by_key(items: &[Value]) -> Option<BTreeMap<&str, &Value>> {
    let mut keyed = BTreeMap::new();
    for item in items {
        if keyed.insert(key_of(item)?, item).is_some() {
            return None;
        }
    }
    Some(keyed)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn fields(desired: &Value, observed: &Value) -> Vec<String> {
        between("spec.x", desired, observed).into_iter().map(|d| d.field).collect()
    }

    #[test]
    fn names_the_member_and_nothing_else() {
        assert_eq!(fields(&json!({"a": 1, "b": {"c": 2}}), &json!({"a": 1, "b": {"c": 3}})), ["spec.x.b.c"]);
        assert!(fields(&json!([{"key": "a"}]), &json!([{"key": "a"}])).is_empty());
    }

    #[test]
    fn items_with_a_key_go_by_it_others_by_index() {
        let (one, two) = (json!({"key": "a", "value": "1"}), json!({"key": "b", "value": "2"}));
        assert_eq!(fields(&json!([one, two]), &json!([two])), ["spec.x[a]"]);
        assert_eq!(fields(&json!([1, 2]), &json!([1, 3, 4])), ["spec.x[1]", "spec.x[2]"]);
    }

    #[test]
    fn a_whole_section_is_one_difference() {
        assert_eq!(fields(&Value::Null, &json!({"a": 1})), ["spec.x"]);
    }
}
