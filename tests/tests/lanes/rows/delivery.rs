//! What goes elsewhere, and the lock that keeps things here: logging, notification, object_lock, replication.

use aws_sdk_s3::types::{
    BucketLoggingStatus, NotificationConfiguration, ObjectLockConfiguration, ObjectLockEnabled, QueueConfiguration, ReplicationRule,
};
use serde_json::json;

use super::{Home, Row, Site, answered, done};

pub(super) fn rows(site: &Site) -> [Row; 4] {
    [logging(site), notification(site), object_lock(), replication(site)]
}

fn logging(site: &Site) -> Row {
    let declared = |prefix: &str| {
        let enabled = json!({ "loggingEnabled": { "targetBucket": site.target, "targetPrefix": prefix } });
        (enabled, format!("{}/{prefix}", site.target))
    };
    Row {
        config: "logging",
        field: "logging",
        home: Home::Plain,
        first: declared("access/"),
        second: declared("requests/"),
        read: |s3, site| {
            Box::pin(async {
                answered(s3.get_bucket_logging().bucket(&site.bucket).send().await, |answer| {
                    let enabled = answer.logging_enabled?;
                    Some(format!("{}/{}", enabled.target_bucket, enabled.target_prefix))
                })
            })
        },
        meddle: |s3, site| {
            Box::pin(async {
                let off = BucketLoggingStatus::builder().build();
                done(s3.put_bucket_logging().bucket(&site.bucket).bucket_logging_status(off).send().await)
            })
        },
    }
}

fn notification(site: &Site) -> Row {
    let declared = |id: &str, event: &str| {
        let queue = json!({ "id": id, "queueARN": site.queue, "events": [event] });
        (json!({ "queueConfigurations": [queue] }), format!("{id} {event} {}", site.queue))
    };
    Row {
        config: "notification",
        field: "notification",
        home: Home::Plain,
        first: declared("new", "s3:ObjectCreated:*"),
        second: declared("gone", "s3:ObjectRemoved:*"),
        read: |s3, site| {
            Box::pin(async {
                answered(s3.get_bucket_notification_configuration().bucket(&site.bucket).send().await, |answer| {
                    Some(answer.queue_configurations().iter().map(queue).collect::<Vec<_>>().join(", "))
                })
            })
        },
        meddle: |s3, site| {
            Box::pin(async {
                let nothing = NotificationConfiguration::builder().build();
                done(s3.put_bucket_notification_configuration().bucket(&site.bucket).notification_configuration(nothing).send().await)
            })
        },
    }
}

fn queue(queue: &QueueConfiguration) -> String {
    let events: Vec<_> = queue.events.iter().map(aws_sdk_s3::types::Event::as_str).collect();
    format!("{} {} {}", queue.id().unwrap_or_default(), events.join(","), queue.queue_arn)
}

fn object_lock() -> Row {
    let declared = |days: i32| {
        let rule = json!({ "defaultRetention": { "mode": "GOVERNANCE", "days": days } });
        (json!({ "rule": rule }), format!("GOVERNANCE {days}"))
    };
    Row {
        config: "object_lock",
        field: "objectLockConfiguration",
        home: Home::Locked,
        first: declared(3),
        second: declared(5),
        read: |s3, site| {
            Box::pin(async {
                answered(s3.get_object_lock_configuration().bucket(&site.bucket).send().await, |answer| {
                    let retention = answer.object_lock_configuration?.rule?.default_retention?;
                    Some(format!("{} {}", retention.mode?.as_str(), retention.days?))
                })
            })
        },
        meddle: |s3, site| {
            Box::pin(async {
                let bare = ObjectLockConfiguration::builder().object_lock_enabled(ObjectLockEnabled::Enabled).build();
                done(s3.put_object_lock_configuration().bucket(&site.bucket).object_lock_configuration(bare).send().await)
            })
        },
    }
}

fn replication(site: &Site) -> Row {
    let role = format!("arn:aws:iam::{}:role/replication", site.account);
    let target = format!("arn:aws:s3:::{}", site.target);
    let declared = |prefix: &str| {
        let copy = json!({
            "id": "copy", "priority": 1, "status": "Enabled", "filter": { "prefix": prefix },
            "deleteMarkerReplication": { "status": "Disabled" }, "destination": { "bucket": target }
        });
        (json!({ "role": role, "rules": [copy] }), format!("{role}: copy Enabled {prefix} {target}"))
    };
    Row {
        config: "replication",
        field: "replication",
        home: Home::Locked,
        first: declared("new/"),
        second: declared("old/"),
        read: |s3, site| {
            Box::pin(async {
                answered(s3.get_bucket_replication().bucket(&site.bucket).send().await, |answer| {
                    let replication = answer.replication_configuration?;
                    Some(format!("{}: {}", replication.role, replication.rules.iter().map(copy).collect::<Vec<_>>().join(", ")))
                })
            })
        },
        meddle: |s3, site| Box::pin(async { done(s3.delete_bucket_replication().bucket(&site.bucket).send().await) }),
    }
}

fn copy(rule: &ReplicationRule) -> String {
    let prefix = rule.filter().and_then(|filter| filter.prefix()).unwrap_or_default();
    let target = rule.destination().map_or("", |destination| destination.bucket());
    format!("{} {} {prefix} {target}", rule.id().unwrap_or_default(), rule.status().as_str())
}
