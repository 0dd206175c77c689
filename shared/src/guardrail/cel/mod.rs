//! Expressions in guardrails, in the Common Expression Language as ValidatingAdmissionPolicies have it.
//!
//! [`Program::compile`] says everything that can be said of an expression when it is written: syntax, names, fields of the Bucket,
//! and what it costs at most. [`Program::evaluate`] asks it about one request ([`Scope`]). No type of the engine leaves this module.

mod convert;
mod engine;
mod error;
mod estimate;
mod functions;
mod inputs;
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
mod tests;
