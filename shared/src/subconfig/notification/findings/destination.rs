//! The ARN of an entry's destination. Source: S3 API reference, `TopicConfiguration` and its siblings; the patterns are those that S3
//! names in its answers.

use super::List;
use crate::admission::{Facts, Findings, Path, Reason, quote};
use crate::arn::Arn;
use crate::role;

impl List {
    fn arn(self) -> &'static str {
        match self {
            Self::Functions => "lambdaFunctionARN",
            Self::Queues => "queueARN",
            Self::Topics => "topicARN",
        }
    }

    fn service(self) -> &'static str {
        match self {
            Self::Functions => "lambda",
            Self::Queues => "sqs",
            Self::Topics => "sns",
        }
    }

    fn resource(self) -> &'static str {
        match self {
            Self::Functions => "function:<name>",
            Self::Queues => "<queue>",
            Self::Topics => "<topic>",
        }
    }

    /// Whether it is a resource of the service. What S3 says of the name of a function's version is not known well enough.
    fn fits(self, resource: &str) -> bool {
        let is = |text: &str, most: usize, more: &[u8]| {
            (1..=most).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b) || more.contains(&b))
        };
        let standard = resource.strip_suffix(FIFO).unwrap_or(resource);
        match self {
            Self::Topics => is(standard, 256, b""),
            Self::Queues => is(standard, 80, b""),
            Self::Functions => resource.strip_prefix("function:").is_some_and(|function| {
                let (name, version) = function.split_once(':').unwrap_or((function, "1"));
                is(name, usize::MAX, b"") && is(version, usize::MAX, b"$.")
            }),
        }
    }

    /// An ARN of this kind, for a message.
    fn like(self, facts: &Facts<'_>) -> String {
        let (partition, region) = (facts.partition.unwrap_or("aws"), facts.region.unwrap_or("<region>"));
        format!("arn:{partition}:{}:{region}:<account>:{}", self.service(), self.resource())
    }
}

const FIFO: &str = ".fifo";

pub(super) fn findings(list: List, text: &str, at: &Path<'_>, facts: &Facts<'_>, to: &mut Findings) {
    let at = at.member(list.arn());
    let Some(arn) = Arn::parse(text) else {
        return notification_arn_parse(list, text, &at, facts, to);
    };
    notification_arn_service(list, &arn, text, &at, facts, to);
    if arn.service == list.service() {
        notification_arn_fifo(list, &arn, &at, to);
        notification_arn_region(&arn, &at, facts, to);
        notification_lambda_latest(list, &arn, &at, to);
    }
}

fn notification_arn_parse(list: List, text: &str, at: &Path<'_>, facts: &Facts<'_>, to: &mut Findings) {
    let like = list.like(facts);
    if text.is_empty() {
        let message = format!("there is no {}; use {like}", list.arn());
        to.deny("notification-arn-parse", Reason::Required, at, message);
    } else {
        to.deny("notification-arn-parse", Reason::Invalid, at, format!("{} is not an ARN; use {like}", quote(text)));
    }
}

/// Of the service, and where it is one of this bucket's partition, of its shape. Other S3 stores have shapes of their own.
fn notification_arn_service(list: List, arn: &Arn<'_>, text: &str, at: &Path<'_>, facts: &Facts<'_>, to: &mut Findings) {
    let is_whole = || !arn.region.is_empty() && role::is_account(arn.account) && list.fits(arn.resource);
    let message = if arn.service != list.service() {
        let other = List::ALL.into_iter().find(|other| other.service() == arn.service).map(List::field);
        let other = other.or_else(|| (arn.service == "events").then_some("eventBridgeConfiguration"));
        let advice = other.map_or_else(|| format!("use {}", list.like(facts)), |other| format!("move it to {other}"));
        format!("{} takes an ARN of {}, not of {}; {advice}", list.arn(), list.service(), quote(arn.service))
    } else if facts.partition == Some(arn.partition) && !is_whole() {
        format!("{} is not built as S3 wants it; use {}", quote(text), list.like(facts))
    } else {
        return;
    };
    to.deny("notification-arn-service", Reason::Invalid, at, message);
}

fn notification_arn_fifo(list: List, arn: &Arn<'_>, at: &Path<'_>, to: &mut Findings) {
    if list != List::Functions && arn.resource.ends_with(FIFO) {
        let message = format!("{} is FIFO, to which S3 sends no events; use a standard one, or EventBridge", quote(arn.resource));
        to.deny("notification-arn-fifo", Reason::NotSupported, at, message);
    }
}

/// An ARN of another partition is named by the rule for all ARNs.
fn notification_arn_region(arn: &Arn<'_>, at: &Path<'_>, facts: &Facts<'_>, to: &mut Findings) {
    let Some(region) = facts.region.filter(|_| facts.partition == Some(arn.partition) && !arn.region.is_empty()) else { return };
    if arn.region != region {
        let message = format!("the destination is in {}, the bucket in {region}; use one in {region}", quote(arn.region));
        to.deny("notification-arn-region", Reason::Invalid, at, message);
    }
}

fn notification_lambda_latest(list: List, arn: &Arn<'_>, at: &Path<'_>, to: &mut Findings) {
    if list == List::Functions && arn.resource.ends_with(":$LATEST") {
        let message = "with $LATEST the permission of the function itself does not count; use its ARN without it, or an alias";
        to.warn("notification-lambda-latest", Reason::Invalid, at, message);
    }
}

#[cfg(test)]
pub(super) mod cases {
    use serde_json::{Value, json};

    use crate::admission::testing::{Case, World, case};
    use crate::subconfig::notification::findings::cases::notifying;

    fn entry(arn_member: &str, arn: &str) -> Value {
        json!([{ "id": "a", arn_member: arn, "events": ["s3:ObjectCreated:*"] }])
    }

    pub(super) fn topic(arn: &str) -> World {
        notifying(&json!({ "topicConfigurations": entry("topicARN", arn) }))
    }

    pub(super) fn queue(arn: &str) -> World {
        notifying(&json!({ "queueConfigurations": entry("queueARN", arn) }))
    }

    pub(super) fn function(arn: &str) -> World {
        notifying(&json!({ "lambdaFunctionConfigurations": entry("lambdaFunctionARN", arn) }))
    }

    pub(in crate::subconfig::notification::findings) fn all() -> Vec<Case> {
        let sns = |region: &str, name: &str| topic(&format!("arn:aws:sns:{region}:123456789012:{name}"));
        let sqs = |name: &str| format!("arn:aws:sqs:eu-west-1:123456789012:{name}");
        let fun = |name: &str| function(&format!("arn:aws:lambda:eu-west-1:123456789012:function:{name}"));
        let here = "eu-west-1";
        vec![
            case("notification-arn-parse", topic("my-topic"), sns(here, "my-topic")),
            case("notification-arn-service", topic(&sqs("q")), queue(&sqs("q"))),
            case("notification-arn-fifo", queue(&sqs("q.fifo")), queue(&sqs("q"))),
            case("notification-arn-fifo", sns(here, "t.fifo"), sns(here, "t-fifo")),
            case("notification-arn-region", sns("us-west-2", "t"), sns(here, "t")),
            case("notification-lambda-latest", fun("fn:$LATEST"), fun("fn:live")),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::cases::{function, queue, topic};
    use crate::admission::testing::World;

    const HERE: &str = "eu-west-1:123456789012";

    #[test]
    fn what_is_built_otherwise_is_refused() {
        let service = ["notification-arn-service"];
        for resource in ["", "a b", "t:0e1f", "t.x", "ü", &"t".repeat(257)] {
            assert_eq!(topic(&format!("arn:aws:sns:{HERE}:{resource}")).rules(), service, "{resource}");
        }
        assert_eq!(queue(&format!("arn:aws:sqs:{HERE}:{}", "q".repeat(81))).rules(), service);
        for resource in ["fn", "layer:fn", "function:", "function:fn:", "function:fn:1:2", "function:f.n"] {
            assert_eq!(function(&format!("arn:aws:lambda:{HERE}:{resource}")).rules(), service, "{resource}");
        }
        for place in ["eu-west-1:", "eu-west-1:1234", ":123456789012"] {
            assert_eq!(queue(&format!("arn:aws:sqs:{place}:q")).rules(), service, "{place}");
        }
    }

    #[test]
    fn all_that_s3_takes_passes() {
        for name in ["a", "a-b_C", &"t".repeat(256)] {
            assert_eq!(topic(&format!("arn:aws:sns:{HERE}:{name}")).rules(), [""; 0], "{name}");
        }
        for name in ["fn", "fn:1", "fn:live_2-a", "fn:$LATEST.PUBLISHED"] {
            assert_eq!(function(&format!("arn:aws:lambda:{HERE}:function:{name}")).rules(), [""; 0], "{name}");
        }
        let china = queue("arn:aws-cn:sqs:cn-north-1:123456789012:q").region("cn-north-1");
        assert_eq!(china.rules(), [""; 0]);
    }

    #[test]
    fn what_is_no_arn_is_told_what_one_looks_like() {
        for bad in ["https://sqs.eu-west-1.amazonaws.com/123456789012/q", "arn:aws:sqs:eu-west-1", "", " arn:aws:sqs:eu-west-1:1:q"] {
            let verdict = queue(bad).verdict();
            assert_eq!(verdict.rules(), ["notification-arn-parse"], "{bad}");
            assert!(verdict.findings[0].message.ends_with("use arn:aws:sqs:eu-west-1:<account>:<queue>"), "{:?}", verdict.findings);
        }
    }

    #[test]
    fn an_arn_of_another_service_goes_where_it_belongs() {
        let said = |world: World| world.verdict().findings[0].message.clone();
        assert!(said(topic(&format!("arn:aws:lambda:{HERE}:function:f"))).ends_with("move it to lambdaFunctionConfigurations"));
        assert!(said(queue(&format!("arn:aws:events:{HERE}:event-bus/default"))).ends_with("move it to eventBridgeConfiguration"));
        assert!(said(queue("arn:aws:s3:::logs")).contains("use arn:aws:sqs:eu-west-1:"));
    }

    #[test]
    fn another_partition_is_one_mistake_and_other_stores_have_arns_of_their_own() {
        assert_eq!(queue("arn:aws-cn:sqs:cn-north-1:123456789012:q").rules(), ["partition-mixed"]);
        let mut garage = queue("arn:minio:sqs::1:webhook").region("garage");
        garage.settings.default_region = Some("garage".to_owned());
        assert_eq!(garage.rules(), [""; 0]);
    }

    #[test]
    fn a_fifo_queue_elsewhere_is_two_mistakes() {
        let rules = queue("arn:aws:sqs:us-east-1:123456789012:q.fifo").rules();
        assert_eq!(rules, ["notification-arn-fifo", "notification-arn-region"]);
    }
}
