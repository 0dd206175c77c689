//! The Buckets that are measured with: one that says nothing, one that declares eight sub-configurations, one that declares all, and
//! one that is refused.

use serde_json::{Value, json};
use shared::{Bucket, BucketSpec};

/// A Bucket with nothing but a name.
#[must_use]
pub fn bare(name: &str) -> Bucket {
    Bucket::new(name, BucketSpec { name: name.to_owned(), ..BucketSpec::default() })
}

/// A Bucket as a careful team writes it: eight sub-configurations declared.
///
/// # Errors
/// The text below is no Bucket; a bug.
pub fn full(name: &str) -> serde_json::Result<Bucket> {
    Ok(Bucket::new(name, serde_json::from_value(sections(name))?))
}

/// The bucket that takes the logs of [`everything`].
pub const LOGS: &str = "cooper-bench-logs";
/// The bucket that takes the copies and reports of [`everything`].
pub const COPIES: &str = "cooper-bench-copies";

/// A Bucket that declares every sub-configuration.
///
/// # Errors
/// The text below is no Bucket; a bug.
pub fn everything(name: &str) -> serde_json::Result<Bucket> {
    let copies = format!("arn:aws:s3:::{COPIES}");
    let more = json!({
        "abac": { "status": "Enabled" },
        "accelerate": { "status": "Enabled" },
        "acl": "log-delivery-write",
        "ownershipControls": { "rules": [{ "objectOwnership": "BucketOwnerPreferred" }] },
        "analytics": [{ "id": "tiers", "filter": { "prefix": "data/" }, "storageClassAnalysis": {} }],
        "intelligentTiering": [{ "id": "archive", "status": "Enabled", "tierings": [{ "accessTier": "ARCHIVE_ACCESS", "days": 90 }] }],
        "inventory": [{ "id": "all", "isEnabled": true, "includedObjectVersions": "All", "schedule": { "frequency": "Weekly" },
            "destination": { "s3BucketDestination": { "bucket": copies, "format": "CSV" } } }],
        "logging": { "loggingEnabled": { "targetBucket": LOGS, "targetPrefix": "access/" } },
        "metrics": [{ "id": "data", "filter": { "prefix": "data/" } }],
        "notification": { "eventBridgeConfiguration": { "enabled": true } },
        "objectLockEnabledForBucket": true,
        "objectLockConfiguration": { "rule": { "defaultRetention": { "mode": "GOVERNANCE", "days": 30 } } },
        "replication": { "role": "arn:aws:iam::111122223333:role/replicate", "rules": [{ "id": "dr", "priority": 1, "status": "Enabled",
            "filter": { "prefix": "data/" }, "deleteMarkerReplication": { "status": "Disabled" }, "destination": { "bucket": copies } }] },
        "requestPayment": { "payer": "Requester" },
        "website": { "indexDocument": { "suffix": "index.html" } },
    });
    let mut spec = sections(name);
    if let (Value::Object(spec), Value::Object(more)) = (&mut spec, more) {
        spec.extend(more);
    }
    Ok(Bucket::new(name, serde_json::from_value(spec)?))
}

/// The policy that lets S3 write logs into [`LOGS`].
#[must_use]
pub fn log_delivery() -> Value {
    json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Allow", "Principal": { "Service": "logging.s3.amazonaws.com" },
        "Action": "s3:PutObject", "Resource": format!("arn:aws:s3:::{LOGS}/*") }] })
}

/// The same with five mistakes: in its name, and in its tags.
///
/// # Errors
/// The text below is no Bucket; a bug.
pub fn refused(name: &str) -> serde_json::Result<Bucket> {
    let mut spec = sections(name);
    spec["name"] = json!("Not_A_Bucket_Name");
    let tag = |key: &str, value: &str| json!({ "key": key, "value": value });
    let tags = [tag("team", "data"), tag("team", "more data"), tag("aws:team", "data"), tag("a{b}", "data"), tag("long", &"x".repeat(300))];
    spec["tagging"]["tagSet"] = tags.into();
    Ok(Bucket::new(name, serde_json::from_value(spec)?))
}

fn sections(name: &str) -> Value {
    let resources = [format!("arn:aws:s3:::{name}"), format!("arn:aws:s3:::{name}/*")];
    let policy = json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Sid": "OnlyTls",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": resources,
            "Condition": { "Bool": { "aws:SecureTransport": "false" } },
        }],
    });
    json!({
        "name": name,
        "ownershipControls": { "rules": [{ "objectOwnership": "BucketOwnerEnforced" }] },
        "publicAccessBlock": {
            "blockPublicACLs": true, "blockPublicPolicy": true, "ignorePublicACLs": true, "restrictPublicBuckets": true,
        },
        "versioning": { "status": "Enabled" },
        "encryption": {
            "rules": [{ "applyServerSideEncryptionByDefault": { "sseAlgorithm": "aws:kms" }, "bucketKeyEnabled": true }],
        },
        "tagging": { "tagSet": [{ "key": "team", "value": "data" }, { "key": "stage", "value": "production" }] },
        "policy": policy.to_string(),
        "lifecycle": { "rules": [{
            "id": "old", "status": "Enabled", "filter": { "prefix": "logs/" },
            "transitions": [{ "days": 90, "storageClass": "GLACIER" }],
            "expiration": { "days": 365 },
            "abortIncompleteMultipartUpload": { "daysAfterInitiation": 7 },
        }] },
        "cors": { "corsRules": [{
            "allowedMethods": ["GET", "HEAD"], "allowedOrigins": ["https://www.example.com"], "allowedHeaders": ["*"], "maxAgeSeconds": 3600,
        }] },
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use shared::admission::{Claims, Holder, Operation, Request, Settings, findings};

    use super::*;

    struct Free;

    impl Claims for Free {
        fn holder(&self, _bucket_name: &str, _partition: &str, _asking: &Bucket) -> Holder {
            Holder::Nobody
        }
    }

    fn denials(mut bucket: Bucket) -> usize {
        bucket.metadata.namespace = Some("default".to_owned());
        let settings = Settings { default_region: Some("eu-central-1".to_owned()), ..Settings::default() };
        let verdict = findings(&Request {
            operation: Operation::Create,
            subresource: None,
            bucket: &bucket,
            old: None,
            namespace: Some(&BTreeMap::new()),
            namespace_going: false,
            user: "jane",
            settings: &settings,
            claims: &Free,
        });
        verdict.denials().count()
    }

    #[test]
    fn the_good_ones_pass_and_the_bad_one_has_five_mistakes() {
        assert_eq!(denials(bare("a-bare-bucket")), 0);
        assert_eq!(denials(full("a-full-bucket").expect("a Bucket")), 0);
        assert!(denials(refused("a-bad-bucket").expect("a Bucket")) >= 5);
    }

    #[test]
    fn the_last_one_declares_every_section() {
        let bucket = everything("all-of-them").expect("a Bucket");
        let Value::Object(spec) = serde_json::to_value(bucket.spec).expect("JSON") else { panic!("a spec is an object") };
        for (name, fields) in shared::subconfig::NAMES.iter().zip(shared::subconfig::FIELDS) {
            assert!(fields.iter().any(|field| spec.contains_key(*field)), "{name} is not declared");
        }
        assert_eq!(denials(everything("all-of-them").expect("a Bucket")), 0);
    }

    #[test]
    fn the_full_one_declares_eight_sections() {
        let Value::Object(spec) = sections("a-full-bucket") else { panic!("a spec is an object") };
        assert_eq!(spec.keys().filter(|field| shared::subconfig::FIELDS.concat().contains(&field.as_str())).count(), 8);
    }
}
