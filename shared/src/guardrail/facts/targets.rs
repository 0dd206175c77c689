//! Where the bucket sends something: logs, replicas, events.

use schemars::JsonSchema;
use serde::Serialize;

use super::sections::Sections;
use crate::arn::Arn;
use crate::subconfig::{Logging, Notification, Replication};

/// `bucket.logging`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct LoggingFacts {
    /// The bucket that the access log goes to; empty where there is no log.
    pub target: String,
    /// How the names of its objects begin.
    pub prefix: String,
}

impl LoggingFacts {
    pub(super) fn of(sections: &Sections<'_>) -> Self {
        let logging = sections.get::<Logging>().and_then(|logging| logging.logging_enabled).unwrap_or_default();
        Self { target: logging.target_bucket.unwrap_or_default(), prefix: logging.target_prefix.unwrap_or_default() }
    }
}

/// An item of `bucket.replication`, which is sorted.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReplicationFacts {
    /// The name of the destination.
    pub bucket: String,
    /// The account of the destination: the rule's, else the bucket's own.
    pub account: String,
    /// The storage class of the replicas; empty for that of the object.
    pub storage_class: String,
}

impl ReplicationFacts {
    pub(super) fn of(sections: &Sections<'_>, account: &str) -> Vec<Self> {
        let rules = sections.get::<Replication>().and_then(|replication| replication.rules).unwrap_or_default();
        let enabled = rules.into_iter().filter(|rule| rule.status.as_deref() == Some("Enabled"));
        let facts = enabled.filter_map(|rule| {
            let destination = rule.destination?;
            let bucket = destination.bucket.unwrap_or_default();
            Some(Self {
                bucket: Arn::parse(&bucket).map_or(bucket.as_str(), |arn| arn.resource).to_owned(),
                account: destination.account.unwrap_or_else(|| account.to_owned()),
                storage_class: destination.storage_class.unwrap_or_default(),
            })
        });
        let mut facts: Vec<Self> = facts.collect();
        facts.sort();
        facts
    }
}

/// An item of `bucket.notifications`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct NotificationFacts {
    /// The ARN of the queue, topic or function; empty for EventBridge.
    pub arn: String,
    /// sqs, sns, lambda or eventbridge.
    pub service: String,
    /// The account of the target; EventBridge is the bucket's own.
    pub account: String,
    /// The region of the target; EventBridge is the bucket's own.
    pub region: String,
    /// The events; empty for EventBridge, which is told of all.
    pub events: Vec<String>,
}

impl NotificationFacts {
    pub(super) fn of(sections: &Sections<'_>, region: &str, account: &str) -> Vec<Self> {
        let Some(notification) = sections.get::<Notification>() else { return Vec::new() };
        let queues = notification.queue_configurations.into_iter().flatten().map(|queue| (queue.queue_arn, queue.events, "sqs"));
        let topics = notification.topic_configurations.into_iter().flatten().map(|topic| (topic.topic_arn, topic.events, "sns"));
        let functions = notification.lambda_function_configurations.into_iter().flatten();
        let functions = functions.map(|function| (function.lambda_function_arn, function.events, "lambda"));
        let targets = queues.chain(topics).chain(functions).map(|(arn, events, service)| {
            let text = arn.unwrap_or_default();
            let arn = Arn::parse(&text);
            Self {
                service: service.to_owned(),
                account: arn.map(|arn| arn.account).unwrap_or_default().to_owned(),
                region: arn.map(|arn| arn.region).unwrap_or_default().to_owned(),
                events: events.unwrap_or_default(),
                arn: text,
            }
        });
        let bridge = notification.event_bridge_configuration.filter(|bridge| bridge.enabled != Some(false)).map(|_| Self {
            service: "eventbridge".to_owned(),
            account: account.to_owned(),
            region: region.to_owned(),
            ..Self::default()
        });
        targets.chain(bridge).collect()
    }
}
