//! How a model behaves.

use std::time::Duration;

use super::identity::{AccessKey, Role};

/// The settings of a model.
#[derive(Clone, Debug)]
pub struct S3Options {
    /// The port on 127.0.0.1; 0 takes a free one.
    pub port: u16,
    /// How long every call takes. A write is under way for that long.
    pub latency: Duration,
    /// Whether a write answers 409 OperationAborted while another one is under way on the same bucket, as S3 does. Without latency,
    /// writes take no time and never meet.
    pub abort_overlapping_writes: bool,
    /// Keys beside those that [`S3Model::credentials`](super::S3Model::credentials) makes.
    pub keys: Vec<AccessKey>,
    /// Roles that STS hands out credentials for.
    pub roles: Vec<Role>,
    /// Whether an access key of 12 digits is the account of that number, whatever its secret.
    pub trust_account_ids: bool,
    /// Patterns of ARNs of queues, topics and functions that are not there; all others of the bucket's region are.
    pub unknown_destinations: Vec<String>,
    /// How many calls the journal keeps.
    pub journal_limit: usize,
    /// The threads that serve.
    pub threads: usize,
}

impl Default for S3Options {
    fn default() -> Self {
        Self {
            port: 0,
            latency: Duration::ZERO,
            abort_overlapping_writes: true,
            keys: Vec::new(),
            roles: Vec::new(),
            trust_account_ids: false,
            unknown_destinations: Vec::new(),
            journal_limit: 200_000,
            threads: 2,
        }
    }
}
