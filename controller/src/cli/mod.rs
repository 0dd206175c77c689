//! What people run by hand: `plan` says what a reconcile would change in S3, `export` writes manifests of buckets that are there. Both
//! only read: the way to S3 that they open lets no request through that writes.

mod error;
pub mod export;
pub mod plan;
mod pool;
mod progress;
mod session;

pub use self::error::CliError;

/// `1 Bucket`, `2 Buckets`.
fn plural(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}
