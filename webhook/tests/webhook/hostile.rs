//! Bodies that nobody sane would send: always an HTTP answer, never a panic.

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::fuzz::{cases, here, looked_at_now, spoil, spoiling};
use crate::world::{World, bucket, create, review, with};

/// Sends the body to both paths and checks that there is an answer of ours.
pub(crate) async fn survives(world: &World, body: &[u8]) {
    for uri in ["/validate", "/mutate"] {
        let answer = world.post(uri, body.to_vec()).await;
        let response = &answer.body["response"];
        match answer.code {
            200 => {
                assert!(response["uid"].as_str().is_some_and(|uid| !uid.is_empty()), "{answer:?}");
                let refused = response["allowed"] == json!(false);
                assert_eq!(refused, response["status"]["message"].as_str().is_some_and(|message| !message.is_empty()), "{answer:?}");
            }
            400 => assert!(answer.body["message"].as_str().is_some_and(|message| message.contains("AdmissionReview")), "{answer:?}"),
            _ => panic!("{answer:?}"),
        }
    }
    assert!(!looked_at_now() || world.panics() < 1.0, "{} or one before it", String::from_utf8_lossy(body));
}

fn json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,40}".prop_map(Value::from),
        Just(json!("eu-west-1")),
        Just(json!("arn:aws:iam::111122223333:role/x")),
    ];
    leaf.prop_recursive(4, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::btree_map(member(), inner, 0..6).prop_map(Value::from_iter),
        ]
    })
}

fn member() -> impl Strategy<Value = String> {
    let known = [
        "metadata",
        "spec",
        "status",
        "name",
        "annotations",
        "tagging",
        "tagSet",
        "key",
        "value",
        "versioning",
        "deletionTimestamp",
        "services.k8s.aws/region",
        "services.k8s.aws/adoption-fields",
        "finalizers",
        "lifecycle",
        "rules",
        "policy",
    ];
    prop_oneof![prop::sample::select(known.to_vec()).prop_map(str::to_owned), ".{0,12}"]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(350), ..ProptestConfig::default() })]

    #[test]
    fn any_objects(operation in prop::sample::select(vec!["CREATE", "UPDATE", "DELETE", "create", ""]), object in json(), old in json(), sub in json()) {
        let mut review = review(operation, &object, &old);
        review["request"]["subResource"] = sub;
        here(|runtime, world| runtime.block_on(survives(world, review.to_string().as_bytes())));
    }

    #[test]
    fn good_objects_with_anything_merged_into_them(more in json()) {
        let good = bucket("good-bucket");
        let object = with(good.clone(), &json!({"spec": more, "metadata": {"annotations": {"services.k8s.aws/adoption-policy": "adopt"}}}));
        here(|runtime, world| runtime.block_on(async {
            survives(world, create(&object).to_string().as_bytes()).await;
            survives(world, review("UPDATE", &object, &good).to_string().as_bytes()).await;
        }));
    }

    #[test]
    fn a_good_review_with_bytes_spoilt(changes in spoiling()) {
        let body = spoil(create(&bucket("good-bucket")).to_string().into_bytes(), &changes);
        here(|runtime, world| runtime.block_on(survives(world, &body)));
    }
}

#[tokio::test]
async fn deep_nesting_does_not_overflow_the_stack() {
    let world = World::new();
    let deep = format!("{}{}", "[".repeat(1_000_000), "]".repeat(1_000_000));
    let deep_objects = format!("{}1{}", r#"{"a":"#.repeat(300_000), "}".repeat(300_000));
    for bomb in [deep.as_str(), deep_objects.as_str(), &deep[..1_000_000]] {
        survives(&world, bomb.as_bytes()).await;
        for place in ["UID", "OBJECT", "SPEC", "TAGS", "UNKNOWN"] {
            let object =
                json!({"metadata": {"name": "x"}, "spec": {"name": "x", "tagging": "TAGS", "unknown": "UNKNOWN"}, "status": "SPEC"});
            let mut review = review("UPDATE", &object, &object);
            review["request"]["options"] = json!("UID");
            if place == "OBJECT" {
                review["request"]["object"] = json!("OBJECT");
            }
            survives(&world, review.to_string().replace(&format!("\"{place}\""), bomb).as_bytes()).await;
        }
    }
}

#[tokio::test]
async fn absurd_numbers_and_text() {
    let world = World::new();
    for absurd in [
        "1e999",
        "-1e999",
        "9223372036854775808",
        "-9223372036854775809",
        "0.1",
        "1E-400",
        "99999999999999999999999999999999",
        "-0",
        "\"\\u0000\"",
        "\"\\ud800\"",
    ] {
        let object = json!({"metadata": {"name": "x", "generation": "N"}, "spec": {"name": "x",
            "lifecycle": {"rules": [{"id": "a", "status": "Enabled", "expiration": {"days": "N"}}]}, "cors": {"corsRules": [{"maxAgeSeconds": "N"}]}}});
        for operation in ["CREATE", "UPDATE", "DELETE"] {
            survives(&world, review(operation, &object, &object).to_string().replace("\"N\"", absurd).as_bytes()).await;
        }
    }
}

#[tokio::test]
async fn an_object_with_a_very_long_list_is_answered_in_short() {
    let world = World::new();
    let tags: Vec<Value> = (0..30_000).map(|_| json!({"key": "aws:\u{1}\n", "value": "x"})).collect();
    let answer =
        world.post("/validate", create(&with(bucket("good-bucket"), &json!({"spec": {"tagging": {"tagSet": tags}}}))).to_string()).await;
    assert_eq!(answer.body["response"]["allowed"], json!(false));
    assert!(answer.body.to_string().len() < 100_000, "{}", answer.body.to_string().len());
}
