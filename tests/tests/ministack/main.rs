//! Cooper on an S3 that nobody here wrote: MiniStack, with accounts, regions and keys that it checks.
//!
//! What it has not, or has otherwise than S3, so that it is proven against the S3 model alone:
//! - analytics, inventory, metrics, intelligent tiering, abac, request payment: it takes these calls for calls on the bucket;
//! - a new bucket's public access block: it has none, where S3 blocks everything;
//! - blocked encryption types (SSE-C) of a new bucket: it has none;
//! - refusals of bad policies and of most other bad documents: it keeps what it is sent;
//! - 409 OperationAborted, 503 SlowDown and stale reads: it is always of one mind.

#![cfg(test)]

mod eight;
mod foreign;
mod held;
mod identities;

use aws_credential_types::Credentials;
use aws_sdk_s3::Client;
use aws_sdk_s3::config::{BehaviorVersion, Builder, Region};
use tests::ministack::MiniStack;

/// A client of its own, which knows nothing of Cooper.
fn client(server: &MiniStack, region: &'static str, credentials: Credentials) -> Client {
    let config = Builder::new()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(region))
        .endpoint_url(server.endpoint())
        .force_path_style(true)
        .credentials_provider(credentials)
        .build();
    Client::from_conf(config)
}
