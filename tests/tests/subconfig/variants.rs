//! Specs that together say everything that a Bucket can say.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};
use tests::s3::S3Model;

use crate::world::ACCOUNT;

/// The sections of each, by a name for it.
pub(crate) fn variants() -> Map<String, Value> {
    let text = include_str!("variants.yaml").replace("$OWNER", &S3Model::canonical_id(ACCOUNT));
    let Value::Object(variants) = serde_saphyr::from_str(&text).unwrap() else { panic!("a map of specs") };
    variants
}

/// Sections of all sub-configurations that stand together in one spec, none of which is as on a new bucket.
pub(crate) fn together() -> Value {
    let variants = variants();
    let parts =
        ["access", "switches", "encrypted", "web", "lifecycle", "logging", "notification", "older-replication", "keyed", "locked-for-days"];
    let mut all: Map<String, Value> = parts.iter().flat_map(|part| variants[*part].as_object().unwrap().clone()).collect();
    let open = json!({ "blockPublicACLs": true, "blockPublicPolicy": true, "ignorePublicACLs": true, "restrictPublicBuckets": false });
    all.insert("publicAccessBlock".to_owned(), open);
    Value::Object(all)
}

/// Every leaf of a value: its path for people, such as `cors.corsRules[].id`, and its JSON pointer.
pub(crate) fn leaves(value: &Value) -> Vec<(String, String)> {
    let mut all = Vec::new();
    walk(value, "", "", &mut all);
    all
}

fn walk(value: &Value, path: &str, pointer: &str, all: &mut Vec<(String, String)>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                walk(member, &path, &format!("{pointer}/{name}"), all);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                walk(item, &format!("{path}[]"), &format!("{pointer}/{index}"), all);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => all.push((path.to_owned(), pointer.to_owned())),
    }
}

/// The leaves of the API, as the CRD has them.
pub(crate) fn api() -> BTreeSet<String> {
    let lines =
        [include_str!("../../../shared/testdata/bucket-fields.txt"), include_str!("../../../shared/testdata/bucket-fields-added.txt")];
    lines.iter().flat_map(|text| text.lines()).filter_map(|line| line.split(' ').next()).map(str::to_owned).collect()
}
