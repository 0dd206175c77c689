//! Somebody changes one member of one section behind our back. Each is found, named by its field, repaired, and nothing else is told.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use serde_json::{Value, json};
use shared::subconfig::remote::Outcome;
use shared::subconfig::{FIELDS, NAMES};

use crate::variants::{api, leaves, variants};
use crate::world::{World, spec};

/// Members that nobody can change in S3 alone, with the reason.
const FIXED: &[(&str, &str)] = &[
    ("name", "the bucket itself"),
    ("namespace", "the bucket itself"),
    ("createBucketConfiguration.bucket.dataRedundancy", "said once, when the bucket is made"),
    ("createBucketConfiguration.bucket.type", "said once, when the bucket is made"),
    ("createBucketConfiguration.location.name", "said once, when the bucket is made"),
    ("createBucketConfiguration.location.type", "said once, when the bucket is made"),
    ("createBucketConfiguration.locationConstraint", "said once, when the bucket is made"),
    ("objectOwnership", "said once, when the bucket is made; ownershipControls holds it"),
    ("objectLockEnabledForBucket", "once on it stays on"),
    ("analytics[].storageClassAnalysis.dataExport.destination.s3BucketDestination.format", "S3 has one value: CSV"),
    ("analytics[].storageClassAnalysis.dataExport.outputSchemaVersion", "S3 has one value: V_1"),
    (
        "logging.loggingEnabled.targetObjectKeyFormat.simplePrefix.enabled",
        "the other format is partitionedPrefix, which is changed by its own member",
    ),
    ("logging.loggingEnabled.targetGrants[].grantee.displayName", "a name for people; the id counts"),
    ("logging.loggingEnabled.targetGrants[].grantee.emailAddress", "S3 answers 405 to it since 2025-10-01"),
    ("logging.loggingEnabled.targetGrants[].grantee.type_", "follows from the member that names the grantee"),
    ("replication.roleRef.from.name", "resolved to replication.role"),
    ("replication.roleRef.from.namespace", "resolved to replication.role"),
    ("replication.rules[].destination.accessControlTranslation.owner", "S3 has one value: Destination"),
    ("replication.rules[].destination.metrics.eventThreshold.minutes", "S3 has one value: 15"),
    ("replication.rules[].destination.replicationTime.status", "S3 takes it only together with the event threshold of the metrics"),
    ("replication.rules[].destination.replicationTime.time.minutes", "S3 has one value: 15"),
    ("replication.rules[].existingObjectReplication.status", "S3 takes it only for accounts that AWS enabled"),
];

/// Another value that S3 takes, where the general rule gives none.
const OTHER: &[(&str, &str, &str)] = &[
    ("", "Enabled", "Disabled"),
    ("accelerate.status", "Enabled", "Suspended"),
    ("versioning.status", "Enabled", "Suspended"),
    ("acl", "log-delivery-write", "private"),
    ("", "BucketOwnerPreferred", "ObjectWriter"),
    ("ownershipControls.rules[].objectOwnership", "ObjectWriter", "BucketOwnerPreferred"),
    ("", "Requester", "BucketOwner"),
    ("", "aws:kms", "aws:kms:dsse"),
    ("", "SSE-C", "NONE"),
    ("", "GET", "PUT"),
    ("", "404", "403"),
    ("", "302", "301"),
    ("", "https", "http"),
    ("", "STANDARD_IA", "ONEZONE_IA"),
    ("", "GLACIER", "DEEP_ARCHIVE"),
    ("lifecycle.rules[].noncurrentVersionTransitions[].storageClass", "GLACIER", "GLACIER_IR"),
    ("", "varies_by_storage_class", "all_storage_classes_128K"),
    ("", "2040-01-01T00:00:00Z", "2041-01-01T00:00:00Z"),
    ("", "2035-01-01T00:00:00Z", "2036-01-01T00:00:00Z"),
    ("", "EventTime", "DeliveryTime"),
    ("", "READ", "WRITE"),
    ("logging.loggingEnabled.targetGrants[].permission", "WRITE", "FULL_CONTROL"),
    ("", "http://acs.amazonaws.com/groups/global/AuthenticatedUsers", "http://acs.amazonaws.com/groups/global/AllUsers"),
    ("", "uri=http://acs.amazonaws.com/groups/s3/LogDelivery", "id=3333333333333333333333333333333333333333333333333333333333333333"),
    ("", "s3:ObjectCreated:Put", "s3:ObjectCreated:Copy"),
    ("", "s3:ObjectRemoved:Delete", "s3:ObjectRemoved:DeleteMarkerCreated"),
    ("", "s3:ReducedRedundancyLostObject", "s3:ObjectRestore:Post"),
    ("", "prefix", "suffix"),
    ("", "111111111111", "222222222222"),
    ("replication.rules[].destination.account", "222222222222", "333333333333"),
    ("replication.rules[].deleteMarkerReplication.status", "Disabled", "Enabled"),
    ("", "arn:aws:s3:::laws-copies-elsewhere", "arn:aws:s3:::laws-copies"),
    ("", "ARCHIVE_ACCESS", "DEEP_ARCHIVE_ACCESS"),
    ("", "DEEP_ARCHIVE_ACCESS", "ARCHIVE_ACCESS"),
    ("", "All", "Current"),
    ("", "Weekly", "Daily"),
    ("", "Size", "ETag"),
    ("", "CSV", "ORC"),
    ("", "GOVERNANCE", "COMPLIANCE"),
    ("", "https://example.com", "https://example.org"),
];

/// Another value of a leaf.
fn other(path: &str, value: &Value) -> Value {
    match value {
        Value::Bool(on) => json!(!on),
        Value::Number(number) => json!(number.as_i64().unwrap() + 1),
        Value::String(text) => json!(other_text(path, text)),
        Value::Null | Value::Array(_) | Value::Object(_) => panic!("{path} is no leaf: {value}"),
    }
}

fn other_text(path: &str, text: &str) -> String {
    let known = |at: &str| OTHER.iter().find(|(of, from, _)| *of == at && *from == text).map(|(_, _, to)| (*to).to_owned());
    let key = text.strip_suffix("90ab").map(|key| format!("{key}90ac"));
    let user = text.strip_prefix("id=").unwrap_or(text);
    let user = (user.len() == 64 && user.bytes().all(|byte| byte.is_ascii_hexdigit())).then(|| &text[..text.len() - 2]);
    let policy = text.starts_with('{').then(|| text.replace("s3:PutObject", "s3:GetObject"));
    known(path)
        .or_else(|| known(""))
        .or(key)
        .or_else(|| user.map(|user| format!("{user}99")))
        .or(policy)
        .unwrap_or_else(|| format!("{text}x"))
}

/// Members that are told in the newer spelling of the same.
const SPELLED: &[(&str, &str)] = &[("lifecycle.rules[].prefix", "lifecycle.rules[].filter.prefix")];

/// What became of one leaf.
#[derive(Debug, Default)]
pub(crate) struct Flipped {
    /// The sub-configuration that the leaf belongs to.
    pub(crate) config: &'static str,
    /// Why S3 did not take the other value, if it did not.
    pub(crate) refused: Option<String>,
    /// The fields of the leaf's sub-configuration that were told and lie on its path.
    pub(crate) named: Vec<String>,
    /// All other fields that were told.
    pub(crate) alarms: Vec<String>,
}

/// What is counted of one sub-configuration.
#[derive(Default)]
struct Row {
    members: usize,
    found: usize,
    alarms: usize,
}

#[tokio::test]
async fn drift_of_every_member_is_found_and_named_and_repaired() {
    let mut table: BTreeMap<&'static str, Row> = BTreeMap::new();
    let (mut covered, mut problems) = (BTreeSet::new(), Vec::new());
    for (name, sections) in &variants() {
        // Each in a bucket of its own: what one leaves behind (object lock) must not hide another.
        let world = World::new();
        world.settles(&spec(sections)).await;
        for (path, pointer) in leaves(sections) {
            if !is_fixed(&path) {
                let flipped = flip(&world, sections, &path, &pointer).await;
                // Beside other sections S3 does not take every value; another variant has to show the member.
                if flipped.refused.is_some() {
                    continue;
                }
                let row = table.entry(flipped.config).or_default();
                row.members += 1;
                row.found += usize::from(!flipped.named.is_empty());
                row.alarms += flipped.alarms.len();
                if flipped.named.is_empty() || !flipped.alarms.is_empty() {
                    problems.push(format!("{name}: {path}: {flipped:?}"));
                }
            }
            covered.insert(path);
        }
    }
    print(&table);
    assert!(problems.is_empty(), "{problems:#?}");
    let missing: Vec<_> = api().into_iter().filter(|path| !covered.contains(path) && !is_fixed(path)).collect();
    assert!(missing.is_empty(), "no variant says {missing:#?}");
    assert_eq!(table.len(), NAMES.len(), "a sub-configuration without a member: {:?}", table.keys());
}

/// Where a test that passes is heard too.
fn print(table: &BTreeMap<&'static str, Row>) {
    let mut to = String::new();
    let mut line = |of: &str, members: usize, found: usize, alarms: usize| {
        let _ = writeln!(to, "{of:<22} {members:>7} {found:>5} {alarms:>12}");
    };
    for (config, row) in table {
        line(config, row.members, row.found, row.alarms);
    }
    let sum = |of: fn(&Row) -> usize| table.values().map(of).sum::<usize>();
    line("all", sum(|row| row.members), sum(|row| row.found), sum(|row| row.alarms));
    for (path, reason) in FIXED {
        let _ = writeln!(to, "not changed: {path}: {reason}");
    }
    let heading = format!("{:<22} {:>7} {:>5} {:>12}", "sub-configuration", "members", "found", "false alarms");
    let _ = std::io::Write::write_all(&mut std::io::stderr(), format!("\n{heading}\n{to}").as_bytes());
}

/// Whether nobody can change the member in S3 alone.
pub(crate) fn is_fixed(path: &str) -> bool {
    FIXED.iter().any(|(fixed, _)| *fixed == path)
}

/// Somebody else changes the leaf; the next pass of ours has to see it, and to put it right in one go.
pub(crate) async fn flip(world: &World, sections: &Value, path: &str, pointer: &str) -> Flipped {
    let ours = spec(sections);
    let mut theirs = sections.clone();
    let leaf = theirs.pointer_mut(pointer).unwrap();
    *leaf = other(path, leaf);
    let mut flipped = Flipped { config: config_of(path), ..Flipped::default() };
    let applied = world.attempt(&spec(&theirs)).await;
    if let Some(failed) = applied.ran.iter().find(|ran| !matches!(ran.outcome, Outcome::Done)) {
        flipped.refused = Some(match &failed.outcome {
            Outcome::Failed(fault) => fault.to_string(),
            other @ (Outcome::Done | Outcome::HeldBack { .. } | Outcome::Stopped) => format!("{other:?}"),
        });
    }
    let path = format!("spec.{}", SPELLED.iter().find(|(of, _)| *of == path).map_or(path, |(_, as_)| as_).replace("[]", ""));
    for (config, fields) in world.differences(&ours).await {
        for field in fields.into_iter().map(|difference| difference.field) {
            // The members of a policy stand in its text.
            let on_path = config == "policy" || path.starts_with(&plain(&field)) || plain(&field).starts_with(&path);
            let told = if config == flipped.config && on_path { &mut flipped.named } else { &mut flipped.alarms };
            told.push(field);
        }
    }
    world.settles(&ours).await;
    flipped
}

/// The path without the keys of items.
fn plain(field: &str) -> String {
    let (mut depth, mut plain) = (0_u32, String::new());
    for c in field.chars() {
        match c {
            '[' => depth += 1,
            ']' => depth = depth.saturating_sub(1),
            _ if depth == 0 => plain.push(c),
            _ => {}
        }
    }
    plain
}

/// The sub-configuration that a leaf belongs to.
fn config_of(path: &str) -> &'static str {
    let field = path.split(['.', '[']).next().unwrap();
    let index = FIELDS.iter().position(|fields| fields.contains(&field)).unwrap_or_else(|| panic!("{path} is no section"));
    NAMES[index]
}

#[test]
fn paths_are_compared_without_the_keys_of_items() {
    assert_eq!(plain("spec.lifecycle.rules[a[1]].expiration.days"), "spec.lifecycle.rules.expiration.days");
    assert_eq!(config_of("grantReadACP"), "acl");
    let sections = json!({ "cors": { "corsRules": [{ "id": "a" }] } });
    assert_eq!(leaves(&sections), [("cors.corsRules[].id".to_owned(), "/cors/corsRules/0/id".to_owned())]);
}
