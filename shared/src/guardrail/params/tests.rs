use std::collections::BTreeSet;

use serde_json::json;

use super::*;
use crate::admission::testing::World;
use crate::guardrail::testing::{compile, now, object, set};
use crate::guardrail::{Guardrail, Review};

const READS: &str = "{validations: [{name: p, expression: \"object.spec.name.startsWith(params.data.prefix)\"}],
    params: {configMapRef: {namespace: platform, name: storage}}}";

fn named() -> BTreeSet<(String, String)> {
    [("platform".to_owned(), "storage".to_owned())].into()
}

fn map(data: &Value) -> ConfigMap {
    let metadata = json!({"namespace": "platform", "name": "storage", "annotations": {LAST_APPLIED: "{}", "a": "b"}});
    serde_json::from_value(json!({"metadata": metadata, "data": data})).unwrap()
}

fn said(guardrail: &str, table: &ParamsTable) -> Vec<String> {
    let world = World::new();
    let request = world.request();
    let evaluation = set(&[guardrail], &[]).evaluate(&Review { params: table, ..Review::of(&request, now()) });
    evaluation.results.iter().map(|result| format!("{:?} {}", result.outcome, result.message)).collect()
}

#[test]
fn an_expression_sees_the_config_map_its_guardrail_names() {
    let mut table = ParamsTable::default();
    table.name(&named());
    table.apply(&map(&json!({"prefix": "team-a"})));
    assert_eq!(said(READS, &table), ["Pass "]);
    table.apply(&map(&json!({"prefix": "x"})));
    assert_eq!(said(READS, &table), ["Fail has to be true: object.spec.name.startsWith(params.data.prefix)"]);
    let whole = READS.replace("object.spec.name.startsWith(params.data.prefix)", "params.metadata.name + params.kind == 'storageConfigMap' && !(params.metadata.annotations[?'kubectl.kubernetes.io/last-applied-configuration'].hasValue()) && params.metadata.annotations.a == 'b'");
    assert_eq!(said(&whole, &table), ["Pass "]);
    let empty = READS.replace("object.spec.name.startsWith(params.data.prefix)", "!has(params.data.prefix)");
    table.apply(&map(&Value::Null));
    assert_eq!(said(&empty, &table), ["Pass "]);
}

#[test]
fn what_cannot_be_read_is_named_with_what_to_do() {
    let mut table = ParamsTable::default();
    table.name(&named());
    let first = |table: &ParamsTable| said(READS, table).remove(0);
    assert!(first(&table).contains("ConfigMap platform/storage is not read yet"), "{}", first(&table));
    assert!(!table.is_answered());
    assert!(table.fail("platform", "storage", ParamsFault::Forbidden) && !table.fail("platform", "storage", ParamsFault::Forbidden));
    assert!(first(&table).starts_with("Error cannot be judged: ConfigMap platform/storage may not be read; allow"), "{}", first(&table));
    table.delete("platform", "storage");
    assert!(first(&table).contains("platform/storage does not exist; create it"), "{}", first(&table));
    assert!(table.is_answered());
    let unused = READS.replace("params.data.prefix", "'team'");
    assert_eq!(said(&unused, &table), ["Pass "], "only what reads params cannot be judged");
    let lenient = READS.replace("validations", "enforcement: {onError: Warn}, validations");
    let world = World::new();
    let request = world.request();
    let evaluation = set(&[&lenient], &[]).evaluate(&Review { params: &table, ..Review::of(&request, now()) });
    assert!(!evaluation.is_denied() && !evaluation.findings().is_empty());
}

#[test]
fn what_was_read_once_stays_until_it_is_gone_or_nobody_names_it() {
    let mut table = ParamsTable::default();
    table.apply(&map(&json!({})));
    assert!(table.config_map("platform", "storage").is_err(), "nobody names it");
    table.name(&named());
    table.apply(&map(&json!({"a": "b"})));
    assert!(!table.fail("platform", "storage", ParamsFault::Failed));
    table.name(&named());
    assert_eq!(table.config_map("platform", "storage").unwrap()["data"], json!({"a": "b"}));
    table.name(&BTreeSet::new());
    assert_eq!(table.config_map("platform", "storage"), Err(ParamsFault::Unread));
}

#[test]
fn the_set_says_which_config_maps_it_names() {
    assert_eq!(set(&[READS, READS, "{rules: {website: Forbidden}}"], &[]).params(), named());
    assert!(compile("g", "{}").params().is_none());
}

#[test]
fn a_name_that_no_config_map_has_is_refused() {
    let refused = |name: &str, namespace: &str| {
        let spec = format!("{{rules: {{website: Forbidden}}, params: {{configMapRef: {{name: '{name}', namespace: '{namespace}'}}}}}}");
        Guardrail::compile(&object("g", &spec)).err().map(|refused| refused.findings[0].field.clone()).unwrap_or_default()
    };
    assert_eq!(refused("storage.v1", "platform"), "");
    assert_eq!(refused("a,metadata.namespace!=x", "platform"), "spec.params.configMapRef.name");
    assert_eq!(refused("a", "plat.form"), "spec.params.configMapRef.namespace");
    assert_eq!(refused("", "platform"), "spec.params.configMapRef");
}
