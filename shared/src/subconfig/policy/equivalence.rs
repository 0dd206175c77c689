//! Properties of the comparison: rewriting a policy in another spelling never is a difference, changing any leaf always is one.

use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::{Map, Value, json};

use super::Policy;
use crate::subconfig::SubConfig;

fn normal(policy: &Value) -> Policy {
    Policy(policy.to_string()).normalise().unwrap()
}

proptest! {
    #[test]
    fn another_spelling_is_no_difference(policy in policy(), choices in prop::collection::vec(any::<u8>(), 64), pretty: bool) {
        let mut dice = Dice { choices, next: 0 };
        let rewritten = rewrite(policy.clone(), &mut dice);
        let text = if pretty { serde_json::to_string_pretty(&rewritten).unwrap() } else { rewritten.to_string() };
        prop_assert_eq!(normal(&policy), Policy(format!(" {text}\n")).normalise().unwrap());
    }

    #[test]
    fn another_leaf_is_a_difference(policy in policy(), leaf: Index) {
        let mut changed = policy.clone();
        let count = leaves(&mut changed).len();
        let leaf = leaves(&mut changed).swap_remove(leaf.index(count));
        *leaf = Value::String(format!("{}-changed", leaf.to_string().trim_matches('"')));
        prop_assert_ne!(normal(&policy), normal(&changed));
    }
}

/// Every text, number and boolean of the document.
fn leaves(value: &mut Value) -> Vec<&mut Value> {
    match value {
        Value::Array(items) => items.iter_mut().flat_map(leaves).collect(),
        Value::Object(members) => members.values_mut().flat_map(leaves).collect(),
        leaf @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_)) => vec![leaf],
    }
}

/// Choices for a rewriting, used up one after the other.
struct Dice {
    choices: Vec<u8>,
    next: usize,
}

impl Dice {
    fn roll(&mut self, sides: u8) -> u8 {
        self.next += 1;
        self.choices[self.next % self.choices.len()] % sides
    }

    fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            let sides = u8::try_from(last + 1).unwrap();
            items.swap(last, usize::from(self.roll(sides)));
        }
    }
}

fn rewrite(policy: Value, dice: &mut Dice) -> Value {
    let Value::Object(members) = policy else { return policy };
    let member = |(name, value): (String, Value)| match name.as_str() {
        "Statement" => (name, list(value, dice, rewrite_statement)),
        _ => (name, value),
    };
    Value::Object(members.into_iter().map(member).collect())
}

fn rewrite_statement(statement: Value, dice: &mut Dice) -> Value {
    let Value::Object(members) = statement else { return statement };
    let mut rewritten = Map::new();
    for (name, value) in members {
        let value = match name.as_str() {
            "Action" => {
                list(value, dice, |action, dice| if dice.roll(2) == 0 { json!(action.as_str().unwrap().to_uppercase()) } else { action })
            }
            "Resource" => list(value, dice, |resource, _| resource),
            "Principal" if value == "*" && dice.roll(2) == 0 => json!({"AWS": "*"}),
            "Principal" if value.is_object() => json!({"AWS": list(value["AWS"].clone(), dice, rewrite_account)}),
            "Condition" => json!({"StringEquals": {"s3:x": list(value["StringEquals"]["s3:x"].clone(), dice, rewrite_value)}}),
            _ => value,
        };
        rewritten.insert(name, value);
    }
    Value::Object(rewritten)
}

fn rewrite_account(account: Value, dice: &mut Dice) -> Value {
    match account.as_str() {
        Some(id) if id.starts_with('1') && dice.roll(2) == 0 => json!(format!("arn:aws-cn:iam::{id}:root")),
        _ => account,
    }
}

fn rewrite_value(value: Value, dice: &mut Dice) -> Value {
    if value.is_string() || dice.roll(2) == 0 { value } else { Value::String(value.to_string()) }
}

/// A list in another order, each item rewritten; one item alone without its list, if the dice say so.
fn list(value: Value, dice: &mut Dice, rewrite: impl Fn(Value, &mut Dice) -> Value) -> Value {
    let Value::Array(mut items) = value else { return rewrite(value, dice) };
    dice.shuffle(&mut items);
    let mut items: Vec<Value> = items.into_iter().map(|item| rewrite(item, dice)).collect();
    if items.len() == 1 && dice.roll(2) == 0 { items.remove(0) } else { Value::Array(items) }
}

/// A policy in its long form: lists are lists.
pub(in crate::subconfig) fn policy() -> impl Strategy<Value = Value> {
    let statements = prop::collection::vec(statement(), 1..4);
    (select(vec!["2012-10-17", "2008-10-17"]), statements)
        .prop_map(|(version, statements)| json!({"Version": version, "Id": "policy", "Statement": statements}))
}

fn statement() -> impl Strategy<Value = Value> {
    let texts = |of: &[&str]| prop::collection::vec(select(of.iter().map(ToString::to_string).collect::<Vec<_>>()), 1..4);
    let condition = prop::collection::vec(select(vec![json!(true), json!("a"), json!(1), json!("b"), json!(false)]), 1..4);
    let principal = prop_oneof![
        Just(json!("*")),
        texts(&["111122223333", "arn:aws:iam::444455556666:role/reader", "*"]).prop_map(|names| json!({ "AWS": names })),
    ];
    let actions = texts(&["s3:getobject", "s3:putobject", "s3:list*"]);
    (texts(&["Allow", "Deny"]), principal, actions, texts(&["arn:aws:s3:::a", "arn:aws:s3:::a/*", "arn:aws:s3:::b"]), condition).prop_map(
        |(effect, principal, actions, resources, values)| {
            json!({"Sid": "s", "Effect": effect[0], "Principal": principal, "Action": actions, "Resource": resources,
                   "Condition": {"StringEquals": {"s3:x": values}}, "Unknown": {"deep": [1, 2]}})
        },
    )
}
