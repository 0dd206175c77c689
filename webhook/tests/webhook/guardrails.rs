//! Guardrails through the real router: what they refuse, warn of, excuse and fill in, and what is wrong with themselves.

use std::collections::BTreeMap;
use std::fs;
use std::sync::Arc;

use base64::Engine as _;
use serde_json::{Value, json};
use shared::admission::Settings;
use shared::annotation;
use shared::guardrail::types::{BucketGuardrail, BucketGuardrailException};
use shared::guardrail::{Exception, Guardrail, Guardrails};
use shared::unset::UnsetFields;
use webhook::Phase;
use webhook::caches::Caches;

use crate::world::{CONTROLLER, World, bucket, create, review, update, with};

/// Namespace `team` with the label `tier: prod` in a cluster with these guardrails and exceptions, each a name and a spec.
fn guarded(phase: Phase, guardrails: &[(&str, Value)], exceptions: &[(&str, Value)]) -> World {
    World::in_phase(phase, Arc::new(cluster(guardrails, exceptions)))
}

fn cluster(guardrails: &[(&str, Value)], exceptions: &[(&str, Value)]) -> Caches {
    let caches = Caches::new(Some("eu-west-1".to_owned()));
    let annotations = BTreeMap::from([(annotation::DEFAULT_REGION.to_owned(), "eu-central-1".to_owned())]);
    caches.fill([("team".to_owned(), annotations)], []);
    caches.label("team", BTreeMap::from([("tier".to_owned(), "prod".to_owned())]));
    let guardrails = guardrails.iter().map(|(name, spec)| {
        let object = BucketGuardrail::new(name, serde_json::from_value(spec.clone()).unwrap());
        Arc::new(Guardrail::compile(&object).unwrap())
    });
    let exceptions = exceptions.iter().map(|(name, spec)| {
        let object = BucketGuardrailException::new(name, serde_json::from_value(spec.clone()).unwrap());
        Arc::new(Exception::compile(&object, None).unwrap())
    });
    caches.guard(Guardrails::new(guardrails.collect::<Vec<_>>(), exceptions.collect::<Vec<_>>()));
    caches
}

/// The same with one guardrail and these ConfigMaps.
fn parametrised(spec: &Value, maps: Vec<Value>) -> World {
    let caches = cluster(&[("baseline", spec.clone())], &[]);
    caches.parametrise(maps.into_iter().map(|map| serde_json::from_value(map).unwrap()));
    World::in_phase(Phase::Enforce, Arc::new(caches))
}

fn enforcing(spec: Value) -> World {
    guarded(Phase::Enforce, &[("baseline", spec)], &[])
}

/// Wants the tag `cost-center`.
fn tagged() -> Value {
    json!({
        "match": {"namespaceSelector": {"matchLabels": {"tier": "prod"}}},
        "enforcement": {"message": "Ask #platform"},
        "rules": {"tags": {"required": [{"key": "cost-center"}]}},
    })
}

fn good() -> Value {
    bucket("good-bucket")
}

#[tokio::test]
async fn a_denial_names_guardrail_and_rule_and_says_whom_to_ask_once() {
    let world = enforcing(tagged());
    let response = world.rejects(&create(&good()), &["baseline/tags"]).await;
    let message = response["status"]["message"].as_str().unwrap();
    assert!(message.contains("[baseline/tags] spec.tagging") && message.ends_with("\nAsk #platform"), "{message}");
    let cause = response["status"]["details"]["causes"][0]["message"].as_str().unwrap();
    assert!(cause.ends_with(" (Ask #platform)"), "{cause}");
    assert_eq!(response["auditAnnotations"]["guardrails"], "guardrail/baseline/tags", "{response}");
    let counted = r#"cooper_guardrail_results_total{action="Deny",guardrail="baseline",result="fail",rule="tags"}"#;
    assert_eq!(world.metric(counted), Some(1.0));
    let tag = json!({"spec": {"tagging": {"tagSet": [{"key": "cost-center", "value": "1"}]}}});
    world.accepts(&create(&with(good(), &tag))).await;
    let passed = r#"cooper_guardrail_results_total{action="Deny",guardrail="baseline",result="pass",rule="tags"}"#;
    assert_eq!(world.metric(passed), Some(1.0));
    assert_eq!(world.metric(r#"cooper_guardrail_evaluation_seconds_count{guardrail="baseline"}"#), Some(2.0));
}

#[tokio::test]
async fn findings_of_rules_and_guardrails_make_one_answer() {
    let world = enforcing(tagged());
    let response = world.ask("/validate", &create(&bucket("Bad"))).await;
    let fields: Vec<&str> =
        response["status"]["details"]["causes"].as_array().unwrap().iter().map(|cause| cause["field"].as_str().unwrap()).collect();
    assert!(fields.len() >= 2 && fields.is_sorted(), "{response}");
}

#[tokio::test]
async fn a_warning_lets_pass_and_an_expression_sees_the_namespace() {
    let spec = json!({
        "enforcement": {"action": "Warn"},
        "validations": [{
            "name": "no-prod", "message": "not in prod",
            "expression": "namespaceObject.metadata.labels[?'tier'].orValue('') != 'prod'",
        }],
    });
    let response = enforcing(spec).warns(&create(&good()), &["baseline/no-prod"]).await;
    assert_eq!(response["auditAnnotations"]["decision"], "allowed_warn");
}

/// Wants the prefix of names that a ConfigMap gives.
fn prefixed() -> Value {
    json!({
        "params": {"configMapRef": {"namespace": "platform", "name": "storage"}},
        "validations": [{"name": "prefix", "expression": "object.spec.name.startsWith(params.data.prefix)"}],
    })
}

fn config_map(prefix: &str) -> Value {
    json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"namespace": "platform", "name": "storage"}, "data": {"prefix": prefix}})
}

#[tokio::test]
async fn an_expression_sees_params_and_what_is_missing_is_named() {
    parametrised(&prefixed(), vec![config_map("good")]).accepts(&create(&good())).await;
    parametrised(&prefixed(), vec![config_map("acme-")]).rejects(&create(&good()), &["baseline/prefix"]).await;
    let response = parametrised(&prefixed(), Vec::new()).rejects(&create(&good()), &["baseline/prefix"]).await;
    let message = response["status"]["message"].as_str().unwrap();
    assert!(message.contains("ConfigMap platform/storage does not exist; create it"), "{message}");
    let lenient = with(prefixed(), &json!({"enforcement": {"onError": "Warn"}}));
    parametrised(&lenient, Vec::new()).warns(&create(&good()), &["baseline/prefix"]).await;
    let default = json!({
        "params": prefixed()["params"], "defaults": {"versioning": "Enabled"},
        "match": {"matchConditions": [{"name": "c", "expression": "params.data.prefix == 'good'"}]},
    });
    let response = parametrised(&default, vec![config_map("good")]).ask("/mutate", &create(&good())).await;
    assert_eq!(response["warnings"], json!(["defaulted spec.versioning.status=Enabled (baseline)"]), "{response}");
}

#[tokio::test]
async fn the_operator_says_what_becomes_of_sections_that_are_left_out() {
    let rules = json!([{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "aws:kms"}}]);
    let encrypted = json!({"spec": {"encryption": {"rules": rules}}});
    let removal = update(&with(good(), &encrypted), &good());
    World::new().warns(&removal, &["encryption-removed"]).await;
    let settings = Settings { default_region: Some("eu-west-1".to_owned()), unset: UnsetFields::Ignore, ..Settings::default() };
    World::of(settings, Phase::Enforce, Arc::new(cluster(&[], &[]))).accepts(&removal).await;
}

#[tokio::test]
async fn what_was_there_before_only_warns() {
    let world = enforcing(tagged());
    let changed = with(good(), &json!({"metadata": {"labels": {"a": "b"}}}));
    let response = world.warns(&update(&good(), &changed), &["baseline/tags"]).await;
    assert_eq!(response["auditAnnotations"]["ratcheted"], "baseline/tags", "{response}");
}

#[tokio::test]
async fn an_exception_lets_off_and_is_named_in_the_audit_log() {
    let exception = json!({
        "guardrails": [{"name": "baseline", "rules": ["tags"]}],
        "buckets": [{"namespace": "team", "name": "mine"}],
        "reason": "being moved, TICKET-1", "expiresAt": "2999-01-01T00:00:00Z",
    });
    let world = guarded(Phase::Enforce, &[("baseline", tagged())], &[("move", exception)]);
    let response = world.ask("/validate", &create(&good())).await;
    assert_eq!((&response["allowed"], &response["auditAnnotations"]["exceptions"]), (&json!(true), &json!("move")), "{response}");
}

#[tokio::test]
async fn controllers_and_deletions_are_never_refused() {
    let world = enforcing(tagged());
    let mut by_controller = create(&good());
    by_controller["request"]["userInfo"]["username"] = json!(CONTROLLER);
    assert_eq!(world.ask("/validate", &by_controller).await["allowed"], json!(true));
    world.accepts(&review("DELETE", &Value::Null, &good())).await;
}

#[tokio::test]
async fn the_phase_holds_for_guardrails_too() {
    let response = guarded(Phase::Warn, &[("baseline", tagged())], &[]).warns(&create(&good()), &["baseline/tags"]).await;
    assert_eq!(response["auditAnnotations"]["decision"], "would_deny");
    let response = guarded(Phase::Shadow, &[("baseline", tagged())], &[]).ask("/validate", &create(&good())).await;
    assert_eq!((&response["allowed"], response.get("warnings")), (&json!(true), None), "{response}");
    assert_eq!(response["auditAnnotations"]["guardrails"], "guardrail/baseline/tags");
}

#[tokio::test]
async fn levels_soften_and_raise_built_in_rules() {
    let twins = json!({"spec": {"tagging": {"tagSet": [{"key": "team", "value": "a"}, {"key": "Team", "value": "a"}]}}});
    let twins = create(&with(good(), &twins));
    World::new().warns(&twins, &["tag-key-case-twin"]).await;
    enforcing(json!({"builtinRules": {"tag-key-case-twin": "Deny"}})).rejects(&twins, &["tag-key-case-twin"]).await;
    enforcing(json!({"builtinRules": {"tag-key-case-twin": "Off"}})).accepts(&twins).await;
    let world = enforcing(json!({"builtinRules": {"tag-key-case-twin": "Audit"}}));
    let response = world.ask("/validate", &twins).await;
    assert_eq!((response.get("warnings"), &response["auditAnnotations"]["audited"]), (None, &json!("tag-key-case-twin")), "{response}");
}

#[tokio::test]
async fn defaults_are_filled_in_said_and_kept_on_a_change() {
    let world = enforcing(json!({"defaults": {"versioning": "Enabled"}}));
    let response = world.ask("/mutate", &create(&good())).await;
    let defaulted = patched(&good(), &response);
    assert_eq!(defaulted["spec"]["versioning"], json!({"status": "Enabled"}), "{response}");
    assert_eq!(response["warnings"], json!(["defaulted spec.versioning.status=Enabled (baseline)"]));
    assert_eq!(world.metric(r#"cooper_defaults_applied_total{default="versioning"}"#), Some(1.0));
    let kept = world.ask("/mutate", &update(&defaulted, &good())).await;
    assert_eq!(patched(&good(), &kept)["spec"]["versioning"], json!({"status": "Enabled"}), "{kept}");
    let untouched = world.ask("/mutate", &update(&good(), &good())).await;
    assert_eq!(untouched.get("patch"), None, "what is there is not changed behind anybody's back: {untouched}");
}

fn patched(object: &Value, response: &Value) -> Value {
    let patch = base64::engine::general_purpose::STANDARD.decode(response["patch"].as_str().unwrap()).unwrap();
    let patch: json_patch::Patch = serde_json::from_slice(&patch).unwrap();
    let mut object = object.clone();
    json_patch::patch(&mut object, &patch).unwrap();
    object
}

/// A review of a guardrail or an exception.
fn of_policy(kind: &str, operation: &str, spec: &Value, old: Option<&Value>) -> Value {
    let object = |spec: &Value| json!({"apiVersion": "cooper.dev/v1alpha1", "kind": kind, "metadata": {"name": "baseline"}, "spec": spec});
    let mut review = review(operation, &object(spec), &old.map_or(Value::Null, object));
    review["request"]["kind"] = json!({"group": "cooper.dev", "version": "v1alpha1", "kind": kind});
    (review["request"]["name"], review["request"]["namespace"]) = (json!("baseline"), Value::Null);
    review
}

#[tokio::test]
async fn a_guardrail_that_cannot_be_used_is_refused_with_its_causes() {
    let world = World::new();
    let wrong = json!({"rules": {"naming": {"pattern": "("}}, "validations": [{"name": "x", "expression": "1 +"}]});
    let response =
        world.rejects(&of_policy("BucketGuardrail", "CREATE", &wrong, None), &["guardrail-pattern", "guardrail-expression"]).await;
    let details = &response["status"]["details"];
    assert_eq!(
        (&details["group"], &details["kind"], &details["name"]),
        (&json!("cooper.dev"), &json!("BucketGuardrail"), &json!("baseline"))
    );
    assert_eq!(details["causes"][0]["field"], "spec.rules.naming.pattern");
    world.accepts(&of_policy("BucketGuardrail", "CREATE", &tagged(), None)).await;
    let odd = json!({"enforcement": {"action": "Explode"}});
    world.rejects(&of_policy("BucketGuardrail", "CREATE", &odd, None), &["guardrail-unreadable"]).await;
    world.warns(&of_policy("BucketGuardrail", "UPDATE", &wrong, Some(&wrong)), &["guardrail-pattern", "guardrail-expression"]).await;
    world.accepts(&of_policy("BucketGuardrail", "DELETE", &wrong, None)).await;
}

#[tokio::test]
async fn an_exception_has_to_end_and_to_name_what_is_there() {
    let world = enforcing(tagged());
    let exception = |rule: &str, end: &str| {
        json!({
            "guardrails": [{"name": "baseline", "rules": [rule]}],
            "buckets": [{"namespace": "team", "name": "mine"}],
            "reason": "being moved, TICKET-1", "expiresAt": end,
        })
    };
    let past = exception("tags", "2020-01-01T00:00:00Z");
    world.rejects(&of_policy("BucketGuardrailException", "CREATE", &past, None), &["exception-expiry"]).await;
    world.accepts(&of_policy("BucketGuardrailException", "UPDATE", &past, Some(&past))).await;
    let slip = exception("tag", "2020-01-01T00:00:00Z");
    let named = of_policy("BucketGuardrailException", "UPDATE", &slip, Some(&past));
    world.warns(&named, &["exception-names-nothing"]).await;
}

#[test]
fn the_check_says_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, value: &Value| fs::write(folder.path().join(name), value.to_string()).unwrap();
    let namespace = json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "team", "labels": {"tier": "prod"}}});
    let guardrail = |spec: Value| json!({"apiVersion": "cooper.dev/v1alpha1", "kind": "BucketGuardrail", "metadata": {"name": "baseline"}, "spec": spec});
    write("bucket.json", &good());
    write("namespace.json", &namespace);
    fs::create_dir(folder.path().join("policy")).unwrap();
    write("policy/guardrail.json", &guardrail(tagged()));
    let check = |more: &[&str]| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_cooper-webhook"));
        let said = command.current_dir(folder.path()).arg("check").args(more).output().unwrap();
        (said.status.code(), String::from_utf8(said.stdout).unwrap())
    };
    let plain = check(&["-f", "bucket.json", "namespace.json"]);
    assert_eq!(plain.0, Some(0), "{plain:?}");
    let by_label = ["-f", "bucket.json", "-n", "team", "--namespace-labels", "tier=prod", "--guardrails", "policy"];
    assert_eq!(check(&by_label).0, Some(1));
    assert_eq!(check(&["-f", "bucket.json", "--guardrails", "policy"]).0, Some(0), "no label, no match");
    let judged = check(&["-f", "bucket.json", "namespace.json", "--guardrails", "policy"]);
    assert!(judged.0 == Some(1) && judged.1.contains("Bucket team/mine: [baseline/tags] spec.tagging"), "{judged:?}");
    assert_eq!(check(&["-f", "."]).0, Some(1));
    write("policy/guardrail.json", &guardrail(prefixed()));
    let without = check(&["-f", "bucket.json", "--guardrails", "policy"]);
    assert!(without.0 == Some(1) && without.1.contains("ConfigMap platform/storage does not exist"), "{without:?}");
    write("policy/params.json", &config_map("good"));
    assert_eq!(check(&["-f", "bucket.json", "--guardrails", "policy"]).0, Some(0));
    write("policy/guardrail.json", &guardrail(json!({"rules": {"naming": {"pattern": "("}}})));
    let wrong = check(&["-f", "policy"]);
    assert!(wrong.0 == Some(1) && wrong.1.contains("BucketGuardrail baseline: [guardrail-pattern] spec.rules.naming.pattern"), "{wrong:?}");
}
