//! Guardrails from text, for tests.

use std::sync::Arc;

use jiff::Timestamp;
use serde::de::DeserializeOwned;

use super::types::{BucketGuardrail, BucketGuardrailException};
use super::{Exception, Guardrail, Guardrails, Levelled, Review};
use crate::admission::testing::World;
use crate::admission::{self, Request};

/// What the YAML says.
pub(crate) fn from_yaml<T: DeserializeOwned>(yaml: &str) -> T {
    serde_saphyr::from_str(yaml).unwrap()
}

/// A guardrail of this name and spec.
pub(crate) fn object(name: &str, spec: &str) -> BucketGuardrail {
    BucketGuardrail::new(name, from_yaml(spec))
}

/// The same, compiled.
pub(crate) fn compile(name: &str, spec: &str) -> Guardrail {
    Guardrail::compile(&object(name, spec)).unwrap_or_else(|refused| panic!("{refused}"))
}

/// An exception of this name and spec, compiled.
pub(crate) fn exception(name: &str, spec: &str) -> Exception {
    let object = BucketGuardrailException::new(name, from_yaml(spec));
    Exception::compile(&object, None).unwrap_or_else(|refused| panic!("{refused}"))
}

/// The time of all tests.
pub(crate) fn now() -> Timestamp {
    "2027-01-01T00:00:00Z".parse().unwrap()
}

/// A set of guardrails g0, g1 ... and exceptions e0, e1 ... of these specs.
pub(crate) fn set(guardrails: &[&str], exceptions: &[&str]) -> Guardrails {
    let guardrails = guardrails.iter().enumerate().map(|(n, spec)| Arc::new(compile(&format!("g{n}"), spec)));
    let exceptions = exceptions.iter().enumerate().map(|(n, spec)| Arc::new(exception(&format!("e{n}"), spec)));
    Guardrails::new(guardrails.collect::<Vec<_>>(), exceptions.collect::<Vec<_>>())
}

/// What the built-in rules say by the levels of one guardrail.
pub(crate) fn levelled(spec: &str, world: &World) -> Levelled {
    let request = world.request();
    let levels = set(&[spec], &[]).levels(&Review::of(&request, now()));
    let settings = levels.settings(&world.settings);
    let request = Request { settings: &settings, ..request };
    levels.apply(admission::findings(&request), &request)
}
