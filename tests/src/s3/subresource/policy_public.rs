//! Whether a bucket policy is public. Source: S3 User Guide, "The meaning of 'public'".

use serde_json::Value;

use super::policy_statement::{each, strings};

/// Condition keys that narrow a policy when their value is fixed.
const NARROWING: &[&str] = &[
    "aws:principalorgid",
    "aws:principalarn",
    "aws:principalaccount",
    "aws:sourceaccount",
    "aws:sourcearn",
    "aws:sourceowner",
    "aws:sourceip",
    "aws:sourcevpc",
    "aws:sourcevpce",
    "aws:userid",
    "s3:dataaccesspointaccount",
    "s3:dataaccesspointarn",
    "s3:x-amz-server-side-encryption-aws-kms-key-id",
];
/// Operators that say what a value is; one that says what it is not narrows nothing.
const POSITIVE: &[&str] = &["StringEquals", "StringLike", "StringEqualsIgnoreCase", "ArnEquals", "ArnLike", "IpAddress"];
/// An address range that is wider is the public.
const WIDEST: u8 = 8;

/// Whether a statement lets anybody in.
pub(super) fn is_public(policy: &Value) -> bool {
    policy.get("Statement").map_or(&[] as &[Value], each).iter().any(|statement| {
        let allows = statement.get("Effect").is_some_and(|effect| effect == "Allow");
        allows && statement.get("Principal").is_some_and(is_anybody) && !statement.get("Condition").is_some_and(narrows)
    })
}

fn is_anybody(principal: &Value) -> bool {
    principal == "*" || principal.get("AWS").is_some_and(|value| strings(value).contains(&"*"))
}

fn narrows(condition: &Value) -> bool {
    let operators = condition.as_object().into_iter().flatten();
    let positive = operators.into_iter().filter(|(name, _)| POSITIVE.contains(&name.as_str()));
    let mut keys = positive.filter_map(|(_, keys)| keys.as_object()).flatten();
    keys.any(|(key, value)| {
        let key = key.to_ascii_lowercase();
        let values = strings(value);
        NARROWING.contains(&key.as_str()) && !values.is_empty() && values.iter().all(|value| is_fixed(&key, value))
    })
}

fn is_fixed(key: &str, value: &str) -> bool {
    if key == "aws:sourceip" {
        return value.split_once('/').is_none_or(|(_, bits)| bits.parse::<u8>().is_ok_and(|bits| bits >= WIDEST));
    }
    // The account of an ARN has to be fixed, its last part may be a pattern.
    if let Some(arn) = value.strip_prefix("arn:") {
        return arn.split(':').nth(3).is_some_and(|account| !account.is_empty() && !account.contains(['*', '?']));
    }
    !value.is_empty() && !value.contains(['*', '?']) && !value.contains("${")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn public(statement: &Value) -> bool {
        is_public(&json!({ "Statement": [statement] }))
    }

    #[test]
    fn anybody_without_a_fixed_condition_is_public() {
        assert!(public(&json!({ "Effect": "Allow", "Principal": "*" })));
        assert!(public(&json!({ "Effect": "Allow", "Principal": { "AWS": ["arn:aws:iam::111111111111:root", "*"] } })));
        for condition in [
            json!({ "StringEquals": { "aws:Referer": "x" } }),
            json!({ "StringLike": { "aws:PrincipalOrgID": "o-*" } }),
            json!({ "IpAddress": { "aws:SourceIp": "0.0.0.0/1" } }),
            json!({ "StringNotEquals": { "aws:PrincipalOrgID": "o-1" } }),
        ] {
            assert!(public(&json!({ "Effect": "Allow", "Principal": "*", "Condition": condition })), "{condition}");
        }
    }

    #[test]
    fn denials_named_principals_and_fixed_conditions_are_not() {
        assert!(!public(&json!({ "Effect": "Deny", "Principal": "*" })));
        assert!(!public(&json!({ "Effect": "Allow", "Principal": { "AWS": "arn:aws:iam::111111111111:root" } })));
        for condition in [
            json!({ "StringEquals": { "aws:PrincipalOrgID": "o-1" } }),
            json!({ "ArnLike": { "AWS:SourceArn": "arn:aws:cloudfront::111111111111:distribution/*" } }),
            json!({ "IpAddress": { "aws:SourceIp": ["10.0.0.0/8", "192.0.2.1"] } }),
        ] {
            assert!(!public(&json!({ "Effect": "Allow", "Principal": "*", "Condition": condition })), "{condition}");
        }
    }
}
