//! What is no review of a Bucket, and what happens when time is short.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, header};
use futures::{StreamExt as _, stream};
use serde_json::{Value, json};
use shared::Bucket;
use shared::admission::{Claims, Holder};
use webhook::BODY_BYTES;

use crate::world::{Answer, World, bucket, create, review, with};

fn is_status(answer: &Answer, code: u16, reason: &str) {
    assert_eq!(answer.code, code, "{answer:?}");
    assert_eq!((&answer.body["kind"], &answer.body["reason"], &answer.body["code"]), (&json!("Status"), &json!(reason), &json!(code)));
    assert!(answer.body["message"].as_str().unwrap().len() > 20, "{answer:?}");
}

fn rejected(world: &World, reason: &str) -> Option<f64> {
    world.metric(&format!("cooper_webhook_rejected_requests_total{{reason=\"{reason}\"}}"))
}

#[tokio::test]
async fn only_json_is_read() {
    let world = World::new();
    for content_type in [None, Some("text/plain"), Some("application/yaml"), Some("application/json-patch+json")] {
        let mut request = Request::post("/validate");
        if let Some(content_type) = content_type {
            request = request.header(header::CONTENT_TYPE, content_type);
        }
        is_status(&world.send(request.body(Body::from("{}")).unwrap()).await, 415, "UnsupportedMediaType");
    }
    assert_eq!(rejected(&world, "bad_content_type"), Some(4.0));
}

#[tokio::test]
async fn a_body_beyond_the_limit_is_not_read() {
    let world = World::new();
    is_status(&world.post("/validate", vec![b' '; BODY_BYTES + 1]).await, 413, "RequestEntityTooLarge");
    let pieces = stream::iter(0..8).map(|_| Ok::<_, std::io::Error>(vec![b' '; 1024 * 1024]));
    is_status(&world.post("/mutate", Body::from_stream(pieces)).await, 413, "RequestEntityTooLarge");
    assert_eq!(rejected(&world, "too_large"), Some(2.0));

    let big = with(bucket("good-bucket"), &json!({"metadata": {"annotations": {"mine": "x".repeat(1_400_000)}}}));
    world.accepts(&review("UPDATE", &big, &big)).await;
}

#[tokio::test]
async fn a_body_that_breaks_off_is_an_error_not_a_verdict() {
    let world = World::new();
    let pieces = stream::iter([Ok(b"{\"apiVersion\"".to_vec()), Err(std::io::Error::other("connection reset"))]);
    is_status(&world.post("/validate", Body::from_stream(pieces)).await, 400, "BadRequest");
    assert_eq!(rejected(&world, "bad_body"), Some(1.0));
}

#[tokio::test]
async fn what_is_no_review_gets_a_status() {
    let world = World::new();
    let bodies = [
        "",
        "{",
        "null",
        "[]",
        "5",
        "{}",
        r#"{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview"}"#,
        r#"{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":null}"#,
        r#"{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":5}}"#,
        r#"{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":"","kind":{},"operation":"CREATE"}}"#,
        r#"{"apiVersion":"admission.k8s.io/v1beta1","kind":"AdmissionReview","request":{"uid":"a","kind":{},"operation":"CREATE"}}"#,
    ];
    for body in bodies {
        is_status(&world.post("/validate", body).await, 400, "BadRequest");
    }
    assert_eq!(rejected(&world, "bad_review"), Some(11.0));
}

#[tokio::test]
async fn other_paths_and_methods_are_not_there() {
    let world = World::new();
    assert_eq!(world.post("/", "{}").await.code, 404);
    assert_eq!(world.send(Request::get("/validate").body(Body::empty()).unwrap()).await.code, 405);
}

#[tokio::test]
async fn other_kinds_and_operations_are_a_mistake_in_the_configuration() {
    let world = World::new();
    let mut pod = create(&bucket("good-bucket"));
    pod["request"]["kind"] = json!({"group": "", "version": "v1", "kind": "Pod"});
    let connect = review("CONNECT", &Value::Null, &Value::Null);
    for (uri, review) in [("/validate", &pod), ("/mutate", &pod), ("/validate", &connect)] {
        let response = world.ask(uri, review).await;
        assert_eq!((&response["allowed"], &response["status"]["code"]), (&json!(false), &json!(400)), "{response}");
        assert!(response["status"]["message"].as_str().unwrap().contains("webhook configuration"), "{response}");
    }
    assert_eq!(rejected(&world, "wrong_kind"), Some(2.0));
    assert_eq!(
        world.metric(r#"cooper_webhook_requests_total{decision="error",dry_run="false",operation="other",webhook="validate"}"#),
        Some(1.0)
    );
}

#[tokio::test]
async fn a_body_that_does_not_come_in_time_is_given_up() {
    let world = World::new();
    let request = Request::post("/validate?timeout=50ms").header(header::CONTENT_TYPE, "application/json");
    let answer = world.send(request.body(Body::from_stream(stream::pending::<Result<Vec<u8>, std::io::Error>>())).unwrap());
    let answer = tokio::time::timeout(Duration::from_mins(1), answer).await.unwrap();
    is_status(&answer, 504, "Timeout");
    assert_eq!(rejected(&world, "deadline"), Some(1.0));
    assert_eq!(world.metric("cooper_webhook_in_flight"), Some(0.0));
}

#[tokio::test]
async fn while_draining_every_answer_closes_its_connection() {
    let world = World::new();
    let body = || create(&bucket("good-bucket")).to_string();
    assert_eq!(world.post("/validate", body()).await.connection, None);
    world.app.drain();
    assert_eq!(world.post("/validate", body()).await.connection.as_deref(), Some("close"));
    assert_eq!(world.post("/nowhere", "").await.connection.as_deref(), Some("close"));
}

/// A view of the cluster that panics, as a rule with a bug would.
struct Broken;

impl webhook::caches::Cluster for Broken {
    fn namespace(&self, _: &str) -> Option<Arc<BTreeMap<String, String>>> {
        panic!("a bug")
    }
    fn claims(&self) -> &dyn Claims {
        self
    }
}

impl Claims for Broken {
    fn holder(&self, _: &str, _: &str, _: &Bucket) -> Holder {
        panic!("a bug")
    }
}

#[tokio::test]
async fn a_panic_is_an_answer_and_is_counted() {
    let world = World::with(Arc::new(Broken));
    let object = bucket("good-bucket");
    let response = world.ask("/validate", &create(&object)).await;
    assert_eq!((&response["allowed"], &response["status"]["code"]), (&json!(false), &json!(500)), "{response}");
    let deleted = with(object.clone(), &json!({"metadata": {"deletionTimestamp": "2026-01-01T00:00:00Z"}}));
    let goes_on = [
        world.ask("/mutate", &create(&object)).await,
        world.ask("/validate", &review("DELETE", &Value::Null, &object)).await,
        world.ask("/validate", &review("UPDATE", &deleted, &object)).await,
    ];
    for response in goes_on {
        assert_eq!((&response["allowed"], response.get("status"), response.get("patch")), (&json!(true), None, None), "{response}");
    }
    assert_eq!(world.metric(r#"cooper_webhook_panics_total{area="webhook"}"#), Some(4.0));
}

#[tokio::test]
async fn every_bounded_series_is_there_from_the_start() {
    let world = World::new();
    let series = [
        r#"cooper_webhook_requests_total{decision="error",dry_run="true",operation="DELETE",webhook="mutate"}"#,
        r#"cooper_webhook_request_duration_seconds_count{operation="UPDATE",webhook="validate"}"#,
        r#"cooper_webhook_rejected_requests_total{reason="deadline"}"#,
        r#"cooper_rule_findings_total{level="deny",ratcheted="false",rule="name-length"}"#,
        r#"cooper_certificate_reloads_total{result="error"}"#,
        r#"cooper_cache_synced{kind="Bucket"}"#,
        r#"cooper_cache_errors_total{kind="Namespace"}"#,
        "cooper_webhook_in_flight",
        r#"cooper_webhook_panics_total{area="lifecycle"}"#,
        r#"cooper_webhook_panics_total{area="guardrails"}"#,
        r#"cooper_guardrails{state="refused"}"#,
        "cooper_guardrail_compile_errors",
        r#"cooper_cache_synced{kind="BucketGuardrailException"}"#,
        "cooper_warnings_emitted_total",
        "cooper_warnings_truncated_total",
        r#"cooper_certificate_expiry_timestamp_seconds{kind="leaf"}"#,
        r#"cooper_certificate_selfcheck_failures_total{reason="untrusted"}"#,
    ];
    for series in series {
        assert_eq!(world.metric(series), Some(0.0), "{series}");
    }
}
