//! The Buckets of these tests, and what they all ask of S3.

use std::collections::BTreeMap;

use kube::Api;
use kube::api::{ListParams, Patch, PatchParams, PostParams};
use serde_json::{Value, json};
use shared::{Bucket, BucketSpec};
use tests::error::{Error, Result};
use tests::world::World;

/// A Bucket with nothing but a name, the same in Kubernetes and in S3.
pub(crate) fn bare(name: &str) -> Value {
    json!({ "apiVersion": "s3.services.k8s.aws/v1alpha1", "kind": "Bucket", "metadata": { "name": name }, "spec": { "name": name } })
}

/// A Bucket with eight sub-configurations.
pub(crate) fn complete(name: &str) -> Value {
    let policy = json!({ "Version": "2012-10-17", "Statement": [{
        "Sid": "TlsOnly", "Effect": "Deny", "Principal": "*", "Action": "s3:*",
        "Resource": [format!("arn:aws:s3:::{name}"), format!("arn:aws:s3:::{name}/*")],
        "Condition": { "Bool": { "aws:SecureTransport": "false" } }
    }] });
    let mut bucket = bare(name);
    bucket["spec"] = json!({
        "name": name,
        "cors": { "corsRules": [{ "allowedMethods": ["GET"], "allowedOrigins": ["https://example.com"], "maxAgeSeconds": 60 }] },
        "encryption": { "rules": [{ "applyServerSideEncryptionByDefault": { "sseAlgorithm": "aws:kms" }, "bucketKeyEnabled": true }] },
        "lifecycle": { "rules": [
            { "id": "old", "status": "Enabled", "filter": { "prefix": "logs/" }, "expiration": { "days": 30 } }
        ] },
        "ownershipControls": { "rules": [{ "objectOwnership": "BucketOwnerPreferred" }] },
        "policy": policy.to_string(),
        "publicAccessBlock": {
            "blockPublicACLs": true, "blockPublicPolicy": true, "ignorePublicACLs": true, "restrictPublicBuckets": false
        },
        "tagging": { "tagSet": [{ "key": "team", "value": "a" }] },
        "versioning": { "status": "Enabled" }
    });
    bucket
}

/// Writes the Bucket as the administrator.
pub(crate) async fn create(world: &World, namespace: &str, bucket: &Value) -> Result<Bucket> {
    let name = bucket["metadata"]["name"].as_str().unwrap_or_default();
    let parsed = serde_json::from_value(bucket.clone()).map_err(|fault| unexpected(name, &fault.to_string()))?;
    let created = world.buckets(namespace).await?.create(&PostParams::default(), &parsed).await;
    created.map_err(Error::kubernetes(format!("create the Bucket {namespace}/{name}")))
}

/// Changes the Bucket as the administrator.
pub(crate) async fn patch(buckets: &Api<Bucket>, name: &str, change: &Value) -> Result<Bucket> {
    let patched = buckets.patch(name, &PatchParams::default(), &Patch::Merge(change)).await;
    patched.map_err(Error::kubernetes(format!("patch the Bucket {name}")))
}

/// Has the controller read these buckets from S3 now, and waits until it did.
pub(crate) async fn check_now(world: &World, namespace: &str, names: &[String]) -> Result<()> {
    let checks = || async { world.controller().metrics().await.ok()?.value("cooper_drift_checks_total", &[]) };
    let before = checks().await.unwrap_or_default();
    let buckets = world.buckets(namespace).await?;
    for name in names {
        patch(&buckets, name, &json!({ "metadata": { "annotations": { "example.com/look": "now" } } })).await?;
    }
    let wanted = before + f64::from(u32::try_from(names.len()).unwrap_or(u32::MAX));
    world.until("a check of every Bucket", || async { checks().await.filter(|checks| *checks >= wanted).map(drop) }).await
}

/// Deletes every Bucket of the namespace and waits until the S3 buckets are gone as well.
pub(crate) async fn delete_all(world: &World, namespace: &str) -> Result<()> {
    let buckets = world.buckets(namespace).await?;
    let failed = || Error::kubernetes(format!("list the Buckets of {namespace}"));
    let names: Vec<_> = buckets.list(&ListParams::default()).await.map_err(failed())?.items;
    let of_s3: Vec<_> = names.iter().filter_map(Bucket::bucket_name).map(str::to_owned).collect();
    world.kubectl().in_namespace(namespace).run(&["delete", "buckets", "--all"]).await?.ok()?;
    let waiting_for = format!("the S3 buckets of {namespace} to be gone");
    world.until(&waiting_for, || async { of_s3.iter().all(|name| world.s3().bucket(name).is_none()).then_some(()) }).await
}

/// Whether the webhook is asked and refuses what it should.
pub(crate) async fn mistakes_are_refused(world: &World) -> Result<bool> {
    let bad = Bucket::new("probe", BucketSpec { name: "Not_A_Bucket_Name".to_owned(), ..BucketSpec::default() });
    let dry_run = PostParams { dry_run: true, ..PostParams::default() };
    match world.buckets("default").await?.create(&dry_run, &bad).await {
        Err(kube::Error::Api(refusal)) => Ok(refusal.code == 422 && refusal.message.contains("denied the request")),
        Err(fault) => Err(Error::kubernetes("create a bad Bucket")(fault)),
        Ok(_) => Ok(false),
    }
}

/// What S3 holds of a bucket, written as if its name were `NAME`, so that buckets can be compared.
pub(crate) fn held(world: &World, name: &str) -> Option<BTreeMap<String, String>> {
    let configuration = world.s3().bucket(name)?.configuration;
    Some(configuration.into_iter().map(|(query, document)| (query, document.replace(name, "NAME"))).collect())
}

pub(crate) fn unexpected(what: &str, reason: &str) -> Error {
    Error::Unexpected { what: what.to_owned(), reason: reason.to_owned() }
}
