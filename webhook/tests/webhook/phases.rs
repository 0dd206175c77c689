//! The phases of a roll-out: shadow says nothing, warn warns, enforce refuses.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Value, json};
use webhook::Phase;
use webhook::caches::Caches;

use crate::world::{World, bucket, create, review, with};

fn world(phase: Phase) -> World {
    let caches = Caches::new(Some("eu-west-1".to_owned()));
    caches.fill([("team".to_owned(), BTreeMap::new())], []);
    World::in_phase(phase, Arc::new(caches))
}

fn bad() -> Value {
    create(&with(bucket("Bad"), &json!({"spec": {"tagging": {"tagSet": [{"key": " team", "value": "a"}]}}})))
}

#[tokio::test]
async fn warn_lets_everything_pass_and_names_what_would_be_refused_first() {
    let world = world(Phase::Warn);
    let response = world.warns(&bad(), &["name-charset", "tag-key-padding"]).await;
    assert_eq!(response["auditAnnotations"]["decision"], "would_deny");
    let counted = r#"cooper_webhook_requests_total{decision="would_deny",dry_run="false",operation="CREATE",webhook="validate"}"#;
    assert_eq!(world.metric(counted), Some(1.0));
}

#[tokio::test]
async fn shadow_is_seen_in_metrics_and_audit_log_only() {
    let world = world(Phase::Shadow);
    let response = world.ask("/validate", &bad()).await;
    assert_eq!((&response["allowed"], response.get("warnings")), (&json!(true), None), "{response}");
    assert_eq!(
        (&response["auditAnnotations"]["decision"], &response["auditAnnotations"]["rules"]),
        (&json!("would_deny"), &json!("name-charset,tag-key-padding"))
    );
    assert_eq!(world.metric(r#"cooper_rule_findings_total{level="deny",ratcheted="false",rule="name-charset"}"#), Some(1.0));
    let unreadable = create(&with(bucket("good"), &json!({"spec": {"name": 7}})));
    assert_eq!(world.ask("/validate", &unreadable).await["allowed"], json!(true));
}

#[tokio::test]
async fn what_somebody_protects_stays_protected_in_every_phase() {
    let protected = with(bucket("good-bucket"), &json!({"metadata": {"annotations": {"s3.services.k8s.aws/deletion-protection": "true"}}}));
    for phase in [Phase::Shadow, Phase::Warn, Phase::Enforce] {
        world(phase).rejects(&review("DELETE", &Value::Null, &protected), &["deletion-protected"]).await;
    }
}
