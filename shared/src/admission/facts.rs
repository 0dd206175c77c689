//! What the rules look at: the request, and what follows from it, worked out once.

use std::collections::BTreeMap;
use std::fmt::{self, Display};

use super::adoption::Adoption;
use super::annotations;
use super::neighbour::{Neighbour, Profile};
use crate::arn::Arn;
use crate::name::BucketName;
use crate::unset::UnsetFields;
use crate::{Bucket, BucketSpec, annotation, place, region, role};

/// What the API server was asked to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// The object is new, or (in the controller) its bucket was never created.
    Create,
    /// The object is changed, or (in the controller) its bucket exists.
    Update,
    /// The object is deleted.
    Delete,
}

/// Another Bucket that claims the same S3 name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// Its namespace.
    pub namespace: String,
    /// Its Kubernetes name.
    pub name: String,
}

/// Who else claims an S3 name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Holder {
    /// No other Bucket.
    Nobody,
    /// This one.
    Bucket(Claim),
    /// Nobody knows yet: the cache is not filled.
    Unknown,
}

/// Who claims which S3 name; a view of the Buckets in a cache.
pub trait Claims {
    /// Another Bucket (not the one of the asking one's namespace and name) that claims the S3 name in the partition and is neither
    /// being deleted nor [only looking on](super::only_looks_on). The controller answers only with a Bucket whose claim goes before the asking one's
    /// ([`goes_before`](super::goes_before)): of two that got past the webhook, one has to win.
    fn holder(&self, bucket_name: &str, partition: &str, asking: &Bucket) -> Holder;

    /// What is known of another Bucket that holds the S3 name, whichever claim goes first. One of another namespace counts once its
    /// bucket exists: a mere claim is anybody's to make, and must not stop others. Who keeps no record of all that knows nothing.
    fn neighbour(&self, _bucket_name: &str, _partition: &str, _asking: &Bucket) -> Neighbour {
        Neighbour::Unknown
    }
}

/// What the operator set for the whole process.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// The region of Buckets that name none in a namespace that names none. The operator's word is not questioned, as other S3
    /// stores have regions of their own.
    pub default_region: Option<String>,
    /// The number of tags that the controller adds to each bucket.
    pub controller_tags: usize,
    /// The user names of controllers (ours, and the peer's while both run): their writes are never refused.
    pub controllers: Vec<String>,
    /// The ids of rules that are off unless they are named here.
    pub enabled_rules: Vec<String>,
    /// Whether annotation read-only means nothing, as the feature is off.
    pub ignores_read_only: bool,
    /// What the controller does about the sections that a spec leaves out, where the Bucket does not say.
    pub unset: UnsetFields,
}

/// One admission request, in our own types.
#[derive(Clone, Copy)]
pub struct Request<'a> {
    /// What was asked for.
    pub operation: Operation,
    /// The subresource that is written, such as `status`; `None` for the object itself.
    pub subresource: Option<&'a str>,
    /// The object as it would be stored; on Delete the object that is stored.
    pub bucket: &'a Bucket,
    /// The object that is stored; on Update only. The controller has none.
    pub old: Option<&'a Bucket>,
    /// The annotations of the object's namespace; `None` where the cache does not know it.
    pub namespace: Option<&'a BTreeMap<String, String>>,
    /// Whether the namespace is being deleted, and all that is in it.
    pub namespace_going: bool,
    /// The user that asks; empty in the controller.
    pub user: &'a str,
    /// What the operator set.
    pub settings: &'a Settings,
    /// Who else claims which S3 name.
    pub claims: &'a dyn Claims,
}

/// The request and what follows from it; shared by all rules.
pub struct Facts<'a> {
    /// The request.
    pub request: &'a Request<'a>,
    /// The region that the bucket is or will be in.
    pub region: Option<&'a str>,
    /// The region's partition; `None` where the region, or the store, is none of AWS.
    pub partition: Option<&'static str>,
    /// The role that would be assumed, well-formed or not.
    pub role: Option<Given<'a>>,
    /// The account that owns the bucket, as far as annotations tell: owner-account-id, else the account of a well-formed role.
    pub account: Option<&'a str>,
    /// The adoption annotations.
    pub adoption: Adoption<'a>,
}

impl<'a> Facts<'a> {
    /// Works out what follows from the request.
    #[must_use]
    pub fn of(request: &'a Request<'a>) -> Self {
        let region = place::region(request.bucket, request.namespace, request.settings.default_region.as_deref());
        let role = given(request, annotation::ROLE_ARN, annotation::ROLE_ARN);
        let role_account = role.map(|role| role.value).filter(|role| role::is_role(role)).and_then(Arn::parse).map(|arn| arn.account);
        let owner = given(request, annotation::OWNER_ACCOUNT_ID, annotation::OWNER_ACCOUNT_ID).map(|owner| owner.value);
        Self {
            request,
            region,
            partition: region.and_then(region::partition).filter(|_| !is_other_store(request)),
            role,
            account: owner.or(role_account),
            adoption: Adoption::of(request.bucket),
        }
    }

    /// The object as it would be stored.
    #[must_use]
    pub fn bucket(&self) -> &'a Bucket {
        self.request.bucket
    }

    /// The spec, where there is one.
    #[must_use]
    pub fn spec(&self) -> Option<&'a BucketSpec> {
        self.request.bucket.spec.as_ref()
    }

    /// The object that is stored, on Update.
    #[must_use]
    pub fn old(&self) -> Option<&'a Bucket> {
        self.request.old
    }

    /// The spec that is stored, on Update.
    #[must_use]
    pub fn old_spec(&self) -> Option<&'a BucketSpec> {
        self.request.old?.spec.as_ref()
    }

    /// The name of the S3 bucket: the spec's, else the one to adopt.
    #[must_use]
    pub fn bucket_name(&self) -> Option<&str> {
        self.bucket().bucket_name().or_else(|| self.adoption.name())
    }

    /// Whether this is a directory bucket.
    #[must_use]
    pub fn is_directory(&self) -> bool {
        self.bucket_name().is_some_and(|name| BucketName::new(name).is_directory())
    }

    /// The annotation of the Bucket, else that of its namespace. Empty ones of the namespace count as absent, as in the peer.
    #[must_use]
    pub fn given(&self, bucket_key: &'static str, namespace_key: &'static str) -> Option<Given<'a>> {
        given(self.request, bucket_key, namespace_key)
    }

    /// Whether the user that asks is a controller.
    #[must_use]
    pub fn by_controller(&self) -> bool {
        self.request.settings.controllers.iter().any(|controller| controller == self.request.user)
    }

    /// Whether somebody asks who is no controller; not so in the controller's own guard.
    #[must_use]
    pub fn by_user(&self) -> bool {
        !self.request.user.is_empty() && !self.by_controller()
    }

    /// Whether the S3 bucket exists and is this Bucket's: the status names its ARN. What a new object says of itself proves nothing.
    #[must_use]
    pub fn exists(&self) -> bool {
        self.request.operation != Operation::Create && place::arn(self.bucket()).is_some()
    }

    /// What is known of another Bucket that holds the S3 name. Without the own namespace there is nothing to compare it with.
    #[must_use]
    pub fn neighbour(&self, bucket_name: &str) -> Neighbour {
        if self.request.namespace.is_none() {
            return Neighbour::Unknown;
        }
        self.request.claims.neighbour(bucket_name, self.partition.unwrap_or("aws"), self.bucket())
    }

    /// What is known of this Bucket, as [`neighbour`](Self::neighbour) tells it of others.
    #[must_use]
    pub fn profile(&self) -> Profile {
        Profile::of(self.bucket()).placed(self.request.namespace, self.request.settings.default_region.as_deref())
    }

    /// Whether S3 may hold already what the spec says, though it would not take it anew: of a bucket that is to be adopted, and of one
    /// that exists when its controller asks.
    #[must_use]
    pub fn may_hold(&self) -> bool {
        let adopts = self.request.operation == Operation::Create && self.adoption.policy.is_some();
        adopts || (self.request.user.is_empty() && self.exists())
    }

    /// Whether the endpoint is that of another S3 store, which has regions and ARNs of its own.
    #[must_use]
    pub fn is_other_store(&self) -> bool {
        is_other_store(self.request)
    }

    /// Whether annotation read-only counts.
    #[must_use]
    pub fn heeds_read_only(&self) -> bool {
        !self.request.settings.ignores_read_only
    }

    /// Whether the Bucket is read-only: S3 is not written.
    #[must_use]
    pub fn looks_on(&self) -> bool {
        self.heeds_read_only() && annotation::is_true(self.bucket().annotation(annotation::READ_ONLY))
    }

    /// What becomes of the sections that the spec leaves out.
    #[must_use]
    pub fn unset(&self) -> UnsetFields {
        UnsetFields::of(self.bucket(), self.request.settings.unset)
    }

    /// The Bucket's namespace.
    #[must_use]
    pub fn namespace_name(&self) -> &'a str {
        self.bucket().metadata.namespace.as_deref().unwrap_or_default()
    }
}

/// The value of an annotation, and whose it is. Prints as the field that a finding about it names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Given<'a> {
    /// The annotation.
    pub key: &'static str,
    /// Its value.
    pub value: &'a str,
    /// Whether the namespace gave it, not the Bucket.
    pub by_namespace: bool,
}

impl Given<'_> {
    /// Whose annotation it is, for a message.
    #[must_use]
    pub fn whose(&self) -> &'static str {
        if self.by_namespace { "the namespace's annotation" } else { "annotation" }
    }
}

impl Display for Given<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.by_namespace { f.write_str("metadata.namespace") } else { write!(f, "metadata.annotations[{}]", self.key) }
    }
}

fn is_other_store(request: &Request<'_>) -> bool {
    given(request, annotation::ENDPOINT_URL, annotation::ENDPOINT_URL).is_some_and(|url| annotations::is_other_store(url.value))
}

fn given<'a>(request: &Request<'a>, bucket_key: &'static str, namespace_key: &'static str) -> Option<Given<'a>> {
    let own = request.bucket.annotation(bucket_key).map(|value| Given { key: bucket_key, value, by_namespace: false });
    own.or_else(|| {
        let value = request.namespace?.get(namespace_key).map(String::as_str).filter(|value| !value.is_empty())?;
        Some(Given { key: namespace_key, value, by_namespace: true })
    })
}
