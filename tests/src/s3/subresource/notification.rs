//! Event notifications. S3 API: GetBucketNotificationConfiguration, PutBucketNotificationConfiguration.

use super::{Calls, Put, SubResource, lifecycle, notification_overlap, notification_targets};
use crate::s3::error::S3Error;
use crate::s3::operation::Operation;
use crate::s3::shape::{Kind, Shape, Times};
use crate::s3::world::{Bucket, Doc};
use crate::s3::xml::Element;

pub(super) struct Notification;

static CALLS: Calls = Calls {
    query: "notification",
    get: Some(Operation::read("GetBucketNotificationConfiguration", "s3:GetBucketNotification")),
    put: Some(Operation::write("PutBucketNotificationConfiguration", "s3:PutBucketNotification")),
    delete: None,
    list: None,
};
const ROOT: &str = "NotificationConfiguration";
const EVENT_BRIDGE: &str = "EventBridgeConfiguration";
static RULE: Shape = Shape(&[("Name", Times::One, Kind::Text), ("Value", Times::One, Kind::Text)]);
static KEY: Shape = Shape(&[("FilterRule", Times::Any, Kind::Node(&RULE))]);
static FILTER: Shape = Shape(&[("S3Key", Times::Maybe, Kind::Node(&KEY))]);
static TOPIC: Shape = Shape(&[
    ("Id", Times::Maybe, Kind::Text),
    ("Topic", Times::One, Kind::Text),
    ("Event", Times::Some, Kind::Text),
    ("Filter", Times::Maybe, Kind::Node(&FILTER)),
]);
static QUEUE: Shape = Shape(&[
    ("Id", Times::Maybe, Kind::Text),
    ("Queue", Times::One, Kind::Text),
    ("Event", Times::Some, Kind::Text),
    ("Filter", Times::Maybe, Kind::Node(&FILTER)),
]);
static FUNCTION: Shape = Shape(&[
    ("Id", Times::Maybe, Kind::Text),
    ("CloudFunction", Times::One, Kind::Text),
    ("Event", Times::Some, Kind::Text),
    ("Filter", Times::Maybe, Kind::Node(&FILTER)),
]);
static NOTHING: Shape = Shape(&[]);
static SHAPE: Shape = Shape(&[
    ("TopicConfiguration", Times::Any, Kind::Node(&TOPIC)),
    ("QueueConfiguration", Times::Any, Kind::Node(&QUEUE)),
    ("CloudFunctionConfiguration", Times::Any, Kind::Node(&FUNCTION)),
    (EVENT_BRIDGE, Times::Maybe, Kind::Node(&NOTHING)),
]);

impl SubResource for Notification {
    fn calls(&self) -> &'static Calls {
        &CALLS
    }

    fn missing(&self, _bucket: &Bucket) -> Result<Doc, S3Error> {
        Ok(Doc::xml(&Element::new(ROOT)))
    }

    fn accept(&self, put: &Put<'_>) -> Result<Option<Doc>, S3Error> {
        let mut root = put.xml(ROOT, &SHAPE)?;
        let configurations: Vec<_> = root.children.iter().filter(|target| target.name != EVENT_BRIDGE).collect();
        notification_targets::check(&configurations, put)?;
        notification_overlap::check(&configurations)?;
        root.children.iter_mut().filter(|target| target.name != EVENT_BRIDGE).for_each(canonicalise);
        Ok((!root.children.is_empty()).then(|| Doc::xml(&root)))
    }
}

/// A configuration without an id gets one, and the names of filter rules come back with a capital.
fn canonicalise(target: &mut Element) {
    if !target.has("Id") {
        let id = Element { name: "Id".to_owned(), text: lifecycle::random_id(), ..Element::default() };
        target.children.insert(0, id);
    }
    let keys = target.children.iter_mut().filter(|child| child.name == "Filter").flat_map(|filter| &mut filter.children);
    for name in keys.flat_map(|key| &mut key.children).flat_map(|rule| &mut rule.children).filter(|child| child.name == "Name") {
        match name.text.to_ascii_lowercase().as_str() {
            "prefix" => "Prefix".clone_into(&mut name.text),
            "suffix" => "Suffix".clone_into(&mut name.text),
            _ => {}
        }
    }
}
