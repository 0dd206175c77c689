//! One spelling of all policies that mean the same.
//! Source: IAM User Guide, "Grammar of the IAM JSON policy language" and "AWS JSON policy elements: Principal".

use serde_json::{Map, Value};

use crate::arn::Arn;

/// The policy with its statements and lists sorted, single values as lists, and one spelling of principals, actions and condition
/// values. Members that are not known stay as they are. `None` where the text is no JSON object.
pub(super) fn canonical(text: &str) -> Option<Value> {
    let Ok(Value::Object(mut document)) = serde_json::from_str(text) else { return None };
    if let Some(statements) = document.remove("Statement") {
        let mut statements: Vec<Value> = listed(statements).into_iter().map(statement).collect();
        statements.iter_mut().for_each(Value::sort_all_objects);
        statements.sort_by_cached_key(Value::to_string);
        document.insert("Statement".to_owned(), Value::Array(statements));
    }
    let mut document = Value::Object(document);
    document.sort_all_objects();
    Some(document)
}

fn statement(value: Value) -> Value {
    let Value::Object(members) = value else { return value };
    let known = members.into_iter().filter_map(|(name, value)| {
        let value = match name.as_str() {
            "Action" | "NotAction" => set(value, |action| action.to_ascii_lowercase()),
            "Resource" | "NotResource" => set(value, |resource| resource),
            "Principal" | "NotPrincipal" => principal(value),
            "Condition" => return conditions(value).map(|value| (name, value)),
            "Sid" if value == "" => return None,
            _ => value,
        };
        Some((name, value))
    });
    Value::Object(known.collect())
}

/// `"*"` and `{"AWS": "*"}` are everybody; an account goes by its id or by the ARN of its root.
fn principal(value: Value) -> Value {
    let value = if value == "*" { Value::Object(Map::from_iter([("AWS".to_owned(), value)])) } else { value };
    let Value::Object(kinds) = value else { return value };
    let kind = |(kind, values): (String, Value)| {
        let values = if kind == "AWS" { set(values, account) } else { set(values, |name| name) };
        (kind, values)
    };
    Value::Object(kinds.into_iter().map(kind).collect())
}

fn account(principal: String) -> String {
    match Arn::parse(&principal) {
        Some(Arn { service: "iam", region: "", account, resource: "root", .. }) => account.to_owned(),
        _ => principal,
    }
}

/// Operator, key, values. Conditions without an operator say nothing.
fn conditions(value: Value) -> Option<Value> {
    let Value::Object(operators) = value else { return Some(value) };
    let keys = |keys: Value| {
        let Value::Object(keys) = keys else { return keys };
        Value::Object(keys.into_iter().map(|(key, values)| (key, set(values, |value| value))).collect())
    };
    (!operators.is_empty()).then(|| Value::Object(operators.into_iter().map(|(operator, value)| (operator, keys(value))).collect()))
}

/// A list of texts in which neither the order nor a repetition counts; booleans and numbers are texts too.
fn set(values: Value, spell: impl Fn(String) -> String) -> Value {
    let text = |value: Value| match value {
        Value::String(text) => Value::String(spell(text)),
        Value::Bool(_) | Value::Number(_) => Value::String(spell(value.to_string())),
        other @ (Value::Null | Value::Array(_) | Value::Object(_)) => other,
    };
    let mut values: Vec<Value> = listed(values).into_iter().map(text).collect();
    values.sort_by_cached_key(Value::to_string);
    values.dedup();
    Value::Array(values)
}

fn listed(value: Value) -> Vec<Value> {
    let Value::Array(items) = value else { return vec![value] };
    items
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn of(value: &Value) -> Value {
        canonical(&value.to_string()).unwrap()
    }

    #[test]
    fn everything_that_means_the_same_is_spelled_the_same() {
        let short = json!({"Version": "2012-10-17", "Statement": {
            "Sid": "", "Effect": "Allow", "Principal": "*", "Action": "s3:getObject", "Resource": ["b", "a", "a"],
            "Condition": {"Bool": {"aws:SecureTransport": true}, "NumericLessThan": {"s3:max-keys": 10}}
        }});
        let long = json!({"Statement": [{
            "Effect": "Allow", "Principal": {"AWS": ["*"]}, "Action": ["S3:GetObject"], "Resource": ["a", "b"],
            "Condition": {"NumericLessThan": {"s3:max-keys": ["10"]}, "Bool": {"aws:SecureTransport": "true"}}
        }], "Version": "2012-10-17"});
        assert_eq!(of(&short), of(&long));
    }

    #[test]
    fn an_account_is_its_root() {
        let by = |principal: Value| of(&json!({"Statement": {"Principal": {"AWS": principal}}}));
        assert_eq!(by(json!("123456789012")), by(json!("arn:aws-cn:iam::123456789012:root")));
        assert_eq!(by(json!(123_456_789_012_i64)), by(json!(["arn:aws:iam::123456789012:root"])));
        assert_ne!(by(json!("123456789012")), by(json!("arn:aws:iam::123456789012:role/root")));
    }

    #[test]
    fn what_is_not_known_is_kept() {
        let odd = json!({"Id": "x", "New": [2, 1], "Statement": ["text", {"Effect": "Deny", "Extra": {"b": [1, "1"]}}]});
        assert_eq!(of(&odd), odd);
        assert_eq!(canonical("[]"), None);
        assert_eq!(canonical("{"), None);
    }
}
