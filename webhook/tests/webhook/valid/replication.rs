//! Replication, of the older schema and of the newer one. Source: S3 User Guide, "Replication configuration file elements".

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{always, maybe, object, object_filter, word};

const CLASSES: &[&str] =
    &["STANDARD", "REDUCED_REDUNDANCY", "STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING", "GLACIER", "GLACIER_IR", "DEEP_ARCHIVE"];
const KEY: &str = "arn:aws:kms:us-west-2:444455556666:key/1234abcd-12ab-34cd-56ef-1234567890ab";

/// Metrics, with the time that they go with or without it.
fn time() -> BoxedStrategy<Value> {
    prop_oneof![
        Just(json!({})),
        Just(json!({"metrics": {"status": "Enabled"}})),
        Just(json!({"metrics": {"status": "Disabled"}})),
        Just(json!({"metrics": {"status": "Enabled", "eventThreshold": {"minutes": 15}},
            "replicationTime": {"status": "Enabled", "time": {"minutes": 15}}})),
    ]
    .boxed()
}

/// What is alike in both schemas: status, destination, encrypted objects. `many` is whether rules may lead to different buckets.
fn rule(many: bool) -> BoxedStrategy<Value> {
    let destination = object(vec![
        ("storageClass", maybe(word(CLASSES))),
        ("account", maybe(Just(json!("444455556666")))),
        ("translated", maybe(Just(json!(true)))),
    ]);
    let bucket = if many { word(&["arn:aws:s3:::copies", "arn:aws:s3:::more.copies"]) } else { word(&["arn:aws:s3:::copies"]) };
    (destination, bucket, time(), word(&["Enabled", "Disabled"]), prop::option::of(word(&["Enabled", "Disabled"])), any::<bool>())
        .prop_map(|(mut to, bucket, time, status, encrypted, named)| {
            to["bucket"] = bucket;
            to.as_object_mut().unwrap().extend(time.as_object().unwrap().clone());
            if to.as_object_mut().unwrap().remove("translated").is_some() && to.get("account").is_some() {
                to["accessControlTranslation"] = json!({"owner": "Destination"});
            }
            let mut rule = json!({"status": status, "named": named});
            if let Some(encrypted) = encrypted {
                to["encryptionConfiguration"] = json!({"replicaKMSKeyID": KEY});
                rule["sourceSelectionCriteria"] = json!({"sseKMSEncryptedObjects": {"status": encrypted}});
            }
            rule["destination"] = to;
            rule
        })
        .boxed()
}

fn newer() -> BoxedStrategy<Value> {
    let filter = prop_oneof![Just(json!({})), Just(json!({"prefix": ""})), object_filter()];
    let more = object(vec![
        ("filter", always(filter)),
        ("modifications", maybe(word(&["Enabled", "Disabled"]))),
        ("markers", maybe(word(&["Enabled", "Disabled"]))),
    ]);
    (rule(true), more)
        .prop_map(|(mut rule, more)| {
            let tagged = more["filter"].get("tag").is_some() || more["filter"].get("and").is_some();
            rule["filter"] = more["filter"].clone();
            if let Some(status) = more.get("modifications") {
                rule["sourceSelectionCriteria"]["replicaModifications"] = json!({"status": status});
            }
            let markers = more.get("markers").filter(|_| !tagged).cloned().unwrap_or_else(|| json!("Disabled"));
            rule["deleteMarkerReplication"] = json!({"status": markers});
            rule
        })
        .boxed()
}

pub(super) fn sections() -> BoxedStrategy<Value> {
    let rules = prop_oneof![
        prop::collection::vec(rule(false), 1..4).prop_map(|rules| (true, rules)),
        prop::collection::vec(newer(), 1..6).prop_map(|rules| (false, rules)),
    ];
    (rules, any::<bool>())
        .prop_map(|((older, rules), locked)| {
            let numbered = rules.into_iter().enumerate().map(|(index, mut rule)| {
                if rule.as_object_mut().unwrap().remove("named") == Some(json!(true)) {
                    rule["id"] = json!(format!("rule {index}"));
                }
                if older {
                    rule["prefix"] = json!(format!("p{index}/"));
                } else {
                    rule["priority"] = json!(index * 7);
                }
                rule
            });
            let rules: Vec<Value> = numbered.collect();
            let mut sections = json!({"replication": {"role": "arn:aws:iam::111122223333:role/a/path/replicate", "rules": rules}});
            if locked {
                sections["objectLockEnabledForBucket"] = json!(true);
            }
            sections["versioning"] = json!({"status": "Enabled"});
            sections
        })
        .boxed()
}
