//! A change that AWS Config recorded of a bucket. It names no principal, and not every section. Pure.
//! Source: AWS Config Developer Guide, "Monitoring AWS Config with Amazon EventBridge"; "Example configuration item change notifications".

use jiff::Timestamp;
use serde::Deserialize;

use super::message::{Actor, Change, Message, Source};

const EVENT: &str = "ConfigurationItemChange";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Detail {
    configuration_item: Option<Item>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Item {
    resource_type: Option<String>,
    resource_name: Option<String>,
    resource_id: Option<String>,
    aws_account_id: Option<String>,
    aws_region: Option<String>,
    configuration_item_capture_time: Option<String>,
}

/// What the item says. `id` is the id that EventBridge gave the event.
pub(super) fn read(id: Option<String>, detail: &str) -> Message {
    let unreadable = Message::Unreadable(Source::Config);
    let Ok(Detail { configuration_item: Some(item) }) = serde_json::from_str(detail) else { return unreadable };
    match item.resource_type.as_deref() {
        None => return unreadable,
        Some("AWS::S3::Bucket") => {}
        Some(_) => return Message::Ignored(Source::Config),
    }
    let name = item.resource_name.or(item.resource_id).filter(|name| (1..=255).contains(&name.len()));
    let at = item.configuration_item_capture_time.and_then(|time| time.parse::<Timestamp>().ok());
    let (Some(bucket), Some(at)) = (name, at) else { return unreadable };
    Message::Changed(Box::new(Change {
        source: Source::Config,
        id,
        bucket,
        account: item.aws_account_id,
        region: item.aws_region,
        config: None,
        event: EVENT.to_owned(),
        actor: Actor::default(),
        at,
    }))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn item(kind: &str) -> Value {
        json!({
            "recordVersion": "1.3", "messageType": "ConfigurationItemChangeNotification",
            "configurationItemDiff": { "changeType": "UPDATE", "changedProperties": {} },
            "notificationCreationTime": "2026-11-23T10:00:09.000Z",
            "configurationItem": {
                "resourceType": kind, "resourceName": "logs", "resourceId": "logs", "awsAccountId": "111122223333",
                "awsRegion": "eu-central-1", "configurationItemStatus": "OK", "configurationItemCaptureTime": "2026-11-23T10:00:07.123Z",
                "relationships": [], "configuration": { "name": "logs" }, "supplementaryConfiguration": {}, "ARN": "arn:aws:s3:::logs"
            }
        })
    }

    #[test]
    fn a_change_names_the_bucket_and_nobody() {
        let Message::Changed(said) = read(Some("e".to_owned()), &item("AWS::S3::Bucket").to_string()) else { panic!() };
        assert_eq!((said.bucket.as_str(), said.config, &said.actor), ("logs", None, &Actor::default()));
        assert_eq!((said.account.as_deref(), said.region.as_deref()), (Some("111122223333"), Some("eu-central-1")));
        assert_eq!((said.at.to_string().as_str(), said.id.as_deref()), ("2026-11-23T10:00:07.123Z", Some("e")));
    }

    #[test]
    fn other_resources_are_ignored_and_what_lacks_its_parts_cannot_be_read() {
        assert_eq!(read(None, &item("AWS::EC2::Instance").to_string()), Message::Ignored(Source::Config));
        let mut lacking = item("AWS::S3::Bucket");
        lacking["configurationItem"]["configurationItemCaptureTime"] = json!("soon");
        for detail in ["{}", "null", "[]", &lacking.to_string()] {
            assert_eq!(read(None, detail), Message::Unreadable(Source::Config), "{detail}");
        }
    }
}
