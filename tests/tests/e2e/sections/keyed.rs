//! The configurations that a bucket has many of, each with an id.

use serde_json::json;

use super::Section;

/// Storage class analysis.
pub(super) fn analytics() -> Section {
    let declared = |prefix: &str| json!([{ "id": "tiers", "filter": { "prefix": prefix }, "storageClassAnalysis": {} }]);
    let held = |prefix: &str| {
        format!(
            "<AnalyticsConfiguration><Id>tiers</Id><Filter><Prefix>{prefix}</Prefix></Filter><StorageClassAnalysis/>\
             </AnalyticsConfiguration>"
        )
    };
    Section {
        config: "analytics",
        field: "analytics",
        query: "analytics/tiers",
        first: (declared("data/"), held("data/")),
        second: (declared("b/"), held("b/")),
        meddled: held("intruder/"),
        difference: ("spec.analytics[tiers].filter.prefix", "data/", "intruder/"),
        apart: &[],
        removed: Some("spec.analytics"),
    }
}

/// Archive tiers.
pub(super) fn intelligent_tiering() -> Section {
    let declared =
        |days: u16| json!([{ "id": "archive", "status": "Enabled", "tierings": [{ "accessTier": "ARCHIVE_ACCESS", "days": days }] }]);
    let held = |days: u16| {
        format!(
            "<IntelligentTieringConfiguration><Id>archive</Id><Status>Enabled</Status><Tiering><Days>{days}</Days>\
             <AccessTier>ARCHIVE_ACCESS</AccessTier></Tiering></IntelligentTieringConfiguration>"
        )
    };
    Section {
        config: "intelligent_tiering",
        field: "intelligentTiering",
        query: "intelligent-tiering/archive",
        first: (declared(90), held(90)),
        second: (declared(180), held(180)),
        meddled: held(365),
        difference: ("spec.intelligentTiering[archive].tierings[ARCHIVE_ACCESS].days", "90", "365"),
        apart: &[],
        removed: Some("spec.intelligentTiering"),
    }
}

/// Lists of objects.
pub(super) fn inventory() -> Section {
    const REPORTS: &str = "arn:aws:s3:::reports-111122223333";
    let declared = |frequency: &str| {
        json!([{ "id": "all", "isEnabled": true, "includedObjectVersions": "All", "schedule": { "frequency": frequency },
            "destination": { "s3BucketDestination": { "bucket": REPORTS, "format": "CSV" } } }])
    };
    let held = |frequency: &str| {
        format!(
            "<InventoryConfiguration><Destination><S3BucketDestination><Bucket>{REPORTS}</Bucket><Format>CSV</Format></S3BucketDestination>\
             </Destination><IsEnabled>true</IsEnabled><Id>all</Id><IncludedObjectVersions>All</IncludedObjectVersions>\
             <Schedule><Frequency>{frequency}</Frequency></Schedule></InventoryConfiguration>"
        )
    };
    Section {
        config: "inventory",
        field: "inventory",
        query: "inventory/all",
        first: (declared("Weekly"), held("Weekly")),
        second: (declared("Daily"), held("Daily")),
        meddled: held("Daily"),
        difference: ("spec.inventory[all].schedule.frequency", "Weekly", "Daily"),
        apart: &[],
        removed: Some("spec.inventory"),
    }
}

/// Request metrics.
pub(super) fn metrics() -> Section {
    let declared = |prefix: &str| json!([{ "id": "data", "filter": { "prefix": prefix } }]);
    let held =
        |prefix: &str| format!("<MetricsConfiguration><Id>data</Id><Filter><Prefix>{prefix}</Prefix></Filter></MetricsConfiguration>");
    Section {
        config: "metrics",
        field: "metrics",
        query: "metrics/data",
        first: (declared("data/"), held("data/")),
        second: (declared("b/"), held("b/")),
        meddled: held("intruder/"),
        difference: ("spec.metrics[data].filter.prefix", "data/", "intruder/"),
        apart: &[],
        removed: Some("spec.metrics"),
    }
}
