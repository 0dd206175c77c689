//! One statement of a bucket policy: its members, who it speaks of, which actions and which resources.
//! Source: IAM User Guide, "IAM JSON policy elements"; error texts as S3 gives them.

use serde_json::Value;

use super::policy::malformed;
use super::policy_scope::Scope;
use crate::s3::error::S3Error;
use crate::s3::world::{Bucket, partition};

const MEMBERS: [&str; 9] = ["Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"];
/// Condition operators, without `IfExists` and without a set operator before them.
const OPERATORS: &[&str] = &[
    "StringEquals",
    "StringNotEquals",
    "StringEqualsIgnoreCase",
    "StringNotEqualsIgnoreCase",
    "StringLike",
    "StringNotLike",
    "NumericEquals",
    "NumericNotEquals",
    "NumericLessThan",
    "NumericLessThanEquals",
    "NumericGreaterThan",
    "NumericGreaterThanEquals",
    "DateEquals",
    "DateNotEquals",
    "DateLessThan",
    "DateLessThanEquals",
    "DateGreaterThan",
    "DateGreaterThanEquals",
    "Bool",
    "BinaryEquals",
    "IpAddress",
    "NotIpAddress",
    "ArnEquals",
    "ArnLike",
    "ArnNotEquals",
    "ArnNotLike",
    "Null",
];

/// Checks one statement of the policy of a bucket.
pub(super) fn check(statement: &Value, bucket: &Bucket) -> Result<(), S3Error> {
    let members = statement.as_object().ok_or_else(|| malformed("Invalid policy syntax."))?;
    if let Some(unknown) = members.keys().find(|name| !MEMBERS.contains(&name.as_str())) {
        return Err(malformed(format!("Unknown field {unknown}")));
    }
    let effect = match statement.get("Effect").and_then(Value::as_str) {
        None => return Err(malformed("Missing required field Effect")),
        Some(effect) if effect == "Allow" || effect == "Deny" => effect,
        Some(effect) => return Err(malformed(format!("Invalid effect: {effect}"))),
    };
    let principal = one_of(statement, "Principal", "NotPrincipal")?;
    if !is_principal(principal) || (effect == "Allow" && statement.get("NotPrincipal").is_some()) {
        return Err(malformed("Invalid principal in policy"));
    }
    let scope = Scope::of(bucket);
    let actions = strings(one_of(statement, "Action", "NotAction")?);
    if actions.is_empty() || !actions.iter().all(|action| scope.knows(action)) {
        return Err(malformed("Policy has invalid action"));
    }
    let resources = strings(one_of(statement, "Resource", "NotResource")?);
    if resources.is_empty() || !resources.iter().all(|resource| scope.holds(resource)) {
        return Err(malformed("Policy has invalid resource"));
    }
    let plain = statement.get("Action").is_some() && statement.get("Resource").is_some();
    if plain && !actions.iter().all(|action| scope.acts_on(action, &resources)) {
        return Err(malformed("Action does not apply to any resource(s) in statement"));
    }
    conditions(statement)
}

/// Writes an account that stands as 12 digits as the ARN of its root, as S3 gives it back. Whether there was one.
pub(super) fn spell_out_accounts(policy: &mut Value, region: &str) -> bool {
    let Some(statement) = policy.get_mut("Statement") else { return false };
    let statements: Vec<&mut Value> =
        if statement.is_array() { statement.as_array_mut().into_iter().flatten().collect() } else { vec![statement] };
    let principals = statements.into_iter().filter_map(Value::as_object_mut).flat_map(|members| members.values_mut());
    let mut changed = false;
    for value in principals.filter_map(|principal| principal.get_mut("AWS")) {
        let accounts = if value.is_array() { value.as_array_mut().into_iter().flatten().collect() } else { vec![value] };
        for account in accounts {
            if let Some(digits) = account.as_str().filter(|text| is_account(text)) {
                *account = Value::String(format!("arn:{}:iam::{digits}:root", partition(region)));
                changed = true;
            }
        }
    }
    changed
}

/// The strings of a value that is one or a list.
pub(super) fn strings(value: &Value) -> Vec<&str> {
    each(value).iter().filter_map(Value::as_str).collect()
}

/// The values of a value that is one or a list.
pub(super) fn each(value: &Value) -> &[Value] {
    value.as_array().map_or_else(|| std::slice::from_ref(value), Vec::as_slice)
}

fn one_of<'a>(statement: &'a Value, name: &str, opposite: &str) -> Result<&'a Value, S3Error> {
    match (statement.get(name), statement.get(opposite)) {
        (Some(value), None) | (None, Some(value)) => Ok(value),
        (None, None) => Err(malformed(format!("Missing required field {name}"))),
        (Some(_), Some(_)) => Err(malformed(format!("Both {name} and {opposite} are given"))),
    }
}

fn is_principal(principal: &Value) -> bool {
    let fits = |(kind, value): (&String, &Value)| {
        let values = strings(value);
        let right = |text: &&str| match kind.as_str() {
            "AWS" => is_aws_principal(text),
            "Service" => text.contains(".amazonaws.com"),
            "Federated" => !text.is_empty(),
            "CanonicalUser" => text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit()),
            _ => false,
        };
        !values.is_empty() && values.iter().all(right)
    };
    principal.as_object().map_or(principal == "*", |kinds| !kinds.is_empty() && kinds.iter().all(fits))
}

fn is_aws_principal(text: &str) -> bool {
    let is_identity = |name: &str| {
        let named =
            ["user/", "role/", "assumed-role/", "federated-user/"].iter().any(|kind| name.len() > kind.len() && name.starts_with(kind));
        (name == "root" || named) && !name.contains(['*', '?'])
    };
    match text.splitn(6, ':').collect::<Vec<_>>()[..] {
        ["arn", partition, "iam" | "sts", "", account, name] => partition.starts_with("aws") && is_account(account) && is_identity(name),
        _ => text == "*" || is_account(text),
    }
}

fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn conditions(statement: &Value) -> Result<(), S3Error> {
    let Some(condition) = statement.get("Condition") else { return Ok(()) };
    let operators = condition.as_object().ok_or_else(|| malformed("Invalid policy syntax."))?;
    let bare = |name: &str| {
        let name = name.strip_prefix("ForAllValues:").or_else(|| name.strip_prefix("ForAnyValue:")).unwrap_or(name).to_owned();
        name.strip_suffix("IfExists").map_or_else(|| name.clone(), str::to_owned)
    };
    match operators.keys().find(|name| !OPERATORS.contains(&bare(name).as_str())) {
        Some(unknown) => Err(malformed(format!("Invalid Condition type : {unknown}"))),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn refused(change: &Value) -> Option<String> {
        let mut statement = json!({ "Effect": "Allow", "Principal": { "AWS": "arn:aws:iam::111111111111:root" },
            "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*" });
        for (name, value) in change.as_object().unwrap() {
            if value.is_null() {
                statement.as_object_mut().unwrap().remove(name);
            } else {
                statement[name] = value.clone();
            }
        }
        let bucket = Bucket::new("b", &"111111111111".into(), "eu-west-1");
        check(&statement, &bucket).err().map(|error| error.message)
    }

    #[test]
    fn usual_statements_are_taken() {
        for fine in [
            json!({}),
            json!({ "Principal": "*", "Action": ["s3:Get*", "S3:PUTOBJECT"] }),
            json!({ "Action": "s3:*", "Resource": ["arn:aws:s3:::b", "arn:aws:s3:::b/*"] }),
            json!({ "Principal": { "AWS": ["111111111111", "arn:aws:iam::111111111111:role/path/x"], "Service": "logging.s3.amazonaws.com" } }),
            json!({ "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::b*",
                    "Condition": { "ForAnyValue:StringLikeIfExists": { "aws:x": "y" }, "Bool": { "aws:SecureTransport": "false" } } }),
        ] {
            assert_eq!(refused(&fine), None, "{fine}");
        }
    }

    #[test]
    fn wrong_statements_are_refused_in_the_words_of_s3() {
        for (change, text) in [
            (json!({ "Effect": null }), "Missing required field Effect"),
            (json!({ "Effect": "allow" }), "Invalid effect: allow"),
            (json!({ "Principal": null }), "Missing required field Principal"),
            (json!({ "Principal": { "AWS": "arn:aws:iam::999:role/none" } }), "Invalid principal in policy"),
            (json!({ "Principal": { "AWS": "arn:aws:iam::111111111111:role/*" } }), "Invalid principal in policy"),
            (json!({ "Principal": { "AWS": "AROAEXAMPLE" } }), "Invalid principal in policy"),
            (json!({ "Action": null }), "Missing required field Action"),
            (json!({ "Action": "s3:ListObjects" }), "Policy has invalid action"),
            (json!({ "Action": "ec2:*" }), "Policy has invalid action"),
            (json!({ "Resource": null }), "Missing required field Resource"),
            (json!({ "Resource": "*" }), "Policy has invalid resource"),
            (json!({ "Resource": "arn:aws:s3:::other/*" }), "Policy has invalid resource"),
            (json!({ "Resource": "arn:aws-cn:s3:::b/*" }), "Policy has invalid resource"),
            (json!({ "Resource": "arn:aws:s3:::b" }), "Action does not apply to any resource(s) in statement"),
            (json!({ "Action": "s3:ListBucket" }), "Action does not apply to any resource(s) in statement"),
            (json!({ "Condition": { "stringequals": {} } }), "Invalid Condition type : stringequals"),
            (json!({ "statement": 1 }), "Unknown field statement"),
        ] {
            assert_eq!(refused(&change).as_deref(), Some(text), "{change}");
        }
    }

    #[test]
    fn accounts_come_back_as_arns() {
        let mut policy = json!({ "Statement": { "Principal": { "AWS": ["111111111111", "*"] } } });
        assert!(spell_out_accounts(&mut policy, "eu-west-1"));
        assert_eq!(policy["Statement"]["Principal"]["AWS"], json!(["arn:aws:iam::111111111111:root", "*"]));
        assert!(!spell_out_accounts(&mut policy, "eu-west-1"));
    }
}
