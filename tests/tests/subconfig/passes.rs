//! Single passes over a bucket with many spellings in its spec.

use serde_json::json;
use shared::BucketSpec;

use crate::world::{World, spec};

/// Every section, in spellings that S3 hands out differently.
fn everything() -> BucketSpec {
    let policy = json!({"Version": "2012-10-17", "Statement": {
        "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": ["arn:aws:s3:::laws/*", "arn:aws:s3:::laws"],
        "Condition": {"Bool": {"aws:SecureTransport": false}}
    }});
    spec(&json!({
        "cors": {"corsRules": [
            {"allowedMethods": ["PUT", "GET"], "allowedOrigins": ["https://b.example", "https://a.example"], "allowedHeaders": ["*"], "maxAgeSeconds": 60},
            {"id": "second", "allowedMethods": ["GET"], "allowedOrigins": ["*"]},
        ]},
        "encryption": {"rules": [{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "aws:kms"}}]},
        "lifecycle": {"rules": [
            {"status": "Enabled", "filter": {}, "abortIncompleteMultipartUpload": {"daysAfterInitiation": 7}},
            {"id": "logs", "status": "Enabled", "filter": {"prefix": "logs/"}, "expiration": {"days": 400},
             "transitions": [{"days": 90, "storageClass": "GLACIER"}, {"days": 30, "storageClass": "STANDARD_IA"}]},
            {"status": "Disabled", "filter": {"and": {"prefix": "tmp/", "tags": [{"key": "b", "value": "2"}, {"key": "a", "value": "1"}]}},
             "expiration": {"date": "2040-01-01T00:00:00Z"}},
            {"status": "Enabled", "filter": {"objectSizeGreaterThan": 1024},
             "noncurrentVersionExpiration": {"noncurrentDays": 30, "newerNoncurrentVersions": 5},
             "noncurrentVersionTransitions": [{"noncurrentDays": 10, "storageClass": "INTELLIGENT_TIERING"}]},
        ]},
        "ownershipControls": {"rules": [{"objectOwnership": "BucketOwnerPreferred"}]},
        "policy": serde_json::to_string_pretty(&policy).unwrap(),
        "publicAccessBlock": {"blockPublicPolicy": true},
        "tagging": {"tagSet": [{"key": "team", "value": "a"}, {"key": "cost", "value": ""}]},
        "versioning": {"status": "Enabled"},
    }))
}

#[tokio::test]
async fn a_new_bucket_is_what_silence_means() {
    let world = World::new();
    assert!(world.pass(&spec(&json!({}))).await.is_empty());
}

#[tokio::test]
async fn one_pass_is_enough_there_and_back() {
    let world = World::new();
    assert_eq!(world.pass(&everything()).await.len(), 8);
    assert!(world.pass(&everything()).await.is_empty(), "a second pass found more to do");
    assert_eq!(world.pass(&spec(&json!({}))).await.len(), 8);
    assert!(world.pass(&spec(&json!({}))).await.is_empty(), "a second pass found more to do");
    let encryption = world.model.get("laws", "encryption").unwrap();
    assert!(encryption.contains("SSE-C"), "what S3 refuses got lost on the way: {encryption}");
}

#[tokio::test]
async fn drift_in_any_section_is_seen_and_repaired() {
    let world = World::new();
    world.pass(&everything()).await;
    let rule = "<ApplyServerSideEncryptionByDefault><SSEAlgorithm>AES256</SSEAlgorithm></ApplyServerSideEncryptionByDefault>";
    let expire = "<ID>logs</ID><Status>Enabled</Status><Filter><Prefix>logs/</Prefix></Filter><Expiration><Days>1</Days></Expiration>";
    let drift = [
        ("versioning", "versioning", "<VersioningConfiguration><Status>Suspended</Status></VersioningConfiguration>".to_owned()),
        ("encryption", "encryption", format!("<ServerSideEncryptionConfiguration><Rule>{rule}</Rule></ServerSideEncryptionConfiguration>")),
        ("tagging", "tagging", "<Tagging><TagSet><Tag><Key>x</Key><Value>y</Value></Tag></TagSet></Tagging>".to_owned()),
        ("lifecycle", "lifecycle", format!("<LifecycleConfiguration><Rule>{expire}</Rule></LifecycleConfiguration>")),
        (
            "cors",
            "cors",
            "<CORSConfiguration><CORSRule><AllowedMethod>GET</AllowedMethod><AllowedOrigin>*</AllowedOrigin></CORSRule></CORSConfiguration>"
                .to_owned(),
        ),
        (
            "public_access_block",
            "publicAccessBlock",
            "<PublicAccessBlockConfiguration><IgnorePublicAcls>true</IgnorePublicAcls></PublicAccessBlockConfiguration>".to_owned(),
        ),
    ];
    for (config, sub_resource, document) in drift {
        world.model.set("laws", sub_resource, &document).unwrap();
        assert_eq!(world.pass(&everything()).await, [config]);
        assert!(world.pass(&everything()).await.is_empty(), "{config} was not repaired");
    }
    world.model.remove("laws", "policy").unwrap();
    assert_eq!(world.pass(&everything()).await, ["policy"]);
}
