//! Where a bucket belongs: region, account, role, endpoint, and the tags that the controller adds. Pure: what is known goes in, a
//! place or the reason why there is none comes out.

mod role;
mod unplaced;

use std::collections::BTreeMap;

pub use self::role::{Offers, account_to_look_up, team_to_look_up};
pub use self::unplaced::{ROLE_UNAVAILABLE, Unplaced};
use crate::resource_tags::TagTemplates;
use crate::role_selector::Selected;
use crate::{Bucket, annotation, region};

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
    /// The IAMRoleSelector that chose the role, if one did.
    pub selected: Option<Selected>,
    /// The S3 endpoint of the namespace; absent for the controller's.
    pub endpoint: Option<String>,
    /// The controller's own tags for this bucket.
    pub tags: Vec<ControllerTag>,
}

/// What the controller brings along.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Identity {
    /// The account of its own credentials, 12 digits, where it is known.
    pub account: Option<String>,
    /// The partition of its own credentials, where it is known.
    pub partition: Option<String>,
    /// The region of Buckets that name none in a namespace that names none.
    pub default_region: Option<String>,
    /// Whether the endpoint of a namespace may be one without encryption.
    pub unsafe_endpoints: bool,
    /// The tags that it adds to every bucket.
    pub tags: TagTemplates,
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
/// Nobody names a region; or the role, the account or the endpoint that was chosen cannot be used.
pub fn resolve(bucket: &Bucket, namespace: &BTreeMap<String, String>, identity: &Identity, offers: Offers<'_>) -> Result<Place, Unplaced> {
    let region = region(bucket, Some(namespace), identity.default_region.as_deref()).ok_or(Unplaced::NoRegion)?;
    let chosen = role::choose(bucket, namespace, identity.account.as_deref(), offers)?;
    let account = role::account(bucket, namespace, &chosen, identity.account.as_deref())?.map(str::to_owned);
    // The regions of other S3 stores belong to no partition.
    let partition = region::partition(region).or(identity.partition.as_deref()).unwrap_or("aws");
    Ok(Place {
        region: region.to_owned(),
        partition: partition.to_owned(),
        account,
        role: chosen.role,
        selected: chosen.selected,
        endpoint: endpoint(namespace, identity.unsafe_endpoints)?.map(str::to_owned),
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

/// The bucket's name, as its ARN in the status tells it: the last part of `arn:aws:s3:::name` or, of a directory bucket, of
/// `...:bucket/name`.
#[must_use]
pub fn name(bucket: &Bucket) -> Option<&str> {
    arn(bucket)?.rsplit([':', '/']).next().filter(|name| !name.is_empty())
}

/// What happens to the S3 bucket on deletion: the Bucket's annotation, else the namespace's, else the default.
#[must_use]
pub fn deletion_policy(bucket: &Bucket, namespace: &BTreeMap<String, String>, default: DeletionPolicy) -> DeletionPolicy {
    let own = bucket.annotation(annotation::DELETION_POLICY);
    own.or_else(|| non_empty(namespace, annotation::NAMESPACE_DELETION_POLICY)).map_or(default, DeletionPolicy::from)
}

/// Whether the Buckets of two namespaces are in one store: names of buckets are unique within a store only.
#[must_use]
pub fn is_one_store(one: Option<&BTreeMap<String, String>>, other: Option<&BTreeMap<String, String>>) -> bool {
    let of = |namespace: Option<&BTreeMap<String, String>>| {
        namespace.and_then(|namespace| non_empty(namespace, annotation::ENDPOINT_URL)).map(|url| url.trim_end_matches('/').to_owned())
    };
    of(one) == of(other)
}

/// The S3 endpoint that the namespace names.
fn endpoint(namespace: &BTreeMap<String, String>, unsafe_allowed: bool) -> Result<Option<&str>, Unplaced> {
    let Some(url) = non_empty(namespace, annotation::ENDPOINT_URL) else { return Ok(None) };
    let invalid = || Unplaced::EndpointInvalid { url: url.to_owned() };
    let (scheme, rest) = url.split_once("://").ok_or_else(invalid)?;
    let host = rest.split('/').next().unwrap_or_default();
    let is_host = |byte: u8| byte.is_ascii_alphanumeric() || b".-_:[]".contains(&byte);
    if host.is_empty() || !host.bytes().all(is_host) || rest.bytes().any(|byte| !byte.is_ascii_graphic() || b"?#".contains(&byte)) {
        return Err(invalid());
    }
    match scheme {
        "https" => Ok(Some(url)),
        "http" if unsafe_allowed => Ok(Some(url)),
        "http" => Err(Unplaced::EndpointUnsafe { url: url.to_owned() }),
        _ => Err(invalid()),
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
mod tests;
