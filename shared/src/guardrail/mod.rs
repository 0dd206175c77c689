//! What the operator demands of Buckets beyond what S3 demands: guardrails.

pub mod cel;
pub mod facts;

pub use facts::BucketFacts;
