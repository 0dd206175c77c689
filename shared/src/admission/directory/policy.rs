//! The policy of a directory bucket speaks of S3 Express: actions `s3express:*` on `arn:...:s3express:...:bucket/<name>`.
//! Source: S3 User Guide, "Bucket policies for directory buckets". What is wrong with a policy of any bucket is not said here.

use serde_json::Value;

use crate::admission::finding::{Findings, Path, Reason};
use crate::admission::{Facts, quote};
use crate::arn::Arn;
use crate::{BucketSpec, role};

pub(super) fn findings(spec: &BucketSpec, facts: &Facts<'_>, root: &Path<'_>, to: &mut Findings) {
    let Some(Ok(document)) = spec.policy.as_ref().map(|policy| serde_json::from_str::<Value>(&policy.0)) else { return };
    let at = root.member("policy");
    let statements = items(document.get("Statement"));
    for action in statements.iter().flat_map(|statement| texts(statement, ["Action", "NotAction"])) {
        directory_policy_action(action, &at, to);
    }
    for resource in statements.iter().flat_map(|statement| texts(statement, ["Resource", "NotResource"])) {
        directory_policy_resource(resource, spec, facts, &at, to);
    }
}

/// `*` is every action, of S3 Express too.
fn directory_policy_action(action: &str, at: &Path<'_>, to: &mut Findings) {
    let service = action.split_once(':').map_or(action, |(service, _)| service);
    if !service.eq_ignore_ascii_case("s3express") && action != "*" {
        let message =
            format!("{} is no action on a directory bucket; use s3express actions, such as s3express:CreateSession", quote(action));
        to.deny("directory-policy-action", Reason::Invalid, at, message);
    }
}

fn directory_policy_resource(resource: &str, spec: &BucketSpec, facts: &Facts<'_>, at: &Path<'_>, to: &mut Findings) {
    let says = |part: &str, known: Option<&str>| known.is_none_or(|known| part == known || part.contains(['*', '?', '$']));
    let fits = |arn: &Arn<'_>| {
        let place = says(arn.partition, facts.partition) && says(arn.region, facts.region);
        let account = says(arn.account, facts.account.filter(|account| role::is_account(account)));
        arn.service == "s3express" && place && account && says(arn.resource, Some(&format!("bucket/{}", spec.name)))
    };
    if !Arn::parse(resource).as_ref().is_some_and(fits) {
        let (partition, region) = (facts.partition.unwrap_or("aws"), facts.region.unwrap_or("<region>"));
        let message =
            format!("{} is not this bucket; use arn:{partition}:s3express:{region}:<account>:bucket/<spec.name>", quote(resource));
        to.deny("directory-policy-resource", Reason::Invalid, at, message);
    }
}

/// A list, or the one value that stands for a list of one.
fn items(value: Option<&Value>) -> &[Value] {
    match value {
        Some(Value::Array(items)) => items,
        Some(one) => std::slice::from_ref(one),
        None => &[],
    }
}

fn texts<'a>(statement: &'a Value, members: [&'a str; 2]) -> impl Iterator<Item = &'a str> {
    members.into_iter().flat_map(|member| items(statement.get(member))).filter_map(Value::as_str)
}

#[cfg(test)]
pub(super) mod cases {
    use serde_json::json;

    use crate::admission::directory::cases::{NAME, directory};
    use crate::admission::testing::{Case, World, case};
    use crate::subconfig::Policy;

    fn policy(action: &str, resource: &str) -> World {
        let statement = json!({ "Effect": "Allow", "Principal": { "AWS": "123456789012" }, "Action": [action], "Resource": resource });
        let policy = json!({ "Version": "2012-10-17", "Statement": [statement] });
        directory().spec(|spec| spec.policy = Some(Policy(policy.to_string())))
    }

    pub(in crate::admission) fn all() -> Vec<Case> {
        let own = format!("arn:aws:s3express:eu-west-1:123456789012:bucket/{NAME}");
        vec![
            case("directory-policy-action", policy("s3:GetObject", &own), policy("s3express:CreateSession", &own)),
            case(
                "directory-policy-resource",
                policy("s3express:CreateSession", &format!("arn:aws:s3:::{NAME}")),
                policy("s3express:CreateSession", &own),
            ),
        ]
    }

    #[test]
    fn wildcards_pass_and_other_buckets_do_not() {
        let rules = |resource: &str| policy("s3express:*", resource).rules();
        assert_eq!(rules(&format!("arn:aws:s3express:*:*:bucket/{NAME}")), [""; 0]);
        for other in [
            "*",
            "arn:aws:s3express:eu-west-1:123456789012:bucket/other--euw1-az1--x-s3",
            "arn:aws:s3express:us-east-1:123456789012:bucket/logs--euw1-az1--x-s3",
        ] {
            assert_eq!(rules(other), ["directory-policy-resource"], "{other}");
        }
    }

    #[test]
    fn a_single_statement_is_looked_at_and_what_is_no_policy_is_not() {
        let world = |text: &str| directory().spec(|spec| spec.policy = Some(Policy(text.to_owned())));
        let rules = |text: &str| world(text).rules().into_iter().filter(|rule| rule.starts_with("directory-")).collect::<Vec<_>>();
        assert_eq!(rules(r#"{"Statement":{"Action":"s3:Get*"}}"#), ["directory-policy-action"]);
        for other in ["", "{", "[]", r#"{"Statement":[1,null,{"Action":3}]}"#] {
            assert_eq!(rules(other), [""; 0], "{other}");
        }
    }
}
