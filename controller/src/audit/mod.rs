//! The background audit: what guardrails say of the Buckets that are there, by their specs and by what S3 holds. It asks neither S3 nor
//! the API server about Buckets; all it looks at is in memory. What it finds goes to the status of the guardrails and to the metrics.
//! The webhook refuses; the audit only tells.

mod filing;
mod judge;
mod metrics;
mod params;
mod policies;
mod reports;
mod run;
mod seen;
mod status;
mod tally;
mod watch;
mod writer;

pub use judge::{levels, request};
pub use policies::Policies;
pub use run::start;
pub use seen::Seen;
