//! Whether the definitions in the API server have all fields that this version reads and writes. An older definition, such as another
//! product's chart brings along, drops the others without a word.

use kube::Client;
use serde_json::Value;
use shared::crd;
use shared::telemetry::Chain;

use super::Finding;
use crate::settings::Settings;
use crate::text;

/// The most paths that are named.
const NAMED: usize = 12;

/// Looks at each definition that the settings need.
pub(super) async fn findings(client: &Client, settings: &Settings) -> Vec<Finding> {
    let mut findings = Vec::new();
    let optional = [
        ("FieldExport", settings.exports.field_exports, "FieldExports are not carried out"),
        ("IAMRoleSelector", settings.accounts.gates.iam_role_selector, "roles are not chosen by it"),
    ];
    findings.push(match lacking(client, "Bucket").await {
        Ok(paths) => verdict("Bucket", &paths),
        Err(error) => Finding::Error(error),
    });
    for (kind, wanted, without) in optional {
        if wanted {
            findings.push(match lacking(client, kind).await {
                Ok(paths) => verdict(kind, &paths),
                Err(error) => Finding::Warning(format!("{error}; {without}")),
            });
        }
    }
    findings
}

fn verdict(kind: &str, lacking: &[String]) -> Finding {
    if lacking.is_empty() {
        return Finding::Fine(format!("the definition of {kind} has every field of this version"));
    }
    let named = text::list(lacking.iter().take(NAMED).map(String::as_str));
    Finding::Warning(format!(
        "the definition of {kind} lacks {} fields of this version, which the API server drops; apply deploy/crds: {named}",
        lacking.len()
    ))
}

/// The fields of this version that the definition in the API server lacks. Everybody who is known to the API server may read this.
async fn lacking(client: &Client, kind: &str) -> Result<Vec<String>, String> {
    let definitions = crd::all().map_err(|error| error.to_string())?;
    let Some(definition) = definitions.into_iter().find(|definition| definition.spec.names.kind == kind) else {
        return Err(format!("there is no kind {kind}; this is a bug"));
    };
    let Some(version) = definition.spec.versions.first() else { return Ok(Vec::new()) };
    let path = format!("/openapi/v3/apis/{}/{}", definition.spec.group, version.name);
    let missing = || format!("no definition of {kind}; apply deploy/crds");
    let request = http::Request::get(&path).body(Vec::new()).map_err(|error| error.to_string())?;
    let served: Value = match client.request(request).await {
        Ok(served) => served,
        Err(kube::Error::Api(status)) if status.code == 404 => return Err(missing()),
        Err(error) => return Err(format!("cannot read the definition of {kind}; check the API server: {}", Chain(&error))),
    };
    let schema = schema_of(&served, kind).ok_or_else(missing)?;
    let ours = serde_json::to_value(&version.schema).unwrap_or_default();
    let mut paths = Vec::new();
    for part in ["spec", "status"] {
        walk(&ours["openAPIV3Schema"]["properties"][part], &schema["properties"][part], part, &mut paths);
    }
    Ok(paths)
}

/// The schema of a kind among those of its group and version.
fn schema_of<'a>(served: &'a Value, kind: &str) -> Option<&'a Value> {
    let of_kind = |schema: &&Value| {
        let kinds = schema["x-kubernetes-group-version-kind"].as_array();
        kinds.is_some_and(|kinds| kinds.iter().any(|entry| entry["kind"] == kind)) && schema["properties"]["spec"].is_object()
    };
    served["components"]["schemas"].as_object()?.values().find(of_kind)
}

/// The paths of what the one schema has and the other lacks, the uppermost of each.
fn walk(ours: &Value, served: &Value, path: &str, lacking: &mut Vec<String>) {
    let takes_all = |schema: &Value| schema["x-kubernetes-preserve-unknown-fields"] == true;
    if served.is_null() {
        lacking.push(path.to_owned());
        return;
    }
    if takes_all(served) {
        return;
    }
    for (name, schema) in ours["properties"].as_object().into_iter().flatten() {
        walk(schema, &served["properties"][name], &format!("{path}.{name}"), lacking);
    }
    if ours["items"].is_object() {
        walk(&ours["items"], &served["items"], &format!("{path}[]"), lacking);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_a_definition_lacks_is_named_by_its_uppermost_path() {
        let ours = json!({ "properties": {
            "a": { "type": "string" },
            "b": { "properties": { "c": {}, "d": {} } },
            "e": { "items": { "properties": { "f": {} } } },
            "g": { "properties": { "h": {} } },
        } });
        let served = json!({ "properties": {
            "a": { "type": "string" },
            "b": { "properties": { "c": {}, "other": {} } },
            "e": { "items": { "properties": {} } },
            "g": { "x-kubernetes-preserve-unknown-fields": true },
        } });
        let mut paths = Vec::new();
        walk(&ours, &served, "spec", &mut paths);
        assert_eq!(paths, ["spec.b.d", "spec.e[].f"]);
        let mut paths = Vec::new();
        walk(&ours, &Value::Null, "status", &mut paths);
        assert_eq!(paths, ["status"]);
        assert!(matches!(verdict("Bucket", &paths), Finding::Warning(text) if text.contains("status") && text.contains("deploy/crds")));
        assert!(matches!(verdict("Bucket", &[]), Finding::Fine(_)));
    }

    #[test]
    fn our_own_definitions_lack_nothing() {
        for definition in crd::all().unwrap() {
            let schema = serde_json::to_value(&definition.spec.versions[0].schema).unwrap()["openAPIV3Schema"].clone();
            let mut paths = Vec::new();
            walk(&schema, &schema, "", &mut paths);
            assert_eq!(paths, [""; 0], "{}", definition.spec.names.kind);
            let kind = definition.spec.names.kind.clone();
            let mut served = schema;
            served["x-kubernetes-group-version-kind"] = json!([{ "kind": kind }]);
            assert!(schema_of(&json!({ "components": { "schemas": { "x": served } } }), &kind).is_some());
        }
    }
}
