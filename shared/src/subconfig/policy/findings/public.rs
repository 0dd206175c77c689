//! Whether everybody is let in. Source: S3 User Guide, "The meaning of 'public'" and "Blocking public access to your Amazon S3 storage".

use std::net::IpAddr;

use super::condition::{self, Test, range};
use super::wildcard::is_pattern;
use super::{Judge, Statement, access, principal};
use crate::admission::{Path, Reason, effective};
use crate::policy_document::Value;

/// Keys that make a statement less than public where their values are fixed. The first ones are those of the User Guide; the others
/// name somebody as well.
const NARROWING: &[&str] = &[
    "aws:PrincipalOrgID",
    "aws:SourceAccount",
    "aws:SourceArn",
    "aws:SourceIp",
    "aws:SourceOwner",
    "aws:SourceVpc",
    "aws:SourceVpce",
    "aws:userid",
    "s3:DataAccessPointAccount",
    "s3:DataAccessPointArn",
    "s3:x-amz-server-side-encryption-aws-kms-key-id",
    "aws:PrincipalAccount",
    "aws:PrincipalArn",
    "aws:PrincipalOrgPaths",
    "aws:SourceOrgID",
    "aws:SourceOrgPaths",
];
/// Operators that say what a value is; one that says what it is not narrows nothing.
const POSITIVE: &[&str] = &["ArnEquals", "ArnLike", "IpAddress", "StringEquals", "StringEqualsIgnoreCase", "StringLike"];

/// Refuses where nothing limits who comes in. With a condition S3 looks closer than this does, so that it only warns. A policy that was
/// there before the block stays.
pub(super) fn pab_public_policy(statement: &Statement<'_>, at: &Path<'_>, judge: &mut Judge<'_>) {
    if !statement.allows() || !principal::is_anybody(statement) || !effective::blocks_public_policy(judge.facts) {
        return;
    }
    let at = at.member("Principal");
    if access::is_unconditional(statement) && judge.facts.may_hold() {
        let message = || "the policy is for everybody and blockPublicPolicy is on, so that S3 takes no change of it".to_owned();
        judge.warn("pab-public-policy", Reason::Forbidden, &at, message);
    } else if access::is_unconditional(statement) {
        let message = || {
            "everybody is let in and blockPublicPolicy is on, so S3 refuses the policy; name who shall come in, or set it false".to_owned()
        };
        judge.deny("pab-public-policy", Reason::Forbidden, &at, message);
    } else if !condition::tests(statement).any(|test| narrows(&test)) {
        let message = || "blockPublicPolicy is on and S3 may take this for public; name who shall come in, or an aws:SourceArn".to_owned();
        judge.warn("pab-public-policy", Reason::Forbidden, &at, message);
    }
}

pub(super) fn narrows(test: &Test<'_>) -> bool {
    POSITIVE.contains(&test.operator) && is_narrowing(test.key, test.values)
}

/// Whether a condition on this key that is met tells who asks, as all values are fixed.
pub(crate) fn is_narrowing(key: &str, values: &Value<'_>) -> bool {
    let Some(key) = NARROWING.iter().find(|known| known.eq_ignore_ascii_case(key)) else { return false };
    let values = values.items();
    !values.is_empty() && values.iter().all(|value| value.text().is_some_and(|value| is_fixed(key, value)))
}

fn is_fixed(key: &str, value: &str) -> bool {
    if value.contains("${") {
        return false;
    }
    match key {
        "aws:SourceIp" => range(value).is_some_and(|(address, bits)| is_narrow(address, bits)),
        // The account counts; which access point, distribution or topic of it may be open.
        "s3:DataAccessPointArn" | "aws:SourceArn" | "aws:PrincipalArn" => {
            value.split(':').nth(4).is_some_and(|account| !account.is_empty() && !is_pattern(account)) || !is_pattern(value)
        }
        // The id of a role stands before the name of a session, which may be any.
        "aws:userid" => !is_pattern(value.split_once(':').map_or(value, |(id, _)| id)),
        "aws:PrincipalOrgPaths" | "aws:SourceOrgPaths" => value.starts_with("o-"),
        _ => !value.is_empty() && !is_pattern(value),
    }
}

/// A wider range is the public.
fn is_narrow(address: IpAddr, bits: u8) -> bool {
    bits >= if address.is_ipv4() { 8 } else { 32 }
}

#[cfg(test)]
pub(super) mod cases {
    use serde_json::{Value, json};

    use super::super::cases::with;
    use crate::admission::testing::{Case, World, case};

    pub(in super::super) fn open(changes: &Value) -> World {
        let mut statement = json!({ "Principal": "*" });
        statement.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        with(&statement)
    }

    pub(in super::super) fn all() -> Vec<Case> {
        let org = json!({ "Condition": { "StringEquals": { "aws:PrincipalOrgID": "o-1" } } });
        vec![case("pab-public-policy", open(&json!({})), open(&org))]
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::cases::open;
    use crate::admission::Severity;

    fn when(condition: &Value) -> Value {
        json!({ "Condition": condition })
    }

    /// What is said of a policy for everybody: nothing, that it may be public, or that it is.
    fn public(changes: &Value) -> Option<Severity> {
        let verdict = open(changes).verdict();
        assert!(verdict.findings.iter().all(|finding| finding.rule == "pab-public-policy"), "{:?}", verdict.findings);
        verdict.findings.first().map(|finding| finding.severity)
    }

    #[test]
    fn everybody_without_a_limit_is_public_and_with_a_weak_one_maybe() {
        for clear in [json!({}), when(&json!({})), when(&json!({ "Bool": {} })), json!({ "Principal": { "AWS": ["123456789012", "*"] } })] {
            assert_eq!(public(&clear), Some(Severity::Deny), "{clear}");
        }
        for weak in [
            json!({ "Bool": { "aws:SecureTransport": "true" } }),
            json!({ "StringEquals": { "aws:Referer": "x" } }),
            json!({ "StringNotEquals": { "aws:PrincipalOrgID": "o-1" } }),
            json!({ "StringLike": { "aws:PrincipalOrgID": "o-*" } }),
            json!({ "StringEquals": { "aws:PrincipalOrgID": "${aws:x}" } }),
            json!({ "StringEquals": { "aws:PrincipalOrgID": [] } }),
            json!({ "IpAddress": { "aws:SourceIp": ["192.0.2.0/24", "0.0.0.0/1"] } }),
            json!({ "IpAddress": { "aws:SourceIp": "2000::/3" } }),
            json!({ "ArnLike": { "aws:SourceArn": "arn:aws:sns:*:*:x" } }),
            json!({ "StringLike": { "aws:userid": "*:x" } }),
        ] {
            assert_eq!(public(&when(&weak)), Some(Severity::Warn), "{weak}");
        }
    }

    #[test]
    fn a_fixed_value_makes_it_less_than_public() {
        for narrow in [
            json!({ "StringEquals": { "AWS:principalorgid": ["o-1", "o-2"] } }),
            json!({ "IpAddress": { "aws:SourceIp": ["10.0.0.0/8", "192.0.2.1", "2001:db8::/32"] } }),
            json!({ "ArnLike": { "aws:SourceArn": "arn:aws:cloudfront::123456789012:distribution/*" } }),
            json!({ "StringEquals": { "aws:SourceArn": "arn:aws:s3:::another" } }),
            json!({ "StringLike": { "s3:DataAccessPointArn": "arn:aws:s3:eu-west-1:123456789012:accesspoint/*" } }),
            json!({ "StringLike": { "aws:userid": "AROAEXAMPLE:*" } }),
            json!({ "StringEquals": { "aws:SourceVpce": "vpce-1" }, "Bool": { "aws:SecureTransport": "true" } }),
        ] {
            assert_eq!(public(&when(&narrow)), None, "{narrow}");
        }
    }

    #[test]
    fn public_is_fine_where_nothing_blocks_it_or_nobody_knows() {
        let open_block = r#"{"blockPublicACLs":true,"blockPublicPolicy":false,"ignorePublicACLs":true,"restrictPublicBuckets":false}"#;
        assert_eq!(open(&json!({})).section("publicAccessBlock", open_block).rules(), [""; 0]);
        assert_eq!(open(&json!({})).existing().guard().rules(), [""; 0]);
        assert_eq!(open(&json!({ "Effect": "Deny", "Action": "s3:PutObject" })).rules(), [""; 0]);
    }
}
