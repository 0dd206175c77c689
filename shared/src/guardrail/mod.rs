//! What a platform team demands of Buckets beyond what S3 demands: guardrails.

pub mod cel;
pub(crate) mod controls;
mod facts;
mod globs;
mod marks;
mod pattern;
mod policy;
pub mod rules;
mod subject;
mod template;
#[cfg(test)]
pub(crate) mod testing;
pub mod types;

pub use facts::BucketFacts;
pub use subject::Source;
