//! Where a bucket belongs: region, account, role, and the tags that the controller adds. Pure: what is known goes in, a place or
//! the reason why there is none comes out.

use std::collections::BTreeMap;

use crate::arn::Arn;
use crate::resource_tags::TagTemplates;
use crate::{Bucket, annotation, region, role};

/// A tag that the controller puts on every bucket besides the user's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ControllerTag {
    /// The tag's key.
    pub key: String,
    /// The tag's value, placeholders filled in.
    pub value: String,
}

/// Where one bucket belongs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// The region's code.
    pub region: String,
    /// The region's partition: aws, aws-cn, aws-us-gov and so on.
    pub partition: String,
    /// The account that owns the bucket, 12 digits, where it is known.
    pub account: Option<String>,
    /// The role to assume; absent for the controller's own identity.
    pub role: Option<String>,
    /// The controller's own tags for this bucket.
    pub tags: Vec<ControllerTag>,
}

/// What the controller brings along.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Identity {
    /// The account of its own credentials, 12 digits, where it is known.
    pub account: Option<String>,
    /// The region of Buckets that name none in a namespace that names none.
    pub default_region: Option<String>,
    /// The tags that it adds to every bucket.
    pub tags: TagTemplates,
}

/// Why a bucket has no place. No call is made then: a choice that fails never ends in another identity.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unplaced {
    /// Nobody names a region.
    #[error(
        "no region: set annotation {key} on the Bucket, {namespace_key} on its namespace, or the controller's --aws-region",
        key = annotation::REGION,
        namespace_key = annotation::DEFAULT_REGION
    )]
    NoRegion,
    /// The annotation names no role.
    #[error("{:?} in annotation {} is not the ARN of an IAM role; use arn:aws:iam::<12 digits>:role/<name>", .role, annotation::ROLE_ARN)]
    RoleArnInvalid {
        /// The value of the annotation.
        role: String,
    },
    /// The Bucket names a role that its namespace does not allow.
    #[error("namespace {namespace:?} does not allow role {role}; add it to the namespace's annotation {}", annotation::ALLOWED_ROLE_ARNS)]
    RoleNotAllowed {
        /// The role.
        role: String,
        /// The namespace.
        namespace: String,
    },
    /// The owner is no account.
    #[error("{:?} in annotation {} is not an account; use 12 digits, quoted", .account, annotation::OWNER_ACCOUNT_ID)]
    OwnerInvalid {
        /// The value of the annotation.
        account: String,
    },
    /// The role is in another account than the owner.
    #[error("role {role} is not in account {account}, which annotation {} names; use a role of that account", annotation::OWNER_ACCOUNT_ID)]
    RoleOfAnotherAccount {
        /// The role.
        role: String,
        /// The account that the annotation names.
        account: String,
    },
    /// The owner is another account than the controller's, and there is no role that leads there.
    #[error(
        "the bucket belongs to account {account} and the controller has credentials of {own}; set annotation {} on the namespace",
        annotation::ROLE_ARN
    )]
    NoRole {
        /// The account that owns the bucket.
        account: String,
        /// The controller's own account.
        own: String,
    },
    /// The bucket exists in one account, and role and annotations lead to another.
    #[error(
        "the bucket is in account {account}, and role and annotations lead to account {now}; undo their change, or create a new Bucket"
    )]
    AccountChanged {
        /// The account that the status names.
        account: String,
        /// The account that the annotations lead to.
        now: String,
    },
}

impl Unplaced {
    /// What kind of error this is: `region`, `role` or `account`.
    #[must_use]
    pub fn category(&self) -> &'static str {
        match self {
            Self::NoRegion => "region",
            Self::RoleArnInvalid { .. } | Self::RoleNotAllowed { .. } | Self::NoRole { .. } => "role",
            Self::OwnerInvalid { .. } | Self::RoleOfAnotherAccount { .. } | Self::AccountChanged { .. } => "account",
        }
    }
}

/// What happens to the S3 bucket when the Bucket is deleted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DeletionPolicy {
    /// It is deleted too.
    #[default]
    Delete,
    /// It stays.
    Retain,
}

impl From<&str> for DeletionPolicy {
    /// Any text but `delete` retains, as in the peer: a slip must not cost data.
    fn from(text: &str) -> Self {
        if text == "delete" { Self::Delete } else { Self::Retain }
    }
}

/// Where the bucket belongs.
///
/// # Errors
/// Nobody names a region; or the role or the account that was chosen cannot be used.
pub fn resolve(bucket: &Bucket, namespace: &BTreeMap<String, String>, identity: &Identity) -> Result<Place, Unplaced> {
    let region = region(bucket, Some(namespace), identity.default_region.as_deref()).ok_or(Unplaced::NoRegion)?;
    let role = chosen_role(bucket, namespace)?;
    let account = account(bucket, namespace, role, identity.account.as_deref())?;
    Ok(Place {
        region: region.to_owned(),
        partition: region::partition(region).unwrap_or("aws").to_owned(),
        account: account.map(str::to_owned),
        role: role.map(str::to_owned),
        tags: identity.tags.expand(bucket),
    })
}

/// The region: that of the bucket where it exists, else the Bucket's annotation, the namespace's, the default. Empty counts as
/// absent.
#[must_use]
pub fn region<'a>(bucket: &'a Bucket, namespace: Option<&'a BTreeMap<String, String>>, default: Option<&'a str>) -> Option<&'a str> {
    let metadata = bucket.status.as_ref().and_then(|status| status.ack_resource_metadata.as_ref());
    let known = [
        metadata.filter(|_| arn(bucket).is_some()).map(|metadata| metadata.region.as_str()),
        bucket.annotation(annotation::REGION),
        namespace.and_then(|namespace| namespace.get(annotation::DEFAULT_REGION)).map(String::as_str),
        default,
    ];
    known.into_iter().flatten().find(|region| !region.is_empty())
}

/// The bucket's ARN from the status; there once the bucket exists.
#[must_use]
pub fn arn(bucket: &Bucket) -> Option<&str> {
    bucket.status.as_ref()?.ack_resource_metadata.as_ref()?.arn.as_deref().filter(|arn| !arn.is_empty())
}

/// What happens to the S3 bucket on deletion: the Bucket's annotation, else the namespace's, else the default.
#[must_use]
pub fn deletion_policy(bucket: &Bucket, namespace: &BTreeMap<String, String>, default: DeletionPolicy) -> DeletionPolicy {
    let own = bucket.annotation(annotation::DELETION_POLICY);
    own.or_else(|| non_empty(namespace, annotation::NAMESPACE_DELETION_POLICY)).map_or(default, DeletionPolicy::from)
}

/// The role that was chosen: the Bucket's, if the namespace allows it, else the namespace's own.
fn chosen_role<'a>(bucket: &'a Bucket, namespace: &'a BTreeMap<String, String>) -> Result<Option<&'a str>, Unplaced> {
    let own = bucket.annotation(annotation::ROLE_ARN);
    let Some(chosen) = own.or_else(|| non_empty(namespace, annotation::ROLE_ARN)) else { return Ok(None) };
    if !role::is_role(chosen) {
        return Err(Unplaced::RoleArnInvalid { role: chosen.to_owned() });
    }
    if own.is_some() && !role::is_allowed(chosen, namespace) {
        let namespace = bucket.metadata.namespace.clone().unwrap_or_default();
        return Err(Unplaced::RoleNotAllowed { role: chosen.to_owned(), namespace });
    }
    Ok(Some(chosen))
}

/// The account that owns the bucket: the role's, else the one that annotations name, else the controller's own.
fn account<'a>(
    bucket: &'a Bucket,
    namespace: &'a BTreeMap<String, String>,
    role: Option<&'a str>,
    own: Option<&'a str>,
) -> Result<Option<&'a str>, Unplaced> {
    let owner = bucket.annotation(annotation::OWNER_ACCOUNT_ID).or_else(|| non_empty(namespace, annotation::OWNER_ACCOUNT_ID));
    if let Some(account) = owner.filter(|owner| !role::is_account(owner)) {
        return Err(Unplaced::OwnerInvalid { account: account.to_owned() });
    }
    let role_account = role.and_then(Arn::parse).map(|arn| arn.account);
    match (role, role_account, owner, own) {
        (Some(role), Some(is), Some(owner), _) if is != owner => {
            return Err(Unplaced::RoleOfAnotherAccount { role: role.to_owned(), account: owner.to_owned() });
        }
        (None, _, Some(owner), Some(own)) if owner != own => {
            return Err(Unplaced::NoRole { account: owner.to_owned(), own: own.to_owned() });
        }
        _ => {}
    }
    let now = role_account.or(owner).or(own);
    match (owner_in_status(bucket), now) {
        (Some(was), Some(now)) if was != now => Err(Unplaced::AccountChanged { account: was.to_owned(), now: now.to_owned() }),
        (was, now) => Ok(now.or(was)),
    }
}

/// The account that the status names, once the bucket exists.
fn owner_in_status(bucket: &Bucket) -> Option<&str> {
    let metadata = bucket.status.as_ref()?.ack_resource_metadata.as_ref()?;
    arn(bucket).map(|_| metadata.owner_account_id.as_str()).filter(|account| !account.is_empty())
}

/// The annotation of a namespace; an empty one counts as absent, as in the peer.
fn non_empty<'a>(namespace: &'a BTreeMap<String, String>, key: &str) -> Option<&'a str> {
    namespace.get(key).map(String::as_str).filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::BucketStatus;
    use crate::bucket::AckResourceMetadata;

    const ROLE: &str = "arn:aws:iam::111122223333:role/buckets";

    fn annotations(all: &[(&str, &str)]) -> BTreeMap<String, String> {
        all.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
    }

    fn bucket(all: &[(&str, &str)]) -> Bucket {
        let mut bucket = Bucket::default();
        bucket.metadata.namespace = Some("team-a".to_owned());
        bucket.metadata.annotations = Some(annotations(all));
        bucket
    }

    fn existing(all: &[(&str, &str)], region: &str, account: &str) -> Bucket {
        let arn = Some("arn:aws:s3:::logs".to_owned());
        let metadata = AckResourceMetadata { arn, owner_account_id: account.to_owned(), partition: None, region: region.to_owned() };
        let mut bucket = bucket(all);
        bucket.status = Some(BucketStatus { ack_resource_metadata: Some(metadata), ..BucketStatus::default() });
        bucket
    }

    fn identity() -> Identity {
        let (account, default_region) = (Some("123456789012".to_owned()), Some("us-east-1".to_owned()));
        Identity { account, default_region, tags: TagTemplates::default() }
    }

    fn place(bucket: &Bucket, namespace: &[(&str, &str)]) -> Result<Place, Unplaced> {
        resolve(bucket, &annotations(namespace), &identity())
    }

    #[test]
    fn the_region_comes_from_the_bucket_then_its_annotation_then_the_namespace_then_the_default() {
        let own = [(annotation::REGION, "eu-west-1")];
        let namespace = [(annotation::DEFAULT_REGION, "cn-north-1")];
        assert_eq!(place(&existing(&own, "us-west-2", ""), &namespace).unwrap().region, "us-west-2");
        assert_eq!(place(&bucket(&own), &namespace).unwrap().region, "eu-west-1");
        let by_namespace = place(&bucket(&[]), &namespace).unwrap();
        assert_eq!((by_namespace.region.as_str(), by_namespace.partition.as_str()), ("cn-north-1", "aws-cn"));
        assert_eq!(place(&bucket(&[]), &[(annotation::DEFAULT_REGION, "")]).unwrap().region, "us-east-1");
        assert_eq!(resolve(&bucket(&[]), &BTreeMap::new(), &Identity::default()), Err(Unplaced::NoRegion));
    }

    #[test]
    fn a_bucket_that_was_never_created_is_not_held_to_the_region_of_a_failed_attempt() {
        let mut tried = existing(&[(annotation::REGION, "eu-west-1")], "us-west-2", "");
        tried.status.as_mut().unwrap().ack_resource_metadata.as_mut().unwrap().arn = None;
        assert_eq!(place(&tried, &[]).unwrap().region, "eu-west-1");
    }

    #[test]
    fn without_a_choice_the_controllers_own_identity_is_used() {
        let place = place(&bucket(&[]), &[]).unwrap();
        assert_eq!((place.role, place.account.as_deref()), (None, Some("123456789012")));
        assert_eq!(place.tags.len(), 2);
    }

    #[test]
    fn the_role_is_the_buckets_if_allowed_else_the_namespaces() {
        let by_namespace = place(&bucket(&[]), &[(annotation::ROLE_ARN, ROLE)]).unwrap();
        assert_eq!((by_namespace.role.as_deref(), by_namespace.account.as_deref()), (Some(ROLE), Some("111122223333")));
        let own = bucket(&[(annotation::ROLE_ARN, ROLE)]);
        assert_eq!(
            place(&own, &[(annotation::ALLOWED_ROLE_ARNS, "arn:aws:iam::111122223333:role/*")]).unwrap().role.as_deref(),
            Some(ROLE)
        );
        let refused = place(&own, &[(annotation::ROLE_ARN, "arn:aws:iam::111122223333:role/other")]).unwrap_err();
        assert_eq!(refused, Unplaced::RoleNotAllowed { role: ROLE.to_owned(), namespace: "team-a".to_owned() });
        assert!(refused.to_string().contains("allowed-iam-role-arns") && refused.category() == "role", "{refused}");
        let unreadable = place(&bucket(&[(annotation::ROLE_ARN, "")]), &[(annotation::ROLE_ARN, ROLE)]);
        assert_eq!(unreadable, Err(Unplaced::RoleArnInvalid { role: String::new() }), "never another identity");
    }

    #[test]
    fn an_owner_that_no_credentials_lead_to_is_never_served_by_others() {
        let owner = [(annotation::OWNER_ACCOUNT_ID, "111122223333")];
        assert!(matches!(place(&bucket(&[]), &owner), Err(Unplaced::NoRole { .. })));
        assert!(matches!(place(&bucket(&owner), &[]), Err(Unplaced::NoRole { .. })));
        let role = "arn:aws:iam::444455556666:role/x";
        let mismatch = place(&bucket(&[]), &[owner[0], (annotation::ROLE_ARN, role)]);
        assert!(matches!(mismatch, Err(Unplaced::RoleOfAnotherAccount { .. })));
        assert!(matches!(place(&bucket(&[(annotation::OWNER_ACCOUNT_ID, "123")]), &[]), Err(Unplaced::OwnerInvalid { .. })));
        assert_eq!(place(&bucket(&[]), &[owner[0], (annotation::ROLE_ARN, ROLE)]).unwrap().account.as_deref(), Some("111122223333"));
        let nameless = Identity { account: None, ..identity() };
        let place = resolve(&bucket(&owner), &BTreeMap::new(), &nameless).unwrap();
        assert_eq!(place.account.as_deref(), Some("111122223333"), "S3 itself checks the expected owner");
    }

    #[test]
    fn a_bucket_does_not_move_between_accounts() {
        let changed = place(&existing(&[], "us-east-1", "111122223333"), &[]).unwrap_err();
        assert!(matches!(changed, Unplaced::AccountChanged { .. }) && changed.category() == "account", "{changed}");
        assert!(place(&existing(&[], "us-east-1", "123456789012"), &[]).is_ok());
    }

    #[test]
    fn only_the_word_delete_deletes() {
        let policy = |bucket: &Bucket, namespace: &[(&str, &str)], default| deletion_policy(bucket, &annotations(namespace), default);
        let namespace = [(annotation::NAMESPACE_DELETION_POLICY, "retain")];
        assert_eq!(policy(&bucket(&[(annotation::DELETION_POLICY, "delete")]), &namespace, DeletionPolicy::Retain), DeletionPolicy::Delete);
        assert_eq!(policy(&bucket(&[(annotation::DELETION_POLICY, "Delete")]), &[], DeletionPolicy::Delete), DeletionPolicy::Retain);
        assert_eq!(policy(&bucket(&[]), &namespace, DeletionPolicy::Delete), DeletionPolicy::Retain);
        assert_eq!(policy(&bucket(&[]), &[], DeletionPolicy::Delete), DeletionPolicy::Delete);
    }
}
