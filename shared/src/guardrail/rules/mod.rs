//! The rules that have a field of their own in a guardrail. A file holds a rule's parameters (the part of the API), how they are
//! checked when they are written, and how a Bucket is judged by them.
//!
//! A new rule is a new file and one line in the list below.

mod accelerate;
mod accounts;
mod cors;
mod cross_account;
mod deletion_policy;
mod encryption;
mod iam_roles;
mod lifecycle;
mod logging;
mod naming;
mod notifications;
mod object_lock;
mod public_access;
mod regions;
mod replication;
mod request_payment;
mod tags;
#[cfg(test)]
pub(super) mod testing;
mod tls;
mod versioning;
mod website;

use std::fmt::Debug;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use accelerate::Acceleration;
pub use accounts::Accounts;
pub use cors::Cors;
pub use cross_account::CrossAccount;
pub use deletion_policy::{DeletionPolicies, DeletionPolicyWord};
pub use encryption::{Algorithm, Encryption, KmsKeys};
pub use iam_roles::IamRoles;
pub use lifecycle::{AtMostDays, Expirations, Lifecycle};
pub use logging::Logging;
pub use naming::Naming;
pub use notifications::{Notifications, Service};
pub use object_lock::{LockMode, LockState, ObjectLock};
pub use public_access::PublicAccess;
pub use regions::Regions;
pub use replication::Replication;
pub use request_payment::RequestPayment;
pub use tags::{ForbiddenTag, RequiredTag, Tags};
pub use tls::{LeastVersion, Tls};
pub use versioning::{Versioning, VersioningState};
pub use website::Website;

use super::marks::Marks;
use super::subject::Subject;
use super::types::Action;
use crate::admission::{Findings, Path};

/// A rule with its parameters, ready to judge.
pub(super) trait Check: Debug + Send + Sync {
    /// Says what of the Bucket does not meet the rule.
    fn check(&self, subject: &Subject<'_>, to: &mut Marks);
}

/// The parameters of a rule.
pub(super) trait Parameters {
    /// The rule's name: its field in the guardrail.
    const ID: &'static str;
    /// Whether directory buckets have what the rule is about.
    const DIRECTORY: bool;

    /// What the rule does; as the guardrail says where it does not.
    fn action(&self) -> Option<Action>;

    /// Makes it ready. What is wrong with the parameters is a finding.
    fn compile(&self, at: &Path<'_>, to: &mut Findings) -> Box<dyn Check>;
}

/// A rule of a guardrail.
#[derive(Debug)]
pub(super) struct Rule {
    pub(super) id: &'static str,
    pub(super) action: Option<Action>,
    pub(super) directory: bool,
    pub(super) check: Box<dyn Check>,
}

impl Rule {
    fn of<P: Parameters>(parameters: &P, at: &Path<'_>, to: &mut Findings) -> Self {
        Self { id: P::ID, action: parameters.action(), directory: P::DIRECTORY, check: parameters.compile(at, to) }
    }
}

macro_rules! rules {
    ($($(#[$doc:meta])+ $field:ident: $Type:ty),+ $(,)?) => {
        /// The demands that have a field of their own. What is left out is not looked at.
        #[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
        #[serde(rename_all = "camelCase")]
        pub struct Rules {
            $($(#[$doc])+ #[serde(skip_serializing_if = "Option::is_none")] pub $field: Option<$Type>,)+
        }

        /// The names of all rules.
        pub const IDS: &[&str] = &[$(<$Type as Parameters>::ID),+];

        impl Rules {
            /// The rules that are given.
            pub(super) fn compile(&self, at: &Path<'_>, to: &mut Findings) -> Vec<Rule> {
                let mut all = Vec::new();
                $(if let Some(parameters) = &self.$field {
                    all.push(Rule::of(parameters, &at.member(<$Type as Parameters>::ID), to));
                })+
                all
            }
        }
    };
}

rules! {
    /// In which regions buckets may be.
    regions: Regions,
    /// Which accounts may own buckets.
    accounts: Accounts,
    /// Which IAM roles a Bucket may name.
    iam_roles: IamRoles,
    /// What buckets are called.
    naming: Naming,
    /// Which tags a bucket has and has not.
    tags: Tags,
    /// Whether a bucket may be open to everybody.
    public_access: PublicAccess,
    /// Whether requests have to use TLS.
    tls: Tls,
    /// How new objects are encrypted.
    encryption: Encryption,
    /// Whether earlier versions of objects are kept.
    versioning: Versioning,
    /// Whether objects can be locked, and for how long.
    object_lock: ObjectLock,
    /// What happens to objects in time.
    lifecycle: Lifecycle,
    /// Where the access log goes.
    logging: Logging,
    /// Where objects are copied to.
    replication: Replication,
    /// Where events go.
    notifications: Notifications,
    /// What the bucket policy lets other accounts do.
    cross_account: CrossAccount,
    /// Whether a bucket may be a web site: Allowed or Forbidden.
    website: Website,
    /// What web pages of other origins may do.
    cors: Cors,
    /// What becomes of the S3 bucket when the Bucket is deleted.
    deletion_policy: DeletionPolicies,
    /// Whether Transfer Acceleration may be on: Allowed or Forbidden.
    accelerate: Acceleration,
    /// Whether requesters may have to pay: Allowed or Forbidden.
    request_payment: RequestPayment,
}

/// Whether something may be there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Leave {
    /// It may.
    #[default]
    Allowed,
    /// It may not.
    Forbidden,
}

/// Whether something has to be there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Need {
    /// It has to.
    Required,
    /// It may be left out.
    #[default]
    Optional,
}

impl Leave {
    fn is_forbidden(this: Option<Self>) -> bool {
        this == Some(Self::Forbidden)
    }
}

impl Need {
    fn is_required(this: Option<Self>) -> bool {
        this == Some(Self::Required)
    }
}
