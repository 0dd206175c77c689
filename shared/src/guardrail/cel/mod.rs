//! Expressions in guardrails, in the Common Expression Language as ValidatingAdmissionPolicies have it.
//!
//! [`Program::compile`] says everything that can be said of an expression when it is written: syntax, names, fields of the Bucket,
//! and what it costs at most. [`Program::evaluate`] asks it about one request ([`Scope`]). No type of the engine leaves this module.

mod error;
mod program;
mod role;
mod scope;
mod value;
mod variables;

pub use error::CelError;
pub use program::Program;
pub use role::Role;
pub use scope::{RequestFacts, Scope, Subject, UserInfo};
pub use value::Value;
pub use variables::Variables;
