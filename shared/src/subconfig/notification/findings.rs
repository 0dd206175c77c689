//! What admission says of event notification. Source: S3 API reference, PutBucketNotificationConfiguration; S3 User Guide, "Event
//! notification types and destinations" and "Configuring event notifications using object key name filtering".

mod destination;
mod event;
mod filter;
mod overlap;

use super::types::{Notification, NotificationFilter};
use crate::admission::{Facts, Findings, Path, Reason, check, quote};

/// The most entries that S3 takes, over the three lists. Of more than that, only so many are looked at one by one.
const MOST: usize = 100;
const LONGEST_ID: usize = 255;

/// One of the three lists.
#[derive(Clone, Copy, PartialEq, Eq)]
enum List {
    Functions,
    Queues,
    Topics,
}

impl List {
    const ALL: [Self; 3] = [Self::Functions, Self::Queues, Self::Topics];

    fn field(self) -> &'static str {
        match self {
            Self::Functions => "lambdaFunctionConfigurations",
            Self::Queues => "queueConfigurations",
            Self::Topics => "topicConfigurations",
        }
    }
}

/// An entry of any list, and where it stands.
#[derive(Clone, Copy)]
struct Entry<'a> {
    list: List,
    index: usize,
    id: &'a str,
    arn: &'a str,
    events: &'a [String],
    filter: Option<&'a NotificationFilter>,
}

impl Entry<'_> {
    /// What the entry is called in a message: its id, else its place.
    fn name(&self) -> String {
        if self.id.is_empty() { format!("{}[{}]", self.list.field(), self.index) } else { quote(self.id) }
    }
}

/// The entries of one of the lists.
macro_rules! entries {
    ($section:ident.$field:ident, $list:expr, $arn:ident) => {
        $section.$field.iter().flatten().enumerate().map(|(index, of)| Entry {
            list: $list,
            index,
            id: of.id.as_deref().unwrap_or_default(),
            arn: of.$arn.as_deref().unwrap_or_default(),
            events: of.events.as_deref().unwrap_or_default(),
            filter: of.filter.as_ref(),
        })
    };
}

/// The entries that are looked at one by one.
fn entries(section: &Notification) -> impl Iterator<Item = Entry<'_>> {
    let functions = entries!(section.lambda_function_configurations, List::Functions, lambda_function_arn);
    let queues = entries!(section.queue_configurations, List::Queues, queue_arn);
    let topics = entries!(section.topic_configurations, List::Topics, topic_arn);
    functions.chain(queues).chain(topics).take(MOST)
}

pub(super) fn findings(section: &Notification, at: &Path<'_>, facts: &Facts<'_>, to: &mut Findings) {
    notification_count(section, at, to);
    let has_replication_events = has_replication_events(facts);
    for (place, entry) in entries(section).enumerate() {
        let list = at.member(entry.list.field());
        let at = list.index(entry.index);
        id(entry, entries(section).take(place), &at, to);
        event::findings(entry.events, &at, to);
        filter::findings(entry.filter, &at, to);
        destination::findings(entry.list, entry.arn, &at, facts, to);
        if !has_replication_events {
            notification_replication_metrics(entry.events, &at, to);
        }
    }
    overlap::findings(section, at, to);
    notification_dest_unchecked(section, at, to);
}

fn notification_count(section: &Notification, at: &Path<'_>, to: &mut Findings) {
    let functions = section.lambda_function_configurations.as_ref().map_or(0, Vec::len);
    let queues = section.queue_configurations.as_ref().map_or(0, Vec::len);
    let topics = section.topic_configurations.as_ref().map_or(0, Vec::len);
    let count = functions.saturating_add(queues).saturating_add(topics);
    if count > MOST {
        let message = format!("{count} notifications, S3 takes {MOST}; remove {}, or use EventBridge", count - MOST);
        to.deny("notification-count", Reason::Invalid, at, message);
    }
}

/// Three rules about the id, of which the first two say enough for themselves.
fn id<'a>(entry: Entry<'_>, mut earlier: impl Iterator<Item = Entry<'a>>, at: &Path<'_>, to: &mut Findings) {
    let at = at.member("id");
    if entry.id.is_empty() {
        notification_id_missing(&at, to);
    } else if earlier.any(|earlier| earlier.id == entry.id) {
        notification_id_duplicate(entry.id, &at, to);
    } else {
        check::at_most(Some(entry.id), LONGEST_ID, "notification-id-length", &at, to);
    }
}

fn notification_id_missing(at: &Path<'_>, to: &mut Findings) {
    let message = "there is no id; S3 makes one up, which is what its events say as configurationId; give one";
    to.warn("notification-id-missing", Reason::Required, at, message);
}

fn notification_id_duplicate(id: &str, at: &Path<'_>, to: &mut Findings) {
    let message = format!("id {} stands there twice; functions, queues and topics share their ids; rename one", quote(id));
    to.deny("notification-id-duplicate", Reason::Duplicate, at, message);
}

/// Whether S3 sends events of replication at all. Source: S3 User Guide, "Receiving replication failure events with Amazon S3 Event
/// Notifications".
fn has_replication_events(facts: &Facts<'_>) -> bool {
    let is_on = |status: Option<&str>| status == Some("Enabled");
    let replication = facts.spec().and_then(|spec| spec.replication.as_ref());
    let mut destinations =
        replication.iter().flat_map(|section| section.rules.iter().flatten()).filter_map(|rule| rule.destination.as_ref());
    destinations.any(|to| {
        let metrics = to.metrics.as_ref().and_then(|metrics| metrics.status.as_deref());
        is_on(metrics) || is_on(to.replication_time.as_ref().and_then(|time| time.status.as_deref()))
    })
}

/// One word for each entry is enough.
fn notification_replication_metrics(events: &[String], at: &Path<'_>, to: &mut Findings) {
    let events = events.iter().take(event::LOOKED_AT).enumerate();
    if let Some((index, event)) = events.filter(|(_, event)| event::is_known(event)).find(|(_, event)| event.starts_with("s3:Replication:"))
    {
        let at = at.member("events");
        let message = format!("no rule of replication has metrics or replicationTime Enabled, so S3 never sends {}", quote(event));
        to.warn("notification-replication-metrics", Reason::Forbidden, at.index(index), message);
    }
}

fn notification_dest_unchecked(section: &Notification, at: &Path<'_>, to: &mut Findings) {
    if entries(section).any(|entry| !entry.arn.is_empty()) {
        let message = "S3 looks itself whether each destination exists and lets s3.amazonaws.com in; nobody has looked yet";
        to.warn("notification-dest-unchecked", Reason::Invalid, at, message);
    }
}

#[cfg(test)]
pub(crate) mod cases {
    use serde_json::{Value, json};

    use super::*;
    use crate::admission::testing::{Case, World, case};

    pub(super) const QUEUE: &str = "arn:aws:sqs:eu-west-1:123456789012:index";

    /// A Bucket with this section.
    pub(super) fn notifying(section: &Value) -> World {
        World::new().section("notification", &section.to_string())
    }

    /// A Bucket with these entries for queues.
    pub(super) fn queues(entries: &[Value]) -> World {
        notifying(&json!({ "queueConfigurations": entries }))
    }

    /// An entry for a queue, without filter.
    pub(super) fn queue(id: &str, events: &[&str]) -> Value {
        json!({ "id": id, "queueARN": QUEUE, "events": events })
    }

    /// The same for new objects under a prefix only.
    pub(super) fn under(id: &str, prefix: &str) -> Value {
        let mut entry = queue(id, &["s3:ObjectCreated:*"]);
        entry["filter"] = json!({ "key": { "filterRules": [{ "name": "prefix", "value": prefix }] } });
        entry
    }

    /// A Bucket with so many entries.
    pub(super) fn many(count: usize) -> World {
        queues(&(0..count).map(|index| under(&format!("q{index}"), &format!("{index:05}/"))).collect::<Vec<_>>())
    }

    pub(crate) fn all() -> Vec<Case> {
        let named = |id: &str| queues(&[under(id, "a/")]);
        let twins = |id: &str| {
            let topic = json!({ "id": id, "topicARN": "arn:aws:sns:eu-west-1:123456789012:tell", "events": ["s3:ObjectRemoved:*"] });
            notifying(&json!({ "queueConfigurations": [under("a", "a/")], "topicConfigurations": [topic] }))
        };
        let anonymous = queues(&[json!({ "queueARN": QUEUE, "events": ["s3:ObjectCreated:*"] })]);
        let replicating = |status: &str| {
            let destination = json!({ "bucket": "arn:aws:s3:::other", "metrics": { "status": status } });
            let replication = json!({ "role": "arn:aws:iam::123456789012:role/r", "rules": [{ "id": "r", "status": "Enabled", "priority": 1,
                "filter": {}, "deleteMarkerReplication": { "status": "Disabled" }, "destination": destination }] });
            let world = queues(&[queue("a", &["s3:ObjectCreated:*", "s3:Replication:*"])]).section("replication", &replication.to_string());
            world.section("versioning", r#"{"status":"Enabled"}"#)
        };
        let informed = |mut world: World| {
            world.settings.enabled_rules = vec!["notification-dest-unchecked".to_owned()];
            world
        };
        let mut all = vec![
            case("notification-count", many(MOST + 1), many(MOST)),
            case("notification-id-duplicate", twins("a"), twins("A")),
            case("notification-id-length", named(&"i".repeat(LONGEST_ID + 1)), named(&"i".repeat(LONGEST_ID))),
            case("notification-id-missing", anonymous, named("a")),
            case("notification-replication-metrics", replicating("Disabled"), replicating("Enabled")),
            case("notification-dest-unchecked", informed(named("a")), named("a")),
        ];
        all.extend([event::cases::all(), filter::cases::all(), overlap::cases::all(), destination::cases::all()].into_iter().flatten());
        all
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::cases::{many, notifying, queue, queues, under};
    use super::*;
    use crate::admission::testing::World;

    #[test]
    fn event_bridge_alone_and_nothing_at_all_pass() {
        for section in
            [json!({}), json!({ "eventBridgeConfiguration": {} }), json!({ "topicConfigurations": [], "queueConfigurations": null })]
        {
            assert_eq!(notifying(&section).rules(), [""; 0], "{section}");
        }
    }

    #[test]
    fn a_bare_entry_lacks_destination_events_and_id() {
        for entry in [json!({}), json!({ "id": "", "queueARN": "", "events": [] })] {
            let verdict = queues(&[entry]).verdict();
            let found: Vec<_> = verdict.findings.iter().map(|finding| (&*finding.rule, finding.field.as_str())).collect();
            let at = "spec.notification.queueConfigurations[0]";
            let events = format!("{at}.events");
            let arn = format!("{at}.queueARN");
            let id = format!("{at}.id");
            let expected =
                [("notification-events-required", &*events), ("notification-arn-parse", &*arn), ("notification-id-missing", &*id)];
            assert_eq!(found, expected);
        }
    }

    #[test]
    fn an_id_that_stands_there_again_is_named_where_it_does() {
        let verdict = queues(&[under("a", "a/"), under("b", "b/"), under("a", "c/")]).verdict();
        let found: Vec<_> = verdict.findings.iter().map(|finding| finding.field.as_str()).collect();
        assert_eq!(found, ["spec.notification.queueConfigurations[2].id"]);
    }

    #[test]
    fn far_too_many_entries_are_one_mistake() {
        assert_eq!(many(5000).rules(), ["notification-count"]);
        let mixed = many(MOST).spec(|spec| {
            let section = spec.notification.get_or_insert_with(Notification::default);
            section.topic_configurations = Some(vec![super::super::TopicConfiguration::default()]);
        });
        assert_eq!(mixed.rules(), ["notification-count"]);
    }

    #[test]
    fn events_of_replication_need_a_rule_that_sends_them() {
        let world = |destination: &str| {
            let replication = format!(r#"{{"rules":[{{}},{{"destination":{destination}}}]}}"#);
            queues(&[queue("a", &["s3:Replication:OperationNotTracked"])]).section("replication", &replication)
        };
        let speaks = |world: World| world.rules().contains(&"notification-replication-metrics");
        assert!(speaks(queues(&[queue("a", &["s3:Replication:*"])])), "no replication at all");
        assert!(speaks(world("{}")) && speaks(world(r#"{"metrics":{}}"#)));
        assert!(!speaks(world(r#"{"replicationTime":{"status":"Enabled"}}"#)) && !speaks(world(r#"{"metrics":{"status":"Enabled"}}"#)));
        assert_eq!(queues(&[queue("a", &["s3:Replication:All"])]).rules(), ["notification-event-enum"]);
    }
}
