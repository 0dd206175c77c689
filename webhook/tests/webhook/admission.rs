//! Allowing and refusing.

use serde_json::json;
use shared::admission::{Claims, Holder};
use std::collections::BTreeMap;
use std::sync::Arc;

use crate::world::{World, bucket, create, update, with};

#[tokio::test]
async fn a_good_bucket_passes_without_a_word() {
    let world = World::new();
    world.accepts(&create(&bucket("good-bucket"))).await;
    assert_eq!(
        world.metric(r#"cooper_webhook_requests_total{decision="allowed",dry_run="false",operation="CREATE",webhook="validate"}"#),
        Some(1.0)
    );
    assert_eq!(world.metric(r#"cooper_webhook_request_duration_seconds_count{operation="CREATE",webhook="validate"}"#), Some(1.0));
    assert_eq!(world.metric("cooper_webhook_in_flight"), Some(0.0));
}

#[tokio::test]
async fn all_that_is_wrong_is_said_at_once() {
    let world = World::new();
    let tags = json!([{"key": "a", "value": "1"}, {"key": "a", "value": "2"}, {"key": "aws:x", "value": "3"}]);
    let more = json!({
        "metadata": {"annotations": {"services.k8s.aws/deletion-policy": "Retain"}},
        "spec": {"name": "Bad_Bucket", "tagging": {"tagSet": tags}},
    });
    let response = world
        .rejects(&create(&with(bucket(""), &more)), &["deletion-policy-enum", "name-charset", "tag-key-duplicate", "tag-key-aws-prefix"])
        .await;
    insta::assert_json_snapshot!("refused", response);
    assert_eq!(world.metric(r#"cooper_rule_findings_total{level="deny",ratcheted="false",rule="name-charset"}"#), Some(1.0));
    assert_eq!(
        world.metric(r#"cooper_webhook_requests_total{decision="denied",dry_run="false",operation="CREATE",webhook="validate"}"#),
        Some(1.0)
    );
}

#[tokio::test]
async fn a_dry_run_is_judged_the_same_and_counted_apart() {
    let world = World::new();
    let mut review = create(&bucket("Bad"));
    review["request"]["dryRun"] = json!(true);
    world.rejects(&review, &["name-charset"]).await;
    assert_eq!(
        world.metric(r#"cooper_webhook_requests_total{decision="denied",dry_run="true",operation="CREATE",webhook="validate"}"#),
        Some(1.0)
    );
    assert_eq!(
        world.metric(r#"cooper_webhook_requests_total{decision="denied",dry_run="false",operation="CREATE",webhook="validate"}"#),
        Some(0.0)
    );
}

#[tokio::test]
async fn a_name_that_another_bucket_claims_is_refused_with_that_buckets_name() {
    let world = World::new();
    let response = world.rejects(&create(&bucket("taken-bucket")), &["bucket-claimed-twice"]).await;
    assert!(response["status"]["message"].as_str().unwrap().contains("team/taken"), "{response}");
}

#[tokio::test]
async fn what_the_caches_do_not_know_yet_refuses_nothing_and_is_on_record() {
    struct Nothing;
    impl webhook::caches::Cluster for Nothing {
        fn namespace(&self, _: &str) -> Option<Arc<BTreeMap<String, String>>> {
            None
        }
        fn claims(&self) -> &dyn Claims {
            self
        }
    }
    impl Claims for Nothing {
        fn holder(&self, _: &str, _: &str, _: &shared::Bucket) -> Holder {
            Holder::Unknown
        }
    }
    let world = World::with(Arc::new(Nothing));
    let response = world.ask("/validate", &create(&bucket("taken-bucket"))).await;
    assert_eq!((&response["allowed"], &response["auditAnnotations"]["stateful"]), (&json!(true), &json!("skipped")), "{response}");
}

#[tokio::test]
async fn a_role_that_the_namespace_does_not_allow_is_refused() {
    let world = World::new();
    let role = json!({"metadata": {"annotations": {"s3.services.k8s.aws/iam-role-arn": "arn:aws:iam::111122223333:role/admin"}}});
    let response = world.rejects(&create(&with(bucket("good-bucket"), &role)), &["role-not-permitted"]).await;
    assert_eq!((&response["status"]["code"], &response["status"]["reason"]), (&json!(422), &json!("Invalid")), "{response}");
}

#[tokio::test]
async fn a_change_is_judged_by_what_it_brings() {
    let world = World::new();
    let bad = with(bucket("good-bucket"), &json!({"spec": {"tagging": {"tagSet": [{"key": "aws:x", "value": "1"}]}}}));
    let labelled = with(bad.clone(), &json!({"spec": {"versioning": {"status": "Enabled"}}}));
    let response = world.warns(&update(&bad, &labelled), &["tag-key-aws-prefix"]).await;
    assert_eq!(response["auditAnnotations"]["ratcheted"], json!("tag-key-aws-prefix"), "{response}");
    assert_eq!(world.metric(r#"cooper_rule_findings_total{level="warn",ratcheted="true",rule="tag-key-aws-prefix"}"#), Some(1.0));

    world.rejects(&update(&bucket("good-bucket"), &bad), &["tag-key-aws-prefix"]).await;
    world.accepts(&update(&bad, &bucket("good-bucket"))).await;
    let renamed = world.rejects(&update(&bucket("good-bucket"), &bucket("other-bucket")), &["name-immutable"]).await;
    assert_eq!(renamed["status"]["details"]["causes"][0]["field"], json!("spec.name"), "{renamed}");
}

#[tokio::test]
async fn the_status_is_the_controllers_to_write() {
    let world = World::new();
    let stored = bucket("good-bucket");
    let status =
        json!({"status": {"ackResourceMetadata": {"arn": "arn:aws:s3:::x", "ownerAccountID": "111122223333", "region": "eu-central-1"}}});
    let mut review = update(&stored, &with(stored.clone(), &status));
    review["request"]["subResource"] = json!("status");
    world.rejects(&review, &["status-writer"]).await;
    review["request"]["userInfo"]["username"] = json!(crate::world::CONTROLLER);
    world.accepts(&review).await;
}

#[tokio::test]
async fn unknown_fields_are_none_of_our_business() {
    let more = json!({"metadata": {"future": {"a": 1}}, "spec": {"notYetKnown": {"deep": [1, 2.5, null, "x"]}}, "more": true});
    World::new().accepts(&create(&with(bucket("good-bucket"), &more))).await;
}
