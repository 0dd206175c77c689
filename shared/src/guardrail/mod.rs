//! What a platform team demands of Buckets beyond what S3 demands: guardrails, and exceptions from them. The webhook, the controller's
//! audit and the offline check ask the same functions.
//!
//! [`Guardrail::compile`] and [`Exception::compile`] say what is wrong with an object when it is written. [`Guardrails`] is the set of all;
//! it is asked for defaults ([`Guardrails::defaults`]), for the levels of the built-in rules ([`Guardrails::levels`]) and for what it
//! says of a Bucket ([`Guardrails::evaluate`]).

mod builtin;
pub mod cel;
mod compile;
mod controls;
mod custom;
mod defaults;
mod evaluate;
mod exception;
pub mod facts;
mod globs;
mod marks;
mod matching;
mod met;
mod outcome;
#[cfg(test)]
mod page;
mod params;
mod pattern;
mod policy;
mod re2;
mod review;
pub mod rules;
mod set;
mod stopwatch;
mod store;
mod subject;
mod template;
#[cfg(test)]
pub(crate) mod testing;
pub mod types;
mod unread;

pub use builtin::{Levelled, Levels};
pub use compile::{Guardrail, Refused};
pub use controls::Bundle;
pub use defaults::{Applied, DEFAULTS, DefaultsReview, Filled};
pub use exception::{Exception, MAX_EXCEPTION_DAYS};
pub use facts::BucketFacts;
pub use met::Met;
pub use outcome::{Evaluation, Outcome, RuleResult};
pub use params::{NoParams, Params, ParamsFault, ParamsTable};
pub use review::{Review, namespace_object};
pub use set::Guardrails;
pub use stopwatch::{Clock, LIMIT};
pub use store::{Entry, Policy, PolicyTable};
pub use subject::Source;
