//! Why a bucket has no place.

use crate::annotation;
use crate::carm::Unmapped;

/// The category of a role that is there as soon as somebody fills in what names it, such as a ConfigMap.
pub const ROLE_UNAVAILABLE: &str = "RoleUnavailable";

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
    /// The ConfigMaps of accounts and teams name no role.
    #[error("{0}")]
    Unmapped(#[from] Unmapped),
    /// The IAMRoleSelectors are not known yet.
    #[error(
        "the IAMRoleSelectors were not read yet; if this stays, apply their CustomResourceDefinition and let the controller's ServiceAccount get, list and watch them"
    )]
    SelectorsUnread,
    /// More than one IAMRoleSelector is for the Bucket.
    #[error("several IAMRoleSelectors are for this Bucket: {}; change all but one of them, so that they fit it no longer", .names.join(", "))]
    SelectorConflict {
        /// Their names.
        names: Vec<String>,
    },
    /// The IAMRoleSelector that is for the Bucket cannot be used.
    #[error("IAMRoleSelector {name} is for this Bucket and cannot be used: {why}")]
    SelectorInvalid {
        /// Its name.
        name: String,
        /// What is wrong with it.
        why: String,
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
    /// The endpoint of the namespace is none.
    #[error("{:?} in annotation {} of the namespace is not an endpoint; use https://<host>", .url, annotation::ENDPOINT_URL)]
    EndpointInvalid {
        /// The value of the annotation.
        url: String,
    },
    /// The endpoint of the namespace is not encrypted.
    #[error(
        "{:?} in annotation {} of the namespace is not https; use https, or allow it with the controller's --allow-unsafe-aws-endpoint-urls",
        .url,
        annotation::ENDPOINT_URL
    )]
    EndpointUnsafe {
        /// The value of the annotation.
        url: String,
    },
}

impl Unplaced {
    /// What kind of error this is: `region`, `role`, `account`, `endpoint`, [`ROLE_UNAVAILABLE`] or `SelectorConflict`.
    #[must_use]
    pub fn category(&self) -> &'static str {
        match self {
            Self::NoRegion => "region",
            Self::RoleArnInvalid { .. } | Self::RoleNotAllowed { .. } | Self::NoRole { .. } => "role",
            Self::Unmapped(_) | Self::SelectorsUnread | Self::SelectorInvalid { .. } => ROLE_UNAVAILABLE,
            Self::SelectorConflict { .. } => "SelectorConflict",
            Self::OwnerInvalid { .. } | Self::RoleOfAnotherAccount { .. } | Self::AccountChanged { .. } => "account",
            Self::EndpointInvalid { .. } | Self::EndpointUnsafe { .. } => "endpoint",
        }
    }

    /// Whether the role is there as soon as somebody fills in what names it, such as a ConfigMap.
    #[must_use]
    pub fn is_role_unavailable(&self) -> bool {
        self.category() == ROLE_UNAVAILABLE
    }
}
