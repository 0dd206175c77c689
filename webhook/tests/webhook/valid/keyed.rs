//! Inventories, analyses, metrics and archive tiers.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{always, maybe, object, object_filter, some, word};

const FIELDS: &[&str] = &[
    "Size",
    "LastModifiedDate",
    "StorageClass",
    "ETag",
    "IsMultipartUploaded",
    "ReplicationStatus",
    "EncryptionStatus",
    "ObjectLockMode",
    "ChecksumAlgorithm",
    "ObjectOwner",
    "LifecycleExpirationDate",
];
const KEY: &str = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";

/// Up to four of them, each with an id of its own.
fn list(one: BoxedStrategy<Value>) -> BoxedStrategy<Value> {
    prop::collection::vec(one, 0..4)
        .prop_map(|all| {
            let named = all.into_iter().enumerate().map(|(index, mut one)| {
                one["id"] = json!(format!("id_{index}.a-Z"));
                one
            });
            named.collect()
        })
        .boxed()
}

fn inventory() -> BoxedStrategy<Value> {
    let encryption = prop_oneof![Just(json!({"sseS3": {}})), Just(json!({"sseKMS": {"keyID": KEY}}))];
    let destination = object(vec![
        ("bucket", always(word(&["arn:aws:s3:::cooper-reports", "arn:aws:s3:::cooper-valid"]))),
        ("format", always(word(&["CSV", "ORC", "Parquet"]))),
        ("accountID", maybe(word(&["111122223333"]))),
        ("prefix", maybe(word(&["inventory", "a/b/"]))),
        ("encryption", maybe(encryption)),
    ]);
    object(vec![
        ("isEnabled", always(any::<bool>().prop_map(|on| json!(on)))),
        ("includedObjectVersions", always(word(&["All", "Current"]))),
        ("schedule", always(word(&["Daily", "Weekly"]).prop_map(|frequency| json!({"frequency": frequency})))),
        ("optionalFields", maybe(some(FIELDS))),
        ("filter", maybe(word(&["a/", "b"]).prop_map(|prefix| json!({"prefix": prefix})))),
        ("destination", always(destination.prop_map(|destination| json!({"s3BucketDestination": destination})))),
    ])
}

fn analytics() -> BoxedStrategy<Value> {
    let bucket = json!({"bucket": "arn:aws:s3:::cooper-reports", "format": "CSV"});
    let export = json!({"dataExport": {"outputSchemaVersion": "V_1", "destination": {"s3BucketDestination": bucket}}});
    object(vec![("filter", maybe(object_filter())), ("storageClassAnalysis", always(prop_oneof![Just(json!({})), Just(export)]))])
}

fn metrics() -> BoxedStrategy<Value> {
    let point = || "arn:aws:s3:eu-west-1:111122223333:accesspoint/point";
    let filter = prop_oneof![
        object_filter(),
        Just(json!({"accessPointARN": point()})),
        Just(json!({"and": {"accessPointARN": point(), "prefix": "a/"}})),
    ];
    object(vec![("filter", maybe(filter))])
}

fn tiers() -> BoxedStrategy<Value> {
    let archive = |days: i64| json!({"accessTier": "ARCHIVE_ACCESS", "days": days});
    let deep = |days: i64| json!({"accessTier": "DEEP_ARCHIVE_ACCESS", "days": days});
    let tierings = prop_oneof![
        (90_i64..=730).prop_map(move |days| json!([archive(days)])),
        (180_i64..=730).prop_map(move |days| json!([deep(days)])),
        (90_i64..=729, 1_i64..=300).prop_map(move |(days, more)| json!([archive(days), deep((days + more).clamp(180, 730))])),
    ];
    object(vec![("status", always(word(&["Enabled", "Disabled"]))), ("filter", maybe(object_filter())), ("tierings", always(tierings))])
}

pub(super) fn sections() -> BoxedStrategy<Value> {
    object(vec![
        ("inventory", maybe(list(inventory()))),
        ("analytics", maybe(list(analytics()))),
        ("metrics", maybe(list(metrics()))),
        ("intelligentTiering", maybe(list(tiers()))),
    ])
}
