//! What the rules look at: the request, and what follows from it, worked out once.

use std::collections::BTreeMap;

use crate::Bucket;

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

/// Who claims which S3 name; a view of the Buckets in a cache.
pub trait Claims {
    /// Another Bucket (not the one of this namespace and name) that claims the S3 name in the partition and is not being deleted.
    /// `None` also where the cache is not filled yet: a rule that needs it is skipped, never a reason to refuse.
    fn holder(&self, bucket_name: &str, partition: &str, asking: &Bucket) -> Option<Claim>;
}

/// What the operator set for the whole process.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// The region of Buckets that name none in a namespace that names none.
    pub default_region: Option<String>,
    /// The number of tags that the controller adds to each bucket.
    pub controller_tags: usize,
    /// The user names of controllers (ours, and the peer's while both run): their writes are never refused.
    pub controllers: Vec<String>,
}

/// One admission request, in our own types.
pub struct Request<'a> {
    /// What was asked for.
    pub operation: Operation,
    /// The object as it would be stored; on Delete the object that is stored.
    pub bucket: &'a Bucket,
    /// The object that is stored; on Update only. The controller has none.
    pub old: Option<&'a Bucket>,
    /// The annotations of the object's namespace; `None` where the cache does not know it.
    pub namespace: Option<&'a BTreeMap<String, String>>,
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
}
