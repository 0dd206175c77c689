//! Who claims which S3 name, as the cache of Buckets tells.

use std::collections::BTreeMap;
use std::sync::Arc;

use kube::ResourceExt;
use kube::runtime::reflector::Store;
use shared::admission::{Adoption, Claim, Claims, Holder, Neighbour, Profile, goes_before, only_looks_on};
use shared::{Bucket, place, region};

/// The claims in a cache of Buckets.
pub struct StoreClaims<'a> {
    /// The cache; it is filled before the first pass.
    pub buckets: &'a Store<Bucket>,
    /// The annotations of a namespace, by its name.
    pub namespace: &'a dyn Fn(&Bucket) -> Option<BTreeMap<String, String>>,
    /// The region of Buckets that name none.
    pub default_region: Option<&'a str>,
    /// Whether annotation read-only means nothing.
    pub ignores_read_only: bool,
}

impl Claims for StoreClaims<'_> {
    fn holder(&self, bucket_name: &str, partition: &str, asking: &Bucket) -> Holder {
        let other = self.buckets.find(|other| self.holds(other, bucket_name, partition, asking) && wins(other, asking));
        match other {
            Some(other) => Holder::Bucket(Claim { namespace: other.namespace().unwrap_or_default(), name: other.name_any() }),
            None => Holder::Nobody,
        }
    }

    fn neighbour(&self, bucket_name: &str, partition: &str, asking: &Bucket) -> Neighbour {
        let others = self.buckets.state().into_iter();
        let counts = |other: &Bucket| place::arn(other).is_some() || other.metadata.namespace == asking.metadata.namespace;
        let others = others.filter(|other| self.holds(other, bucket_name, partition, asking) && !other.is_being_deleted() && counts(other));
        let profile = |other: Arc<Bucket>| Profile::of(&other).placed((self.namespace)(&other).as_ref(), self.default_region);
        Profile::sole(others.map(profile)).map_or(Neighbour::Nobody, Neighbour::Bucket)
    }
}

impl StoreClaims<'_> {
    /// Whether another Bucket claims the name in the partition of the store that the asking one is in.
    fn holds(&self, other: &Bucket, bucket_name: &str, partition: &str, asking: &Bucket) -> bool {
        Adoption::bucket_name(other).as_deref() == Some(bucket_name)
            && is_another(other, asking)
            && (self.ignores_read_only || !only_looks_on(other))
            && self.partition(other) == partition
            && place::is_one_store((self.namespace)(other).as_ref(), (self.namespace)(asking).as_ref())
    }

    fn partition(&self, bucket: &Bucket) -> &'static str {
        let namespace = (self.namespace)(bucket);
        place::region(bucket, namespace.as_ref(), self.default_region).and_then(region::partition).unwrap_or("aws")
    }
}

fn is_another(other: &Bucket, asking: &Bucket) -> bool {
    (&other.metadata.namespace, &other.metadata.name) != (&asking.metadata.namespace, &asking.metadata.name)
}

/// Whether the other one has the name. One that may be creating the bucket right now goes before all that are not.
fn wins(other: &Bucket, asking: &Bucket) -> bool {
    let is_first = match (other.owns_bucket(), asking.owns_bucket()) {
        (true, false) => true,
        (false, true) => false,
        (true, true) | (false, false) => goes_before(other, asking),
    };
    is_first && !other.is_being_deleted()
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
    use kube::runtime::reflector;
    use kube::runtime::watcher::Event;
    use shared::bucket::FINALIZER;
    use shared::{BucketSpec, annotation};

    use super::*;

    fn bucket(kubernetes_name: &str, created: i64) -> Bucket {
        let mut bucket = Bucket::new(kubernetes_name, BucketSpec { name: "logs".to_owned(), ..BucketSpec::default() });
        bucket.metadata.namespace = Some("team-a".to_owned());
        bucket.metadata.creation_timestamp = Some(Time(Timestamp::from_second(created).unwrap()));
        bucket
    }

    fn holder(cached: &[&Bucket], asking: &Bucket, partition: &str) -> Option<String> {
        holder_where(false, cached, asking, partition)
    }

    fn holder_where(ignores_read_only: bool, cached: &[&Bucket], asking: &Bucket, partition: &str) -> Option<String> {
        let (buckets, mut writer) = reflector::store();
        for bucket in cached {
            writer.apply_watcher_event(&Event::Apply((*bucket).clone()));
        }
        let claims = StoreClaims { buckets: &buckets, namespace: &|_| None, default_region: Some("eu-west-1"), ignores_read_only };
        match claims.holder("logs", partition, asking) {
            Holder::Bucket(claim) => Some(claim.name),
            Holder::Nobody => None,
            Holder::Unknown => panic!("the cache is filled"),
        }
    }

    #[test]
    fn of_two_exactly_one_is_refused() {
        let (older, younger) = (bucket("older", 1), bucket("younger", 2));
        let both = [&older, &younger];
        assert_eq!(holder(&both, &younger, "aws").as_deref(), Some("older"));
        assert_eq!(holder(&both, &older, "aws"), None);
    }

    #[test]
    fn the_one_with_the_finalizer_goes_before_an_older_one() {
        let (older, mut younger) = (bucket("older", 1), bucket("younger", 2));
        younger.metadata.finalizers = Some(vec![FINALIZER.to_owned()]);
        let both = [&older, &younger];
        assert_eq!(holder(&both, &older, "aws").as_deref(), Some("younger"));
        assert_eq!(holder(&both, &younger, "aws"), None);
    }

    #[test]
    fn a_namespace_with_another_store_claims_nothing_here() {
        let (asking, mut other) = (bucket("asking", 2), bucket("other", 1));
        other.metadata.namespace = Some("own-store".to_owned());
        let (buckets, mut writer) = reflector::store();
        writer.apply_watcher_event(&Event::Apply(other));
        let endpoint = || BTreeMap::from([(annotation::ENDPOINT_URL.to_owned(), "https://minio.example".to_owned())]);
        let namespace = |bucket: &Bucket| (bucket.namespace().as_deref() == Some("own-store")).then(endpoint);
        let claims = StoreClaims { buckets: &buckets, namespace: &namespace, default_region: Some("eu-west-1"), ignores_read_only: false };
        assert!(matches!(claims.holder("logs", "aws", &asking), Holder::Nobody));
        let mut neighbour = asking;
        neighbour.metadata.namespace = Some("own-store".to_owned());
        assert!(matches!(claims.holder("logs", "aws", &neighbour), Holder::Bucket(_)));
    }

    #[test]
    fn what_is_known_of_the_neighbour_is_what_its_bucket_tells() {
        let (asking, mut other) = (bucket("asking", 1), bucket("other", 2));
        other.metadata.annotations = Some(BTreeMap::from([(annotation::REGION.to_owned(), "eu-west-3".to_owned())]));
        let neighbour = |cached: &[&Bucket]| {
            let (buckets, mut writer) = reflector::store();
            for bucket in cached {
                writer.apply_watcher_event(&Event::Apply((*bucket).clone()));
            }
            let claims = StoreClaims { buckets: &buckets, namespace: &|_| None, default_region: None, ignores_read_only: false };
            claims.neighbour("logs", "aws", &asking)
        };
        let Neighbour::Bucket(profile) = neighbour(&[&asking, &other]) else { panic!("no neighbour") };
        assert_eq!(profile.region.as_deref(), Some("eu-west-3"), "the younger one counts as well");
        assert_eq!(neighbour(&[&asking, &other, &bucket("third", 3)]), Neighbour::Nobody, "two contradict each other");
        let mut foreign = other.clone();
        foreign.metadata.namespace = Some("team-b".to_owned());
        assert_eq!(neighbour(&[&asking, &foreign]), Neighbour::Nobody, "anybody can claim a name");
        other.metadata.deletion_timestamp = Some(Time(Timestamp::UNIX_EPOCH));
        assert_eq!(neighbour(&[&asking, &other]), Neighbour::Nobody);
    }

    #[test]
    fn another_partition_a_deleted_one_and_an_onlooker_claim_nothing() {
        let asking = bucket("asking", 2);
        let mut other = bucket("other", 1);
        assert_eq!(holder(&[&other], &asking, "aws-cn"), None);
        other.metadata.annotations = Some(BTreeMap::from([(annotation::READ_ONLY.to_owned(), "true".to_owned())]));
        assert_eq!(holder(&[&other], &asking, "aws"), None);
        assert_eq!(holder_where(true, &[&other], &asking, "aws").as_deref(), Some("other"), "the feature is off");
        let mut adopter = other.clone();
        adopter.metadata.annotations.as_mut().unwrap().insert(annotation::ADOPTION_POLICY.to_owned(), "adopt".to_owned());
        assert_eq!(holder(&[&adopter], &asking, "aws").as_deref(), Some("other"), "it will have the bucket for its own");
        let mut owner = other.clone();
        owner.metadata.finalizers = Some(vec![FINALIZER.to_owned()]);
        assert_eq!(holder(&[&owner], &asking, "aws").as_deref(), Some("other"), "it has it, and looks on for a while");
        other.metadata.annotations = None;
        other.metadata.deletion_timestamp = Some(Time(Timestamp::UNIX_EPOCH));
        assert_eq!(holder(&[&other], &asking, "aws"), None);
    }
}
