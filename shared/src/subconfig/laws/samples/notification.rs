//! Samples of event notification.

use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;

use super::{one_of, text};
use crate::subconfig::Notification;
use crate::subconfig::laws::Sample;
use crate::subconfig::notification::{
    EventBridgeConfiguration, FilterRule, KeyFilter, LambdaFunctionConfiguration, NotificationFilter, QueueConfiguration,
    TopicConfiguration,
};

impl Sample for Notification {
    fn samples() -> BoxedStrategy<Self> {
        let bridge = any::<Option<bool>>().prop_map(|enabled| EventBridgeConfiguration { enabled });
        let function = entry(&["f", "g"]).prop_map(|(id, arn, events, filter)| LambdaFunctionConfiguration {
            events,
            filter,
            id,
            lambda_function_arn: arn,
        });
        let queue = entry(&["q", "r"]).prop_map(|(id, queue_arn, events, filter)| QueueConfiguration { events, filter, id, queue_arn });
        let topic = entry(&["t", "u"]).prop_map(|(id, topic_arn, events, filter)| TopicConfiguration { events, filter, id, topic_arn });
        (of(bridge), of(vec(function, 0..3)), of(vec(queue, 0..3)), of(vec(topic, 0..3)))
            .prop_map(|(event_bridge_configuration, lambda_function_configurations, queue_configurations, topic_configurations)| Self {
                event_bridge_configuration,
                lambda_function_configurations,
                queue_configurations,
                topic_configurations,
            })
            .boxed()
    }
}

type Entry = (Option<String>, Option<String>, Option<Vec<String>>, Option<NotificationFilter>);

fn entry(arns: &[&str]) -> impl Strategy<Value = Entry> + use<> {
    let events = vec(one_of(&["s3:ObjectCreated:*", "s3:ObjectRemoved:Delete", "s3:ANewEvent"]), 1..3);
    (of(one_of(&["", "x", "y"])), one_of(arns), events, of(filter()))
        .prop_map(|(id, arn, events, filter)| (id, Some(arn), Some(events), filter))
}

fn filter() -> impl Strategy<Value = NotificationFilter> {
    let name = of(one_of(&["prefix", "suffix", "Prefix", "SUFFIX"]));
    let rule = (name, of(text())).prop_map(|(name, value)| FilterRule { name, value });
    of(of(vec(rule, 0..3)).prop_map(|filter_rules| KeyFilter { filter_rules })).prop_map(|key| NotificationFilter { key })
}
