//! The configurations that a bucket has many of, each with an id.

use serde_json::{Value, json};

use super::{Kind, kind};

pub(super) fn kinds() -> Vec<Kind> {
    [analytics(), intelligent_tiering(), inventory(), metrics()].into_iter().flatten().collect()
}

/// Puts one of these.
fn put(what: &str, id: &str, value: &Value) -> [String; 3] {
    [format!("put-bucket-{what}-configuration"), format!("--id={id}"), format!("--{what}-configuration={value}")]
}

/// Takes one of these away.
fn delete(what: &str, id: &str) -> [String; 2] {
    [format!("delete-bucket-{what}-configuration"), format!("--id={id}")]
}

fn analytics() -> Vec<Kind> {
    let kind = |name, spec| kind("analytics", name, spec);
    let declared = || json!({ "analytics": [{ "id": "tiers", "filter": { "prefix": "data/" }, "storageClassAnalysis": {} }] });
    let put =
        |id: &str, prefix: &str| put("analytics", id, &json!({ "Id": id, "Filter": { "Prefix": prefix }, "StorageClassAnalysis": {} }));
    vec![
        kind("filter changed", declared()).by(put("tiers", "other/")).told("spec.analytics[tiers].filter.prefix", "data/", "other/"),
        kind("one added", declared()).by(put("more", "more/")).extra("spec.analytics[more]", "{…"),
        kind("taken away", declared()).by(delete("analytics", "tiers")).missing("spec.analytics", "[{…"),
        kind("put where the spec says nothing", json!({})).by(put("more", "more/")).extra("spec.analytics", "[{…"),
    ]
}

fn intelligent_tiering() -> Vec<Kind> {
    let kind = |name, spec| kind("intelligent_tiering", name, spec);
    let declared = || json!({ "intelligentTiering": [{ "id": "archive", "status": "Enabled", "tierings": [{ "accessTier": "ARCHIVE_ACCESS", "days": 90 }] }] });
    let put = |id: &str, status: &str, tierings: Value| {
        put("intelligent-tiering", id, &json!({ "Id": id, "Status": status, "Tierings": tierings }))
    };
    let tier = |days: u16| json!({ "AccessTier": "ARCHIVE_ACCESS", "Days": days });
    let deep = json!({ "AccessTier": "DEEP_ARCHIVE_ACCESS", "Days": 180 });
    let field = "spec.intelligentTiering[archive]";
    vec![
        kind("days changed", declared()).by(put("archive", "Enabled", json!([tier(365)]))).told(
            &format!("{field}.tierings[ARCHIVE_ACCESS].days"),
            "90",
            "365",
        ),
        kind("tier added", declared())
            .by(put("archive", "Enabled", json!([tier(90), deep])))
            .extra(&format!("{field}.tierings[DEEP_ARCHIVE_ACCESS]"), r#"{"accessTier":"DEEP_ARCHIVE_ACCESS","days":180}"#),
        kind("switched off", declared()).by(put("archive", "Disabled", json!([tier(90)]))).told(
            &format!("{field}.status"),
            "Enabled",
            "Disabled",
        ),
        kind("taken away", declared()).by(delete("intelligent-tiering", "archive")).missing("spec.intelligentTiering", "[{…"),
    ]
}

fn inventory() -> Vec<Kind> {
    const REPORTS: &str = "arn:aws:s3:::reports-111122223333";
    let kind = |name, spec| kind("inventory", name, spec);
    let declared = || {
        json!({ "inventory": [{ "id": "all", "isEnabled": true, "includedObjectVersions": "All", "schedule": { "frequency": "Weekly" },
            "destination": { "s3BucketDestination": { "bucket": REPORTS, "format": "CSV" } } }] })
    };
    let put = |id: &str, enabled: bool, frequency: &str, versions: &str| {
        let inventory = json!({ "Id": id, "IsEnabled": enabled, "IncludedObjectVersions": versions, "Schedule": { "Frequency": frequency },
            "Destination": { "S3BucketDestination": { "Bucket": REPORTS, "Format": "CSV" } } });
        put("inventory", id, &inventory)
    };
    let field = |member: &str| format!("spec.inventory[all].{member}");
    vec![
        kind("frequency changed", declared()).by(put("all", true, "Daily", "All")).told(&field("schedule.frequency"), "Weekly", "Daily"),
        kind("switched off", declared()).by(put("all", false, "Weekly", "All")).told(&field("isEnabled"), "true", "false"),
        kind("fewer versions", declared()).by(put("all", true, "Weekly", "Current")).told(
            &field("includedObjectVersions"),
            "All",
            "Current",
        ),
        kind("one added", declared()).by(put("more", true, "Daily", "All")).extra("spec.inventory[more]", "{…"),
        kind("taken away", declared()).by(delete("inventory", "all")).missing("spec.inventory", "[{…"),
    ]
}

fn metrics() -> Vec<Kind> {
    let kind = |name, spec| kind("metrics", name, spec);
    let one = |id: &str, prefix: &str| json!({ "id": id, "filter": { "prefix": prefix } });
    let declared = || json!({ "metrics": [one("data", "data/"), one("logs", "logs/")] });
    let put = |id: &str, prefix: &str| put("metrics", id, &json!({ "Id": id, "Filter": { "Prefix": prefix } }));
    vec![
        kind("filter changed", declared()).by(put("data", "other/")).told("spec.metrics[data].filter.prefix", "data/", "other/"),
        kind("one added", declared()).by(put("more", "more/")).extra("spec.metrics[more]", r#"{"filter":{"prefix":"more/"},"id":"more"}"#),
        kind("one of two removed", declared())
            .by(delete("metrics", "logs"))
            .missing("spec.metrics[logs]", r#"{"filter":{"prefix":"logs/"},"id":"logs"}"#),
        kind("put where the spec says nothing", json!({}))
            .by(put("more", "more/"))
            .extra("spec.metrics", r#"[{"filter":{"prefix":"more/"},"id":"more"}]"#),
    ]
}
