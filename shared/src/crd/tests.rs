use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::*;

/// The leaves of the Bucket's spec and their types, kept by hand.
const FIELDS: &str = include_str!("../../testdata/bucket-fields.txt");
/// What S3 holds and the peer's API has no field for.
const ADDED: &str = include_str!("../../testdata/bucket-fields-added.txt");

fn schema(kind: &str) -> Value {
    let all = all().unwrap();
    let definition = all.iter().find(|definition| definition.spec.names.kind == kind).unwrap();
    serde_json::to_value(definition.spec.versions[0].schema.as_ref().unwrap().open_api_v3_schema.as_ref().unwrap()).unwrap()
}

/// Every node of a schema with its path.
fn nodes<'a>(path: &str, schema: &'a Value, to: &mut BTreeMap<String, &'a Value>) {
    for (name, member) in schema["properties"].as_object().into_iter().flatten() {
        nodes(&if path.is_empty() { name.clone() } else { format!("{path}.{name}") }, member, to);
    }
    if schema.get("items").is_some() {
        nodes(&format!("{path}[]"), &schema["items"], to);
    }
    if schema.get("additionalProperties").is_some() {
        nodes(&format!("{path}{{}}"), &schema["additionalProperties"], to);
    }
    to.insert(path.to_owned(), schema);
}

fn all_nodes(schema: &Value) -> BTreeMap<String, &Value> {
    let mut all = BTreeMap::new();
    nodes("", schema, &mut all);
    all
}

/// The required members of every object that has some.
fn required(schema: &Value) -> BTreeMap<String, Vec<&str>> {
    let mut all = BTreeMap::new();
    for (path, node) in all_nodes(schema) {
        if let Some(required) = node.get("required").and_then(Value::as_array) {
            all.insert(path, required.iter().filter_map(Value::as_str).collect());
        }
    }
    all
}

fn immutable(schema: &Value) -> Vec<String> {
    let rule = json!([{"message": "Value is immutable once set", "rule": "self == oldSelf"}]);
    let nodes = all_nodes(schema);
    let validated: Vec<_> = nodes.into_iter().filter(|(_, node)| node.get("x-kubernetes-validations").is_some()).collect();
    for (path, node) in &validated {
        assert_eq!(node["x-kubernetes-validations"], rule, "{path}");
    }
    validated.into_iter().map(|(path, _)| path).collect()
}

#[test]
fn the_spec_of_a_bucket_has_exactly_the_peers_fields_and_those_that_it_lost() {
    let schema = schema("Bucket");
    let leaf = |(path, node): (String, &Value)| {
        let kind = node["type"].as_str().filter(|kind| !["object", "array"].contains(kind))?;
        Some(node["format"].as_str().map_or_else(|| format!("{path} {kind}"), |format| format!("{path} {kind}/{format}")))
    };
    let ours: BTreeSet<String> = all_nodes(&schema["properties"]["spec"]).into_iter().filter_map(leaf).collect();
    let expected: BTreeSet<String> = FIELDS.lines().chain(ADDED.lines()).map(str::to_owned).collect();
    let (missing, extra): (Vec<_>, Vec<_>) = (expected.difference(&ours).collect(), ours.difference(&expected).collect());
    assert!(missing.is_empty() && extra.is_empty(), "missing: {missing:#?}\nextra: {extra:#?}");
}

#[test]
fn no_object_of_a_bucket_is_without_members() {
    let schema = schema("Bucket");
    for (path, node) in all_nodes(&schema) {
        let empty = node["type"] == "object" && node["properties"].as_object().is_none_or(serde_json::Map::is_empty);
        let is_map = node["additionalProperties"].is_object();
        assert!(!empty || is_map || path == "metadata", "{path} would be pruned to {{}}");
    }
}

#[test]
fn a_bucket_requires_what_the_peers_schema_requires() {
    let ours = schema("Bucket");
    let mut spec_and_peers_status = required(&ours);
    let entry = vec!["config", "field"];
    let additions = [
        ("status.drift[]", entry.clone()),
        ("status.drift[].changedBy", vec!["event"]),
        ("status.ignored[]", entry.clone()),
        ("status.unmanaged[]", entry),
        ("status.plan", vec!["approvalRequired", "changes", "hash", "total"]),
        ("status.plan.changes[]", vec!["config", "destructive", "field"]),
    ];
    for (ours, names) in additions {
        assert_eq!(spec_and_peers_status.remove(ours), Some(names), "an addition of ours, in the status: {ours}");
    }
    let expected = [
        ("spec", vec!["name"]),
        ("status.ackResourceMetadata", vec!["ownerAccountID", "region"]),
        ("status.conditions[]", vec!["status", "type"]),
    ];
    assert_eq!(spec_and_peers_status, expected.map(|(path, names)| (path.to_owned(), names)).into());
    assert_eq!(immutable(&ours), ["spec.name", "spec.namespace"]);
}

#[test]
fn a_field_export_requires_what_the_peers_schema_requires() {
    let ours = schema("FieldExport");
    let expected = [
        ("spec", vec!["from", "to"]),
        ("spec.from", vec!["path", "resource"]),
        ("spec.from.resource", vec!["group", "kind", "name"]),
        ("spec.to", vec!["kind", "name"]),
        ("status", vec!["conditions"]),
        ("status.conditions[]", vec!["status", "type"]),
    ];
    assert_eq!(required(&ours), expected.map(|(path, names)| (path.to_owned(), names)).into());
    assert_eq!(all_nodes(&ours)["spec.to.kind"]["enum"], json!(["configmap", "secret"]));
    assert!(immutable(&ours).is_empty());
}

#[test]
fn a_role_selector_requires_what_the_peers_schema_requires() {
    let ours = schema("IAMRoleSelector");
    let expected = [
        ("spec", vec!["arn"]),
        ("spec.namespaceSelector", vec!["names"]),
        ("spec.namespaceSelector.labelSelector", vec!["matchLabels"]),
        ("spec.resourceLabelSelector", vec!["matchLabels"]),
        ("spec.resourceTypeSelector[]", vec!["group", "kind", "version"]),
    ];
    assert_eq!(required(&ours), expected.map(|(path, names)| (path.to_owned(), names)).into());
    assert_eq!(immutable(&ours), ["spec.arn"]);
    assert_eq!(all_nodes(&ours)["spec.resourceLabelSelector.matchLabels{}"]["type"], "string");
}

/// Nothing narrows a value (no enum, pattern, limit, default), and nothing is lost on the way into the definition.
#[test]
fn schemas_hold_only_what_the_api_server_knows_and_the_peer_accepts() {
    const KEYWORDS: &[&str] =
        &["additionalProperties", "description", "format", "items", "properties", "required", "type", "x-kubernetes-validations"];
    for raw in [schema_of::<BucketSpec>(), schema_of::<BucketStatus>(), schema_of::<FieldExportSpec>(), schema_of::<IamRoleSelectorSpec>()]
    {
        for (path, node) in all_nodes(&raw) {
            for (keyword, value) in node.as_object().unwrap() {
                let known = KEYWORDS.contains(&keyword.as_str()) || (path == "to.kind" && keyword == "enum");
                assert!(known, "{path} has the keyword {keyword}");
                assert!(keyword != "format" || ["int64", "date-time"].contains(&value.as_str().unwrap()), "{path} has the format {value}");
            }
        }
        let props: JSONSchemaProps = serde_json::from_value(raw.clone()).unwrap();
        assert_eq!(serde_json::to_value(props).unwrap(), raw);
    }
}

#[test]
fn every_field_is_described() {
    for kind in ["Bucket", "FieldExport", "IAMRoleSelector", "BucketGuardrail", "BucketGuardrailException"] {
        let schema = schema(kind);
        for (path, node) in all_nodes(&schema) {
            let whole = !path.ends_with("[]") && !path.ends_with("{}") && path != "metadata";
            assert!(!whole || node["description"].as_str().is_some_and(|text| !text.is_empty()), "{kind} {path} has no description");
        }
    }
}

#[test]
fn names_scopes_and_versions_are_the_peers_and_our_own() {
    let said: Vec<_> = all().unwrap().into_iter().map(|crd| (crd.metadata.name.unwrap(), crd.spec.scope, crd.spec.names)).collect();
    let line = |(name, scope, names): &(String, String, CustomResourceDefinitionNames)| {
        let (singular, list) = (names.singular.clone().unwrap(), names.list_kind.clone().unwrap());
        format!("{name} {scope} {singular} {} {list} {:?}", names.kind, names.short_names.clone().unwrap_or_default())
    };
    assert_eq!(
        said.iter().map(line).collect::<Vec<_>>(),
        [
            "buckets.s3.services.k8s.aws Namespaced bucket Bucket BucketList [\"bkt\"]",
            "fieldexports.services.k8s.aws Namespaced fieldexport FieldExport FieldExportList []",
            "iamroleselectors.services.k8s.aws Cluster iamroleselector IAMRoleSelector IAMRoleSelectorList []",
            "bucketguardrails.cooper.dev Cluster bucketguardrail BucketGuardrail BucketGuardrailList [\"bgr\"]",
            "bucketguardrailexceptions.cooper.dev Cluster bucketguardrailexception BucketGuardrailException BucketGuardrailExceptionList [\"bgx\"]",
        ]
    );
    for crd in all().unwrap() {
        let [version] = crd.spec.versions.as_slice() else { panic!("one version") };
        assert!(version.name == "v1alpha1" && version.served && version.storage);
        assert!(version.subresources.as_ref().is_some_and(|sub| sub.status.is_some() && sub.scale.is_none()));
    }
}

/// What the API server checks itself, so that nothing of absurd size comes to anybody.
#[test]
fn every_list_and_text_of_a_guardrail_is_bounded() {
    for kind in ["BucketGuardrail", "BucketGuardrailException"] {
        let schema = schema(kind);
        let spec = &schema["properties"]["spec"];
        for (path, node) in all_nodes(spec) {
            let (bound, limits): (bool, &[&str]) = match node["type"].as_str() {
                Some("array") => (node.get("maxItems").is_some(), &["maxItems"]),
                Some("string") => (["maxLength", "enum", "format"].iter().any(|keyword| node.get(*keyword).is_some()), &["maxLength"]),
                Some("integer") => (node.get("maximum").is_some(), &["maximum"]),
                Some("object") => (node.get("additionalProperties").is_none() || node.get("maxProperties").is_some(), &["maxProperties"]),
                Some("boolean") => continue,
                other => panic!("{kind} {path} has type {other:?}"),
            };
            assert!(bound, "{kind} {path} has none of {limits:?}");
        }
    }
}

/// Source: Kubernetes, "Specifying a structural schema"; and formats that the API server warns about.
#[test]
fn schemas_of_guardrails_are_structural() {
    const KEYWORDS: &[&str] = &[
        "additionalProperties",
        "default",
        "description",
        "enum",
        "format",
        "items",
        "maxItems",
        "maxLength",
        "maxProperties",
        "maximum",
        "minItems",
        "minLength",
        "minimum",
        "properties",
        "required",
        "type",
    ];
    for kind in ["BucketGuardrail", "BucketGuardrailException"] {
        let schema = schema(kind);
        for (path, node) in all_nodes(&schema) {
            for (keyword, value) in node.as_object().unwrap() {
                assert!(KEYWORDS.contains(&keyword.as_str()), "{kind} {path} has the keyword {keyword}");
                assert!(
                    keyword != "format" || ["int64", "date-time"].contains(&value.as_str().unwrap()),
                    "{kind} {path} has the format {value}"
                );
            }
            assert!(node.get("default").is_none() || path.starts_with("spec.enforcement"), "{kind} {path} has a default");
        }
    }
    let guardrail = schema("BucketGuardrail");
    let action = &guardrail["properties"]["spec"]["properties"]["enforcement"]["properties"]["action"];
    assert_eq!((&action["enum"], &action["default"]), (&json!(["Off", "Audit", "Warn", "Deny"]), &json!("Deny")));
}
