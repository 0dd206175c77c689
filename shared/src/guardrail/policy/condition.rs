//! Conditions, as far as they say who asks.

use crate::policy_document::{Member, Value};
use crate::subconfig::policy::is_narrowing;

/// The operators that a request without the key does not pass.
const POSITIVE: &[&str] = &["stringequals", "stringequalsignorecase", "stringlike", "arnequals", "arnlike", "ipaddress"];

/// Whether the conditions let in only callers that are named by fixed values.
pub(super) fn tells_who(conditions: &[Member<'_>]) -> bool {
    tests(conditions).any(|(operator, key, value)| POSITIVE.contains(&operator.as_str()) && is_narrowing(&key, value))
}

/// The accounts that the conditions let in, where they name some.
pub(super) fn accounts<'c>(conditions: &'c [Member<'_>]) -> Option<Vec<&'c str>> {
    let named = tests(conditions).find(|(operator, key, _)| {
        operator.starts_with("stringequals")
            && POSITIVE.contains(&operator.as_str())
            && matches!(key.as_str(), "aws:principalaccount" | "aws:sourceaccount")
    });
    named.map(|(_, _, value)| value.items().iter().filter_map(Value::text).collect())
}

/// Operator and key in lower case, and the values.
pub(super) fn tests<'c>(conditions: &'c [Member<'_>]) -> impl Iterator<Item = (String, String, &'c Value<'c>)> {
    conditions.iter().flat_map(|operator| {
        let members = if let Value::Object(members) = &operator.value { members.as_slice() } else { &[] };
        members.iter().map(|test| (operator.name.to_ascii_lowercase(), test.name.to_ascii_lowercase(), &test.value))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy_document::parse;

    fn tells(condition: &str) -> bool {
        tells_who(&parse(condition).unwrap().members)
    }

    #[test]
    fn only_fixed_values_tell_who_asks() {
        for yes in [
            r#"{"StringEquals":{"aws:PrincipalOrgID":"o-1"}}"#,
            r#"{"IpAddress":{"aws:SourceIp":["10.0.0.0/8","192.168.0.1"]}}"#,
            r#"{"StringLike":{"aws:userid":"AROAX:*"}}"#,
            r#"{"StringEquals":{"AWS:SourceVpce":"vpce-1"}}"#,
        ] {
            assert!(tells(yes), "{yes}");
        }
        for no in [
            "{}",
            r#"{"StringLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/x"}}"#,
            r#"{"StringEqualsIfExists":{"aws:PrincipalOrgID":"o-1"}}"#,
            r#"{"StringNotEquals":{"aws:PrincipalOrgID":"o-1"}}"#,
            r#"{"IpAddress":{"aws:SourceIp":"0.0.0.0/1"}}"#,
            r#"{"StringEquals":{"s3:prefix":"a"}}"#,
            r#"{"StringEquals":{"aws:SourceVpc":[]}}"#,
            r#"{"StringEquals":"x"}"#,
        ] {
            assert!(!tells(no), "{no}");
        }
    }
}
