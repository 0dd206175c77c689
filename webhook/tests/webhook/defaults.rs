//! What `/mutate` adds.

use base64::Engine as _;
use serde_json::{Value, json};

use crate::world::{ROLE, World, bucket, create, update, with};

/// The object with the answer's patch applied; the same object where there is none.
fn patched(object: &Value, response: &Value) -> Value {
    let mut object = object.clone();
    if let Some(patch) = response["patch"].as_str() {
        assert_eq!(response["patchType"], json!("JSONPatch"));
        let patch: json_patch::Patch = serde_json::from_slice(&base64::engine::general_purpose::STANDARD.decode(patch).unwrap()).unwrap();
        assert!(patch.0.iter().all(|operation| matches!(operation, json_patch::PatchOperation::Add(_))), "{patch:?}");
        json_patch::patch(&mut object, &patch).unwrap();
    }
    object
}

#[tokio::test]
async fn region_and_role_of_the_namespace_are_written_down_once() {
    let world = World::new();
    for annotations in [json!(null), json!({}), json!({"mine": "stays"})] {
        let object = with(bucket("good-bucket"), &json!({"metadata": {"annotations": null}}));
        let object = with(object, &json!({"metadata": {"annotations": annotations}}));
        let response = world.ask("/mutate", &create(&object)).await;
        assert_eq!(response["allowed"], json!(true));
        let defaulted = patched(&object, &response);
        let wanted = with(
            object,
            &json!({"metadata": {"annotations": {"services.k8s.aws/region": "eu-central-1", "s3.services.k8s.aws/iam-role-arn": ROLE}}}),
        );
        assert_eq!(defaulted, wanted);
        let again = world.ask("/mutate", &create(&defaulted)).await;
        assert_eq!(again.get("patch"), None, "{again}");
        world.accepts(&create(&defaulted)).await;
    }
    let text = prometheus::TextEncoder::new().encode_to_string(&world.metrics.registry().gather()).unwrap();
    let counted: Vec<&str> =
        text.lines().filter(|line| line.starts_with("cooper_defaults_applied_total") && line.ends_with(" 3")).collect();
    assert_eq!(counted.len(), 2, "{text}");
}

#[tokio::test]
async fn what_the_user_says_stays() {
    let world = World::new();
    let said = json!({"metadata": {"annotations": {"services.k8s.aws/region": "us-east-1", "s3.services.k8s.aws/iam-role-arn": "arn:aws:iam::1:role/x"}}});
    let response = world.ask("/mutate", &create(&with(bucket("good-bucket"), &said))).await;
    assert_eq!((response.get("patch"), &response["allowed"]), (None, &json!(true)), "{response}");
}

#[tokio::test]
async fn nothing_is_added_to_what_is_not_new_or_not_readable() {
    let world = World::new();
    let bare = with(bucket("good-bucket"), &json!({"metadata": {"annotations": null}}));
    for review in
        [update(&bare, &bare), create(&json!("nonsense")), create(&json!(null)), create(&json!([])), create(&json!({"metadata": 5}))]
    {
        let response = world.ask("/mutate", &review).await;
        assert_eq!((response.get("patch"), &response["allowed"]), (None, &json!(true)), "{response}");
    }
}

#[tokio::test]
async fn no_region_is_made_up_for_a_namespace_that_is_not_known_yet() {
    let world = World::new();
    let bare = with(bucket("good-bucket"), &json!({"metadata": {"annotations": null, "namespace": "brand-new"}}));
    let mut review = create(&bare);
    review["request"]["namespace"] = json!("brand-new");
    let response = world.ask("/mutate", &review).await;
    assert_eq!((response.get("patch"), &response["allowed"]), (None, &json!(true)), "{response}");
}
