//! Odd values, and the places that rows of the policy look at.

use serde_json::{Value, json};

/// The template with the value in the place of `"@"`, or without the member that holds it.
pub(super) fn filled(template: &str, value: Option<&Value>) -> Value {
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

pub(super) fn values() -> Vec<Value> {
    let words = [
        "",
        " ",
        "Enabled",
        "enabled",
        "ENABLED",
        " Enabled",
        "Suspended",
        "Disabled",
        "GOVERNANCE",
        "COMPLIANCE",
        "governance",
        "AES256",
        "aes256",
        "aws:kms",
        "aws:kms:dsse",
        "aws:fsx",
        "BucketOwnerEnforced",
        "ObjectWriter",
        "Daily",
        "Weekly",
        "Hourly",
        "All",
        "Current",
        "ARCHIVE_ACCESS",
        "DEEP_ARCHIVE_ACCESS",
        "GET",
        "get",
        "PATCH",
        "*",
        "global",
        "account-regional",
        "Requester",
        "BucketOwner",
        "aws:x",
        "AWS:x",
        "aws",
        "adopt",
        "adopt-or-create",
        "Adopt",
        "delete",
        "Delete",
        "retain",
        "true",
        "TRUE",
        "True",
        "yes",
        "true ",
        "123456789012",
        "12345678901",
        "1234567890123",
        "\u{661}23456789012",
        "123456789012\n",
        "\u{212a}",
        "\u{130}",
    ];
    let long = [
        ("x", 128),
        ("x", 129),
        ("x", 255),
        ("x", 256),
        ("x", 257),
        ("\u{fc}", 128),
        ("\u{fc}", 256),
        ("\u{1f600}", 64),
        ("\u{1f600}", 65),
        ("\u{1f600}", 128),
        ("\u{1f600}", 129),
        ("\u{1f600}", 256),
    ];
    let numbers = [-1, 0, 1, 2, i64::from(i32::MAX)].map(Value::from);
    let long = long.map(|(text, times)| json!(text.repeat(times)));
    words
        .map(Value::from)
        .into_iter()
        .chain(long)
        .chain(numbers)
        .chain([json!(null), json!([]), json!(["GET"]), json!({}), json!(false)])
        .collect()
}

/// Names of buckets.
pub(super) const NAMES: [&str; 40] = [
    "",
    "a",
    "ab",
    "abc",
    "Abc",
    "a_b",
    "a b",
    "-ab",
    "ab-",
    ".ab",
    "ab.",
    "a..b",
    "a.-b",
    "a-.b",
    "a--b",
    "1.2.3.4",
    "1.2.3.4.5",
    "999.999.999.999",
    "1.2.3.4444",
    "xn--abc",
    "xn-abc",
    "sthree-a",
    "sthree",
    "amzn-s3-demo-a",
    "amzn-s3-demo",
    "a-s3alias",
    "s3alias",
    "a--ol-s3",
    "a.mrap",
    "a--table-s3",
    "a--x-s3",
    "--x-s3",
    "xn--a--use1-az4--x-s3",
    "A--use1-az4--x-s3",
    "a--use1-az4--x-s3",
    "\u{fc}bc",
    "abc\n",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "\u{fc}\u{fc}\u{fc}\u{fc}\u{fc}\u{fc}\u{fc}\u{fc}\u{fc}\u{fc}\u{fc}\u{fc}\u{fc}\u{fc}\u{fc}\u{fc}\u{fc}\u{fc}\u{fc}\u{fc}\u{fc}\u{fc}\u{fc}\u{fc}\u{fc}\u{fc}\u{fc}\u{fc}\u{fc}\u{fc}\u{fc}\u{fc}",
];

/// Specs with a place for odd values.
pub(super) const SPECS: [&str; 26] = [
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
