//! What the body of a message says: an event as EventBridge sends it, maybe in a notification of SNS. Pure; whatever the body is, there
//! is an answer.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::{cloudtrail, config};

/// The longest body that is read. Source: SQS Developer Guide, "Amazon SQS message quotas" (1 MiB).
const LONGEST: usize = 1 << 20;
/// The longest principal that is kept, in characters. Source: IAM User Guide, "IAM and AWS STS quotas": a role's session has at most
/// 64 + 64 of them beside its path.
const PRINCIPAL: usize = 256;

/// Who tells of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// CloudTrail.
    CloudTrail,
    /// AWS Config.
    Config,
    /// Nobody who is known here.
    Unknown,
}

impl Source {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::CloudTrail, Self::Config, Self::Unknown];

    /// The source as a metric label.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::CloudTrail => "cloudtrail",
            Self::Config => "config",
            Self::Unknown => "unknown",
        }
    }
}

/// What a body says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Message {
    /// Somebody changed a bucket.
    Changed(Box<Change>),
    /// Something else, or nothing: a read, a call that failed, an object.
    Ignored(Source),
    /// It is no event, or one that lacks what it has to have.
    Unreadable(Source),
}

/// That somebody changed a bucket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Who tells it.
    pub source: Source,
    /// The event's own id; the same for each copy of it.
    pub id: Option<String>,
    /// The bucket's name.
    pub bucket: String,
    /// The account of the bucket's owner, where the event tells it.
    pub account: Option<String>,
    /// The bucket's region, where the event tells it.
    pub region: Option<String>,
    /// What was changed, as in [`Hint`](crate::hint::Hint).
    pub config: Option<&'static str>,
    /// The event's name.
    pub event: String,
    /// Who did it.
    pub actor: Actor,
    /// When it was done.
    pub at: Timestamp,
}

/// Who made a call, as CloudTrail tells it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Actor {
    /// What names them best: an ARN, the name of a service, or an id.
    pub principal: Option<String>,
    /// Their ARN.
    pub arn: Option<String>,
    /// The role, where they are a session of one.
    pub role: Option<String>,
    /// The program that they used.
    pub user_agent: Option<String>,
}

/// What EventBridge puts around an event, or SNS around a notification. Source: EventBridge User Guide, "Events"; SNS Developer Guide,
/// "Parsing message formats".
#[derive(Deserialize)]
struct Envelope<'a> {
    id: Option<String>,
    source: Option<String>,
    #[serde(rename = "detail-type")]
    detail_type: Option<String>,
    #[serde(borrow)]
    detail: Option<&'a RawValue>,
    #[serde(rename = "Type")]
    kind: Option<String>,
    #[serde(rename = "Message")]
    message: Option<String>,
}

/// What the body says.
#[must_use]
pub fn parse(body: &str) -> Message {
    match envelope(body) {
        Some(Envelope { kind: Some(kind), message: Some(inner), .. }) if kind == "Notification" => {
            // What SNS sends is no notification of SNS again.
            envelope(&inner).map_or(Message::Unreadable(Source::Unknown), |inner| event(&inner))
        }
        Some(outer) => event(&outer),
        None => Message::Unreadable(Source::Unknown),
    }
}

fn envelope(body: &str) -> Option<Envelope<'_>> {
    if body.len() > LONGEST { None } else { serde_json::from_str(body).ok() }
}

fn event(envelope: &Envelope<'_>) -> Message {
    let (Some(source), Some(kind)) = (envelope.source.as_deref(), envelope.detail_type.as_deref()) else {
        return Message::Unreadable(Source::Unknown);
    };
    let read: fn(Option<String>, &str) -> Message = match (source, kind) {
        ("aws.s3" | "aws.s3express", "AWS API Call via CloudTrail") => cloudtrail::read,
        ("aws.config", "Config Configuration Item Change") => config::read,
        _ => return Message::Ignored(Source::Unknown),
    };
    read(envelope.id.clone(), envelope.detail.map_or("null", RawValue::get))
}

/// A name as people see it: of bounded length, and of one line.
pub(super) fn shown(text: &str) -> String {
    let line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(PRINCIPAL + 1).collect();
    crate::text::shortened(&line, PRINCIPAL)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    fn envelope(source: &str, kind: &str, detail: &Value) -> String {
        json!({ "version": "0", "id": "e", "source": source, "detail-type": kind, "account": "111122223333", "region": "eu-central-1",
            "time": "2026-11-23T10:00:00Z", "resources": [], "detail": detail })
        .to_string()
    }

    fn sample() -> String {
        let detail = json!({ "eventName": "PutBucketCors", "eventSource": "s3.amazonaws.com", "eventTime": "2026-11-23T10:00:00Z",
            "requestParameters": { "bucketName": "logs" } });
        envelope("aws.s3", "AWS API Call via CloudTrail", &detail)
    }

    #[test]
    fn an_event_is_read_with_and_without_sns_around_it() {
        let plain = parse(&sample());
        let Message::Changed(change) = &plain else { panic!("{plain:?}") };
        assert_eq!((change.bucket.as_str(), change.config, change.event.as_str()), ("logs", Some("cors"), "PutBucketCors"));
        let notified = json!({ "Type": "Notification", "MessageId": "m", "TopicArn": "arn:aws:sns:eu-central-1:111122223333:t",
            "Message": sample(), "Timestamp": "2026-11-23T10:00:01.000Z" });
        assert_eq!(parse(&notified.to_string()), plain);
        let twice = json!({ "Type": "Notification", "Message": notified.to_string() });
        assert_eq!(parse(&twice.to_string()), Message::Unreadable(Source::Unknown));
    }

    #[test]
    fn what_is_no_event_and_what_is_another_one_are_told_apart() {
        let deep = "[".repeat(100_000);
        let long = format!("{{\"source\": \"{}\"}}", "x".repeat(LONGEST));
        for garbage in ["", "null", "7", "[]", "{}", "hello", "{\"source\": 5}", "{\"source\": \"aws.s3\"}", &deep, &long] {
            assert_eq!(parse(garbage), Message::Unreadable(Source::Unknown), "{}", garbage.len());
        }
        for (source, kind) in [("aws.s3", "Object Created"), ("aws.ec2", "AWS API Call via CloudTrail"), ("aws.config", "Config Rules")] {
            assert_eq!(parse(&envelope(source, kind, &json!({}))), Message::Ignored(Source::Unknown), "{source} {kind}");
        }
        let lacking = envelope("aws.s3", "AWS API Call via CloudTrail", &json!(null));
        assert_eq!(parse(&lacking), Message::Unreadable(Source::CloudTrail));
    }

    #[test]
    fn a_principal_is_one_line_of_bounded_length() {
        assert_eq!(shown("a\nb\u{1b}[31m"), "a b [31m");
        assert_eq!(shown(&"ü".repeat(5000)).chars().count(), PRINCIPAL);
    }

    proptest! {
        #[test]
        fn nothing_makes_it_panic(at in 0_usize..400, with in ".{0,4}", drop in 0_usize..9) {
            let mut body: Vec<char> = sample().chars().collect();
            let at = at.min(body.len());
            let end = (at + drop).min(body.len());
            body.splice(at..end, with.chars());
            let _ = parse(&body.into_iter().collect::<String>());
        }

        #[test]
        fn any_text_has_an_answer(text in ".{0,200}") {
            let said = parse(&text);
            prop_assert!(!matches!(said, Message::Changed(_)), "{said:?}");
        }
    }
}
