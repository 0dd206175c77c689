//! Whether a bucket's policy lets a service of AWS write objects. Conditions are taken to be met by what S3 itself sends.

use serde_json::Value;

use super::policy;
use super::policy_statement::{each, strings};
use crate::s3::glob;
use crate::s3::world::Bucket;

/// Whether the service may put objects below the prefix: some statement allows it and none denies it.
pub(super) fn lets_put(bucket: &Bucket, service: &str, prefix: &str) -> bool {
    let Some(document) = bucket.doc(policy::QUERY) else { return false };
    let policy: Value = serde_json::from_str(document.text()).unwrap_or_default();
    let object = format!("{}/{prefix}x", bucket.arn());
    let statements = policy.get("Statement").map_or(&[] as &[Value], each);
    let effect = |wanted: &str| {
        statements.iter().any(|statement| {
            let named = |member: &str| statement.get(member).map(strings).unwrap_or_default();
            statement.get("Effect").is_some_and(|effect| effect == wanted)
                && statement.get("Principal").is_some_and(|principal| is_about(principal, service))
                && named("Action").iter().any(|action| glob::matches(&action.to_ascii_lowercase(), "s3:putobject"))
                && named("Resource").iter().any(|resource| glob::matches(resource, &object))
                && (wanted == "Allow" || statement.get("Condition").is_none())
        })
    };
    effect("Allow") && !effect("Deny")
}

fn is_about(principal: &Value, service: &str) -> bool {
    principal == "*" || principal.get("Service").is_some_and(|services| strings(services).contains(&service))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::s3::world::Doc;

    const SERVICE: &str = "logging.s3.amazonaws.com";

    fn lets(statements: &Value) -> bool {
        let mut bucket = Bucket::new("logs", &"111111111111".into(), "eu-west-1");
        bucket.store(policy::QUERY, None, Some(Doc::json(json!({ "Statement": statements }).to_string())));
        lets_put(&bucket, SERVICE, "a/")
    }

    #[test]
    fn some_statement_has_to_allow_it_and_none_may_deny_it() {
        let allow = json!({ "Effect": "Allow", "Principal": { "Service": SERVICE }, "Action": "s3:PutObject", "Resource": "arn:aws:s3:::logs/*",
            "Condition": { "StringEquals": { "aws:SourceAccount": "111111111111" } } });
        assert!(lets(&allow));
        assert!(lets(&json!([allow, { "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::logs/*",
            "Condition": { "Bool": { "aws:SecureTransport": "false" } } }])));
        for (member, value) in [
            ("Principal", json!({ "AWS": "*" })),
            ("Action", json!("s3:GetObject")),
            ("Resource", json!("arn:aws:s3:::logs/b/*")),
            ("Effect", json!("Deny")),
        ] {
            let mut other = allow.clone();
            other[member] = value;
            assert!(!lets(&other), "{other}");
        }
        assert!(!lets(&json!([allow, { "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::logs/*" }])));
        assert!(!lets_put(&Bucket::new("logs", &"111111111111".into(), "eu-west-1"), SERVICE, ""));
    }
}
