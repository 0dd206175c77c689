//! The API types of event notification. Source: S3 API reference, NotificationConfiguration and its members.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which events of the bucket go to which function, queue or topic.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Notification {
    /// Whether all events go to Amazon EventBridge too; as it is in S3 where it is absent beside other members.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event_bridge_configuration: Option<EventBridgeConfiguration>,
    /// Events that call a Lambda function.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lambda_function_configurations: Option<Vec<LambdaFunctionConfiguration>>,
    /// Events that go to an SQS queue.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub queue_configurations: Option<Vec<QueueConfiguration>>,
    /// Events that go to an SNS topic.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub topic_configurations: Option<Vec<TopicConfiguration>>,
}

/// That all events go to Amazon EventBridge. `{}`, as the S3 API spells it, means that they do.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct EventBridgeConfiguration {
    /// Left out: true. With false no event goes there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
}

/// Events that call a Lambda function.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct LambdaFunctionConfiguration {
    /// The events, such as s3:ObjectCreated:*.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub events: Option<Vec<String>>,
    /// The objects whose events count; all where it is absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filter: Option<NotificationFilter>,
    /// The id in the bucket; S3 makes one up where it is absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The ARN of the function. S3 must be allowed to call it.
    #[serde(rename = "lambdaFunctionARN", skip_serializing_if = "Option::is_none")]
    pub lambda_function_arn: Option<String>,
}

/// Events that go to an SQS queue.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct QueueConfiguration {
    /// The events, such as s3:ObjectCreated:*.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub events: Option<Vec<String>>,
    /// The objects whose events count; all where it is absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filter: Option<NotificationFilter>,
    /// The id in the bucket; S3 makes one up where it is absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The ARN of the queue. S3 must be allowed to send to it; a FIFO queue will not do.
    #[serde(rename = "queueARN", skip_serializing_if = "Option::is_none")]
    pub queue_arn: Option<String>,
}

/// Events that go to an SNS topic.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct TopicConfiguration {
    /// The events, such as s3:ObjectCreated:*.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub events: Option<Vec<String>>,
    /// The objects whose events count; all where it is absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filter: Option<NotificationFilter>,
    /// The id in the bucket; S3 makes one up where it is absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The ARN of the topic. S3 must be allowed to publish to it; a FIFO topic will not do.
    #[serde(rename = "topicARN", skip_serializing_if = "Option::is_none")]
    pub topic_arn: Option<String>,
}

/// Which objects' events count.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct NotificationFilter {
    /// What the key of the object has to look like.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<KeyFilter>,
}

/// What the key of an object has to look like.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct KeyFilter {
    /// At most one prefix and one suffix; the key has to meet both.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filter_rules: Option<Vec<FilterRule>>,
}

/// How the key of an object has to start or to end.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct FilterRule {
    /// prefix or suffix.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The start or the end of the key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
}
