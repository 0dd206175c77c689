//! What other controllers never settle on: each of these takes one pass, and no write ever after.

use serde_json::{Value, json};
use shared::place::{ControllerTag, Place};
use shared::subconfig::{apply, plan};
use shared::unset::UnsetFields;

use crate::world::{NAME, World, spec};

async fn settle(state: Value) -> World {
    let world = World::new();
    world.settles(&spec(&state)).await;
    world
}

/// The same said in another order, or by somebody else in other words, is no difference.
async fn is_no_difference(state: Value, again: Value) {
    let world = settle(state).await;
    assert_eq!(world.differences(&spec(&again)).await, []);
}

#[tokio::test]
async fn encryption_left_out_or_half_said() {
    settle(json!({})).await;
    settle(json!({ "encryption": { "rules": [{ "applyServerSideEncryptionByDefault": { "sseAlgorithm": "AES256" } }] } })).await;
    settle(json!({ "encryption": { "rules": [{ "applyServerSideEncryptionByDefault": { "sseAlgorithm": "aws:kms" } }] } })).await;
    settle(json!({ "encryption": {} })).await;
}

#[tokio::test]
async fn ids_that_s3_makes() {
    let queue = |event: &str| json!({ "queueARN": "arn:aws:sqs:eu-west-1:111111111111:q", "events": [event] });
    let copy = |prefix: &str, priority: i64| {
        json!({ "status": "Enabled", "priority": priority, "filter": { "prefix": prefix }, "deleteMarkerReplication": { "status": "Disabled" },
            "destination": { "bucket": "arn:aws:s3:::laws-copies" } })
    };
    let world = settle(json!({
        "lifecycle": { "rules": [{ "status": "Enabled", "filter": { "prefix": "a/" }, "expiration": { "days": 1 } }, { "status": "Enabled", "filter": { "prefix": "b/" }, "expiration": { "days": 2 } }] },
        "notification": { "queueConfigurations": [queue("s3:ObjectCreated:*"), queue("s3:ObjectRemoved:*")] },
        "versioning": { "status": "Enabled" },
        "replication": { "role": "arn:aws:iam::111111111111:role/r", "rules": [copy("a/", 1), copy("b/", 2)] },
        "cors": { "corsRules": [{ "allowedMethods": ["GET"], "allowedOrigins": ["*"] }] },
    }))
    .await;
    for (query, id) in [("lifecycle", "<ID>"), ("notification", "<Id>"), ("replication", "<ID>")] {
        assert!(world.held()[query].contains(id), "S3 made no id in {query}");
    }
}

#[tokio::test]
async fn sections_that_say_little() {
    settle(json!({ "publicAccessBlock": { "blockPublicACLs": true } })).await;
    settle(json!({ "publicAccessBlock": {}, "requestPayment": {}, "versioning": {}, "abac": {}, "accelerate": {}, "policy": "",
        "ownershipControls": {}, "lifecycle": {}, "cors": {}, "notification": {}, "logging": {}, "replication": {}, "website": {},
        "objectLockConfiguration": {}, "tagging": {}, "analytics": [], "metrics": [], "inventory": [], "intelligentTiering": [], "acl": "" }))
    .await;
}

#[tokio::test]
async fn lists_in_another_order() {
    let filter = |prefix: &str| json!({ "id": prefix, "filter": { "prefix": prefix } });
    let events = |events: [&str; 2], rules: [(&str, &str); 2]| {
        let rules = rules.map(|(name, value)| json!({ "name": name, "value": value }));
        json!({ "queueConfigurations": [{ "id": "q", "queueARN": "arn:aws:sqs:eu-west-1:111111111111:q", "events": events,
            "filter": { "key": { "filterRules": rules } } }] })
    };
    let (one, two) = ("s3:ObjectCreated:Put", "s3:ObjectCreated:Copy");
    is_no_difference(
        json!({ "metrics": [filter("a"), filter("b")], "notification": events([one, two], [("prefix", "in/"), ("suffix", ".jpg")]) }),
        json!({ "metrics": [filter("b"), filter("a")], "notification": events([two, one], [("Suffix", ".jpg"), ("Prefix", "in/")]) }),
    )
    .await;
    let inventory = |fields: [&str; 2]| {
        json!({ "inventory": [{ "id": "i", "isEnabled": true, "includedObjectVersions": "All", "schedule": { "frequency": "Daily" },
            "optionalFields": fields, "destination": { "s3BucketDestination": { "bucket": "arn:aws:s3:::laws-copies", "format": "CSV" } } }] })
    };
    is_no_difference(inventory(["Size", "ETag"]), inventory(["ETag", "Size"])).await;
    let tagged =
        |tags: [(&str, &str); 2]| json!({ "tagging": { "tagSet": tags.map(|(key, value)| json!({ "key": key, "value": value })) } });
    is_no_difference(tagged([("a", "1"), ("b", "2")]), tagged([("b", "2"), ("a", "1")])).await;
}

#[tokio::test]
async fn filters_in_every_spelling() {
    let tag = json!({ "key": "a", "value": "1" });
    for filter in [json!({ "tag": tag }), json!({ "and": { "prefix": "p", "tags": [tag] } }), json!({ "prefix": "p" })] {
        settle(json!({
            "metrics": [{ "id": "m", "filter": filter }],
            "analytics": [{ "id": "a", "filter": filter, "storageClassAnalysis": {} }],
            "intelligentTiering": [{ "id": "t", "status": "Enabled", "filter": filter, "tierings": [{ "accessTier": "ARCHIVE_ACCESS", "days": 90 }] }],
        }))
        .await;
    }
    settle(json!({ "metrics": [{ "id": "whole" }] })).await;
}

#[tokio::test]
async fn an_acl_that_somebody_else_changed() {
    let wanted = json!({ "acl": "log-delivery-write", "ownershipControls": { "rules": [{ "objectOwnership": "ObjectWriter" }] } });
    let world = settle(wanted.clone()).await;
    let grants =
        json!({ "grantRead": format!("id={}", "9".repeat(64)), "ownershipControls": { "rules": [{ "objectOwnership": "ObjectWriter" }] } });
    world.pass(&spec(&grants)).await;
    assert_eq!(world.pass(&spec(&wanted)).await, ["acl"], "it matches no canned one, and is not the wanted one");
    world.settles(&spec(&grants)).await;
    let private = json!({ "ownershipControls": { "rules": [{ "objectOwnership": "ObjectWriter" }] } });
    world.pass(&spec(&private)).await;
    assert_eq!(world.pass(&spec(&grants)).await, ["acl"], "the grants were taken away");
}

/// What S3 holds beside what a spec says survives when the section is written.
#[tokio::test]
async fn members_that_the_spec_leaves_to_s3() {
    let logging = |prefix: &str, format: Value| {
        let mut enabled = json!({ "targetBucket": "laws-logs", "targetPrefix": prefix });
        enabled.as_object_mut().unwrap().extend(format.as_object().unwrap().clone());
        json!({ "loggingEnabled": enabled })
    };
    let rule = |days: i64| json!([{ "id": "a", "status": "Enabled", "filter": { "prefix": "a/" }, "expiration": { "days": days } }]);
    let world = settle(json!({
        "logging": logging("a/", json!({ "targetObjectKeyFormat": { "partitionedPrefix": { "partitionDateSource": "EventTime" } } })),
        "lifecycle": { "transitionDefaultMinimumObjectSize": "varies_by_storage_class", "rules": rule(1) },
    }))
    .await;
    let events = "<NotificationConfiguration><EventBridgeConfiguration/></NotificationConfiguration>";
    world.model.set(NAME, "notification", events).unwrap();
    let queue = json!({ "queueConfigurations": [{ "id": "q", "queueARN": "arn:aws:sqs:eu-west-1:111111111111:q", "events": ["s3:ObjectCreated:*"] }] });
    let ours = json!({ "logging": logging("b/", json!({})), "lifecycle": { "rules": rule(2) }, "notification": queue,
        "encryption": { "rules": [{ "applyServerSideEncryptionByDefault": { "sseAlgorithm": "aws:kms" } }] } });
    world.settles(&spec(&ours)).await;
    for (query, kept, written) in [
        ("logging", "EventTime", "<TargetPrefix>b/"),
        ("lifecycle", "<Days>2</Days>", "<Days>2</Days>"),
        ("notification", "EventBridgeConfiguration", "<Id>q</Id>"),
        ("encryption", "SSE-C", "aws:kms"),
    ] {
        let held = &world.held()[query];
        assert!(held.contains(kept) && held.contains(written), "{query}: {held}");
    }
    let size = json!({ "lifecycle": { "transitionDefaultMinimumObjectSize": "varies_by_storage_class", "rules": rule(2) } });
    let differences = world.differences(&spec(&size)).await;
    assert!(!differences.iter().any(|(config, _)| *config == "lifecycle"), "the size was lost: {differences:?}");
}

#[tokio::test]
async fn lists_of_more_than_a_page() {
    let all = |last: &str| -> Vec<Value> {
        let filter = |index: usize| if index == 140 { last.to_owned() } else { format!("p{index}") };
        (0..150).map(|index| json!({ "id": format!("id{index:03}"), "filter": { "prefix": filter(index) } })).collect()
    };
    let world = settle(json!({ "metrics": all("old") })).await;
    let before = world.model.journal().calls().writes().len();
    world.settles(&spec(&json!({ "metrics": all("new") }))).await;
    assert_eq!(
        world.model.journal().calls().writes().operations()[before..],
        ["PutBucketMetricsConfiguration"],
        "only the one that differs"
    );
    world.settles(&spec(&json!({ "metrics": all("new")[..10] }))).await;
    assert_eq!(world.held().keys().filter(|query| query.starts_with("metrics/")).count(), 10);
}

#[tokio::test]
async fn a_website_that_only_redirects() {
    settle(json!({ "website": { "redirectAllRequestsTo": { "hostName": "example.com" } } })).await;
}

#[tokio::test]
async fn object_lock_that_is_on_and_not_asked_for() {
    let on = json!({ "objectLockEnabledForBucket": true, "objectLockConfiguration": { "rule": { "defaultRetention": { "mode": "GOVERNANCE", "days": 1 } } } });
    let world = settle(on).await;
    let silent = json!({ "tagging": { "tagSet": [{ "key": "a", "value": "b" }] } });
    world.settles(&spec(&silent)).await;
    assert!(world.held()["object-lock"].contains("Enabled") && world.held()["versioning"].contains("Enabled"));
}

#[tokio::test]
async fn abac_that_is_no_longer_asked_for() {
    let world = settle(json!({ "abac": { "status": "Enabled" } })).await;
    world.settles(&spec(&json!({}))).await;
    assert!(world.held()["abac"].contains("Disabled"));
}

#[tokio::test]
async fn tags_of_aws_and_of_the_controller() {
    let world = World::new();
    let aws = (0..8).map(|n| format!("<Tag><Key>aws:made:{n}</Key><Value>x</Value></Tag>")).collect::<Vec<_>>().concat();
    world.model.force(NAME, "tagging", &format!("<Tagging><TagSet>{aws}</TagSet></Tagging>")).unwrap();
    let tag = |key: &str| ControllerTag { key: key.to_owned(), value: "v".to_owned() };
    for tags in [Vec::new(), vec![tag("b/one"), tag("a/two")], vec![tag("a/two"), tag("b/one")]] {
        let place = Place { tags, ..Place::default() };
        let own = spec(&json!({ "tagging": { "tagSet": [{ "key": "team", "value": "a" }] } }));
        let (s3, observed) = world.observe().await;
        apply(&s3, &plan(&own, &observed, &place, UnsetFields::Reset), &|| true).await;
        let left = plan(&own, &world.observe().await.1, &place, UnsetFields::Reset);
        assert!(left.is_empty(), "{:?}", left.differences());
        assert_eq!(world.held()["tagging"].matches("aws:made:").count(), 8, "{:?}", world.held()["tagging"]);
    }
}

#[tokio::test]
async fn policies_in_other_words() {
    let policy = |principal: Value, secure: Value| {
        let statement = json!({ "Effect": "Deny", "Principal": principal, "Action": "s3:*", "Resource": ["arn:aws:s3:::laws/*"],
            "Condition": { "Bool": { "aws:SecureTransport": secure } } });
        json!({ "policy": json!({ "Version": "2012-10-17", "Statement": [statement] }).to_string() })
    };
    is_no_difference(policy(json!("*"), json!("false")), policy(json!({ "AWS": "*" }), json!(false))).await;
    is_no_difference(policy(json!({ "AWS": ["*"] }), json!(false)), policy(json!("*"), json!(["false"]))).await;
}
