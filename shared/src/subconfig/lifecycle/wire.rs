//! The members of a rule in the SDK's types and back.

use aws_sdk_s3::error::BuildError;
use aws_sdk_s3::primitives::DateTime;
use aws_sdk_s3::types::{
    AbortIncompleteMultipartUpload as S3Abort, LifecycleExpiration as S3Expiration, LifecycleRuleAndOperator as S3And,
    LifecycleRuleFilter as S3Filter, NoncurrentVersionExpiration as S3NoncurrentExpiration,
    NoncurrentVersionTransition as S3NoncurrentTransition, Tag as S3Tag, Transition as S3Transition,
};
use jiff::Timestamp;

use super::types::{
    AbortIncompleteMultipartUpload, LifecycleAnd, LifecycleExpiration, LifecycleFilter, LifecycleTransition, NoncurrentExpiration,
    NoncurrentTransition,
};
use crate::admission::Path;
use crate::fault::{Fault, Operation};
use crate::subconfig::remote::{int32, unsendable};
use crate::subconfig::tagging::Tag;

/// The call that the members are sent with.
pub(super) const PUT: Operation = Operation { name: "PutBucketLifecycleConfiguration", action: "s3:PutLifecycleConfiguration" };

/// A member of a rule on its way to S3.
pub(super) trait ToSdk {
    /// What the SDK has for it.
    type Sdk;

    /// The SDK's type; a fault that names the field where the value does not fit.
    fn to_sdk(&self, at: &Path<'_>) -> Result<Self::Sdk, Fault>;
}

/// The member, if it is there.
pub(super) fn one<T: ToSdk>(member: Option<&T>, at: &Path<'_>) -> Result<Option<T::Sdk>, Fault> {
    member.map(|member| member.to_sdk(at)).transpose()
}

/// The members, if they are there.
pub(super) fn all<T: ToSdk>(members: Option<&[T]>, at: &Path<'_>) -> Result<Option<Vec<T::Sdk>>, Fault> {
    members.map(|members| members.iter().enumerate().map(|(index, member)| member.to_sdk(&at.index(index))).collect()).transpose()
}

impl ToSdk for AbortIncompleteMultipartUpload {
    type Sdk = S3Abort;

    fn to_sdk(&self, at: &Path<'_>) -> Result<S3Abort, Fault> {
        let days = int32(PUT, &at.member("daysAfterInitiation"), self.days_after_initiation)?;
        Ok(S3Abort::builder().set_days_after_initiation(days).build())
    }
}

impl AbortIncompleteMultipartUpload {
    pub(super) fn from_sdk(abort: &S3Abort) -> Self {
        Self { days_after_initiation: abort.days_after_initiation.map(i64::from) }
    }
}

impl ToSdk for LifecycleExpiration {
    type Sdk = S3Expiration;

    fn to_sdk(&self, at: &Path<'_>) -> Result<S3Expiration, Fault> {
        Ok(S3Expiration::builder()
            .set_date(date(self.date.as_deref(), &at.member("date"))?)
            .set_days(int32(PUT, &at.member("days"), self.days)?)
            .set_expired_object_delete_marker(self.expired_object_delete_marker)
            .build())
    }
}

impl LifecycleExpiration {
    pub(super) fn from_sdk(expiration: &S3Expiration) -> Self {
        Self {
            date: expiration.date.as_ref().map(date_text),
            days: expiration.days.map(i64::from),
            expired_object_delete_marker: expiration.expired_object_delete_marker,
        }
    }
}

impl ToSdk for NoncurrentExpiration {
    type Sdk = S3NoncurrentExpiration;

    fn to_sdk(&self, at: &Path<'_>) -> Result<S3NoncurrentExpiration, Fault> {
        Ok(S3NoncurrentExpiration::builder()
            .set_newer_noncurrent_versions(int32(PUT, &at.member("newerNoncurrentVersions"), self.newer_noncurrent_versions)?)
            .set_noncurrent_days(int32(PUT, &at.member("noncurrentDays"), self.noncurrent_days)?)
            .build())
    }
}

impl NoncurrentExpiration {
    pub(super) fn from_sdk(expiration: &S3NoncurrentExpiration) -> Self {
        Self {
            newer_noncurrent_versions: expiration.newer_noncurrent_versions.map(i64::from),
            noncurrent_days: expiration.noncurrent_days.map(i64::from),
        }
    }
}

impl ToSdk for NoncurrentTransition {
    type Sdk = S3NoncurrentTransition;

    fn to_sdk(&self, at: &Path<'_>) -> Result<S3NoncurrentTransition, Fault> {
        Ok(S3NoncurrentTransition::builder()
            .set_newer_noncurrent_versions(int32(PUT, &at.member("newerNoncurrentVersions"), self.newer_noncurrent_versions)?)
            .set_noncurrent_days(int32(PUT, &at.member("noncurrentDays"), self.noncurrent_days)?)
            .set_storage_class(self.storage_class.as_deref().map(Into::into))
            .build())
    }
}

impl NoncurrentTransition {
    pub(super) fn from_sdk(transition: S3NoncurrentTransition) -> Self {
        Self {
            newer_noncurrent_versions: transition.newer_noncurrent_versions.map(i64::from),
            noncurrent_days: transition.noncurrent_days.map(i64::from),
            storage_class: transition.storage_class.map(|class| class.as_str().to_owned()),
        }
    }
}

impl ToSdk for LifecycleTransition {
    type Sdk = S3Transition;

    fn to_sdk(&self, at: &Path<'_>) -> Result<S3Transition, Fault> {
        Ok(S3Transition::builder()
            .set_date(date(self.date.as_deref(), &at.member("date"))?)
            .set_days(int32(PUT, &at.member("days"), self.days)?)
            .set_storage_class(self.storage_class.as_deref().map(Into::into))
            .build())
    }
}

impl LifecycleTransition {
    pub(super) fn from_sdk(transition: S3Transition) -> Self {
        Self {
            date: transition.date.as_ref().map(date_text),
            days: transition.days.map(i64::from),
            storage_class: transition.storage_class.map(|class| class.as_str().to_owned()),
        }
    }
}

impl ToSdk for LifecycleFilter {
    type Sdk = S3Filter;

    fn to_sdk(&self, at: &Path<'_>) -> Result<S3Filter, Fault> {
        Ok(S3Filter::builder()
            .set_prefix(self.prefix.clone())
            .set_tag(self.tag.as_ref().map(tag_to_sdk).transpose()?)
            .set_object_size_greater_than(self.object_size_greater_than)
            .set_object_size_less_than(self.object_size_less_than)
            .set_and(one(self.and.as_ref(), &at.member("and"))?)
            .build())
    }
}

impl LifecycleFilter {
    pub(super) fn from_sdk(filter: S3Filter) -> Self {
        Self {
            and: filter.and.map(LifecycleAnd::from_sdk),
            object_size_greater_than: filter.object_size_greater_than,
            object_size_less_than: filter.object_size_less_than,
            prefix: filter.prefix,
            tag: filter.tag.map(tag_from_sdk),
        }
    }
}

impl ToSdk for LifecycleAnd {
    type Sdk = S3And;

    fn to_sdk(&self, _at: &Path<'_>) -> Result<S3And, Fault> {
        let tags = self.tags.as_ref().map(|tags| tags.iter().map(tag_to_sdk).collect::<Result<_, _>>()).transpose()?;
        Ok(S3And::builder()
            .set_prefix(self.prefix.clone())
            .set_tags(tags)
            .set_object_size_greater_than(self.object_size_greater_than)
            .set_object_size_less_than(self.object_size_less_than)
            .build())
    }
}

impl LifecycleAnd {
    fn from_sdk(and: S3And) -> Self {
        Self {
            object_size_greater_than: and.object_size_greater_than,
            object_size_less_than: and.object_size_less_than,
            prefix: and.prefix,
            tags: and.tags.map(|tags| tags.into_iter().map(tag_from_sdk).collect()),
        }
    }
}

fn tag_to_sdk(tag: &Tag) -> Result<S3Tag, Fault> {
    let tag: Result<_, BuildError> = S3Tag::builder().set_key(tag.key.clone()).set_value(tag.value.clone()).build();
    tag.map_err(|error| Fault::unbuildable(PUT, error))
}

fn tag_from_sdk(tag: S3Tag) -> Tag {
    Tag { key: Some(tag.key), value: Some(tag.value) }
}

fn date(text: Option<&str>, at: &Path<'_>) -> Result<Option<DateTime>, Fault> {
    let parse = |text: &str| match text.parse::<Timestamp>() {
        Ok(instant) => Ok(DateTime::from_nanos(instant.as_nanosecond()).map_err(|error| unsendable(PUT, at, &error.to_string()))?),
        Err(_) => Err(unsendable(PUT, at, &format!("{text:?} is no instant; write it like 2030-01-01T00:00:00Z"))),
    };
    text.map(parse).transpose()
}

/// The instant as the normal form spells it; one that the calendar does not reach as seconds since 1970.
fn date_text(date: &DateTime) -> String {
    Timestamp::new(date.secs(), 0).map_or_else(|_| date.secs().to_string(), |instant| instant.to_string())
}
