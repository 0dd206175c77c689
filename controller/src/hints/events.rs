//! The events of S3 that say that a bucket was changed, and what of it.
//!
//! CloudTrail names some calls otherwise than the API does, and not always the same: both spellings are here.
//! Source: S3 User Guide, "Amazon S3 CloudTrail events", tables of the actions on buckets.

use crate::report::BUCKET;

/// The events by name, each with the sub-configuration that it writes, or [`BUCKET`]. In the order of the alphabet.
pub const EVENTS: &[(&str, &str)] = &[
    ("CreateBucket", BUCKET),
    ("DeleteBucket", BUCKET),
    ("DeleteBucketAnalyticsConfiguration", "analytics"),
    ("DeleteBucketCors", "cors"),
    ("DeleteBucketEncryption", "encryption"),
    ("DeleteBucketIntelligentTieringConfiguration", "intelligent_tiering"),
    ("DeleteBucketInventoryConfiguration", "inventory"),
    ("DeleteBucketLifecycle", "lifecycle"),
    ("DeleteBucketLifecycleConfiguration", "lifecycle"),
    ("DeleteBucketMetricsConfiguration", "metrics"),
    ("DeleteBucketOwnershipControls", "ownership_controls"),
    ("DeleteBucketPolicy", "policy"),
    ("DeleteBucketPublicAccessBlock", "public_access_block"),
    ("DeleteBucketReplication", "replication"),
    ("DeleteBucketTagging", "tagging"),
    ("DeleteBucketWebsite", "website"),
    ("DeletePublicAccessBlock", "public_access_block"),
    ("PutAccelerateConfiguration", "accelerate"),
    ("PutBucketAbac", "abac"),
    ("PutBucketAccelerateConfiguration", "accelerate"),
    ("PutBucketAcl", "acl"),
    ("PutBucketAnalyticsConfiguration", "analytics"),
    ("PutBucketCors", "cors"),
    ("PutBucketEncryption", "encryption"),
    ("PutBucketIntelligentTieringConfiguration", "intelligent_tiering"),
    ("PutBucketInventoryConfiguration", "inventory"),
    ("PutBucketLifecycle", "lifecycle"),
    ("PutBucketLifecycleConfiguration", "lifecycle"),
    ("PutBucketLogging", "logging"),
    ("PutBucketMetricsConfiguration", "metrics"),
    ("PutBucketNotification", "notification"),
    ("PutBucketNotificationConfiguration", "notification"),
    ("PutBucketObjectLockConfiguration", "object_lock"),
    ("PutBucketOwnershipControls", "ownership_controls"),
    ("PutBucketPolicy", "policy"),
    ("PutBucketPublicAccessBlock", "public_access_block"),
    ("PutBucketReplication", "replication"),
    ("PutBucketRequestPayment", "request_payment"),
    ("PutBucketTagging", "tagging"),
    ("PutBucketVersioning", "versioning"),
    ("PutBucketWebsite", "website"),
    ("PutObjectLockConfiguration", "object_lock"),
    ("PutPublicAccessBlock", "public_access_block"),
    ("TagResource", "tagging"),
    ("UntagResource", "tagging"),
];

/// The sub-configuration that an event is about; `None` where the table does not know the event.
#[must_use]
pub fn config(event: &str) -> Option<&'static str> {
    EVENTS.binary_search_by_key(&event, |(name, _)| name).ok().map(|found| EVENTS[found].1)
}

/// Whether the event creates the bucket or deletes it: such a call may be made to another region than the bucket's.
#[must_use]
pub fn is_of_whole_bucket(event: &str) -> bool {
    config(event) == Some(BUCKET)
}

/// Whether an event that the table does not know only reads, by its name.
#[must_use]
pub fn reads(event: &str) -> bool {
    ["Get", "List", "Head", "Describe", "Select"].iter().any(|verb| event.starts_with(verb))
}

#[cfg(test)]
mod tests {
    use shared::subconfig::{CALLS, NAMES};

    use super::*;

    #[test]
    fn the_table_is_in_order_and_knows_no_other_sub_configuration() {
        assert!(EVENTS.is_sorted_by(|one, other| one.0 < other.0));
        for (event, config) in EVENTS {
            assert!(NAMES.contains(config) || *config == BUCKET, "{event}: {config}");
        }
        assert!(is_of_whole_bucket("CreateBucket") && !is_of_whole_bucket("PutBucketCors") && config("PutObject").is_none());
    }

    #[test]
    fn every_write_of_every_sub_configuration_has_its_event() {
        for calls in CALLS {
            let writes: Vec<&str> = calls.all().iter().map(|operation| operation.name).filter(|name| !reads(name)).collect();
            assert!(!writes.is_empty(), "{}", calls.name);
            for operation in writes {
                assert_eq!(config(operation), Some(calls.name), "{operation}");
            }
        }
    }

    #[test]
    fn what_cloudtrail_names_otherwise_is_known_too() {
        for (event, section) in [
            ("PutBucketLifecycle", "lifecycle"),
            ("PutBucketNotification", "notification"),
            ("PutBucketPublicAccessBlock", "public_access_block"),
            ("DeleteBucketPublicAccessBlock", "public_access_block"),
            ("PutAccelerateConfiguration", "accelerate"),
            ("PutBucketObjectLockConfiguration", "object_lock"),
            ("DeleteBucketEncryption", "encryption"),
            ("DeleteBucketOwnershipControls", "ownership_controls"),
        ] {
            assert_eq!(config(event), Some(section), "{event}");
        }
    }
}
