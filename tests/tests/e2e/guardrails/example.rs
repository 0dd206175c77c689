//! `deploy/guardrails/`: the examples can be applied as they are.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use tests::places;

use super::{Ground, in_time};
use crate::team::Outcome;

#[tokio::test]
async fn the_examples_can_be_applied_and_show_every_field() -> Outcome {
    let ground = Ground::new("examples").await?;
    let text = std::fs::read_to_string(places::workspace().join("deploy/guardrails/example.yaml"))?;
    let objects: Vec<Value> = serde_saphyr::from_multiple(&text)?;
    let mut shown: BTreeMap<&str, &Value> = BTreeMap::new();
    for object in &objects {
        let kind = object["kind"].as_str().unwrap_or_default();
        shown.insert(kind, &object["spec"]);
        let mut object = object.clone();
        object["metadata"]["name"] = json!(ground.named(object["metadata"]["name"].as_str().unwrap_or_default()));
        if kind == "BucketGuardrail" {
            object["spec"]["match"]["namespaces"] = json!([ground.team.namespace]);
        } else {
            // The day that the file names will come.
            object["spec"]["expiresAt"] = json!(in_time(jiff::SignedDuration::from_hours(1)));
        }
        let said = ground.platform.run_with(&["apply", "-f", "-"], &object.to_string()).await?.ok()?;
        let odd = said.stderr.lines().filter(|line| !line.contains("[exception-names-nothing]")).count();
        assert_eq!(odd, 0, "{}", said.stderr);
    }
    for (kind, plural) in [("BucketGuardrail", "bucketguardrails"), ("BucketGuardrailException", "bucketguardrailexceptions")] {
        let definition = ground.platform.get_json(&format!("crd/{plural}.cooper.dev")).await?;
        let schema = &definition["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]["spec"];
        let mut missing = Vec::new();
        fields(schema, shown.get(kind).copied().unwrap_or(&Value::Null), kind, &mut missing);
        assert!(missing.is_empty(), "the example shows no {}", missing.join(", "));
    }
    Ok(())
}

/// The fields of a schema that the value does not have. Of a list, one item has to have each; `action` is shown once.
fn fields(schema: &Value, value: &Value, at: &str, missing: &mut Vec<String>) {
    for (name, member) in schema["properties"].as_object().into_iter().flatten() {
        let path = format!("{at}.{name}");
        let held: Vec<&Value> = value.as_array().map_or_else(|| vec![value], |items| items.iter().collect());
        let held: Vec<&Value> = held.into_iter().filter_map(|held| held.get(name)).collect();
        // Either of two: what one guardrail shows, it cannot show the other way as well.
        let optional =
            matches!(name.as_str(), "action" | "namespaceSelector" | "objectSelector" | "matchLabels" | "matchExpressions" | "values");
        match held.first() {
            None if optional => {}
            None => missing.push(path),
            Some(first) => fields(if member["items"].is_object() { &member["items"] } else { member }, first, &path, missing),
        }
    }
}
