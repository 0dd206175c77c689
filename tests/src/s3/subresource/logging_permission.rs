//! Whether S3 may deliver logs into a bucket. Source: S3 User Guide, "Enabling Amazon S3 server access logging", permissions.

use super::{acl_grants, ownership_controls as ownership, policy_delivery};
use crate::s3::world::Bucket;

const SERVICE: &str = "logging.s3.amazonaws.com";

/// By the bucket's policy or, where it has ACLs, by the grants of the log delivery group.
pub(super) fn is_given(target: &Bucket, prefix: &str) -> bool {
    let by_list = !ownership::is_enforced(target) && acl_grants::take_logs(target);
    by_list || policy_delivery::lets_put(target, SERVICE, prefix)
}
