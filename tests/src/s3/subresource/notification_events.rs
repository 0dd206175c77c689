//! The events of notifications. Source: S3 API reference, data type NotificationConfiguration, events.

/// Every event that a notification can name.
const EVENTS: [&str; 31] = [
    "s3:IntelligentTiering",
    "s3:LifecycleExpiration:*",
    "s3:LifecycleExpiration:Delete",
    "s3:LifecycleExpiration:DeleteMarkerCreated",
    "s3:LifecycleTransition",
    "s3:ObjectAcl:Put",
    "s3:ObjectAnnotation:*",
    "s3:ObjectAnnotation:Delete",
    "s3:ObjectAnnotation:Put",
    "s3:ObjectCreated:*",
    "s3:ObjectCreated:CompleteMultipartUpload",
    "s3:ObjectCreated:Copy",
    "s3:ObjectCreated:Post",
    "s3:ObjectCreated:Put",
    "s3:ObjectRemoved:*",
    "s3:ObjectRemoved:Delete",
    "s3:ObjectRemoved:DeleteMarkerCreated",
    "s3:ObjectRestore:*",
    "s3:ObjectRestore:Completed",
    "s3:ObjectRestore:Delete",
    "s3:ObjectRestore:Post",
    "s3:ObjectRetention:Put",
    "s3:ObjectTagging:*",
    "s3:ObjectTagging:Delete",
    "s3:ObjectTagging:Put",
    "s3:ReducedRedundancyLostObject",
    "s3:Replication:*",
    "s3:Replication:OperationFailedReplication",
    "s3:Replication:OperationMissedThreshold",
    "s3:Replication:OperationNotTracked",
    "s3:Replication:OperationReplicatedAfterThreshold",
];

/// Whether there is such an event.
pub(super) fn is_known(event: &str) -> bool {
    EVENTS.contains(&event)
}

/// Whether something can happen that is both.
pub(super) fn meet(one: &str, other: &str) -> bool {
    let covers = |whole: &str, part: &str| whole.strip_suffix('*').is_some_and(|start| part.starts_with(start));
    one == other || covers(one, other) || covers(other, one)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_meets_its_own_kind() {
        assert!(meet("s3:ObjectCreated:*", "s3:ObjectCreated:Put") && meet("s3:ObjectCreated:Put", "s3:ObjectCreated:*"));
        assert!(!meet("s3:ObjectCreated:*", "s3:ObjectRemoved:*") && !meet("s3:ObjectCreated:Put", "s3:ObjectCreated:Post"));
        assert!(is_known("s3:ObjectAcl:Put") && !is_known("s3:ObjectCreated"));
    }
}
