//! Samples of replication.

use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;

use super::{int32, one_of, tag, text};
use crate::subconfig::Replication;
use crate::subconfig::filter::{ObjectFilter, ObjectFilterAnd};
use crate::subconfig::laws::Sample;
use crate::subconfig::replication::{
    AccessControlTranslation, DeleteMarkerReplication, ExistingObjectReplication, ReplicaEncryption, ReplicaModifications,
    ReplicationDestination, ReplicationMetrics, ReplicationMinutes, ReplicationRule, ReplicationTime, SourceSelectionCriteria,
    SseKmsEncryptedObjects,
};

impl Sample for Replication {
    fn samples() -> BoxedStrategy<Self> {
        (one_of(&["r", "s"]), of(vec(rule(), 0..3))).prop_map(|(role, rules)| Self { role: Some(role), role_ref: None, rules }).boxed()
    }
}

fn rule() -> impl Strategy<Value = ReplicationRule> {
    let scope = (of(one_of(&["", "a", "b"])), of(filter()), of(int32()));
    let criteria = (of(switch()), of(switch())).prop_map(|(modifications, encrypted)| SourceSelectionCriteria {
        replica_modifications: modifications.map(|status| ReplicaModifications { status: Some(status) }),
        sse_kms_encrypted_objects: encrypted.map(|status| SseKmsEncryptedObjects { status: Some(status) }),
    });
    let markers = of(switch()).prop_map(|status| DeleteMarkerReplication { status });
    let existing = switch().prop_map(|status| ExistingObjectReplication { status: Some(status) });
    let switches = (of(markers), of(existing), of(criteria));
    (of(one_of(&["", "x", "y"])), switch(), scope, switches, destination()).prop_map(
        |(id, status, (prefix, filter, priority), (markers, existing, criteria), destination)| ReplicationRule {
            delete_marker_replication: markers,
            destination: Some(destination),
            existing_object_replication: existing,
            filter,
            id,
            prefix,
            priority,
            source_selection_criteria: criteria,
            status: Some(status),
        },
    )
}

/// Filters that can be sent: one member, or several conditions in one place.
fn filter() -> impl Strategy<Value = ObjectFilter> {
    let and = (of(text()), of(vec(tag(), 0..3))).prop_map(|(prefix, tags)| ObjectFilterAnd { prefix, tags });
    prop_oneof![
        of(and).prop_map(|and| ObjectFilter { and, ..ObjectFilter::default() }),
        (of(text()), of(tag())).prop_map(|(prefix, tag)| ObjectFilter { and: None, prefix, tag }),
    ]
}

fn destination() -> impl Strategy<Value = ReplicationDestination> {
    let minutes = || of(of(int32()).prop_map(|minutes| ReplicationMinutes { minutes }));
    let metrics = (switch(), minutes()).prop_map(|(status, event_threshold)| ReplicationMetrics { event_threshold, status: Some(status) });
    let time = (switch(), minutes()).prop_map(|(status, time)| ReplicationTime { status: Some(status), time });
    let key = of(text()).prop_map(|replica_kms_key_id| ReplicaEncryption { replica_kms_key_id });
    let owner = Just(AccessControlTranslation { owner: Some("Destination".to_owned()) });
    let class = one_of(&["", "GLACIER", "A_NEW_CLASS"]);
    (one_of(&["b", "c"]), of(text()), of(class), of(owner), of(key), of(metrics), of(time)).prop_map(
        |(bucket, account, storage_class, access_control_translation, encryption_configuration, metrics, replication_time)| {
            ReplicationDestination {
                access_control_translation,
                account,
                bucket: Some(bucket),
                encryption_configuration,
                metrics,
                replication_time,
                storage_class,
            }
        },
    )
}

fn switch() -> impl Strategy<Value = String> {
    one_of(&["Enabled", "Disabled"])
}
