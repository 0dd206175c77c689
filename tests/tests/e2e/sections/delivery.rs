//! What the bucket sends elsewhere: logs, events, copies. The buckets that take it are made by [`super::surround`].

use serde_json::json;

use super::{Section, copies, logs};

/// Access logs, into the namespace's bucket for them.
pub(super) fn logging(namespace: &str) -> Section {
    let target = logs(namespace);
    let declared = |prefix: &str| json!({ "loggingEnabled": { "targetBucket": target, "targetPrefix": prefix } });
    let held = |prefix: &str| {
        format!(
            "<BucketLoggingStatus><LoggingEnabled><TargetBucket>{target}</TargetBucket><TargetPrefix>{prefix}</TargetPrefix>\
             </LoggingEnabled></BucketLoggingStatus>"
        )
    };
    Section {
        config: "logging",
        field: "logging",
        query: "logging",
        first: (declared("access/"), held("access/")),
        second: (declared("b/"), held("b/")),
        meddled: held("intruder/"),
        difference: ("spec.logging.loggingEnabled.targetPrefix", "access/", "intruder/"),
        apart: &[],
        removed: Some("spec.logging"),
    }
}

/// Events, into a queue.
pub(super) fn notification() -> Section {
    const QUEUE: &str = "arn:aws:sqs:eu-central-1:111122223333:index";
    let declared = |event: &str| json!({ "queueConfigurations": [{ "id": "index", "queueARN": QUEUE, "events": [event] }] });
    let held = |event: &str| {
        format!(
            "<NotificationConfiguration><QueueConfiguration><Id>index</Id><Queue>{QUEUE}</Queue><Event>{event}</Event>\
             </QueueConfiguration></NotificationConfiguration>"
        )
    };
    Section {
        config: "notification",
        field: "notification",
        query: "notification",
        first: (declared("s3:ObjectCreated:*"), held("s3:ObjectCreated:*")),
        second: (declared("s3:ObjectRemoved:*"), held("s3:ObjectRemoved:*")),
        meddled: held("s3:ObjectCreated:Put"),
        difference: ("spec.notification.queueConfigurations[index].events[0]", "s3:ObjectCreated:*", "s3:ObjectCreated:Put"),
        apart: &[],
        removed: Some("spec.notification"),
    }
}

/// Copies, into the namespace's bucket for them. Only beside versioning.
pub(super) fn replication(namespace: &str) -> Section {
    const ROLE: &str = "arn:aws:iam::111122223333:role/replicate";
    let target = format!("arn:aws:s3:::{}", copies(namespace));
    let declared = |prefix: &str| {
        let rule = json!({ "id": "dr", "priority": 1, "status": "Enabled", "filter": { "prefix": prefix },
            "deleteMarkerReplication": { "status": "Disabled" }, "destination": { "bucket": target } });
        json!({ "role": ROLE, "rules": [rule] })
    };
    let held = |prefix: &str| {
        format!(
            "<ReplicationConfiguration><Role>{ROLE}</Role><Rule><ID>dr</ID><Priority>1</Priority><Filter><Prefix>{prefix}</Prefix>\
             </Filter><Status>Enabled</Status><Destination><Bucket>{target}</Bucket></Destination>\
             <DeleteMarkerReplication><Status>Disabled</Status></DeleteMarkerReplication></Rule></ReplicationConfiguration>"
        )
    };
    Section {
        config: "replication",
        field: "replication",
        query: "replication",
        first: (declared("data/"), held("data/")),
        second: (declared("b/"), held("b/")),
        meddled: held("intruder/"),
        difference: ("spec.replication.rules[dr].filter.prefix", "data/", "intruder/"),
        apart: &[],
        removed: Some("spec.replication"),
    }
}
