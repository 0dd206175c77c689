//! What the bucket does with its objects, how it is labelled, and the bucket itself.

use serde_json::{Value, json};

use super::{ITSELF, Kind, Site, kind};

pub(super) fn kinds(site: &Site) -> Vec<Kind> {
    [bucket(), versioning(), encryption(), object_lock(), tagging(site), abac(), lifecycle()].into_iter().flatten().collect()
}

fn bucket() -> Vec<Kind> {
    vec![kind("bucket", "deleted", json!({ "versioning": { "status": "Enabled" } })).by(["delete-bucket"]).missing("spec.name", ITSELF)]
}

fn versioning() -> Vec<Kind> {
    let kind = |name, spec| kind("versioning", name, spec);
    let declared = |status: &str| json!({ "versioning": { "status": status } });
    let put = |status: &str| ["put-bucket-versioning".to_owned(), format!("--versioning-configuration=Status={status}")];
    let (field, left) = ("spec.versioning.status", "<Status>Suspended<");
    let silence = "switched on where the spec says nothing";
    vec![
        kind("suspended", declared("Enabled")).by(put("Suspended")).told(field, "Enabled", "Suspended"),
        kind("switched on again", declared("Suspended")).by(put("Enabled")).told(field, "Suspended", "Enabled").leaving("versioning", left),
        kind(silence, json!({})).by(put("Enabled")).told(field, "Suspended", "Enabled").leaving("versioning", left),
    ]
}

fn encryption() -> Vec<Kind> {
    const KEY: &str = "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
    const OTHER: &str = "arn:aws:kms:eu-central-1:111122223333:key/00000000-12ab-34cd-56ef-1234567890ab";
    const RULE: &str = "spec.encryption.rules[0]";
    let kind = |name, spec| kind("encryption", name, spec);
    let rule = || {
        let by_key = json!({ "sseAlgorithm": "aws:kms", "kmsMasterKeyID": KEY });
        json!({ "applyServerSideEncryptionByDefault": by_key, "bucketKeyEnabled": true })
    };
    let declared = |rule: Value| json!({ "encryption": { "rules": [rule] } });
    let blocking = || {
        let mut rule = rule();
        rule["blockedEncryptionTypes"] = json!({ "encryptionType": ["SSE-C"] });
        rule
    };
    // SSE-C stays blocked, as S3 blocks it on every new bucket.
    let put_with = |blocked: &str, algorithm: &str, key: Option<&str>, bucket_key: bool| {
        let mut by_default = json!({ "SSEAlgorithm": algorithm });
        if let Some(key) = key {
            by_default["KMSMasterKeyID"] = json!(key);
        }
        let blocked = json!({ "EncryptionType": [blocked] });
        let rule =
            json!({ "ApplyServerSideEncryptionByDefault": by_default, "BucketKeyEnabled": bucket_key, "BlockedEncryptionTypes": blocked });
        ["put-bucket-encryption".to_owned(), format!("--server-side-encryption-configuration={}", json!({ "Rules": [rule] }))]
    };
    let put = |algorithm: &str, key: Option<&str>, bucket_key: bool| put_with("SSE-C", algorithm, key, bucket_key);
    let (by_default, key) = (
        format!("{RULE}.applyServerSideEncryptionByDefault.sseAlgorithm"),
        format!("{RULE}.applyServerSideEncryptionByDefault.kmsMasterKeyID"),
    );
    let bucket_key = format!("{RULE}.bucketKeyEnabled");
    let blocked = format!("{RULE}.blockedEncryptionTypes.encryptionType[0]");
    // The same in another order.
    let left = "<SSEAlgorithm>AES256</SSEAlgorithm></ApplyServerSideEncryptionByDefault><BlockedEncryptionTypes><EncryptionType>SSE-C<";
    vec![
        kind("other key", declared(rule())).by(put("aws:kms", Some(OTHER), true)).told(&key, KEY, OTHER),
        kind("bucket key off", declared(rule())).by(put("aws:kms", Some(KEY), false)).told(&bucket_key, "true", "false"),
        kind("SSE-C let in", declared(blocking())).by(put_with("NONE", "aws:kms", Some(KEY), true)).told(&blocked, "SSE-C", "NONE"),
        kind("no key", declared(rule())).by(put("AES256", None, true)).missing(&key, KEY).told(&by_default, "aws:kms", "AES256"),
        kind("taken away", declared(rule()))
            .by(["delete-bucket-encryption"])
            .missing(&key, KEY)
            .told(&by_default, "aws:kms", "AES256")
            .told(&bucket_key, "true", "false"),
        kind("a key where the spec says nothing", json!({}))
            .by(put("aws:kms", Some(KEY), false))
            .extra(&key, KEY)
            .told(&by_default, "AES256", "aws:kms")
            .leaving("encryption", left),
    ]
}

fn object_lock() -> Vec<Kind> {
    const RETENTION: &str = "spec.objectLockConfiguration.rule.defaultRetention";
    let kind = |name, spec| kind("object_lock", name, spec);
    let locked = || json!({ "objectLockEnabledForBucket": true });
    let declared = || {
        let mut spec = locked();
        spec["objectLockConfiguration"] = json!({ "rule": { "defaultRetention": { "mode": "GOVERNANCE", "days": 30 } } });
        spec
    };
    let put = |retention: Option<Value>| {
        let mut lock = json!({ "ObjectLockEnabled": "Enabled" });
        if let Some(retention) = retention {
            lock["Rule"] = json!({ "DefaultRetention": retention });
        }
        ["put-object-lock-configuration".to_owned(), format!("--object-lock-configuration={lock}")]
    };
    let after = |mode: &str, unit: &str, number: u8| put(Some(json!({ "Mode": mode, unit: number })));
    vec![
        kind("days changed", declared()).by(after("GOVERNANCE", "Days", 1)).told(&format!("{RETENTION}.days"), "30", "1"),
        kind("mode changed", declared()).by(after("COMPLIANCE", "Days", 30)).told(&format!("{RETENTION}.mode"), "GOVERNANCE", "COMPLIANCE"),
        kind("years for days", declared())
            .by(after("GOVERNANCE", "Years", 1))
            .missing(&format!("{RETENTION}.days"), "30")
            .extra(&format!("{RETENTION}.years"), "1"),
        kind("rule taken away", declared())
            .by(put(None))
            .missing("spec.objectLockConfiguration", r#"{"rule":{"defaultRetention":{"days":30,"mode":"GOVERNANCE"}}}"#),
        kind("rule put where the spec says nothing", locked())
            .by(after("GOVERNANCE", "Days", 7))
            .extra("spec.objectLockConfiguration", r#"{"rule":{"defaultRetention":{"days":7,"mode":"GOVERNANCE"}}}"#),
    ]
}

/// `put-bucket-tagging` replaces all tags, and so says the controller's own two again.
fn tagging(site: &Site) -> Vec<Kind> {
    const VERSION: (&str, &str) = ("services.k8s.aws/controller-version", concat!("s3-", env!("CARGO_PKG_VERSION")));
    let namespace = ("services.k8s.aws/namespace", site.namespace.as_str());
    let kind = |name, spec| kind("tagging", name, spec);
    let set = |tags: &[(&str, &str)]| tags.iter().map(|(key, value)| json!({ "key": key, "value": value })).collect::<Value>();
    let declared = || json!({ "tagging": { "tagSet": set(&[("cost", "42"), ("team", "a")]) } });
    let put = |tags: &[(&str, &str)]| {
        let tags = tags.iter().map(|(key, value)| json!({ "Key": key, "Value": value })).collect::<Value>();
        ["put-bucket-tagging".to_owned(), format!("--tagging={}", json!({ "TagSet": tags }))]
    };
    let tag = |key: &str| format!("spec.tagging.tagSet[{key}]");
    let text = |(key, value): (&str, &str)| json!({ "key": key, "value": value }).to_string();
    vec![
        kind("value changed", declared()).by(put(&[VERSION, namespace, ("cost", "42"), ("team", "b")])).told(
            "spec.tagging.tagSet[team].value",
            "a",
            "b",
        ),
        kind("tag added", declared())
            .by(put(&[VERSION, namespace, ("cost", "42"), ("team", "a"), ("stray", "x")]))
            .extra(&tag("stray"), &text(("stray", "x"))),
        kind("tag removed", declared()).by(put(&[VERSION, namespace, ("team", "a")])).missing(&tag("cost"), &text(("cost", "42"))),
        kind("tag renamed", declared())
            .by(put(&[VERSION, namespace, ("costs", "42"), ("team", "a")]))
            .missing(&tag("cost"), &text(("cost", "42")))
            .extra(&tag("costs"), &text(("costs", "42"))),
        kind("the controller's own removed", declared())
            .by(put(&[VERSION, ("cost", "42"), ("team", "a")]))
            .missing(&tag(namespace.0), &text(namespace)),
        kind("all taken away", declared()).by(["delete-bucket-tagging"]).missing("spec.tagging", "{…"),
        kind("tag added where the spec says nothing", json!({}))
            .by(put(&[VERSION, namespace, ("stray", "x")]))
            .extra(&tag("stray"), &text(("stray", "x"))),
    ]
}

fn abac() -> Vec<Kind> {
    let kind = |name, spec| kind("abac", name, spec);
    let put = |status: &str| ["put-bucket-abac".to_owned(), format!("--abac-status=Status={status}")];
    let declared = |status: &str| json!({ "abac": { "status": status } });
    let (field, left, silence) = ("spec.abac.status", "<Status>Disabled<", "switched on where the spec says nothing");
    vec![
        kind("switched off", declared("Enabled")).by(put("Disabled")).told(field, "Enabled", "Disabled"),
        kind("switched on", declared("Disabled")).by(put("Enabled")).told(field, "Disabled", "Enabled").leaving("abac", left),
        kind(silence, json!({})).by(put("Enabled")).told(field, "Disabled", "Enabled").leaving("abac", left),
    ]
}

fn lifecycle() -> Vec<Kind> {
    let kind = |name, spec| kind("lifecycle", name, spec);
    let declared = || {
        let rule = |id: &str, prefix: &str, days: u16| json!({ "id": id, "status": "Enabled", "filter": { "prefix": prefix }, "expiration": { "days": days } });
        json!({ "lifecycle": { "rules": [rule("old", "logs/", 365), rule("tmp", "tmp/", 7)] } })
    };
    let rule = |id: &str, prefix: &str, days: u16| json!({ "ID": id, "Status": "Enabled", "Filter": { "Prefix": prefix }, "Expiration": { "Days": days } });
    let (old, tmp) = (|| rule("old", "logs/", 365), || rule("tmp", "tmp/", 7));
    let with = |mut rule: Value, member: &str, value: Value| {
        rule[member] = value;
        rule
    };
    let put = |rules: &[Value]| {
        ["put-bucket-lifecycle-configuration".to_owned(), format!("--lifecycle-configuration={}", json!({ "Rules": rules }))]
    };
    let as_told = |id: &str, prefix: &str, days: u16| {
        json!({ "expiration": { "days": days }, "filter": { "prefix": prefix }, "id": id, "status": "Enabled" }).to_string()
    };
    vec![
        kind("days changed", declared()).by(put(&[rule("old", "logs/", 1), tmp()])).told(
            "spec.lifecycle.rules[old].expiration.days",
            "365",
            "1",
        ),
        kind("filter changed", declared()).by(put(&[rule("old", "log/", 365), tmp()])).told(
            "spec.lifecycle.rules[old].filter.prefix",
            "logs/",
            "log/",
        ),
        kind("rule switched off", declared()).by(put(&[with(old(), "Status", json!("Disabled")), tmp()])).told(
            "spec.lifecycle.rules[old].status",
            "Enabled",
            "Disabled",
        ),
        kind("transition added", declared())
            .by(put(&[with(old(), "Transitions", json!([{ "Days": 60, "StorageClass": "GLACIER" }])), tmp()]))
            .extra("spec.lifecycle.rules[old].transitions", r#"[{"days":60,"storageClass":"GLACIER"}]"#),
        kind("rule added", declared())
            .by(put(&[old(), tmp(), rule("stray", "x/", 1)]))
            .extra("spec.lifecycle.rules[stray]", &as_told("stray", "x/", 1)),
        kind("rule removed", declared()).by(put(&[old()])).missing("spec.lifecycle.rules[tmp]", &as_told("tmp", "tmp/", 7)),
        kind("taken away", declared()).by(["delete-bucket-lifecycle"]).missing("spec.lifecycle", "{…"),
        kind("put where the spec says nothing", json!({})).by(put(&[old()])).extra("spec.lifecycle", "{…"),
    ]
}
