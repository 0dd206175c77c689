//! Rules about resources, and about actions that none of them can be the object of.

use super::action::Kinds;
use super::wildcard::{fits, is_pattern};
use super::{Judge, Statement, each};
use crate::admission::{Path, Reason, quote};
use crate::arn::Arn;
use crate::policy_document::Value;

/// What of the bucket a resource covers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Reach {
    pub(super) bucket: bool,
    pub(super) objects: bool,
}

impl Reach {
    /// What the last part of an ARN, a pattern maybe, covers of the bucket of this name. A variable may be anything.
    fn of(resource: &str, name: &str) -> Self {
        let (before, is_open) = resource.split_once("${").map_or((resource, false), |(before, _)| (before, true));
        if is_open {
            let pattern = format!("{before}*");
            return Self { bucket: fits(&pattern, name), objects: covers_objects(&pattern, name) };
        }
        Self { bucket: fits(resource, name), objects: covers_objects(resource, name) }
    }

    fn is_nothing(self) -> bool {
        self == Self::default()
    }
}

/// Whether the pattern can be `<name>/<key>`, whatever the key. A `*` can take in all that is left.
fn covers_objects(pattern: &str, name: &str) -> bool {
    let mut pattern = pattern.bytes();
    for wanted in name.bytes().chain(*b"/") {
        match pattern.next() {
            Some(b'*') => return true,
            Some(b) if b == b'?' || b == wanted => {}
            Some(_) | None => return false,
        }
    }
    true
}

/// What a resource covers of the bucket; `None` where it is not this bucket's, or no resource at all.
pub(super) fn reach(resource: &str, name: &str) -> Option<Reach> {
    let arn = Arn::parse(resource)?;
    let empty = |part: &str| part.is_empty() || part == "*";
    let is_s3 = (arn.service == "s3" || is_pattern(arn.service)) && empty(arn.region) && empty(arn.account);
    Some(Reach::of(arn.resource, name)).filter(|reach| is_s3 && !reach.is_nothing())
}

/// A directory bucket's resources are judged where such buckets are.
pub(super) fn findings(statement: &Statement<'_>, at: &Path<'_>, judge: &mut Judge<'_>) {
    policy_resource_required(statement, at, judge);
    let Some(resources) = statement.get("Resource").filter(|_| !judge.is_directory && !judge.name().is_empty()) else { return };
    let mut covered = Some(Reach::default());
    each(resources, &at.member("Resource"), |resource, at| {
        let Some(resource) = resource.text() else { return covered = None };
        match resource_findings(resource, at, judge) {
            Some(reach) => {
                covered = covered.map(|covered| Reach { bucket: covered.bucket | reach.bucket, objects: covered.objects | reach.objects });
            }
            None => covered = None,
        }
    });
    if let Some(covered) = covered.filter(|covered| !covered.is_nothing()) {
        policy_action_resource_mismatch(statement, covered, at, judge);
    }
}

fn policy_resource_required(statement: &Statement<'_>, at: &Path<'_>, judge: &mut Judge<'_>) {
    let name = if statement.get("Resource").is_none() && statement.get("NotResource").is_some() { "NotResource" } else { "Resource" };
    let at = at.member(name);
    let mut speak = |at: &Path<'_>| {
        let message = || format!("{name} names no resource; write the ARN of the bucket, or that with /* for its objects");
        judge.deny("policy-resource-required", Reason::Required, at, message);
    };
    match statement.get(name) {
        None => speak(&at),
        Some(value) if value.items().is_empty() => speak(&at),
        Some(value) => each(value, &at, |item, at| {
            if item.text().is_none() {
                speak(at);
            }
        }),
    }
}

/// Two rules: another bucket, or the right one in another partition.
fn resource_findings(resource: &str, at: &Path<'_>, judge: &mut Judge<'_>) -> Option<Reach> {
    let name = judge.name();
    let known = judge.facts.partition;
    let partition = known.unwrap_or("aws");
    let Some(reach) = reach(resource, name) else {
        let message = format!("{} is not this bucket; use arn:{partition}:s3:::{} or that with /* behind it", quote(resource), short(name));
        judge.deny("policy-resource-bucket", Reason::Invalid, at, || message);
        return None;
    };
    let theirs = Arn::parse(resource).map_or("", |arn| arn.partition);
    if known.is_some_and(|known| known != theirs) && !is_pattern(theirs) && !theirs.contains("${") {
        let region = judge.facts.region.unwrap_or_default();
        let message = || format!("partition {} is not that of {region}; write arn:{partition}:s3:::...", quote(theirs));
        judge.deny("policy-resource-partition", Reason::Invalid, at, message);
        return None;
    }
    Some(reach)
}

/// The name, where a message has room for it and it can be one.
fn short(name: &str) -> &str {
    let is_plain = name.len() <= 63 && name.bytes().all(|b| b.is_ascii_alphanumeric() || b".-_".contains(&b));
    if is_plain { name } else { "<spec.name>" }
}

/// Every single action has to have something that it can be done to.
fn policy_action_resource_mismatch(statement: &Statement<'_>, covered: Reach, at: &Path<'_>, judge: &mut Judge<'_>) {
    let Some(actions) = statement.get("Action") else { return };
    if covered.bucket && covered.objects {
        return;
    }
    each(actions, &at.member("Action"), |action, at| {
        let Some(action) = action.text() else { return };
        let kinds = judge.kinds(action);
        let fits = kinds.other || (kinds.bucket && covered.bucket) || (kinds.object && covered.objects);
        if !fits && kinds != Kinds::default() {
            let (on, missing) = if kinds.object { ("objects", "/*") } else { ("the bucket", "") };
            let (partition, name) = (judge.facts.partition.unwrap_or("aws"), short(judge.name()));
            let message = format!("{} acts on {on}; add Resource arn:{partition}:s3:::{name}{missing}", quote(action));
            judge.deny("policy-action-resource-mismatch", Reason::Invalid, at, || message);
        }
    });
}

/// Whether a statement is about the bucket itself.
pub(super) fn covers_bucket(statement: &Statement<'_>, judge: &Judge<'_>) -> bool {
    let texts = statement.get("Resource").map(Value::items).unwrap_or_default().iter().filter_map(Value::text);
    judge.is_directory || texts.into_iter().any(|resource| reach(resource, judge.name()).is_some_and(|reach| reach.bucket))
}

#[cfg(test)]
pub(super) mod cases {
    use serde_json::{Value, json};

    use super::super::cases::{BUCKET, OBJECTS, with};
    use crate::admission::testing::{Case, World, case};

    pub(super) fn on(resource: &Value) -> World {
        with(&json!({ "Resource": resource }))
    }

    pub(in super::super) fn all() -> Vec<Case> {
        let chinese = |partition: &str| {
            let world = on(&json!(OBJECTS)).region("cn-north-1");
            let text = world.bucket.spec.as_ref().unwrap().policy.as_ref().unwrap().0.clone();
            let (first, rest) = text.split_once("OnlyTls").unwrap();
            let rest = rest.replace("arn:aws:s3", "arn:aws-cn:s3");
            let text = format!("{}OnlyTls{rest}", first.replace("arn:aws:s3", &format!("arn:{partition}:s3")));
            world.spec(|spec| spec.policy.as_mut().unwrap().0 = text.replace("arn:aws:iam", "arn:aws-cn:iam"))
        };
        let act = |action: &str, resource: Value| with(&json!({ "Action": action, "Resource": resource }));
        vec![
            case("policy-resource-required", on(&json!(null)), on(&json!(OBJECTS))),
            case("policy-resource-bucket", on(&json!("arn:aws:s3:::other/*")), on(&json!("arn:aws:s3:::team-a-*/*"))),
            case("policy-resource-partition", chinese("aws"), chinese("aws-cn")),
            case("policy-action-resource-mismatch", act("s3:GetObject", json!(BUCKET)), act("s3:ListBucket", json!(BUCKET))),
        ]
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::cases::{BUCKET, OBJECTS, with};
    use super::cases::on;

    #[test]
    fn all_that_can_be_an_object_of_the_bucket_passes() {
        for good in [
            OBJECTS,
            "arn:aws:s3:::team-a-logs/",
            "arn:aws:s3:::team-a-logs/a/*/b?",
            "arn:aws:s3:::team-a-logs/${aws:username}/*",
            "arn:aws:s3:::team-a-logs*",
            "arn:aws:s3:::team-?-logs/x",
            "arn:aws:s3:::*/x",
            "arn:aws:s3:::*",
            "arn:aws:s3:::${aws:PrincipalTag/bucket}/*",
            "arn:*:s3:::team-a-logs/*",
            "arn:aws:s3:*:*:team-a-logs/*",
        ] {
            assert_eq!(on(&json!([good])).rules(), [""; 0], "{good}");
        }
    }

    #[test]
    fn what_cannot_be_of_the_bucket_is_refused_by_name() {
        for bad in [
            "*",
            "",
            "team-a-logs",
            "team-a-logs/*",
            "arn:aws:s3:::",
            "arn:aws:s3:::Team-a-logs/*",
            "arn:aws:s3:::team-a-log/*",
            "arn:aws:s3:::team-a-logs2/*",
            "arn:aws:s3:::other*",
            "arn:aws:s3:eu-west-1:123456789012:accesspoint/x/object/*",
            "arn:aws:s3express:eu-west-1:123456789012:bucket/team-a-logs",
            "arn:aws:iam::123456789012:role/x",
        ] {
            let verdict = on(&json!([OBJECTS, bad])).verdict();
            assert_eq!(verdict.rules(), ["policy-resource-bucket"], "{bad}");
            assert_eq!(verdict.findings[0].field, "spec.policy.Statement[0].Resource[1]");
        }
        assert_eq!(on(&json!("arn:amazon:s3:::team-a-logs/*")).rules(), ["policy-resource-partition"]);
    }

    #[test]
    fn no_resource_in_every_spelling() {
        for none in [json!([]), json!([1]), json!({}), json!([OBJECTS, null])] {
            assert_eq!(on(&none).rules(), ["policy-resource-required"], "{none}");
            assert_eq!(with(&json!({ "Resource": null, "NotResource": none })).rules(), ["policy-resource-required"], "{none}");
        }
        assert_eq!(with(&json!({ "Resource": null, "NotResource": "arn:aws:s3:::team-a-logs/x" })).rules(), [""; 0]);
    }

    const MISMATCH: [&str; 1] = ["policy-action-resource-mismatch"];

    #[test]
    fn each_action_needs_a_resource_of_its_kind() {
        let rules =
            |actions: serde_json::Value, resources: serde_json::Value| with(&json!({ "Action": actions, "Resource": resources })).rules();
        assert_eq!(rules(json!(["s3:GetObject", "s3:ListBucket"]), json!(OBJECTS)), MISMATCH);
        assert_eq!(rules(json!(["s3:GetObject", "s3:ListBucket"]), json!([BUCKET, OBJECTS])), [""; 0]);
        assert_eq!(rules(json!("s3:ListBucket"), json!("arn:aws:s3:::team-a-logs*")), [""; 0]);
        assert_eq!(rules(json!("s3:Get*"), json!(BUCKET)), [""; 0], "some of them act on the bucket");
        assert_eq!(rules(json!("s3:PutObject*"), json!(BUCKET)), MISMATCH);
        assert_eq!(rules(json!("s3:ListAllMyBuckets"), json!(BUCKET)), [""; 0], "nobody knows");
        assert_eq!(rules(json!("s3:ListObjects"), json!(BUCKET)), ["policy-action-unknown"], "one word is enough");
        assert_eq!(rules(json!("s3:GetObject"), json!("arn:aws:s3:::other")), ["policy-resource-bucket"]);
    }

    #[test]
    fn stores_that_are_not_aws_have_no_partition() {
        assert_eq!(on(&json!(OBJECTS)).region("garage").rules().iter().filter(|rule| rule.starts_with("policy-")).count(), 0);
    }
}
