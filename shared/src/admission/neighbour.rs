//! What is known of the other Bucket that holds an S3 name: where its bucket lies, whose it is, and what keeps it from taking what
//! others send there.

use std::collections::BTreeMap;

use super::effective::ENFORCED;
use crate::arn::Arn;
use crate::subconfig::{SubConfig, object_lock, ownership_controls};
use crate::{Bucket, BucketSpec, annotation, place, role};

/// The Bucket that holds an S3 name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Neighbour {
    /// No other Bucket that counts, or several that may contradict each other.
    Nobody,
    /// This one.
    Bucket(Profile),
    /// Nobody knows yet: the cache is not filled.
    Unknown,
}

/// What a bucket is or has that matters to those that send something there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trait {
    /// Object Lock, with default retention or without.
    ObjectLock,
    /// Who asks pays.
    RequesterPays,
    /// New objects are encrypted with a KMS key.
    Kms,
    /// ACLs are off: the ownership is BucketOwnerEnforced for certain.
    AclsOff,
}

/// What is known of a Bucket without asking S3.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Profile {
    /// The region's code.
    pub region: Option<String>,
    /// The account that owns the bucket, as far as status and annotations tell.
    pub account: Option<String>,
    /// Whether the S3 bucket exists.
    pub exists: bool,
    /// What it is or has.
    pub traits: Vec<Trait>,
    /// The account of the role that the Bucket itself names.
    role_account: Option<String>,
}

impl Profile {
    /// What the Bucket itself tells, without its namespace.
    #[must_use]
    pub fn of(bucket: &Bucket) -> Self {
        let metadata = bucket.status.as_ref().and_then(|status| status.ack_resource_metadata.as_ref());
        let exists = place::arn(bucket).is_some();
        let owner = metadata.filter(|_| exists).map(|metadata| metadata.owner_account_id.as_str());
        let account = owner.or_else(|| bucket.annotation(annotation::OWNER_ACCOUNT_ID)).filter(|account| role::is_account(account));
        Self {
            region: place::region(bucket, None, None).map(str::to_owned),
            account: account.map(str::to_owned),
            exists,
            traits: bucket.spec.as_ref().map_or_else(Vec::new, |spec| traits(spec, exists || is_adopting(bucket))),
            role_account: bucket.annotation(annotation::ROLE_ARN).and_then(account_of).map(str::to_owned),
        }
    }

    /// The same with what the namespace and the operator tell where the Bucket does not.
    #[must_use]
    pub fn placed(self, namespace: Option<&BTreeMap<String, String>>, default_region: Option<&str>) -> Self {
        let given = |key: &str| namespace.and_then(|namespace| namespace.get(key)).map(String::as_str).filter(|value| !value.is_empty());
        let region = self.region.or_else(|| given(annotation::DEFAULT_REGION).or(default_region).map(str::to_owned));
        let owner = || given(annotation::OWNER_ACCOUNT_ID).filter(|account| role::is_account(account)).map(str::to_owned);
        let account = self.account.or_else(owner).or_else(|| self.role_account.clone());
        let account = account.or_else(|| given(annotation::ROLE_ARN).and_then(account_of).map(str::to_owned));
        Self { region, account, ..self }
    }

    /// The one of those that hold a name whose bucket it is: the only one, or the only one whose bucket exists.
    #[must_use]
    pub fn sole(all: impl IntoIterator<Item = Self>) -> Option<Self> {
        let (mut existing, mut others): (Vec<Self>, Vec<Self>) = all.into_iter().partition(|profile| profile.exists);
        let candidates = if existing.is_empty() { &mut others } else { &mut existing };
        candidates.pop().filter(|_| candidates.is_empty())
    }

    /// Whether it is or has this.
    #[must_use]
    pub fn has(&self, one: Trait) -> bool {
        self.traits.contains(&one)
    }
}

fn account_of(role: &str) -> Option<&str> {
    Some(role).filter(|role| role::is_role(role)).and_then(Arn::parse).map(|arn| arn.account)
}

fn is_adopting(bucket: &Bucket) -> bool {
    bucket.annotation(annotation::ADOPTION_POLICY).is_some()
}

fn traits(spec: &BucketSpec, is_older: bool) -> Vec<Trait> {
    let algorithms = spec.encryption.iter().flat_map(|encryption| encryption.rules.iter().flatten());
    let algorithms = algorithms.filter_map(|rule| rule.apply_server_side_encryption_by_default.as_ref()?.sse_algorithm.as_deref());
    let payer = spec.request_payment.as_ref().and_then(|payment| payment.payer.as_deref());
    [
        (Trait::ObjectLock, object_lock::is_asked_for(spec)),
        (Trait::RequesterPays, payer == Some("Requester")),
        (Trait::Kms, algorithms.into_iter().any(|algorithm| algorithm.starts_with("aws:kms"))),
        (Trait::AclsOff, are_acls_off(spec, is_older)),
    ]
    .into_iter()
    .filter_map(|(one, is)| is.then_some(one))
    .collect()
}

/// What a bucket that is older than its Bucket has where the spec says nothing, nobody knows.
fn are_acls_off(spec: &BucketSpec, is_older: bool) -> bool {
    let is_said = spec.ownership_controls.clone().and_then(SubConfig::normalise).is_some();
    (is_said || !is_older) && ownership_controls::effective(spec) == ENFORCED
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::admission::testing::World;

    const ROLE: &str = "arn:aws:iam::111122223333:role/x";

    fn profile(world: &World) -> Profile {
        Profile::of(&world.bucket).placed(world.namespace.as_ref(), Some("eu-north-1"))
    }

    #[test]
    fn the_bucket_goes_before_its_namespace_and_the_status_before_both() {
        let bare = World::new().bucket(|bucket| bucket.metadata.annotations = None);
        let place = |world: World| {
            let profile = profile(&world);
            (profile.region.unwrap_or_default(), profile.account.unwrap_or_default())
        };
        let of = |region: &str, account: &str| (region.to_owned(), account.to_owned());
        assert_eq!(place(bare.clone()), of("eu-north-1", ""));
        let inherited = bare.namespace(annotation::DEFAULT_REGION, "eu-west-2").namespace(annotation::ROLE_ARN, ROLE);
        assert_eq!(place(inherited.clone()), of("eu-west-2", "111122223333"));
        let own = inherited.region("eu-west-1").annotate(annotation::ROLE_ARN, "arn:aws:iam::444455556666:role/y");
        assert_eq!(place(own.clone()), of("eu-west-1", "444455556666"));
        let owned = own.namespace(annotation::OWNER_ACCOUNT_ID, "777788889999");
        assert_eq!(place(owned.clone()), of("eu-west-1", "777788889999"), "the owner goes before a role");
        assert_eq!(place(owned.existing()), of("eu-west-1", "123456789012"));
        assert_eq!(place(World::new().annotate(annotation::OWNER_ACCOUNT_ID, "prod")), of("eu-west-1", ""));
    }

    #[test]
    fn of_several_the_one_that_exists_counts() {
        let (made, claimed) = (Profile { exists: true, ..Profile::default() }, Profile::default());
        assert_eq!(Profile::sole([claimed.clone(), made.clone(), claimed.clone()]), Some(made.clone()));
        assert_eq!(Profile::sole([claimed.clone()]), Some(claimed.clone()));
        assert_eq!(Profile::sole([claimed.clone(), claimed]), None);
        assert_eq!(Profile::sole([made.clone(), made]), None);
        assert_eq!(Profile::sole([]), None);
    }

    #[test]
    fn traits_follow_from_the_spec_and_silence_says_nothing_of_an_older_bucket() {
        let traits = |world: World| profile(&world).traits;
        assert_eq!(traits(World::new()), [Trait::AclsOff]);
        assert_eq!(traits(World::new().existing()), []);
        assert_eq!(traits(World::new().adopting("adopt", r#"{"name":"team-a-logs"}"#)), []);
        assert_eq!(traits(World::new().section("acl", r#""log-delivery-write""#)), []);
        let enforced = r#"{"rules":[{"objectOwnership":"BucketOwnerEnforced"}]}"#;
        assert_eq!(traits(World::new().existing().section("ownershipControls", enforced)), [Trait::AclsOff]);
        let unfit = World::new()
            .existing()
            .section("objectLockConfiguration", r#"{"rule":{"defaultRetention":{"mode":"GOVERNANCE","days":1}}}"#)
            .section("requestPayment", r#"{"payer":"Requester"}"#)
            .section("encryption", r#"{"rules":[{"applyServerSideEncryptionByDefault":{"sseAlgorithm":"aws:kms:dsse"}}]}"#);
        assert_eq!(traits(unfit), [Trait::ObjectLock, Trait::RequesterPays, Trait::Kms]);
    }
}
