//! What an expression reads of a request: fixed paths, looked up once per evaluation and converted alone. The rest of the request is
//! never converted.

use kube_cel::cel::common::types::{CelBool, CelOptional};
use serde_json::Value as Json;

use super::convert::{Boxed, convert};
use super::shape::Shape;
use super::{CelError, Scope};

/// One thing that an expression reads.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Input {
    /// `object.spec.name`, or `has(object.spec.name)`.
    Path { root: &'static str, steps: Vec<Step>, ask: Ask, shape: Shape },
    /// `variables.name`.
    Variable { index: usize, name: String, shape: Shape },
}

/// What is asked about the end of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ask {
    /// Its value.
    Value,
    /// Whether it is there.
    Presence,
}

/// One step of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) key: Key,
    /// Whether a path that ends here is no error: `.?name`, `[?'name']`.
    pub(super) optional: bool,
}

/// Which way a step goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Key {
    Name(String),
    Index(usize),
}

impl Input {
    /// What its value looks like.
    pub(super) fn shape(&self) -> Shape {
        match self {
            Self::Path { ask: Ask::Presence, .. } => Shape::Bool,
            Self::Path { shape, .. } | Self::Variable { shape, .. } => shape.clone(),
        }
    }

    /// The value in this request.
    ///
    /// # Errors
    /// The path leads nowhere, what is there is too large, or the variable has no value. It is an error of the evaluation only where
    /// the expression needs the value.
    pub(super) fn fetch(&self, scope: &Scope<'_>) -> Result<Boxed, CelError> {
        match self {
            Self::Variable { index, name, .. } => {
                let told = |error: CelError| {
                    if error.is_of_expression() { error } else { CelError::Evaluation(format!("variables.{name}: {error}")) }
                };
                let value = scope.variable(*index).map_err(told)?;
                Boxed::try_from(value.0.clone()).map_err(|error| CelError::Internal(error.to_string()))
            }
            Self::Path { root, steps, ask, shape } => follow(scope.root(root)?, root, steps, *ask, shape).map_err(CelError::Evaluation),
        }
    }
}

fn follow(json: &Json, root: &str, steps: &[Step], ask: Ask, shape: &Shape) -> Result<Boxed, String> {
    let (mut at, mut json, mut optional) = (root.to_owned(), json, false);
    for (index, step) in steps.iter().enumerate() {
        optional |= step.optional;
        let next = match (&step.key, json) {
            (Key::Name(name), Json::Object(members)) => members.get(name),
            (Key::Index(item), Json::Array(items)) => items.get(*item),
            _ if optional && !step.optional => None,
            _ => return Err(format!("{at} is {}; there is nothing to select in it", kind(json))),
        };
        if ask == Ask::Presence && index + 1 == steps.len() {
            return Ok(Box::new(CelBool::from(next.is_some())));
        }
        let Some(next) = next else {
            return if optional { Ok(Box::new(CelOptional::none())) } else { Err(format!("{at} has no {}", step.name())) };
        };
        at = step.after(&at);
        json = next;
    }
    let inner = if let Shape::Optional(inner) = shape { inner } else { shape };
    let value = convert(json, inner).map_err(|problem| format!("{at} {problem}"))?;
    Ok(if optional { Box::new(CelOptional::of(value)) } else { value })
}

fn kind(json: &Json) -> &'static str {
    match json {
        Json::Null => "null",
        Json::Bool(_) => "true or false",
        Json::Number(_) => "a number",
        Json::String(_) => "a text",
        Json::Array(_) => "a list",
        Json::Object(_) => "a map",
    }
}

impl Step {
    /// The path after this step.
    pub(super) fn after(&self, path: &str) -> String {
        match &self.key {
            Key::Name(name) => format!("{path}.{name}"),
            Key::Index(index) => format!("{path}[{index}]"),
        }
    }

    fn name(&self) -> String {
        match &self.key {
            Key::Name(name) => name.clone(),
            Key::Index(index) => format!("item {index}"),
        }
    }
}
