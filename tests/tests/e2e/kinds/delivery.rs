//! What the bucket sends elsewhere: logs, events, copies.

use serde_json::{Value, json};

use super::{Kind, Site, kind};
use crate::sections::{copies, logs};

pub(super) fn kinds(site: &Site) -> Vec<Kind> {
    [logging(site), notification(), replication(site)].into_iter().flatten().collect()
}

fn logging(site: &Site) -> Vec<Kind> {
    let kind = |name, spec| kind("logging", name, spec);
    let target = &logs(&site.namespace);
    let declared = || json!({ "logging": { "loggingEnabled": { "targetBucket": target, "targetPrefix": "access/" } } });
    let put = |bucket: &str, prefix: &str| {
        let status = json!({ "LoggingEnabled": { "TargetBucket": bucket, "TargetPrefix": prefix } });
        ["put-bucket-logging".to_owned(), format!("--bucket-logging-status={status}")]
    };
    let field = |member: &str| format!("spec.logging.loggingEnabled.{member}");
    vec![
        kind("prefix changed", declared()).by(put(target, "other/")).told(&field("targetPrefix"), "access/", "other/"),
        kind("target changed", declared()).by(put(&site.other_logs(), "access/")).told(&field("targetBucket"), target, &site.other_logs()),
        kind("switched off", declared()).by(["put-bucket-logging", "--bucket-logging-status={}"]).missing("spec.logging", "{…"),
        kind("switched on where the spec says nothing", json!({})).by(put(target, "x/")).extra("spec.logging", "{…"),
    ]
}

fn notification() -> Vec<Kind> {
    const QUEUE: &str = "arn:aws:sqs:eu-central-1:111122223333:index";
    const TOPIC: &str = "arn:aws:sns:eu-central-1:111122223333:tell";
    const INDEX: &str = "spec.notification.queueConfigurations[index]";
    let kind = |name, spec| kind("notification", name, spec);
    let declared =
        || json!({ "notification": { "queueConfigurations": [{ "id": "index", "queueARN": QUEUE, "events": ["s3:ObjectCreated:*"] }] } });
    let queue = |events: &[&str]| json!({ "Id": "index", "QueueArn": QUEUE, "Events": events });
    let put = |all: Value| ["put-bucket-notification-configuration".to_owned(), format!("--notification-configuration={all}")];
    let queues = |events: &[&str]| put(json!({ "QueueConfigurations": [queue(events)] }));
    let filtered = || {
        let mut queue = queue(&["s3:ObjectCreated:*"]);
        queue["Filter"] = json!({ "Key": { "FilterRules": [{ "Name": "prefix", "Value": "in/" }] } });
        queue
    };
    let topic = json!({ "Id": "tell", "TopicArn": TOPIC, "Events": ["s3:ObjectRemoved:*"] });
    vec![
        kind("event changed", declared()).by(queues(&["s3:ObjectCreated:Put"])).told(
            &format!("{INDEX}.events[0]"),
            "s3:ObjectCreated:*",
            "s3:ObjectCreated:Put",
        ),
        kind("event added", declared())
            .by(queues(&["s3:ObjectCreated:*", "s3:ObjectRemoved:*"]))
            .extra(&format!("{INDEX}.events[1]"), "s3:ObjectRemoved:*"),
        kind("filter added", declared()).by(put(json!({ "QueueConfigurations": [filtered()] }))).extra(&format!("{INDEX}.filter"), "{…"),
        kind("topic added", declared())
            .by(put(json!({ "QueueConfigurations": [queue(&["s3:ObjectCreated:*"])], "TopicConfigurations": [topic] })))
            .extra("spec.notification.topicConfigurations", "[{…"),
        kind("taken away", declared()).by(put(json!({}))).missing("spec.notification", "{…"),
        kind("EventBridge where the spec says nothing", json!({}))
            .by(put(json!({ "EventBridgeConfiguration": {} })))
            .extra("spec.notification", r#"{"eventBridgeConfiguration":{"enabled":true}}"#),
    ]
}

fn replication(site: &Site) -> Vec<Kind> {
    const ROLE: &str = "arn:aws:iam::111122223333:role/replicate";
    let target = &format!("arn:aws:s3:::{}", copies(&site.namespace));
    let kind = |name, spec| kind("replication", name, spec);
    let versioned = || json!({ "versioning": { "status": "Enabled" } });
    let declared = || {
        let rule = json!({ "id": "dr", "priority": 1, "status": "Enabled", "filter": { "prefix": "data/" },
            "deleteMarkerReplication": { "status": "Disabled" }, "destination": { "bucket": target } });
        let mut spec = versioned();
        spec["replication"] = json!({ "role": ROLE, "rules": [rule] });
        spec
    };
    let rule = |id: &str, priority: u8, prefix: &str| {
        json!({ "ID": id, "Priority": priority, "Status": "Enabled", "Filter": { "Prefix": prefix },
            "DeleteMarkerReplication": { "Status": "Disabled" }, "Destination": { "Bucket": target } })
    };
    let with = |member: &str, value: Value| {
        let mut rule = rule("dr", 1, "data/");
        rule[member] = value;
        rule
    };
    let put = |rules: &[Value]| {
        let all = json!({ "Role": ROLE, "Rules": rules });
        ["put-bucket-replication".to_owned(), format!("--replication-configuration={all}")]
    };
    let field = |member: &str| format!("spec.replication.rules[dr].{member}");
    vec![
        kind("filter changed", declared()).by(put(&[rule("dr", 1, "other/")])).told(&field("filter.prefix"), "data/", "other/"),
        kind("rule switched off", declared()).by(put(&[with("Status", json!("Disabled"))])).told(&field("status"), "Enabled", "Disabled"),
        kind("storage class added", declared())
            .by(put(&[with("Destination", json!({ "Bucket": target, "StorageClass": "STANDARD_IA" }))]))
            .extra(&field("destination.storageClass"), "STANDARD_IA"),
        kind("delete markers copied", declared()).by(put(&[with("DeleteMarkerReplication", json!({ "Status": "Enabled" }))])).told(
            &field("deleteMarkerReplication.status"),
            "Disabled",
            "Enabled",
        ),
        kind("rule added", declared())
            .by(put(&[rule("dr", 1, "data/"), rule("more", 2, "more/")]))
            .extra("spec.replication.rules[more]", "{…"),
        kind("taken away", declared()).by(["delete-bucket-replication"]).missing("spec.replication", "{…"),
        kind("put where the spec says nothing", versioned()).by(put(&[rule("dr", 1, "")])).extra("spec.replication", "{…"),
    ]
}
