//! The members of a rule in the SDK's types and back.

use aws_sdk_s3::error::BuildError;
use aws_sdk_s3::types::{
    AccessControlTranslation as S3Owner, DeleteMarkerReplication as S3Markers, Destination as S3Destination,
    EncryptionConfiguration as S3Encryption, ExistingObjectReplication as S3Existing, Metrics as S3Metrics,
    ReplicaModifications as S3Modifications, ReplicationRule as S3Rule, ReplicationRuleAndOperator as S3And,
    ReplicationRuleFilter as S3Filter, ReplicationTime as S3Time, ReplicationTimeValue as S3Minutes, SourceSelectionCriteria as S3Criteria,
    SseKmsEncryptedObjects as S3Encrypted,
};

use super::types::{
    AccessControlTranslation, DeleteMarkerReplication, ExistingObjectReplication, ReplicaEncryption, ReplicaModifications,
    ReplicationDestination, ReplicationMetrics, ReplicationMinutes, ReplicationRule, ReplicationTime, SourceSelectionCriteria,
    SseKmsEncryptedObjects,
};
use crate::admission::Path;
use crate::fault::{Fault, Operation};
use crate::subconfig::filter::wire::{several, tag_from_sdk, tag_to_sdk, tags_from_sdk, tags_to_sdk};
use crate::subconfig::filter::{ObjectFilter, ObjectFilterAnd};
use crate::subconfig::remote::{given, int32};

/// The call that the members are sent with.
pub(super) const PUT: Operation = Operation { name: "PutBucketReplication", action: "s3:PutReplicationConfiguration" };

impl ReplicationRule {
    #[expect(deprecated, reason = "S3 still hands out the older prefix of rules that were written with it")]
    pub(super) fn from_sdk(rule: S3Rule) -> Self {
        let markers = |of: S3Markers| DeleteMarkerReplication { status: of.status.and_then(|status| given(status.as_str())) };
        Self {
            delete_marker_replication: rule.delete_marker_replication.map(markers),
            destination: rule.destination.map(ReplicationDestination::from_sdk),
            existing_object_replication: rule
                .existing_object_replication
                .map(|of| ExistingObjectReplication { status: given(of.status.as_str()) }),
            filter: rule.filter.map(filter_from_sdk),
            id: rule.id,
            prefix: rule.prefix,
            priority: rule.priority.map(i64::from),
            source_selection_criteria: rule.source_selection_criteria.map(SourceSelectionCriteria::from_sdk),
            status: given(rule.status.as_str()),
        }
    }

    /// A rule of the older form has a prefix, be it empty.
    #[expect(deprecated, reason = "a spec may still use the older prefix")]
    pub(super) fn into_sdk(self, at: &Path<'_>) -> Result<S3Rule, Fault> {
        let prefix = if self.filter.is_none() { Some(self.prefix.unwrap_or_default()) } else { self.prefix };
        let markers = |of: DeleteMarkerReplication| S3Markers::builder().set_status(of.status.as_deref().map(Into::into)).build();
        let existing =
            self.existing_object_replication.map(|of| built(S3Existing::builder().set_status(status(of.status.as_ref())).build()));
        let criteria = self.source_selection_criteria.map(SourceSelectionCriteria::into_sdk).transpose()?;
        let builder = S3Rule::builder()
            .set_delete_marker_replication(self.delete_marker_replication.map(markers))
            .set_destination(self.destination.map(|to| to.into_sdk(&at.member("destination"))).transpose()?)
            .set_existing_object_replication(existing.transpose()?)
            .set_filter(self.filter.map(|filter| filter_to_sdk(filter, &at.member("filter"))).transpose()?)
            .set_id(self.id)
            .set_prefix(prefix)
            .set_priority(int32(PUT, &at.member("priority"), self.priority)?)
            .set_source_selection_criteria(criteria)
            .set_status(status(self.status.as_ref()));
        built(builder.build())
    }
}

fn filter_from_sdk(filter: S3Filter) -> ObjectFilter {
    let and = |and: S3And| ObjectFilterAnd { prefix: and.prefix, tags: tags_from_sdk(and.tags) };
    ObjectFilter { and: filter.and.map(and), prefix: filter.prefix, tag: filter.tag.map(tag_from_sdk) }
}

/// A filter for all objects names the empty prefix, which more stores take than an empty filter.
fn filter_to_sdk(filter: ObjectFilter, at: &Path<'_>) -> Result<S3Filter, Fault> {
    let ObjectFilter { and, prefix, tag } = filter;
    if and.is_some() && (prefix.is_some() || tag.is_some()) {
        return Err(several(PUT, at));
    }
    let prefix = if and.is_none() && tag.is_none() { Some(prefix.unwrap_or_default()) } else { prefix };
    let and = and.map(|and| Ok(S3And::builder().set_prefix(and.prefix).set_tags(tags_to_sdk(PUT, and.tags.as_deref())?).build()));
    let tag = tag.map(|tag| tag_to_sdk(PUT, &tag)).transpose()?;
    Ok(S3Filter::builder().set_and(and.transpose()?).set_prefix(prefix).set_tag(tag).build())
}

impl SourceSelectionCriteria {
    fn from_sdk(criteria: S3Criteria) -> Self {
        Self {
            replica_modifications: criteria.replica_modifications.map(|of| ReplicaModifications { status: given(of.status.as_str()) }),
            sse_kms_encrypted_objects: criteria
                .sse_kms_encrypted_objects
                .map(|of| SseKmsEncryptedObjects { status: given(of.status.as_str()) }),
        }
    }

    fn into_sdk(self) -> Result<S3Criteria, Fault> {
        let modifications =
            self.replica_modifications.map(|of| built(S3Modifications::builder().set_status(status(of.status.as_ref())).build()));
        let encrypted =
            self.sse_kms_encrypted_objects.map(|of| built(S3Encrypted::builder().set_status(status(of.status.as_ref())).build()));
        Ok(S3Criteria::builder()
            .set_replica_modifications(modifications.transpose()?)
            .set_sse_kms_encrypted_objects(encrypted.transpose()?)
            .build())
    }
}

impl ReplicationDestination {
    fn from_sdk(to: S3Destination) -> Self {
        let minutes = |of: S3Minutes| ReplicationMinutes { minutes: of.minutes.map(i64::from) };
        let metrics =
            |of: S3Metrics| ReplicationMetrics { event_threshold: of.event_threshold.map(minutes), status: given(of.status.as_str()) };
        Self {
            access_control_translation: to
                .access_control_translation
                .map(|of| AccessControlTranslation { owner: given(of.owner.as_str()) }),
            account: to.account,
            bucket: given(&to.bucket),
            encryption_configuration: to.encryption_configuration.map(|of| ReplicaEncryption { replica_kms_key_id: of.replica_kms_key_id }),
            metrics: to.metrics.map(metrics),
            replication_time: to
                .replication_time
                .map(|of| ReplicationTime { status: given(of.status.as_str()), time: of.time.map(minutes) }),
            storage_class: to.storage_class.map(|class| class.as_str().to_owned()),
        }
    }

    fn into_sdk(self, at: &Path<'_>) -> Result<S3Destination, Fault> {
        let owner = |of: AccessControlTranslation| built(S3Owner::builder().set_owner(of.owner.as_deref().map(Into::into)).build());
        let key = |of: ReplicaEncryption| S3Encryption::builder().set_replica_kms_key_id(of.replica_kms_key_id).build();
        let metrics = |of: ReplicationMetrics| {
            let threshold = of.event_threshold.map(|of| of.into_sdk(&at.member("metrics").member("eventThreshold"))).transpose()?;
            built(S3Metrics::builder().set_event_threshold(threshold).set_status(status(of.status.as_ref())).build())
        };
        let time = |of: ReplicationTime| {
            let time = of.time.map(|of| of.into_sdk(&at.member("replicationTime").member("time"))).transpose()?;
            built(S3Time::builder().set_status(status(of.status.as_ref())).set_time(time).build())
        };
        let builder = S3Destination::builder()
            .set_access_control_translation(self.access_control_translation.map(owner).transpose()?)
            .set_account(self.account)
            .set_bucket(self.bucket)
            .set_encryption_configuration(self.encryption_configuration.map(key))
            .set_metrics(self.metrics.map(metrics).transpose()?)
            .set_replication_time(self.replication_time.map(time).transpose()?)
            .set_storage_class(self.storage_class.as_deref().map(Into::into));
        built(builder.build())
    }
}

impl ReplicationMinutes {
    fn into_sdk(self, at: &Path<'_>) -> Result<S3Minutes, Fault> {
        Ok(S3Minutes::builder().set_minutes(int32(PUT, &at.member("minutes"), self.minutes)?).build())
    }
}

fn status<S: for<'a> From<&'a str>>(status: Option<&String>) -> Option<S> {
    status.map(|status| S::from(status))
}

fn built<T>(built: Result<T, BuildError>) -> Result<T, Fault> {
    built.map_err(|error| Fault::unbuildable(PUT, error))
}
