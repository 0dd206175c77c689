//! Lists with ids: analytics, intelligent_tiering, inventory, metrics. The second of each has another id, or other members under the
//! same one.

use aws_sdk_s3::types::{AnalyticsFilter, IntelligentTieringConfiguration, InventoryConfiguration, MetricsFilter};
use serde_json::json;

use super::{Home, Row, Site, answered, done};

/// The id that somebody else deletes.
const ID: &str = "a";

pub(super) fn rows(site: &Site) -> [Row; 4] {
    [analytics(site), intelligent_tiering(), inventory(site), metrics()]
}

fn analytics(site: &Site) -> Row {
    let target = format!("arn:aws:s3:::{}", site.target);
    let declared = |id: &str, prefix: &str| {
        let export =
            json!({ "outputSchemaVersion": "V_1", "destination": { "s3BucketDestination": { "bucket": target, "format": "CSV" } } });
        let one = json!({ "id": id, "filter": { "prefix": prefix }, "storageClassAnalysis": { "dataExport": export } });
        (json!([one]), format!("{id} {prefix} {target}"))
    };
    Row {
        config: "analytics",
        field: "analytics",
        home: Home::Plain,
        first: declared(ID, "x/"),
        second: declared("b", "y/"),
        read: |s3, site| {
            Box::pin(async {
                answered(s3.list_bucket_analytics_configurations().bucket(&site.bucket).send().await, |answer| {
                    let words = answer.analytics_configuration_list().iter().map(|one| {
                        let prefix = match one.filter() {
                            Some(AnalyticsFilter::Prefix(prefix)) => prefix.as_str(),
                            _ => "",
                        };
                        let export = one.storage_class_analysis().and_then(|analysis| analysis.data_export());
                        let target = export.and_then(|export| export.destination()).and_then(|to| to.s3_bucket_destination());
                        format!("{} {prefix} {}", one.id(), target.map_or("", |target| target.bucket()))
                    });
                    Some(words.collect::<Vec<_>>().join(", "))
                })
            })
        },
        meddle: |s3, site| Box::pin(async { done(s3.delete_bucket_analytics_configuration().bucket(&site.bucket).id(ID).send().await) }),
    }
}

fn intelligent_tiering() -> Row {
    let declared = |days: i32| {
        let one = json!({ "id": ID, "status": "Enabled", "tierings": [{ "accessTier": "ARCHIVE_ACCESS", "days": days }] });
        (json!([one]), format!("{ID} Enabled ARCHIVE_ACCESS {days}"))
    };
    Row {
        config: "intelligent_tiering",
        field: "intelligentTiering",
        home: Home::Plain,
        first: declared(90),
        second: declared(120),
        read: |s3, site| {
            Box::pin(async {
                answered(s3.list_bucket_intelligent_tiering_configurations().bucket(&site.bucket).send().await, |answer| {
                    Some(answer.intelligent_tiering_configuration_list().iter().map(tiering).collect::<Vec<_>>().join(", "))
                })
            })
        },
        meddle: |s3, site| {
            Box::pin(async { done(s3.delete_bucket_intelligent_tiering_configuration().bucket(&site.bucket).id(ID).send().await) })
        },
    }
}

fn tiering(one: &IntelligentTieringConfiguration) -> String {
    let tiers: Vec<_> = one.tierings().iter().map(|tier| format!("{} {}", tier.access_tier.as_str(), tier.days)).collect();
    format!("{} {} {}", one.id(), one.status().as_str(), tiers.join(", "))
}

fn inventory(site: &Site) -> Row {
    let target = format!("arn:aws:s3:::{}", site.target);
    let declared = |frequency: &str| {
        let one = json!({
            "id": ID, "isEnabled": true, "includedObjectVersions": "Current", "schedule": { "frequency": frequency },
            "destination": { "s3BucketDestination": { "bucket": target, "format": "CSV" } }
        });
        (json!([one]), format!("{ID} {frequency} {target}"))
    };
    Row {
        config: "inventory",
        field: "inventory",
        home: Home::Plain,
        first: declared("Daily"),
        second: declared("Weekly"),
        read: |s3, site| {
            Box::pin(async {
                answered(s3.list_bucket_inventory_configurations().bucket(&site.bucket).send().await, |answer| {
                    Some(answer.inventory_configuration_list().iter().map(list).collect::<Vec<_>>().join(", "))
                })
            })
        },
        meddle: |s3, site| Box::pin(async { done(s3.delete_bucket_inventory_configuration().bucket(&site.bucket).id(ID).send().await) }),
    }
}

fn list(one: &InventoryConfiguration) -> String {
    let target = one.destination().and_then(|destination| destination.s3_bucket_destination()).map_or("", |target| target.bucket());
    format!("{} {} {target}", one.id(), one.schedule().map_or("", |schedule| schedule.frequency().as_str()))
}

fn metrics() -> Row {
    let declared = |id: &str, prefix: &str| (json!([{ "id": id, "filter": { "prefix": prefix } }]), format!("{id} {prefix}"));
    Row {
        config: "metrics",
        field: "metrics",
        home: Home::Plain,
        first: declared(ID, "x/"),
        second: declared("b", "y/"),
        read: |s3, site| {
            Box::pin(async {
                answered(s3.list_bucket_metrics_configurations().bucket(&site.bucket).send().await, |answer| {
                    let words = answer.metrics_configuration_list().iter().map(|one| match one.filter() {
                        Some(MetricsFilter::Prefix(prefix)) => format!("{} {prefix}", one.id()),
                        _ => one.id().to_owned(),
                    });
                    Some(words.collect::<Vec<_>>().join(", "))
                })
            })
        },
        meddle: |s3, site| Box::pin(async { done(s3.delete_bucket_metrics_configuration().bucket(&site.bucket).id(ID).send().await) }),
    }
}
