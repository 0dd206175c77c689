//! A bug in one rule stops no Bucket: what the others say is said, and a warning and a metric tell of it.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::json;
use shared::admission::{Claims, Holder};
use webhook::caches::Cluster;

use crate::world::{World, bucket, create, with};

/// A cluster whose view of the claims is broken.
struct Broken;

impl Cluster for Broken {
    fn namespace(&self, _: &str) -> Option<Arc<BTreeMap<String, String>>> {
        Some(Arc::default())
    }

    fn claims(&self) -> &dyn Claims {
        self
    }
}

impl Claims for Broken {
    fn holder(&self, _: &str, _: &str, _: &shared::Bucket) -> Holder {
        panic!("a bug, made for this test")
    }
}

#[tokio::test]
async fn one_broken_rule_warns_and_the_others_speak() {
    let world = World::with(Arc::new(Broken));
    let response = world.warns(&create(&bucket("good-bucket")), &["rules-broken"]).await;
    assert!(response["warnings"][0].as_str().unwrap().contains("the rules of claims broke off"), "{response}");
    world.rejects(&create(&with(bucket("good-bucket"), &json!({"spec": {"name": "Bad"}}))), &["name-charset"]).await;
    assert_eq!(world.metric(r#"cooper_webhook_panics_total{area="claims"}"#), Some(2.0));
    assert_eq!(world.metric(r#"cooper_webhook_panics_total{area="name"}"#), Some(0.0));
}
