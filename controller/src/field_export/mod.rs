//! FieldExports: one field of a Bucket, copied into one key of a ConfigMap or a Secret.
//!
//! The controller never reads such an object. It adds and removes the one key by a merge patch, and notes on the FieldExport which key that
//! is before it writes it; so the right to patch is all it needs.

pub mod claims;
pub mod exporter;
pub mod jq;
pub mod memory;
pub mod metrics;
pub mod order;
mod pass;
pub mod records;
mod removal;
pub mod report;
pub mod sandbox;
mod start;
pub mod targets;
pub mod trouble;
mod watch;

pub use self::order::Reach;
pub use self::start::{Parts, run};
pub use self::watch::BucketChanges;
