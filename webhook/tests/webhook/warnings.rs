//! What passes with a word of warning.

use serde_json::{Map, Value, json};

use crate::world::{World, bucket, create, with};

#[tokio::test]
async fn a_warning_names_rule_field_and_remedy() {
    let world = World::new();
    let slip = json!({"metadata": {"annotations": {"services.k8s.aws/regoin": "eu-west-1"}}});
    let response = world.warns(&create(&with(bucket("good-bucket"), &slip)), &["ack-annotation-unknown"]).await;
    insta::assert_json_snapshot!("warned", response);
    assert_eq!(world.metric("cooper_warnings_emitted_total"), Some(1.0));
    assert_eq!(
        world.metric(r#"cooper_webhook_requests_total{decision="allowed_warn",dry_run="false",operation="CREATE",webhook="validate"}"#),
        Some(1.0)
    );
}

#[tokio::test]
async fn many_warnings_keep_to_the_limits_of_the_api_server() {
    let world = World::new();
    let slips = (0..100).map(|n| (format!("services.k8s.aws/{n}{}", "x".repeat(3 * n)), json!("1"))).collect::<Map<String, Value>>();
    let more = json!({"metadata": {"annotations": slips}});
    let response = world.ask("/validate", &create(&with(bucket("good-bucket"), &more))).await;
    assert_eq!(response["allowed"], json!(true));
    let texts: Vec<&str> = response["warnings"].as_array().unwrap().iter().map(|text| text.as_str().unwrap()).collect();
    assert_eq!((texts.len(), texts[9]), (10, "and 91 more"));
    assert!(texts.iter().all(|text| text.chars().count() <= 256), "{texts:?}");
    assert!(world.metric("cooper_warnings_truncated_total") >= Some(91.0));
    assert_eq!(response["auditAnnotations"]["rules"], json!("ack-annotation-unknown"));
}
