//! `bucket` in the expressions of guardrails: what follows from a Bucket, ready to be asked.
//!
//! The facts are about what the controller makes of the Bucket, not about how its spec spells it: an absent section counts as what S3
//! gives a new bucket where the controller brings that about, and as nothing where it leaves the section alone (see [`Sections`]).
//! Of what S3 was seen to hold an absent section is nothing; [`section_of`] says which expressions cannot be asked where one was not read.

mod access;
mod data;
mod sections;
mod targets;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

pub use self::access::{EncryptionFacts, KeyFacts, PublicAccessFacts};
pub use self::data::{CorsFacts, LifecycleFacts, ObjectLockFacts};
use self::sections::Sections;
pub use self::targets::{LoggingFacts, NotificationFacts, ReplicationFacts};
use super::subject::Subject;
use crate::arn;
use crate::subconfig::acl::AclFacts;
use crate::subconfig::policy::PolicyFacts;
use crate::subconfig::{
    Acl, Cors, Encryption, Lifecycle, Logging, Notification, ObjectLock, OwnershipControls, Policy, PublicAccessBlock, Replication,
    SubConfig, Tagging, Versioning, Website,
};

/// The facts. All of them are always there, so that no expression has to ask first: a text that is not known is empty, a number is 0,
/// a list has no items.
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct BucketFacts {
    /// The name of the S3 bucket.
    pub name: String,
    /// GeneralPurpose, Directory or AccountRegional.
    #[serde(rename = "type")]
    pub kind: String,
    /// The region's code.
    pub region: String,
    /// The region's partition: aws, aws-cn and so on.
    pub partition: String,
    /// The account that owns the bucket, 12 digits, as far as the status, annotations and the controller tell.
    pub account: String,
    /// The bucket's ARN.
    pub arn: String,
    /// The IAM role that the annotations name.
    pub role: String,
    /// Whether the bucket was or may be there before the Bucket.
    pub adopted: bool,
    /// Whether S3 is never written.
    pub read_only: bool,
    /// The tags of the spec, by their keys.
    pub tags: BTreeMap<String, String>,
    /// The access control list.
    pub acl: AclFacts,
    /// BucketOwnerEnforced, BucketOwnerPreferred or ObjectWriter.
    pub ownership: String,
    /// What public access is blocked.
    pub public_access: PublicAccessFacts,
    /// How new objects are encrypted.
    pub encryption: EncryptionFacts,
    /// Enabled or Suspended; empty for a bucket that never was versioned.
    pub versioning: String,
    /// Whether and how long objects are locked.
    pub object_lock: ObjectLockFacts,
    /// The bucket policy.
    pub policy: PolicyFacts,
    /// The enabled lifecycle rules, taken together.
    pub lifecycle: LifecycleFacts,
    /// Where the access log goes.
    pub logging: LoggingFacts,
    /// The destinations of the enabled replication rules.
    pub replication: Vec<ReplicationFacts>,
    /// Who is told of events.
    pub notifications: Vec<NotificationFacts>,
    /// Whether the bucket is a web site.
    pub website: bool,
    /// Who may use the bucket from a browser.
    pub cors: CorsFacts,
}

impl BucketFacts {
    /// Works out the facts of a Bucket.
    #[must_use]
    pub(super) fn of(subject: &Subject<'_>) -> Self {
        let facts = subject.facts;
        let sections = Sections::of(subject);
        let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
        let (name, region, account) = (text(facts.bucket_name()), text(facts.region), text(subject.account()));
        let partition = text(facts.partition);
        let settled = facts.bucket().annotation(crate::annotation::ADOPTED);
        let website = sections.get::<Website>().is_some();
        Self {
            kind: subject.kind().as_str().to_owned(),
            arn: if name.is_empty() || partition.is_empty() { String::new() } else { arn::bucket(&name, &partition, &region, &account) },
            role: text(facts.role.map(|role| role.value)),
            adopted: facts.adoption.policy.is_some() || crate::annotation::is_true(settled),
            read_only: facts.looks_on(),
            tags: tags(&sections),
            acl: AclFacts::of(sections.get::<Acl>().as_ref()),
            ownership: ownership(&sections),
            public_access: PublicAccessFacts::of(&sections),
            encryption: EncryptionFacts::of(&sections, &region, &account),
            versioning: sections.get::<Versioning>().and_then(|versioning| versioning.status).unwrap_or_default(),
            object_lock: ObjectLockFacts::of(&sections),
            policy: PolicyFacts::of(facts, subject.account()),
            lifecycle: LifecycleFacts::of(&sections),
            logging: LoggingFacts::of(&sections),
            replication: ReplicationFacts::of(&sections, &account),
            notifications: NotificationFacts::of(&sections, &region, &account),
            website,
            cors: CorsFacts::of(&sections),
            name,
            region,
            partition,
            account,
        }
    }
}

/// The sub-configuration that a fact is taken from, by name; `None` for a fact that is known without S3.
pub(super) fn section_of(fact: &str) -> Option<&'static str> {
    Some(match fact {
        "tags" => Tagging::NAME,
        "acl" => Acl::NAME,
        "ownership" => OwnershipControls::NAME,
        "publicAccess" => PublicAccessBlock::NAME,
        "encryption" => Encryption::NAME,
        "versioning" => Versioning::NAME,
        "objectLock" => ObjectLock::NAME,
        "policy" => Policy::NAME,
        "lifecycle" => Lifecycle::NAME,
        "logging" => Logging::NAME,
        "replication" => Replication::NAME,
        "notifications" => Notification::NAME,
        "website" => Website::NAME,
        "cors" => Cors::NAME,
        _ => return None,
    })
}

fn tags(sections: &Sections<'_>) -> BTreeMap<String, String> {
    let tags = sections.get::<Tagging>().and_then(|tagging| tagging.tag_set).unwrap_or_default();
    tags.into_iter().filter_map(|tag| Some((tag.key?, tag.value.unwrap_or_default()))).collect()
}

fn ownership(sections: &Sections<'_>) -> String {
    let rules = sections.get::<OwnershipControls>().and_then(|controls| controls.rules).unwrap_or_default();
    rules.into_iter().find_map(|rule| rule.object_ownership).unwrap_or_default()
}
