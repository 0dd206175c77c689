//! scratch
#![cfg(test)]
use tests::world::{World, Options, PATIENCE};

#[tokio::test]
async fn scratch() {
    let world = World::start(Options::default()).await.unwrap_or_else(|f| panic!("{f}"));
    let ns = world.namespace("scratch", &[]).await.unwrap();
    let policy = r#"{"Version":"2012-10-17","Statement":[{"Sid":"TlsOnly","Effect":"Deny","Principal":"*","Action":"s3:*","Resource":["arn:aws:s3:::scratch-b","arn:aws:s3:::scratch-b/*"],"Condition":{"Bool":{"aws:SecureTransport":"false"}}}]}"#;
    let bucket = serde_json::json!({"apiVersion":"s3.services.k8s.aws/v1alpha1","kind":"Bucket","metadata":{"name":"b"},"spec":{
        "name":"scratch-b",
        "tagging":{"tagSet":[{"key":"team","value":"a"}]},
        "versioning":{"status":"Enabled"},
        "encryption":{"rules":[{"applyServerSideEncryptionByDefault":{"sseAlgorithm":"aws:kms","kmsMasterKeyID":"arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"},"bucketKeyEnabled":true}]},
        "publicAccessBlock":{"blockPublicACLs":true,"blockPublicPolicy":true,"ignorePublicACLs":true,"restrictPublicBuckets":false},
        "ownershipControls":{"rules":[{"objectOwnership":"BucketOwnerPreferred"}]},
        "policy": policy,
        "lifecycle":{"rules":[{"id":"old","status":"Enabled","filter":{"prefix":"logs/"},"expiration":{"days":30}}]},
        "cors":{"corsRules":[{"allowedMethods":["GET"],"allowedOrigins":["https://example.com"],"allowedHeaders":["*"],"maxAgeSeconds":60}]}
    }});
    let k = world.kubectl().in_namespace(&ns);
    let o = k.apply(&bucket.to_string()).await.unwrap_or_else(|f| panic!("{f}"));
    println!("{o:?}");
    world.bucket_ready(&ns, "b").await.unwrap_or_else(|f| panic!("{f}"));
    println!("{:#?}", world.s3().bucket("scratch-b"));
    println!("{:?}", world.s3().journal().of("scratch-b").operations());
    k.run(&["annotate","bucket","b","look=again"]).await.unwrap().ok().unwrap_or_else(|f| panic!("{f}"));
    world.bucket_until(&ns, "b", "checked", |b| b.status.as_ref().is_some_and(|s| s.last_checked.is_some())).await.unwrap_or_else(|f| panic!("{f}"));
    println!("{:?}", world.s3().journal().of("scratch-b").operations());
    println!("{}", world.kubectl().run(&["get","bkt","-A"]).await.unwrap().stdout);
    println!("{}", k.run(&["describe","bkt","b"]).await.unwrap().stdout);
    println!("{}", world.logs());
    let _ = PATIENCE;
}
