//! No event of an object may fit two entries. Source: S3 User Guide, "Configuring event notifications using object key name filtering",
//! with its examples of what is not valid.

use super::event::Events;
use super::filter::Keys;
use super::{Entry, Notification, entries};
use crate::admission::{Findings, Path, Reason};

/// Every entry is held against all before it; there are at most a hundred. One word about the first that it overlaps is enough.
pub(super) fn findings(section: &Notification, at: &Path<'_>, to: &mut Findings) {
    let mut earlier: Vec<(Entry<'_>, Events, Keys<'_>)> = Vec::new();
    for entry in entries(section) {
        let Some(keys) = Keys::of(entry.filter) else { continue };
        let events = Events::of(entry.events);
        let twin = earlier.iter().find_map(|(other, others, other_keys)| {
            let event = events.first_common(*others)?;
            keys.overlap(other_keys).then_some((other, event, keys.is_all() && other_keys.is_all()))
        });
        if let Some((other, event, unfiltered)) = twin {
            let list = at.member(entry.list.field());
            notification_overlap(other, event, unfiltered, &list.index(entry.index), to);
        }
        earlier.push((entry, events, keys));
    }
}

fn notification_overlap(other: &Entry<'_>, event: &str, unfiltered: bool, at: &Path<'_>, to: &mut Findings) {
    let advice = if unfiltered { "give both filters that share no key" } else { "make their prefixes or their suffixes disjoint" };
    let message = format!("overlaps with {} for {event}, which S3 refuses; {advice}, or use EventBridge", other.name());
    to.deny("notification-overlap", Reason::Duplicate, at, message);
}

#[cfg(test)]
pub(super) mod cases {
    use serde_json::{Value, json};

    use crate::admission::testing::{Case, World, case};
    use crate::subconfig::notification::findings::cases::{queue, queues};

    pub(super) fn entry(id: &str, event: &str, prefix: &str, suffix: &str) -> Value {
        let mut entry = queue(id, &[event]);
        let rules: Vec<Value> = [("prefix", prefix), ("suffix", suffix)]
            .into_iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| json!({ "name": name, "value": value }))
            .collect();
        if !rules.is_empty() {
            entry["filter"] = json!({ "key": { "filterRules": rules } });
        }
        entry
    }

    pub(super) fn pair(one: (&str, &str, &str), other: (&str, &str, &str)) -> World {
        queues(&[entry("a", one.0, one.1, one.2), entry("b", other.0, other.1, other.2)])
    }

    pub(in crate::subconfig::notification::findings) fn all() -> Vec<Case> {
        let (any, put) = ("s3:ObjectCreated:*", "s3:ObjectCreated:Put");
        vec![
            case("notification-overlap", pair((put, "", "jpg"), (put, "", "pg")), pair((put, "", "jpg"), (put, "", "png"))),
            case("notification-overlap", pair((any, "", ""), (put, "", "")), pair((any, "", ""), ("s3:ObjectRemoved:*", "", ""))),
        ]
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::cases::{entry, pair};
    use crate::admission::testing::World;
    use crate::subconfig::notification::findings::cases::{notifying, queues};

    const ANY: &str = "s3:ObjectCreated:*";
    const PUT: &str = "s3:ObjectCreated:Put";

    fn overlaps(world: &World) -> bool {
        let rules = world.rules();
        assert!(rules.is_empty() || rules == ["notification-overlap"], "{rules:?}");
        !rules.is_empty()
    }

    #[test]
    fn prefix_suffix_and_event_have_to_meet() {
        for (one, other) in [
            ((ANY, "im", ""), (PUT, "images/", "")),
            ((ANY, "images/", ""), (PUT, "", ".jpg")),
            ((PUT, "images/", ".jpg"), (PUT, "images/", ".jpg")),
            ((PUT, "a%2Fb", ""), (PUT, "a/", "")),
            ((PUT, "my+dir/", ""), (PUT, "my%20dir/", "")),
            ((PUT, "日本/", ""), (PUT, "%E6%97%A5", "")),
        ] {
            assert!(overlaps(&pair(one, other)), "{one:?} {other:?}");
            assert!(overlaps(&pair(other, one)), "{other:?} {one:?}");
        }
        for (one, other) in [
            ((ANY, "images/", ""), (ANY, "logs/", "")),
            ((ANY, "images/", ".jpg"), (ANY, "images/", ".png")),
            ((ANY, "Images/", ""), (ANY, "images/", "")),
            ((PUT, "images/", ""), ("s3:ObjectCreated:Post", "images/", "")),
            (("s3:ObjectRemoved:Delete", "", ""), ("s3:LifecycleExpiration:Delete", "", "")),
        ] {
            assert!(!overlaps(&pair(one, other)), "{one:?} {other:?}");
        }
    }

    #[test]
    fn destinations_of_any_kind_overlap_and_the_later_one_is_named() {
        let function = json!({ "id": "f", "lambdaFunctionARN": "arn:aws:lambda:eu-west-1:123456789012:function:f", "events": [PUT] });
        let topic = json!({ "id": "t", "topicARN": "arn:aws:sns:eu-west-1:123456789012:t", "events": [ANY] });
        let section = json!({ "topicConfigurations": [topic], "lambdaFunctionConfigurations": [function] });
        let verdict = notifying(&section).verdict();
        assert_eq!(verdict.findings.len(), 1);
        assert_eq!(verdict.findings[0].field, "spec.notification.topicConfigurations[0]");
        assert!(verdict.findings[0].message.starts_with(r#"overlaps with "f" for s3:ObjectCreated:Put"#), "{:?}", verdict.findings);
    }

    #[test]
    fn of_entries_that_cannot_be_read_other_rules_speak() {
        let mut bad = entry("a", PUT, "x", "");
        bad["filter"]["key"]["filterRules"][0]["name"] = json!("contains");
        assert_eq!(queues(&[bad, entry("b", PUT, "", "")]).rules(), ["notification-filter-name"]);
        assert_eq!(queues(&[entry("a", "s3:Put", "", ""), entry("b", "s3:Put", "", "")]).rules(), ["notification-event-enum"]);
    }

    #[test]
    fn an_entry_without_id_is_named_by_its_place() {
        let mut bare = entry("a", PUT, "", "");
        bare["id"] = json!(null);
        let verdict = queues(&[bare, entry("b", PUT, "", "")]).verdict();
        assert!(verdict.findings[0].message.contains("queueConfigurations[0]"), "{:?}", verdict.findings);
    }
}
