//! Expressions in guardrails, in the Common Expression Language as ValidatingAdmissionPolicies have it.
//!
//! [`Program::compile`] says everything that can be said of an expression when it is written: syntax, names, fields of the Bucket,
//! and what it costs at most. [`Program::evaluate`] asks it about one request ([`Scope`]). No type of the engine leaves this module.
//!
//! # Language
//!
//! Variables: `object`, `oldObject`, `namespaceObject`, `request`, `params`, `variables` as in a policy, and `bucket`
//! ([`BucketFacts`](super::BucketFacts)). There is no `authorizer`: it would need calls to the API server. Field names are not escaped
//! (`object.metadata.namespace`), as in a policy and other than in a CustomResourceDefinition.
//!
//! Functions, besides the macros `has`, `all`, `exists`, `exists_one`, `filter`, `map` and CEL's optionals (`a.?b`, `a[?b]`,
//! `optional.of`, `orValue`, …): Kubernetes' libraries for texts (`split`, `replace`, `format`, …), lists (`sum`, `isSorted`, …), sets,
//! regular expressions (`matches`, `find`, `findAll`), URLs, IP addresses and CIDRs, quantities, versions (`semver`), named formats,
//! timestamps and durations, `math` and `base64`. The whole list is in `functions.rs`.
//!
//! Missing against Kubernetes: `type()`, `cel.bind`, `optMap`, `optFlatMap`, loops with two variables, the list
//! functions `sort`, `distinct`, `flatten`, `slice` and `lists.range`, `format.named`, time zones of
//! timestamps, numbers of different types that are equal (`1 == 1.0`; `<` and `>` work), formats that are no literal.
//!
//! # Bounds
//!
//! An expression has at most 4 KiB, 16 brackets or 32 operators within each other, two loops within each other, and an estimate of at
//! most a million steps for the largest Bucket that S3 takes. What is larger than the estimate assumes is not looked at: the evaluation
//! is an error then. A panic of the engine is an error too.

mod convert;
mod engine;
mod error;
mod estimate;
mod functions;
mod inputs;
mod literals;
mod loops;
mod lower;
mod names;
mod nesting;
mod parse;
mod paths;
mod program;
mod role;
mod schema;
mod scope;
mod shape;
mod text;
mod value;
mod variables;

pub use error::CelError;
pub use program::Program;
pub use role::Role;
pub use scope::{RequestFacts, Scope, Subject, UserInfo};
pub use value::Value;
pub use variables::Variables;

#[cfg(test)]
mod hostile;
#[cfg(test)]
mod tests;
