//! The one deletion that is refused: that of a Bucket that somebody protects.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Value, json};
use shared::admission::{Claims, Holder};
use webhook::caches::Cluster;

use crate::world::{World, bucket, review, with};

const PROTECTION: &str = "s3.services.k8s.aws/deletion-protection";

/// A cluster of one namespace.
struct Team {
    annotations: Arc<BTreeMap<String, String>>,
    going: bool,
}

impl Cluster for Team {
    fn namespace(&self, _: &str) -> Option<Arc<BTreeMap<String, String>>> {
        Some(Arc::clone(&self.annotations))
    }

    fn is_going(&self, _: &str) -> bool {
        self.going
    }

    fn claims(&self) -> &dyn Claims {
        self
    }
}

impl Claims for Team {
    fn holder(&self, _: &str, _: &str, _: &shared::Bucket) -> Holder {
        Holder::Nobody
    }
}

fn world(annotations: &[(&str, &str)], going: bool) -> World {
    let annotations = annotations.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
    World::with(Arc::new(Team { annotations: Arc::new(annotations), going }))
}

fn deletion(protection: &str) -> Value {
    review("DELETE", &Value::Null, &with(bucket("good-bucket"), &json!({"metadata": {"annotations": {PROTECTION: protection}}})))
}

#[tokio::test]
async fn its_own_word_and_that_of_its_namespace_count() {
    let response = world(&[], false).rejects(&deletion("true"), &["deletion-protected"]).await;
    assert_eq!(response["status"]["code"], json!(422), "{response}");
    world(&[], false).accepts(&deletion("false")).await;
    let bare = review("DELETE", &Value::Null, &bucket("good-bucket"));
    world(&[(PROTECTION, "true")], false).rejects(&bare, &["deletion-protected"]).await;
    world(&[(PROTECTION, "true")], false).accepts(&deletion("false")).await;
}

#[tokio::test]
async fn a_namespace_takes_what_is_protected_along() {
    world(&[(PROTECTION, "true")], true).accepts(&deletion("true")).await;
}
