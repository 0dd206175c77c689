//! Notifications, encryption, Object Lock, versioning, tags, logging and the switches.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{always, maybe, number, object, tags, word};

const FAMILIES: &[&[&str]] = &[
    &["s3:ObjectCreated:*"],
    &["s3:ObjectCreated:Put", "s3:ObjectCreated:Post", "s3:ObjectCreated:Copy", "s3:ObjectCreated:CompleteMultipartUpload"],
    &["s3:ObjectRemoved:*", "s3:ObjectTagging:Put"],
    &["s3:ObjectRemoved:Delete", "s3:ObjectRemoved:DeleteMarkerCreated", "s3:ReducedRedundancyLostObject"],
    &["s3:ObjectRestore:*", "s3:LifecycleExpiration:*", "s3:LifecycleTransition", "s3:IntelligentTiering", "s3:ObjectAcl:Put"],
    &["s3:ObjectRestore:Completed", "s3:ObjectTagging:*", "s3:Replication:*"],
];

/// Each entry has keys of its own.
fn notification() -> BoxedStrategy<Value> {
    let entry = (0..3_usize, prop::sample::select(FAMILIES), any::<[bool; 2]>(), word(&["prefix", "Prefix", "PREFIX"]));
    let entries = prop::collection::vec(entry, 0..8).prop_map(|entries| {
        let mut lists = [
            ("queue", "queueARN", "sqs", vec![]),
            ("topic", "topicARN", "sns", vec![]),
            ("lambdaFunction", "lambdaFunctionARN", "lambda", vec![]),
        ];
        for (index, (list, events, [named, suffixed], prefix)) in entries.into_iter().enumerate() {
            let (_, arn, service, to) = &mut lists[list];
            let resource = if *service == "lambda" { "function:f" } else { "destination" };
            let mut rules = vec![json!({"name": prefix, "value": format!("p{index}/")})];
            if suffixed {
                rules.push(json!({"name": "suffix", "value": ".jpg"}));
            }
            let mut entry = json!({"events": events, "filter": {"key": {"filterRules": rules}}});
            entry[*arn] = json!(format!("arn:aws:{service}:eu-west-1:111122223333:{resource}"));
            if named {
                entry["id"] = json!(format!("entry {index}"));
            }
            to.push(entry);
        }
        let lists = lists.into_iter().map(|(list, _, _, entries)| (format!("{list}Configurations"), json!(entries)));
        lists.collect::<Value>()
    });
    (entries, prop::option::of(prop_oneof![Just(json!({})), Just(json!({"enabled": true}))]))
        .prop_map(|(mut notification, bus)| {
            notification.as_object_mut().unwrap().extend(bus.map(|bus| ("eventBridgeConfiguration".to_owned(), bus)));
            notification
        })
        .boxed()
}

fn encryption() -> BoxedStrategy<Value> {
    let key = word(&[
        "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
        "arn:aws:kms:eu-west-1:444455556666:alias/a/b",
        "1234abcd-12ab-34cd-56ef-1234567890ab",
        "mrk-1234abcd12ab34cd56ef1234567890ab",
        "alias/mine",
        "alias/aws/s3",
    ]);
    let kms = object(vec![("sseAlgorithm", always(word(&["aws:kms", "aws:kms:dsse"]))), ("kmsMasterKeyID", maybe(key))]);
    let default = prop_oneof![Just(json!({"sseAlgorithm": "AES256"})), kms];
    let rule = object(vec![
        ("applyServerSideEncryptionByDefault", always(default)),
        ("bucketKeyEnabled", maybe(any::<bool>().prop_map(|on| json!(on)))),
        ("blockedEncryptionTypes", maybe(word(&["SSE-C", "NONE"]).prop_map(|kind| json!({"encryptionType": [kind]})))),
    ]);
    rule.prop_map(|rule| json!({"rules": [rule]})).boxed()
}

/// Object Lock, and the versioning that goes with it or without it.
fn lock() -> BoxedStrategy<Value> {
    let period =
        prop_oneof![number(1..=36_500).prop_map(|days| json!({"days": days})), number(1..=100).prop_map(|years| json!({"years": years}))];
    let retention = (word(&["GOVERNANCE", "COMPLIANCE"]), period).prop_map(|(mode, mut retention)| {
        retention["mode"] = mode;
        json!({"rule": {"defaultRetention": retention}})
    });
    let locked = object(vec![
        ("objectLockEnabledForBucket", always(Just(json!(true)))),
        ("objectLockConfiguration", maybe(prop_oneof![retention, Just(json!({}))])),
        ("versioning", maybe(prop_oneof![Just(json!({"status": "Enabled"})), Just(json!({}))])),
    ]);
    let open = object(vec![
        ("objectLockEnabledForBucket", maybe(Just(json!(false)))),
        ("versioning", maybe(word(&["Enabled", "Suspended"]).prop_map(|status| json!({"status": status})))),
    ]);
    prop_oneof![locked, open].boxed()
}

fn logging() -> BoxedStrategy<Value> {
    let format = prop_oneof![
        Just(json!({"simplePrefix": {}})),
        word(&["EventTime", "DeliveryTime"]).prop_map(|source| json!({"partitionedPrefix": {"partitionDateSource": source}})),
    ];
    let enabled = object(vec![
        ("targetBucket", always(word(&["cooper-logs", "logs.example.com", "cooper-logs-of-all"]))),
        ("targetPrefix", always(word(&["", "logs/", "a-", "logs"]))),
        ("targetObjectKeyFormat", maybe(format)),
    ]);
    enabled.prop_map(|enabled| json!({"loggingEnabled": enabled})).boxed()
}

pub(super) fn sections() -> BoxedStrategy<Value> {
    let status = |words: &'static [&'static str]| word(words).prop_map(|status| json!({"status": status}));
    let others = object(vec![
        ("notification", maybe(notification())),
        ("encryption", maybe(encryption())),
        ("logging", maybe(logging())),
        ("tagging", maybe(tags(0..=48).prop_map(|tags| json!({"tagSet": tags})))),
        ("accelerate", maybe(status(&["Enabled", "Suspended"]))),
        ("abac", maybe(status(&["Enabled", "Disabled"]))),
        ("requestPayment", maybe(word(&["Requester", "BucketOwner"]).prop_map(|payer| json!({"payer": payer})))),
    ]);
    (others, lock())
        .prop_map(|(mut sections, lock)| {
            sections.as_object_mut().unwrap().extend(lock.as_object().unwrap().clone());
            sections
        })
        .boxed()
}
