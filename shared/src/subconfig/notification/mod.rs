//! Event notification. S3 API: GetBucketNotificationConfiguration, PutBucketNotificationConfiguration; there is no call that takes it
//! away.

mod entry;
mod findings;
#[cfg(feature = "s3")]
mod remote;
mod types;

pub use types::{
    EventBridgeConfiguration, FilterRule, KeyFilter, LambdaFunctionConfiguration, Notification, NotificationFilter, QueueConfiguration,
    TopicConfiguration,
};

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::SubConfig;
use crate::BucketSpec;
use crate::admission::{Facts, Findings, Path};

#[cfg(test)]
pub(crate) use findings::cases;

impl SubConfig for Notification {
    const NAME: &'static str = "notification";
    const FIELD: &'static str = "notification";
    const ABSENT: &'static str = "no events to anywhere, EventBridge neither";

    fn declared(spec: &BucketSpec) -> Option<Cow<'_, Self>> {
        spec.notification.as_ref().map(Cow::Borrowed)
    }

    fn declare(self, spec: &mut BucketSpec) {
        spec.notification = Some(self);
    }

    /// Beside other members it is said whether EventBridge gets events; alone, that it does not says nothing.
    fn normalise(self) -> Option<Self> {
        let event_bridge = self.event_bridge_configuration.as_ref().is_some_and(EventBridgeConfiguration::is_on);
        let lists = Self {
            event_bridge_configuration: None,
            lambda_function_configurations: entry::normalise(self.lambda_function_configurations),
            queue_configurations: entry::normalise(self.queue_configurations),
            topic_configurations: entry::normalise(self.topic_configurations),
        };
        let says_something = event_bridge || lists != Self::default();
        let event_bridge_configuration = Some(EventBridgeConfiguration { enabled: Some(event_bridge) });
        says_something.then_some(Self { event_bridge_configuration, ..lists })
    }

    /// The ids that S3 made for entries without one, and EventBridge.
    fn inherit(self, have: &Self) -> Self {
        let named = self.ids();
        let is_named = |id: &str| named.contains(id);
        Self {
            event_bridge_configuration: self.event_bridge_configuration.or_else(|| have.event_bridge_configuration.clone()),
            lambda_function_configurations: entry::inherit(
                self.lambda_function_configurations,
                have.lambda_function_configurations.as_ref(),
                is_named,
            ),
            queue_configurations: entry::inherit(self.queue_configurations, have.queue_configurations.as_ref(), is_named),
            topic_configurations: entry::inherit(self.topic_configurations, have.topic_configurations.as_ref(), is_named),
        }
    }

    fn findings(&self, at: &Path<'_>, facts: &Facts<'_>, to: &mut Findings) {
        findings::findings(self, at, facts, to);
    }
}

impl EventBridgeConfiguration {
    fn is_on(&self) -> bool {
        self.enabled != Some(false)
    }
}

impl Notification {
    /// The ids of all entries: S3 wants them to be unique over the three lists.
    fn ids(&self) -> BTreeSet<String> {
        let functions = self.lambda_function_configurations.iter().flatten().map(|entry| &entry.id);
        let queues = self.queue_configurations.iter().flatten().map(|entry| &entry.id);
        let topics = self.topic_configurations.iter().flatten().map(|entry| &entry.id);
        functions.chain(queues).chain(topics).flatten().cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::place::Place;
    use crate::subconfig::{Have, Step};

    fn of(section: &Value) -> Notification {
        serde_json::from_value(section.clone()).unwrap()
    }

    fn plan(want: &Value, have: &Value) -> Step<Notification> {
        let spec = BucketSpec { notification: Some(of(want)), ..BucketSpec::default() };
        Step::plan(&spec, &Have::Value(of(have)), &Place::default())
    }

    fn fields(step: &Step<Notification>) -> Vec<String> {
        step.differences().into_iter().map(|difference| difference.field).collect()
    }

    fn queue(id: Option<&str>, arn: &str, events: &[&str]) -> Value {
        json!({"id": id, "queueARN": arn, "events": events})
    }

    #[test]
    fn order_made_ids_and_the_case_of_names_are_no_difference() {
        let filter = |rules: &Value| json!({"key": {"filterRules": rules}});
        let (prefix, suffix) = (json!({"name": "prefix", "value": "in/"}), json!({"name": "suffix", "value": ".jpg"}));
        let want = json!({"queueConfigurations": [
            queue(None, "a", &["s3:ObjectRemoved:*", "s3:ObjectCreated:*"]),
            {"queueARN": "b", "events": ["e"], "filter": filter(&json!([suffix, prefix]))},
            {"queueARN": "b", "events": ["e"], "filter": {"key": {}}},
        ]});
        let (named, all) = (json!([{"name": "Prefix", "value": "in/"}, {"name": "SUFFIX", "value": ".jpg"}]), json!([{"name": "Prefix"}]));
        let have = json!({"queueConfigurations": [
            {"id": "x", "queueARN": "b", "events": ["e"], "filter": filter(&all)},
            {"id": "y", "queueARN": "b", "events": ["e"], "filter": filter(&named)},
            queue(Some("z"), "a", &["s3:ObjectCreated:*", "s3:ObjectRemoved:*"]),
        ]});
        assert_eq!(plan(&want, &have), Step::None);
    }

    #[test]
    fn an_entry_that_is_written_again_keeps_its_id_and_event_bridge_stays() {
        let want = json!({"queueConfigurations": [queue(None, "a", &["e"])]});
        let have = json!({"queueConfigurations": [queue(Some("made"), "a", &["f"])], "eventBridgeConfiguration": {"enabled": true}});
        let step = plan(&want, &have);
        assert_eq!(fields(&step), ["spec.notification.queueConfigurations[made].events[0]"]);
        let Step::Put { want, .. } = step else { panic!("no put") };
        assert_eq!(
            want,
            of(&json!({"queueConfigurations": [queue(Some("made"), "a", &["e"])], "eventBridgeConfiguration": {"enabled": true}}))
        );
    }

    #[test]
    fn an_id_that_another_list_names_is_not_given_away() {
        let want = json!({"queueConfigurations": [queue(None, "a", &["e"])], "topicConfigurations": [{"id": "made", "topicARN": "t"}]});
        let Step::Put { want, .. } = plan(&want, &json!({"queueConfigurations": [queue(Some("made"), "a", &["e"])]})) else {
            panic!("no put")
        };
        assert_eq!(want.queue_configurations.unwrap()[0].id, None);
    }

    #[test]
    fn event_bridge_that_is_declared_is_compared() {
        let with = |bridge: Value| json!({"queueConfigurations": [queue(Some("q"), "a", &["e"])], "eventBridgeConfiguration": bridge});
        let (on, off) = (json!({"enabled": true}), json!({"enabled": false}));
        assert_eq!(fields(&plan(&with(off.clone()), &with(on.clone()))), ["spec.notification.eventBridgeConfiguration.enabled"]);
        assert_eq!(fields(&plan(&with(json!({})), &with(json!(null)))), ["spec.notification.eventBridgeConfiguration.enabled"]);
        assert_eq!(plan(&with(json!({})), &with(on.clone())), Step::None, "the spelling of the S3 API");
        assert_eq!(plan(&with(off.clone()), &with(json!(null))), Step::None);
        let only = |bridge: &Value| json!({ "eventBridgeConfiguration": bridge });
        assert!(matches!(plan(&only(&off), &only(&on)), Step::Remove { .. }));
        assert!(matches!(plan(&json!({}), &only(&on)), Step::Remove { .. }), "a section that says nothing is an absent one");
    }

    #[test]
    fn only_what_differs_is_named() {
        let rule = |value: &str| json!([{"name": "prefix", "value": value}, {"name": "suffix", "value": "s"}]);
        let topic = |value: &str| json!({"id": "t", "topicARN": "t", "filter": {"key": {"filterRules": rule(value)}}});
        let step = plan(&json!({"topicConfigurations": [topic("a")]}), &json!({"topicConfigurations": [topic("b")]}));
        assert_eq!(fields(&step), ["spec.notification.topicConfigurations[t].filter.key.filterRules[prefix].value"]);
    }
}
