//! What goes on whatever the object looks like: deletions of what is not protected, all that happens during one, and writes of the controller.

use serde_json::{Value, json};

use crate::world::{CONTROLLER, World, bucket, create, review, update, with};

const TIME: &str = "2026-01-01T00:00:00Z";

fn bad() -> Value {
    with(bucket("good-bucket"), &json!({"spec": {"name": "Bad_Bucket", "tagging": {"tagSet": [{"key": "aws:x", "value": "1"}]}}}))
}

async fn goes_on(world: &World, review: &Value) {
    let response = world.ask("/validate", review).await;
    assert_eq!(response["allowed"], json!(true), "{response}");
}

#[tokio::test]
async fn a_deletion() {
    let world = World::new();
    for object in [bucket("good-bucket"), bad(), json!({}), json!({"spec": {"name": 5}}), json!("nonsense"), Value::Null] {
        goes_on(&world, &review("DELETE", &Value::Null, &object)).await;
    }
}

#[tokio::test]
async fn changes_of_an_object_that_is_being_deleted() {
    let world = World::new();
    let deleted = json!({"metadata": {"deletionTimestamp": TIME, "finalizers": ["finalizers.s3.services.k8s.aws/Bucket"]}});
    let (old, new) = (with(bucket("good-bucket"), &deleted), with(bad(), &deleted));
    let gone = with(new.clone(), &json!({"metadata": {"finalizers": null}}));
    goes_on(&world, &update(&old, &new)).await;
    goes_on(&world, &update(&new, &gone)).await;
    let unreadable = with(gone, &json!({"spec": {"name": ["no", "text"]}}));
    goes_on(&world, &update(&old, &unreadable)).await;
}

#[tokio::test]
async fn a_change_of_the_finalizers_alone() {
    let world = World::new();
    let with_finalizer = with(bad(), &json!({"metadata": {"finalizers": ["finalizers.s3.services.k8s.aws/Bucket"]}}));
    goes_on(&world, &update(&bad(), &with_finalizer)).await;
    goes_on(&world, &update(&with_finalizer, &bad())).await;
}

#[tokio::test]
async fn writes_of_the_controller_which_are_on_record() {
    let world = World::new();
    for mut review in [create(&bad()), update(&bucket("good-bucket"), &bad()), update(&bad(), &json!({"spec": 5}))] {
        review["request"]["userInfo"]["username"] = json!(CONTROLLER);
        goes_on(&world, &review).await;
    }
    let mut review = create(&bad());
    review["request"]["userInfo"]["username"] = json!(CONTROLLER);
    let response = world.ask("/validate", &review).await;
    assert_eq!(response.get("warnings"), None, "a controller reads no warnings: {response}");
    assert!(response["auditAnnotations"]["rules"].as_str().unwrap().contains("name-charset"), "{response}");
}

#[tokio::test]
async fn an_object_that_could_not_be_read_before_either() {
    let world = World::new();
    let old = json!({"metadata": {"name": "mine"}, "spec": {"name": "a-bucket", "tagging": "none"}});
    goes_on(&world, &update(&old, &with(old.clone(), &json!({"metadata": {"labels": {"a": "b"}}})))).await;

    let response = world.ask("/validate", &update(&bucket("a-bucket"), &old)).await;
    assert_eq!((&response["allowed"], &response["status"]["code"]), (&json!(false), &json!(422)), "{response}");
    assert!(response["status"]["message"].as_str().unwrap().contains("cannot be read as a Bucket"), "{response}");
}
