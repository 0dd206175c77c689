use serde_json::{Value, json};

use super::BucketFacts;
use crate::admission::Facts;
use crate::admission::testing::World;
use crate::annotation;
use crate::guardrail::Review;
use crate::guardrail::testing::now;

fn of(world: &World) -> Value {
    let request = world.request();
    let facts = Facts::of(&request);
    serde_json::to_value(BucketFacts::of(&Review::of(&request, now()).subject(&facts))).unwrap()
}

#[test]
fn a_new_bucket_is_what_s3_makes_it() {
    let role = "arn:aws:iam::111122223333:role/buckets";
    let facts = of(&World::new().annotate(annotation::ROLE_ARN, role));
    assert_eq!(
        facts,
        json!({
            "name": "team-a-logs", "type": "GeneralPurpose", "region": "eu-west-1", "partition": "aws", "account": "111122223333",
            "arn": "arn:aws:s3:::team-a-logs", "role": role, "adopted": false, "readOnly": false, "tags": {"team": "a"},
            "acl": {"canned": "private", "public": false, "grants": []},
            "ownership": "BucketOwnerEnforced",
            "publicAccess": {"allBlocked": true, "blockPublicACLs": true, "blockPublicPolicy": true, "ignorePublicACLs": true, "restrictPublicBuckets": true},
            "encryption": {"algorithm": "AES256", "key": {"id": "", "arn": "", "account": "", "region": "", "alias": ""}, "bucketKey": false},
            "versioning": "",
            "objectLock": {"enabled": false, "mode": "", "days": 0},
            "policy": {"present": false, "readable": false, "public": false, "deniesInsecureTransport": false, "externalAccounts": [], "statements": []},
            "lifecycle": {"rules": 0, "abortDays": 0, "maxExpirationDays": 0, "maxNoncurrentDays": 0, "classes": []},
            "logging": {"target": "", "prefix": ""},
            "replication": [], "notifications": [], "website": false,
            "cors": {"rules": 0, "wildcardOrigin": false, "origins": []},
        })
    );
}

#[test]
fn an_absent_section_is_nothing_where_the_controller_leaves_it_alone() {
    let blocked = |world: &World| of(world)["publicAccess"]["allBlocked"].as_bool().unwrap();
    let existing = || World::new().existing().update();
    assert!(blocked(&existing()));
    assert!(!blocked(&existing().annotate(annotation::UNSET_FIELDS, "ignore")));
    assert!(!blocked(&existing().leaving_unset()));
    assert!(!blocked(&existing().annotate(annotation::READ_ONLY, "true")));
    assert!(!blocked(&existing().annotate(annotation::ADOPTED, "true")));
    assert!(!blocked(&World::new().adopting("adopt-or-create", "{}")));
    assert!(blocked(&World::new().annotate(annotation::UNSET_FIELDS, "ignore")), "a new bucket has them on");
    assert!(!blocked(&World::new().section("publicAccessBlock", r#"{"blockPublicACLs": true}"#)));
    assert!(blocked(&existing().named("a--euw1-az1--x-s3").annotate(annotation::UNSET_FIELDS, "ignore")), "a directory bucket's are");
    assert_eq!(of(&World::new().without_spec())["publicAccess"]["allBlocked"], json!(false));
}

#[test]
fn kinds_of_buckets_are_told_apart() {
    let kind = |name: &str| of(&World::new().named(name))["type"].as_str().unwrap().to_owned();
    assert_eq!(kind("logs"), "GeneralPurpose");
    assert_eq!(kind("logs--euw1-az1--x-s3"), "Directory");
    assert_eq!(kind("logs-111122223333-eu-west-1-an"), "AccountRegional");
    let by_namespace = of(&World::new().section("namespace", r#""account-regional""#));
    assert_eq!(by_namespace["type"], json!("AccountRegional"), "as match.bucketTypes has it");
}

#[test]
fn who_comes_in_is_told() {
    let facts = of(&World::new().section("acl", r#""public-read""#).section("objectOwnership", r#""ObjectWriter""#));
    assert_eq!(facts["acl"], json!({"canned": "public-read", "public": true, "grants": []}));
    assert_eq!(facts["ownership"], json!("ObjectWriter"));
    let uri = "http://acs.amazonaws.com/groups/global/AuthenticatedUsers";
    let facts = of(&World::new().section("grantRead", &format!("\"uri={uri}\"")));
    assert_eq!(facts["acl"], json!({"canned": "", "public": true, "grants": [{"permission": "READ", "grantee": uri}]}));
    assert!(of(&World::new().adopting("adopt", r#"{"name":"b"}"#))["adopted"].as_bool().unwrap());
    assert!(of(&World::new().annotate(annotation::READ_ONLY, "true"))["readOnly"].as_bool().unwrap());
}

#[test]
fn a_key_is_where_its_arn_says_or_where_the_bucket_is() {
    let key = |id: &str| {
        let section =
            format!(r#"{{"rules":[{{"applyServerSideEncryptionByDefault":{{"sseAlgorithm":"aws:kms","kmsMasterKeyID":"{id}"}}}}]}}"#);
        of(&World::new().annotate(annotation::OWNER_ACCOUNT_ID, "111122223333").section("encryption", &section))["encryption"].clone()
    };
    let arn = "arn:aws:kms:us-east-1:444455556666:alias/s3";
    assert_eq!(key(arn)["key"], json!({"id": arn, "arn": arn, "account": "444455556666", "region": "us-east-1", "alias": "alias/s3"}));
    assert_eq!(
        key("alias/s3")["key"],
        json!({"id": "alias/s3", "arn": "", "account": "111122223333", "region": "eu-west-1", "alias": "alias/s3"})
    );
    assert_eq!((key("abc")["key"]["alias"].clone(), key("abc")["algorithm"].clone()), (json!(""), json!("aws:kms")));
}

#[test]
fn lifecycle_rules_are_taken_together() {
    let rules = r#"{"rules": [
        {"id": "a", "status": "Enabled", "filter": {"prefix": ""}, "abortIncompleteMultipartUpload": {"daysAfterInitiation": 7}, "expiration": {"days": 30}},
        {"id": "b", "status": "Enabled", "filter": {"prefix": "x/"}, "abortIncompleteMultipartUpload": {"daysAfterInitiation": 1}, "expiration": {"days": 90}},
        {"id": "c", "status": "Enabled", "transitions": [{"days": 1, "storageClass": "GLACIER"}], "noncurrentVersionTransitions": [{"noncurrentDays": 1, "storageClass": "DEEP_ARCHIVE"}]},
        {"id": "d", "status": "Enabled", "noncurrentVersionExpiration": {"noncurrentDays": 5}},
        {"id": "e", "status": "Disabled", "expiration": {"days": 9999}}
    ]}"#;
    let facts = of(&World::new().section("lifecycle", rules));
    let expected =
        json!({"rules": 4, "abortDays": 7, "maxExpirationDays": 90, "maxNoncurrentDays": 5, "classes": ["DEEP_ARCHIVE", "GLACIER"]});
    assert_eq!(facts["lifecycle"], expected);
}

#[test]
fn targets_are_told_with_their_accounts() {
    let world = World::new()
        .annotate(annotation::OWNER_ACCOUNT_ID, "111122223333")
        .section("logging", r#"{"loggingEnabled": {"targetBucket": "logs", "targetPrefix": "a/"}}"#)
        .section(
            "replication",
            r#"{"role": "r", "rules": [
                {"id": "a", "status": "Enabled", "destination": {"bucket": "arn:aws:s3:::dr", "account": "444455556666", "storageClass": "GLACIER"}},
                {"id": "b", "status": "Enabled", "destination": {"bucket": "arn:aws:s3:::own"}},
                {"id": "c", "status": "Disabled", "destination": {"bucket": "arn:aws:s3:::off"}}
            ]}"#,
        )
        .section(
            "notification",
            r#"{"eventBridgeConfiguration": {}, "queueConfigurations": [{"queueARN": "arn:aws:sqs:eu-west-1:999999999999:q", "events": ["s3:ObjectCreated:*"]}]}"#,
        );
    let facts = of(&world);
    assert_eq!(facts["logging"], json!({"target": "logs", "prefix": "a/"}));
    let replication = json!([
        {"bucket": "dr", "account": "444455556666", "storageClass": "GLACIER"},
        {"bucket": "own", "account": "111122223333", "storageClass": ""},
    ]);
    assert_eq!(facts["replication"], replication);
    let notifications = json!([
        {"arn": "arn:aws:sqs:eu-west-1:999999999999:q", "service": "sqs", "account": "999999999999", "region": "eu-west-1", "events": ["s3:ObjectCreated:*"]},
        {"arn": "", "service": "eventbridge", "account": "111122223333", "region": "eu-west-1", "events": []},
    ]);
    assert_eq!(facts["notifications"], notifications);
}

#[test]
fn locks_versions_sites_and_origins_are_told() {
    let world = World::new()
        .section("objectLockEnabledForBucket", "true")
        .section("objectLockConfiguration", r#"{"rule": {"defaultRetention": {"mode": "GOVERNANCE", "years": 2}}}"#)
        .section("website", r#"{"indexDocument": {"suffix": "index.html"}}"#)
        .section("cors", r#"{"corsRules": [{"allowedMethods": ["GET"], "allowedOrigins": ["https://a.b", "*"]}]}"#);
    let facts = of(&world);
    assert_eq!(facts["objectLock"], json!({"enabled": true, "mode": "GOVERNANCE", "days": 730}));
    assert_eq!((facts["versioning"].clone(), facts["website"].clone()), (json!("Enabled"), json!(true)));
    assert_eq!(facts["cors"], json!({"rules": 1, "wildcardOrigin": true, "origins": ["*", "https://a.b"]}));
    assert_eq!(of(&World::new().section("versioning", r#"{"status": "Suspended"}"#))["versioning"], json!("Suspended"));
}
