//! Never stricter than the rules: all examples, and odd values at every place that a row looks at, also where a bucket is adopted or
//! only looked at. What the policy refuses, the rules refuse by the same id.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use shared::admission::baseline::BASELINE;

use super::{bucket, ground};
use crate::catalogue::examples::{all, moved, verdict};
use crate::catalogue::server::try_to_create;
use crate::team::{Failure, Outcome};

#[tokio::test]
async fn what_the_policy_refuses_the_rules_refuse() -> Outcome {
    let client = ground().await.client().await?;
    let (mut stricter, mut laxer, mut refused) = (Vec::new(), BTreeMap::<&str, usize>::new(), 0);
    let objects = objects()?;
    for object in &objects {
        let answer = try_to_create(&client, object).await?;
        // What the schema refuses has no rules in its causes; what it refuses cannot be read either.
        let Ok(verdict) = verdict(object, &BTreeMap::new()) else { continue };
        let denied: Vec<&str> = verdict.denials().map(|finding| finding.rule).collect();
        let rules = answer.rules();
        refused += usize::from(!rules.is_empty());
        if rules.iter().any(|rule| !is_right(rule, &denied)) || ![201, 422].contains(&answer.code) {
            stricter.push(format!("{} {}\n  {rules:?} {denied:?}\n  {}", object["metadata"], object["spec"], answer.body["message"]));
        }
        for row in BASELINE.iter().filter(|row| answer.code == 201 && denied.contains(&row.id)) {
            *laxer.entry(row.id).or_default() += 1;
        }
    }
    println!("{} Buckets, {refused} refused; passed by the policy where the rule refuses: {laxer:?}", objects.len());
    assert!(stricter.is_empty(), "{}", stricter.join("\n"));
    assert!(refused > 300, "{refused}");
    Ok(())
}

/// Whether the rules refuse it as well, by the same id or by one that knows more of the mistake and speaks in its place.
fn is_right(rule: &str, denied: &[&str]) -> bool {
    let instead: &[&str] = match rule {
        "name-charset" => &["name-is-arn-or-url", "name-placeholder"],
        "name-first-last" => &["namespace-prefix-empty"],
        _ => &[],
    };
    denied.contains(&rule) || instead.iter().any(|other| denied.contains(other))
}

fn objects() -> Result<Vec<Value>, Failure> {
    let mut objects = Vec::new();
    for example in all()?.iter().flat_map(|example| [&example.bad, &example.good]).filter(|around| around.is_a_users()) {
        objects.push(moved(&example.object, "default"));
    }
    let mut odd: Vec<Value> = NAMES.iter().map(|name| bucket(&json!({ "name": name }))).collect();
    for template in SPECS {
        odd.extend(values().iter().map(|value| bucket(&filled(template, Some(value)))));
        odd.push(bucket(&filled(template, None)));
    }
    for (key, value) in ["adoption-policy", "deletion-policy", "read-only", "owner-account-id"].iter().flat_map(|key| values().into_iter().map(move |value| (key, value))) {
        let mut annotated = bucket(&json!({ "name": "team-a-logs" }));
        annotated["metadata"]["annotations"][format!("services.k8s.aws/{key}")] = value;
        odd.push(annotated);
    }
    let spec_less = |mut object: Value| {
        object.as_object_mut().map(|members| members.remove("spec"));
        object
    };
    let modes = [("adoption-policy", "adopt-or-create"), ("adoption-policy", "adopt"), ("read-only", "True")];
    for (key, value) in modes {
        let key = format!("services.k8s.aws/{key}");
        let mut others: Vec<Value> = odd.iter().take(NAMES.len() + 120).cloned().collect();
        others.push(spec_less(bucket(&json!({}))));
        for mut object in others {
            object["metadata"]["annotations"][&key] = json!(value);
            object["metadata"]["annotations"]["services.k8s.aws/adoption-fields"] = json!(r#"{"name": "team-a-logs"}"#);
            objects.push(object);
        }
    }
    objects.extend(odd);
    Ok(objects)
}

/// The template with the value in the place of `"@"`, or without the member that holds it.
fn filled(template: &str, value: Option<&Value>) -> Value {
    let text = match value {
        Some(value) => template.replace("\"@\"", &value.to_string()),
        None => without(template),
    };
    let mut spec: Value = serde_json::from_str(&text).unwrap_or_else(|fault| panic!("{text}: {fault}"));
    if spec["name"].is_null() {
        spec["name"] = json!("team-a-logs");
    }
    spec
}

/// Members are last in their object or the only one, and items the only one in their list.
fn without(template: &str) -> String {
    let at = template.find("\"@\"").unwrap_or_else(|| panic!("{template}"));
    let (before, after) = (&template[..at], &template[at + 3..]);
    let Some(before) = before.strip_suffix(':') else { return format!("{before}{after}") };
    let member = before[..before.len() - 1].rfind('"').unwrap_or_default();
    format!("{}{after}", before[..member].trim_end_matches(','))
}

fn values() -> Vec<Value> {
    let words = [
        "", " ", "Enabled", "enabled", "ENABLED", " Enabled", "Suspended", "Disabled", "GOVERNANCE", "COMPLIANCE", "governance", "AES256", "aes256", "aws:kms", "aws:kms:dsse", "aws:fsx",
        "BucketOwnerEnforced", "ObjectWriter", "Daily", "Weekly", "Hourly", "All", "Current", "ARCHIVE_ACCESS", "DEEP_ARCHIVE_ACCESS", "GET", "get", "PATCH", "*", "global",
        "account-regional", "Requester", "BucketOwner", "aws:x", "AWS:x", "aws", "adopt", "adopt-or-create", "Adopt", "delete", "Delete", "retain", "true", "TRUE", "True", "yes", "true ",
        "123456789012", "12345678901", "1234567890123", "\u{661}23456789012", "123456789012\n", "\u{212a}", "\u{130}",
    ];
    let long = [("x", 128), ("x", 129), ("x", 255), ("x", 256), ("x", 257), ("\u{fc}", 128), ("\u{fc}", 256), ("\u{1f600}", 64), ("\u{1f600}", 65), ("\u{1f600}", 128), ("\u{1f600}", 129), ("\u{1f600}", 256)];
    let numbers = [-1, 0, 1, 2, i64::from(i32::MAX)].map(Value::from);
    let long = long.map(|(text, times)| json!(text.repeat(times)));
    words.map(Value::from).into_iter().chain(long).chain(numbers).chain([json!(null), json!([]), json!(["GET"]), json!({}), json!(false)]).collect()
}

/// Names of buckets.
const NAMES: [&str; 40] = [
    "", "a", "ab", "abc", "Abc", "a_b", "a b", "-ab", "ab-", ".ab", "ab.", "a..b", "a.-b", "a-.b", "a--b", "1.2.3.4", "1.2.3.4.5", "999.999.999.999", "1.2.3.4444", "xn--abc", "xn-abc", "sthree-a",
    "sthree", "amzn-s3-demo-a", "amzn-s3-demo", "a-s3alias", "s3alias", "a--ol-s3", "a.mrap", "a--table-s3", "a--x-s3", "--x-s3", "xn--a--use1-az4--x-s3", "A--use1-az4--x-s3", "a--use1-az4--x-s3",
    "\u{fc}bc", "abc\n", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "\u{fc}\u{fc}\u{fc}\u{fc}\u{fc}\u{fc}\u{fc}\u{fc}\u{fc}\u{fc}\u{fc}\u{fc}\u{fc}\u{fc}\u{fc}\u{fc}\u{fc}\u{fc}\u{fc}\u{fc}\u{fc}\u{fc}\u{fc}\u{fc}\u{fc}\u{fc}\u{fc}\u{fc}\u{fc}\u{fc}\u{fc}\u{fc}",
];

/// Specs with a place for odd values.
const SPECS: [&str; 26] = [
    r#"{"name":"@"}"#,
    r#"{"namespace":"@"}"#,
    r#"{"versioning":{"status":"@"}}"#,
    r#"{"accelerate":{"status":"@"}}"#,
    r#"{"abac":{"status":"@"}}"#,
    r#"{"requestPayment":{"payer":"@"}}"#,
    r#"{"tagging":{"tagSet":[{"value":"v","key":"@"}]}}"#,
    r#"{"tagging":{"tagSet":[{"key":"k","value":"@"}]}}"#,
    r#"{"tagging":{"tagSet":[{"key":"k","value":"a"},{"value":"b","key":"@"},{"key":"k","value":"c"}]}}"#,
    r#"{"tagging":{"tagSet":"@"}}"#,
    r#"{"lifecycle":{"rules":[{"id":"a","expiration":{"days":1},"filter":{"prefix":""},"status":"@"}]}}"#,
    r#"{"lifecycle":{"rules":[{"status":"Enabled","expiration":{"days":1},"filter":{"prefix":""},"id":"@"}]}}"#,
    r#"{"lifecycle":{"rules":[{"id":"a","status":"Enabled","filter":{"prefix":""},"expiration":{"days":"@"}}]}}"#,
    r#"{"cors":{"corsRules":[{"allowedOrigins":["*"],"allowedMethods":["@"]}]}}"#,
    r#"{"cors":{"corsRules":[{"allowedOrigins":["*"],"allowedMethods":"@"}]}}"#,
    r#"{"cors":{"corsRules":[{"allowedMethods":["GET"],"allowedOrigins":["@"]}]}}"#,
    r#"{"replication":{"role":"arn:aws:iam::111122223333:role/r","rules":[{"destination":{"bucket":"arn:aws:s3:::other-one"},"status":"@"}]},"versioning":{"status":"Enabled"}}"#,
    r#"{"objectLockEnabledForBucket":true,"objectLockConfiguration":{"rule":{"defaultRetention":{"days":1,"mode":"@"}}}}"#,
    r#"{"objectLockEnabledForBucket":true,"objectLockConfiguration":{"rule":{"defaultRetention":{"mode":"GOVERNANCE","days":1,"years":"@"}}}}"#,
    r#"{"encryption":{"rules":[{"applyServerSideEncryptionByDefault":{"sseAlgorithm":"@"}}]}}"#,
    r#"{"ownershipControls":{"rules":[{"objectOwnership":"@"}]}}"#,
    r#"{"inventory":[{"id":"a","isEnabled":true,"includedObjectVersions":"All","destination":{"s3BucketDestination":{"bucket":"arn:aws:s3:::other-one","format":"CSV"}},"schedule":{"frequency":"@"}}]}"#,
    r#"{"inventory":[{"id":"a","isEnabled":true,"schedule":{"frequency":"Daily"},"destination":{"s3BucketDestination":{"bucket":"arn:aws:s3:::other-one","format":"CSV"}},"includedObjectVersions":"@"}]}"#,
    r#"{"intelligentTiering":[{"id":"a","status":"Enabled","tierings":[{"days":180,"accessTier":"@"}]}]}"#,
    r#"{"intelligentTiering":[{"id":"a","status":"Enabled","tierings":"@"}]}"#,
    r#"{"website":{"indexDocument":{"suffix":"i"},"routingRules":"@"}}"#,
];
