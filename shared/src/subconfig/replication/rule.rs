//! The one spelling of a rule.

use super::types::{
    AccessControlTranslation, DeleteMarkerReplication, ReplicaEncryption, ReplicationDestination, ReplicationMetrics, ReplicationRule,
    ReplicationTime, SourceSelectionCriteria,
};
use crate::subconfig::made_id::Identified;
use crate::subconfig::normal;

const DISABLED: &str = "Disabled";

impl ReplicationRule {
    /// As it is sent: members that say nothing are gone, and a rule with a filter has all that S3 wants beside it. The two forms of a
    /// rule, with a filter and with the older prefix, differ in what they do, so neither is brought to the other.
    /// Source: S3 User Guide, "Replication configuration: backward compatibility".
    pub(super) fn spelled(self) -> Self {
        let filter = self.filter.map(|filter| filter.normalise().unwrap_or_default());
        let markers = self.delete_marker_replication.and_then(|markers| normal::text(markers.status));
        let (markers, priority) = match filter {
            Some(_) => (markers.or_else(|| Some(DISABLED.to_owned())), Some(self.priority.unwrap_or_default())),
            None => (markers, self.priority.filter(|priority| *priority != 0)),
        };
        Self {
            delete_marker_replication: markers.map(|status| DeleteMarkerReplication { status: Some(status) }),
            destination: self.destination.map(ReplicationDestination::spelled).and_then(normal::said),
            existing_object_replication: self.existing_object_replication.and_then(normal::said),
            filter,
            id: normal::text(self.id),
            prefix: normal::text(self.prefix),
            priority,
            source_selection_criteria: self.source_selection_criteria.map(SourceSelectionCriteria::spelled).and_then(normal::said),
            status: normal::text(self.status),
        }
    }

    /// As it is compared: what is switched off is as good as absent.
    pub(super) fn normalise(self) -> Self {
        let spelled = self.spelled();
        Self {
            destination: spelled.destination.map(ReplicationDestination::without_what_is_off).and_then(normal::said),
            existing_object_replication: spelled.existing_object_replication.filter(|of| is_on(of.status.as_ref())),
            source_selection_criteria: spelled
                .source_selection_criteria
                .map(SourceSelectionCriteria::without_what_is_off)
                .and_then(normal::said),
            ..spelled
        }
    }

    /// What S3 says of a rule of the older form, that has no say in it.
    pub(super) fn inherit(&mut self, have: &Self) {
        if self.filter.is_none() && have.filter.is_none() {
            self.delete_marker_replication = self.delete_marker_replication.take().or_else(|| have.delete_marker_replication.clone());
            self.priority = self.priority.or(have.priority);
        }
    }
}

impl Identified for ReplicationRule {
    fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    fn set_id(&mut self, id: Option<String>) {
        self.id = id;
    }

    fn normal(self) -> Self {
        self.normalise()
    }

    fn takes_the_place_of(&self, other: &Self) -> bool {
        let bucket = |rule: &Self| rule.destination.as_ref().and_then(|destination| destination.bucket.clone());
        (&self.prefix, &self.filter, bucket(self)) == (&other.prefix, &other.filter, bucket(other))
    }
}

impl SourceSelectionCriteria {
    fn spelled(self) -> Self {
        Self {
            replica_modifications: self.replica_modifications.and_then(normal::said),
            sse_kms_encrypted_objects: self.sse_kms_encrypted_objects.and_then(normal::said),
        }
    }

    fn without_what_is_off(self) -> Self {
        Self {
            replica_modifications: self.replica_modifications.filter(|of| is_on(of.status.as_ref())),
            sse_kms_encrypted_objects: self.sse_kms_encrypted_objects.filter(|of| is_on(of.status.as_ref())),
        }
    }
}

impl ReplicationDestination {
    fn spelled(self) -> Self {
        let owner = |translation: AccessControlTranslation| AccessControlTranslation { owner: normal::text(translation.owner) };
        let key = |encryption: ReplicaEncryption| ReplicaEncryption { replica_kms_key_id: normal::text(encryption.replica_kms_key_id) };
        let metrics = |metrics: ReplicationMetrics| ReplicationMetrics {
            event_threshold: metrics.event_threshold.and_then(normal::said),
            status: normal::text(metrics.status),
        };
        let time = |time: ReplicationTime| ReplicationTime { status: normal::text(time.status), time: time.time.and_then(normal::said) };
        Self {
            access_control_translation: self.access_control_translation.map(owner).and_then(normal::said),
            account: normal::text(self.account),
            bucket: normal::text(self.bucket),
            encryption_configuration: self.encryption_configuration.map(key).and_then(normal::said),
            metrics: self.metrics.map(metrics).and_then(normal::said),
            replication_time: self.replication_time.map(time).and_then(normal::said),
            storage_class: normal::text(self.storage_class),
        }
    }

    fn without_what_is_off(self) -> Self {
        Self {
            metrics: self.metrics.filter(|metrics| is_on(metrics.status.as_ref())),
            replication_time: self.replication_time.filter(|time| is_on(time.status.as_ref())),
            ..self
        }
    }
}

fn is_on(status: Option<&String>) -> bool {
    status.is_none_or(|status| status != DISABLED)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn normal_of(rule: Value) -> ReplicationRule {
        serde_json::from_value::<ReplicationRule>(rule).unwrap().normalise()
    }

    #[test]
    fn a_filter_has_many_spellings_and_no_filter_is_another_form() {
        let tag = json!({"key": "a", "value": "b"});
        for (one, other) in [
            (json!({}), json!({"prefix": "", "and": {}})),
            (json!({"tag": tag}), json!({"and": {"tags": [tag], "prefix": ""}})),
            (json!({"prefix": "x"}), json!({"and": {"prefix": "x"}})),
        ] {
            assert_eq!(normal_of(json!({ "filter": one })), normal_of(json!({ "filter": other })), "{one} {other}");
            assert_eq!(normal_of(json!({ "filter": one, "prefix": "" })), normal_of(json!({ "filter": other })), "{one} {other}");
        }
        assert_ne!(normal_of(json!({"prefix": "x"})), normal_of(json!({"filter": {"prefix": "x"}})), "delete markers are copied or not");
        assert_ne!(normal_of(json!({"prefix": "x", "filter": {}})), normal_of(json!({"filter": {}})), "S3 refuses both");
    }

    #[test]
    fn a_rule_with_a_filter_is_completed() {
        let whole = json!({"filter": {}, "priority": 0, "deleteMarkerReplication": {"status": "Disabled"}});
        assert_eq!(normal_of(json!({"filter": {}, "deleteMarkerReplication": {}})), normal_of(whole));
        assert_ne!(normal_of(json!({"filter": {}, "priority": 1})), normal_of(json!({"filter": {}})));
        let older = normal_of(json!({"priority": 0}));
        assert!(older.delete_marker_replication.is_none() && older.priority.is_none());
    }

    #[test]
    fn what_is_off_is_sent_and_not_compared() {
        let off = json!({"status": "Disabled"});
        let rule = json!({"existingObjectReplication": off, "sourceSelectionCriteria": {"replicaModifications": off},
            "destination": {"bucket": "b", "metrics": off, "replicationTime": off, "encryptionConfiguration": {}}});
        assert_eq!(normal_of(rule.clone()), normal_of(json!({"destination": {"bucket": "b"}, "sourceSelectionCriteria": {}})));
        let spelled = serde_json::from_value::<ReplicationRule>(rule).unwrap().spelled();
        assert!(spelled.existing_object_replication.is_some() && spelled.source_selection_criteria.is_some());
        assert!(spelled.destination.is_some_and(|to| to.metrics.is_some() && to.replication_time.is_some()));
    }
}
