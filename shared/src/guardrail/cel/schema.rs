//! What the variables of an expression look like, from the schemas that the API types have.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use serde_json::Value as Json;

use super::scope::RequestFacts;
use super::shape::Shape;
use crate::guardrail::BucketFacts;
use crate::{BucketSpec, BucketStatus, crd};

/// The variables that every expression sees.
pub(super) const ROOTS: [&str; 6] = ["object", "oldObject", "namespaceObject", "request", "params", "bucket"];

/// Lists that are longer than others, by the name of their field. Source: S3 User Guide, the quotas of each configuration; of
/// `groups` there is none.
const ITEMS: &[(&str, u64)] = &[
    ("rules", 1000),
    ("analytics", 1000),
    ("intelligentTiering", 1000),
    ("inventory", 1000),
    ("metrics", 1000),
    ("replication", 1000),
    ("notifications", 300),
    ("statements", 300),
    ("groups", 1000),
    ("events", 30),
    ("transitions", 20),
    ("noncurrentVersionTransitions", 20),
    ("tags", 50),
];
/// The most items of other lists.
const MOST_ITEMS: u64 = 100;
/// Texts that are longer than others. A policy has at most 20 KiB without its spaces.
const BYTES: &[(&str, u64)] = &[("policy", 64 << 10), ("annotations", 256 << 10), ("data", 8 << 10), ("message", 32 << 10)];
/// The most bytes of other texts: S3's longest are prefixes of 1,024 characters, ARNs of 2,048.
const MOST_TEXT: u64 = 4 << 10;
/// The most keys of labels, annotations, data.
const MOST_KEYS: u64 = 200;

/// What a root variable looks like.
pub(super) fn root(name: &str) -> Shape {
    static SHAPES: LazyLock<BTreeMap<&str, Shape>> = LazyLock::new(|| {
        let bucket = object([
            ("apiVersion", text()),
            ("kind", text()),
            ("metadata", metadata()),
            ("spec", shape("spec", &crd::schema_of::<BucketSpec>())),
            ("status", shape("status", &crd::schema_of::<BucketStatus>())),
        ]);
        let of_namespace =
            [("apiVersion", text()), ("kind", text()), ("metadata", metadata()), ("spec", Shape::Any), ("status", Shape::Any)];
        let of_params =
            [("apiVersion", text()), ("kind", text()), ("metadata", metadata()), ("data", texts("data")), ("binaryData", texts("data"))];
        BTreeMap::from([
            ("object", bucket.clone()),
            ("oldObject", bucket),
            ("namespaceObject", object(of_namespace)),
            ("request", shape("request", &crd::schema_of::<RequestFacts>())),
            ("params", object(of_params)),
            ("bucket", shape("bucket", &crd::schema_of::<BucketFacts>())),
        ])
    });
    SHAPES.get(name).cloned().unwrap_or(Shape::Any)
}

/// Metadata that matter to a guardrail; a CustomResourceDefinition does not describe them.
fn metadata() -> Shape {
    object([
        ("name", text()),
        ("generateName", text()),
        ("namespace", text()),
        ("uid", text()),
        ("resourceVersion", text()),
        ("generation", Shape::Int),
        ("creationTimestamp", text()),
        ("deletionTimestamp", text()),
        ("deletionGracePeriodSeconds", Shape::Int),
        ("labels", texts("labels")),
        ("annotations", texts("annotations")),
        ("finalizers", Shape::List(Arc::new(text()), MOST_ITEMS)),
        ("ownerReferences", Shape::List(Arc::new(Shape::Any), MOST_ITEMS)),
        ("managedFields", Shape::List(Arc::new(Shape::Any), MOST_ITEMS)),
    ])
}

fn shape(name: &str, schema: &Json) -> Shape {
    if let Some(fields) = schema.get("properties").and_then(Json::as_object) {
        return Shape::Object(Arc::new(fields.iter().map(|(name, schema)| (name.clone(), shape(name, schema))).collect()));
    }
    if let Some(values) = schema.get("additionalProperties").filter(|values| values.is_object()) {
        return Shape::Map(Arc::new(shape(name, values)), MOST_KEYS);
    }
    if let Some(items) = schema.get("items") {
        return Shape::List(Arc::new(shape(name, items)), bound(ITEMS, name).unwrap_or(MOST_ITEMS));
    }
    match schema.get("type").and_then(Json::as_str) {
        Some("string") => Shape::Text(bound(BYTES, name).unwrap_or(MOST_TEXT)),
        Some("integer") => Shape::Int,
        Some("number") => Shape::Double,
        Some("boolean") => Shape::Bool,
        _ => Shape::Any,
    }
}

fn bound(of: &[(&str, u64)], name: &str) -> Option<u64> {
    of.iter().find(|(known, _)| *known == name).map(|(_, bound)| *bound)
}

fn text() -> Shape {
    Shape::Text(MOST_TEXT)
}

fn texts(name: &str) -> Shape {
    Shape::Map(Arc::new(Shape::Text(bound(BYTES, name).unwrap_or(MOST_TEXT))), MOST_KEYS)
}

fn object<const N: usize>(fields: [(&str, Shape); N]) -> Shape {
    Shape::Object(Arc::new(fields.into_iter().map(|(name, shape)| (name.to_owned(), shape)).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(path: &str) -> Result<Shape, String> {
        let mut names = path.split('.');
        let mut shape = root(names.next().unwrap());
        for name in names {
            shape = shape.field(path, name)?;
        }
        Ok(shape)
    }

    #[test]
    fn the_fields_of_every_root_are_known() {
        for name in ROOTS {
            assert!(matches!(root(name), Shape::Object(_)), "{name}");
        }
        assert_eq!(at("object.spec.versioning.status"), Ok(Shape::Text(MOST_TEXT)));
        assert_eq!(at("object.spec.policy"), Ok(Shape::Text(64 << 10)));
        assert_eq!(at("object.spec.publicAccessBlock.blockPublicACLs"), Ok(Shape::Bool));
        assert!(matches!(at("oldObject.spec.lifecycle.rules"), Ok(Shape::List(_, 1000))));
        assert_eq!(at("request.userInfo.username"), Ok(Shape::Text(MOST_TEXT)));
        assert_eq!(at("request.dryRun"), Ok(Shape::Bool));
        assert_eq!(at("bucket.name"), Ok(Shape::Text(MOST_TEXT)));
        assert!(at("object.spec.versionning").is_err());
        assert!(at("params.data.anything").is_ok());
    }
}
