//! How event notification is read from and written to S3.

use aws_sdk_s3::error::BuildError;
use aws_sdk_s3::operation::get_bucket_notification_configuration::GetBucketNotificationConfigurationOutput;
use aws_sdk_s3::types::{
    Event, EventBridgeConfiguration as S3EventBridge, FilterRule as S3Rule, LambdaFunctionConfiguration as S3Function,
    NotificationConfiguration, NotificationConfigurationFilter as S3Filter, QueueConfiguration as S3Queue, S3KeyFilter,
    TopicConfiguration as S3Topic,
};

use super::entry::Entry;
use super::types::{EventBridgeConfiguration, FilterRule, KeyFilter, Notification, NotificationFilter};
use crate::fault::{Fault, Operation};
use crate::subconfig::remote::{Remote, S3Bucket, fault, given, unread};
use crate::subconfig::{Have, SubConfig, normal};

impl Remote for Notification {
    const GET: Operation = Operation { name: "GetBucketNotificationConfiguration", action: "s3:GetBucketNotification" };
    const PUT: Operation = Operation { name: "PutBucketNotificationConfiguration", action: "s3:PutBucketNotification" };
    const DELETE: Operation = Self::PUT;

    async fn read(s3: &S3Bucket) -> Result<Have<Self>, Fault> {
        let call = s3.client.get_bucket_notification_configuration().bucket(&s3.name).set_expected_bucket_owner(s3.expected_owner());
        match call.send().await {
            Ok(answer) => Ok(Self::from_sdk(answer)),
            Err(error) => unread(Self::GET, &[], error),
        }
    }

    /// S3 looks whether the destinations exist and let it in; that is not skipped, as it is the only way to learn of a wrong one.
    async fn put(s3: &S3Bucket, want: &Self, _have: Option<&Self>) -> Result<(), Fault> {
        let call = s3.client.put_bucket_notification_configuration().bucket(&s3.name).set_expected_bucket_owner(s3.expected_owner());
        let configuration = want.to_sdk().map_err(|error| Fault::unbuildable(Self::PUT, error))?;
        call.notification_configuration(configuration).send().await.map(drop).map_err(|error| fault(Self::PUT, error))
    }

    /// Writes a configuration without members.
    async fn remove(s3: &S3Bucket, have: &Self) -> Result<(), Fault> {
        Self::put(s3, &Self::default(), Some(have)).await
    }
}

impl Notification {
    /// Entries without a destination are no answer to build on.
    fn from_sdk(answer: GetBucketNotificationConfigurationOutput) -> Have<Self> {
        let functions = read(answer.lambda_function_configurations, |of| (of.id, of.lambda_function_arn, of.events, of.filter));
        let queues = read(answer.queue_configurations, |of| (of.id, of.queue_arn, of.events, of.filter));
        let topics = read(answer.topic_configurations, |of| (of.id, of.topic_arn, of.events, of.filter));
        let (Some(functions), Some(queues), Some(topics)) = (functions, queues, topics) else { return Have::Unsupported };
        let section = Self {
            event_bridge_configuration: answer.event_bridge_configuration.map(|_| EventBridgeConfiguration { enabled: Some(true) }),
            lambda_function_configurations: entries(functions),
            queue_configurations: entries(queues),
            topic_configurations: entries(topics),
        };
        normal::said(section).into()
    }

    fn to_sdk(&self) -> Result<NotificationConfiguration, BuildError> {
        let section = self.clone().normalise().unwrap_or_default();
        let function = |Entry { arn, filter, events, id }| {
            S3Function::builder().set_lambda_function_arn(arn).set_events(sent(events)).set_filter(to_filter(filter)).set_id(id).build()
        };
        let queue = |Entry { arn, filter, events, id }| {
            S3Queue::builder().set_queue_arn(arn).set_events(sent(events)).set_filter(to_filter(filter)).set_id(id).build()
        };
        let topic = |Entry { arn, filter, events, id }| {
            S3Topic::builder().set_topic_arn(arn).set_events(sent(events)).set_filter(to_filter(filter)).set_id(id).build()
        };
        let bridge = section.event_bridge_configuration.filter(EventBridgeConfiguration::is_on);
        Ok(NotificationConfiguration::builder()
            .set_event_bridge_configuration(bridge.map(|_| S3EventBridge::builder().build()))
            .set_lambda_function_configurations(all(section.lambda_function_configurations, function)?)
            .set_queue_configurations(all(section.queue_configurations, queue)?)
            .set_topic_configurations(all(section.topic_configurations, topic)?)
            .build())
    }
}

type Parts = (Option<String>, String, Vec<Event>, Option<S3Filter>);

/// The entries of one list; `None` where one has no destination.
fn read<T>(list: Option<Vec<T>>, parts: impl Fn(T) -> Parts) -> Option<Vec<Entry>> {
    let entry = |of| {
        let (id, arn, events, filter) = parts(of);
        let events = events.iter().map(|event| event.as_str().to_owned()).collect();
        Some(Entry { arn: Some(given(&arn)?), filter: filter.map(from_filter), events: Some(events), id })
    };
    list.into_iter().flatten().map(entry).collect()
}

fn entries<T: From<Entry>>(entries: Vec<Entry>) -> Option<Vec<T>> {
    normal::list(entries.into_iter().map(T::from).collect())
}

fn all<T: Into<Entry>, S>(list: Option<Vec<T>>, to_sdk: impl Fn(Entry) -> Result<S, BuildError>) -> Result<Option<Vec<S>>, BuildError> {
    list.map(|entries| entries.into_iter().map(|entry| to_sdk(entry.into())).collect()).transpose()
}

fn sent(events: Option<Vec<String>>) -> Option<Vec<Event>> {
    events.map(|events| events.iter().map(|event| event.as_str().into()).collect())
}

fn from_filter(filter: S3Filter) -> NotificationFilter {
    let rule = |rule: S3Rule| FilterRule { name: rule.name.map(|name| name.as_str().to_owned()), value: rule.value };
    let rules = filter.key.and_then(|key| key.filter_rules).map(|rules| rules.into_iter().map(rule).collect());
    NotificationFilter { key: Some(KeyFilter { filter_rules: rules }) }
}

fn to_filter(filter: Option<NotificationFilter>) -> Option<S3Filter> {
    let rule = |rule: FilterRule| S3Rule::builder().set_name(rule.name.as_deref().map(Into::into)).set_value(rule.value).build();
    let rules = filter?.key?.filter_rules?.into_iter().map(rule).collect();
    Some(S3Filter::builder().key(S3KeyFilter::builder().set_filter_rules(Some(rules)).build()).build())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::fault::Class;
    use crate::subconfig::laws::remote::runtime;
    use crate::subconfig::laws::store::Store;

    fn put(store: &Store, section: &Value) -> Result<(), Fault> {
        let section: Notification = serde_json::from_value(section.clone()).unwrap();
        runtime().block_on(Notification::put(&store.bucket(), &section, None))
    }

    fn read(store: &Store) -> Have<Notification> {
        runtime().block_on(Notification::read(&store.bucket())).unwrap()
    }

    #[test]
    fn an_answer_without_entries_is_empty_and_an_entry_without_a_destination_is_no_answer() {
        let answer = |body: &str| read(&Store::answering(200, &format!("<NotificationConfiguration>{body}</NotificationConfiguration>")));
        assert_eq!(answer(""), Have::Empty);
        assert_eq!(answer("<QueueConfiguration><Event>e</Event></QueueConfiguration>"), Have::Unsupported);
        let torn = answer("<TopicConfiguration><Topic>t</Topic><Filter><S3Key><FilterRule/></S3Key></Filter></TopicConfiguration>");
        assert!(matches!(torn, Have::Value(_)), "members that are missing do no harm: {torn:?}");
    }

    #[test]
    fn event_bridge_is_written_and_removed() {
        let store = Store::new_bucket();
        put(&store, &json!({"eventBridgeConfiguration": {}})).unwrap();
        assert!(store.document("notification").unwrap().contains("<EventBridgeConfiguration"));
        let Have::Value(have) = read(&store) else { panic!("nothing there") };
        runtime().block_on(Notification::remove(&store.bucket(), &have)).unwrap();
        assert_eq!(read(&store), Have::Empty);
    }

    #[test]
    fn a_wrong_destination_is_a_fault_that_names_it() {
        let arn = "arn:aws:sqs:eu-central-1:111122223333:gone";
        let document = format!(
            "<Error><Code>InvalidArgument</Code><Message>Unable to validate the following destination configurations</Message>\
             <ArgumentName>{arn}, null</ArgumentName><ArgumentValue>The destination queue does not exist</ArgumentValue></Error>"
        );
        let section = json!({"queueConfigurations": [{"queueARN": arn, "events": ["s3:ObjectCreated:*"]}]});
        let fault = put(&Store::answering(400, &document), &section).unwrap_err();
        assert_eq!(fault.class, Class::Missing, "it heals when somebody makes the queue");
        assert!(fault.to_string().contains(&format!("({arn}, null: The destination queue does not exist)")), "{fault}");
    }

    #[test]
    fn an_entry_that_lacks_a_member_is_a_fault_and_no_call() {
        for (entry, names) in [(json!({"events": ["e"]}), "queue_arn"), (json!({"queueARN": "a", "events": []}), "events")] {
            let store = Store::new_bucket();
            let fault = put(&store, &json!({ "queueConfigurations": [entry] })).unwrap_err();
            assert!(fault.class == Class::Terminal && fault.to_string().contains(names), "{fault}");
            assert!(store.calls().is_empty());
        }
    }
}
