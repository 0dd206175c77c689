//! One default, as additions to an object.

use json_patch::jsonptr::PointerBuf;
use json_patch::{AddOperation, Patch, PatchOperation};
use serde_json::{Value, json};

/// One default.
#[derive(Clone, Debug)]
pub(super) struct Step {
    /// Its name: its field in `defaults`.
    pub(super) default: &'static str,
    /// The field that is filled in, for people.
    pub(super) field: String,
    /// What is filled in, for people.
    pub(super) value: String,
    /// What is added where; `-` is the end of a list.
    pub(super) leaves: Vec<(Vec<String>, Value)>,
    /// Whether a stored object has it, where that cannot be seen by its leaves.
    pub(super) held: Option<fn(&Value) -> bool>,
}

impl Step {
    pub(super) fn new(default: &'static str, field: &str, value: &str, leaves: Vec<(&[&str], Value)>) -> Self {
        let leaves = leaves.into_iter().map(|(path, value)| (path.iter().map(|&token| token.to_owned()).collect(), value)).collect();
        Self { default, field: field.to_owned(), value: value.to_owned(), leaves, held: None }
    }

    /// The operations that add it to the object, objects and lists that are missing on the way among them.
    pub(super) fn operations(&self, object: &Value) -> Vec<PatchOperation> {
        let (mut operations, mut whole) = (Vec::new(), object.clone());
        for (path, value) in &self.leaves {
            for end in 1..path.len() {
                if at(&whole, &path[..end]).is_none_or(Value::is_null) {
                    let empty = if path[end] == "-" { json!([]) } else { json!({}) };
                    push(&path[..end], empty, &mut whole, &mut operations);
                }
            }
            push(path, value.clone(), &mut whole, &mut operations);
        }
        operations
    }

    /// Adds it to the object; whether that can be done.
    pub(super) fn apply(&self, object: &mut Value) -> bool {
        json_patch::patch(object, &Patch(self.operations(object))).is_ok()
    }

    /// Whether the object has just this.
    pub(super) fn is_held_by(&self, object: &Value) -> bool {
        let leaf = |(path, value): &(Vec<String>, Value)| match path.split_last() {
            Some((end, list)) if end == "-" => at(object, list).and_then(Value::as_array).is_some_and(|items| items.contains(value)),
            _ => at(object, path) == Some(value),
        };
        self.held.map_or_else(|| self.leaves.iter().all(leaf), |is_held| is_held(object))
    }
}

fn push(path: &[String], value: Value, whole: &mut Value, operations: &mut Vec<PatchOperation>) {
    let operation = PatchOperation::Add(AddOperation { path: PointerBuf::from_tokens(path.iter().map(String::as_str)), value });
    // What cannot be added is seen when the step is applied.
    let _ = json_patch::patch(whole, &Patch(vec![operation.clone()]));
    operations.push(operation);
}

/// The member of the object at this path.
pub(super) fn at<'v, S: AsRef<str>>(object: &'v Value, path: &[S]) -> Option<&'v Value> {
    path.iter().try_fold(object, |value, token| value.get(token.as_ref()))
}
