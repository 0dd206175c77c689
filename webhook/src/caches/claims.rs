//! Which Bucket claims which S3 name, and what is known of it.

use std::collections::HashMap;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use shared::admission::{Adoption, Claim, Profile, only_looks_on};
use shared::{Bucket, annotation, place, region};

use super::claimant::Claimant;
use super::namespaces::NamespaceTable;
use super::table::Table;

/// Namespace and name.
type Key = (String, String);

/// The claims of all Buckets, to be looked up by S3 name.
#[derive(Debug, Default)]
pub(crate) struct ClaimTable {
    names: HashMap<Key, String>,
    claims: HashMap<String, Vec<StandingClaim>>,
}

#[derive(Debug)]
struct StandingClaim {
    key: Key,
    /// What the Bucket itself tells; else its namespace decides.
    profile: Profile,
}

impl ClaimTable {
    /// Another Bucket than the one that asks that claims the name in the partition; the first by namespace and name.
    pub(crate) fn holder(
        &self,
        bucket_name: &str,
        partition: &str,
        asking: &Bucket,
        namespaces: &NamespaceTable,
        default_region: Option<&str>,
    ) -> Option<Claim> {
        let others = self.others(bucket_name, partition, asking, namespaces, default_region);
        let (namespace, name) = others.map(|claim| &claim.key).min()?.clone();
        Some(Claim { namespace, name })
    }

    /// What is known of another Bucket than the one that asks that claims the name in the partition, and is of its namespace or has
    /// the bucket already.
    pub(crate) fn neighbour(
        &self,
        bucket_name: &str,
        partition: &str,
        asking: &Bucket,
        namespaces: &NamespaceTable,
        default_region: Option<&str>,
    ) -> Option<Profile> {
        let counts = |claim: &&StandingClaim| claim.profile.exists || asking.metadata.namespace.as_deref() == Some(claim.key.0.as_str());
        let others = self.others(bucket_name, partition, asking, namespaces, default_region).filter(counts);
        Profile::sole(others.map(|claim| claim.profile.clone().placed(namespaces.annotations(&claim.key.0).as_deref(), default_region)))
    }

    /// The claims of other Buckets than the one that asks to the name in the partition of its store.
    fn others<'a>(
        &'a self,
        bucket_name: &str,
        partition: &'a str,
        asking: &'a Bucket,
        namespaces: &'a NamespaceTable,
        default_region: Option<&'a str>,
    ) -> impl Iterator<Item = &'a StandingClaim> {
        let asks = (asking.metadata.namespace.as_deref(), asking.metadata.name.as_deref());
        let here = asks.0.and_then(|namespace| namespaces.annotations(namespace));
        self.claims.get(bucket_name).into_iter().flatten().filter(move |claim| {
            let (namespace, name) = &claim.key;
            asks != (Some(namespace), Some(name))
                && claim.partition(namespaces, default_region) == partition
                && place::is_one_store(namespaces.annotations(namespace).as_deref(), here.as_deref())
        })
    }

    fn put(&mut self, bucket: &Bucket) {
        let Some(key) = key(&bucket.metadata) else { return };
        self.remove(&key);
        if bucket.is_being_deleted() || only_looks_on(bucket) {
            return;
        }
        let Some(name) = Adoption::bucket_name(bucket) else { return };
        let claim = StandingClaim { key: key.clone(), profile: Profile::of(bucket) };
        self.claims.entry(name.clone().into_owned()).or_default().push(claim);
        self.names.insert(key, name.into_owned());
    }

    fn remove(&mut self, key: &Key) {
        let Some(name) = self.names.remove(key) else { return };
        if let Some(claims) = self.claims.get_mut(&name) {
            claims.retain(|claim| claim.key != *key);
            if claims.is_empty() {
                self.claims.remove(&name);
            }
        }
    }
}

impl StandingClaim {
    /// The partition of the region; that of other S3 stores' regions is taken to be `aws`, as the rule does.
    fn partition(&self, namespaces: &NamespaceTable, default_region: Option<&str>) -> &'static str {
        let annotations = namespaces.annotations(&self.key.0).unwrap_or_default();
        let given = annotations.get(annotation::DEFAULT_REGION).map(String::as_str).filter(|region| !region.is_empty());
        let region = self.profile.region.as_deref().or(given).or(default_region);
        region.and_then(region::partition).unwrap_or("aws")
    }
}

fn key(meta: &ObjectMeta) -> Option<Key> {
    Some((meta.namespace.clone()?, meta.name.clone()?))
}

impl FromIterator<Bucket> for ClaimTable {
    fn from_iter<I: IntoIterator<Item = Bucket>>(buckets: I) -> Self {
        let mut table = Self::default();
        buckets.into_iter().for_each(|bucket| table.put(&bucket));
        table
    }
}

impl Table for ClaimTable {
    type Object = Claimant;

    fn apply(&mut self, object: &Claimant) {
        self.put(&object.to_bucket());
    }

    fn delete(&mut self, object: &Claimant) {
        if let Some(key) = key(&object.metadata) {
            self.remove(&key);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use shared::BucketSpec;
    use shared::admission::Trait;
    use shared::bucket::FINALIZER;

    use super::*;

    fn claimant(namespace: &str, name: &str, more: &Value) -> Claimant {
        let mut object = json!({"metadata": {"namespace": namespace, "name": name}, "spec": {"name": "logs", "tagging": 5}});
        json_patch::merge(&mut object, more);
        serde_json::from_value(object).unwrap()
    }

    fn asking(namespace: &str, name: &str) -> Bucket {
        let mut bucket = Bucket::new(name, BucketSpec::default());
        bucket.metadata.namespace = Some(namespace.to_owned());
        bucket
    }

    fn holder(table: &ClaimTable, partition: &str, asking: &Bucket) -> Option<String> {
        let with = |name: &str, key: &str, value: &str| (name.to_owned(), [(key.to_owned(), value.to_owned())].into());
        let store = "https://minio.example";
        let namespaces = [with("china", annotation::DEFAULT_REGION, "cn-north-1"), with("own-store", annotation::ENDPOINT_URL, store)];
        let claim = table.holder("logs", partition, asking, &namespaces.into_iter().collect(), Some("eu-west-1"))?;
        Some(format!("{}/{}", claim.namespace, claim.name))
    }

    #[test]
    fn another_bucket_of_the_name_in_the_partition_holds_it() {
        let mut table = ClaimTable::default();
        table.apply(&claimant("b", "second", &json!({})));
        table.apply(&claimant("a", "first", &json!({})));
        table.apply(&claimant("china", "one", &json!({})));
        assert_eq!(holder(&table, "aws", &asking("c", "third")).as_deref(), Some("a/first"));
        assert_eq!(holder(&table, "aws", &asking("a", "first")).as_deref(), Some("b/second"));
        assert_eq!(holder(&table, "aws-cn", &asking("c", "third")).as_deref(), Some("china/one"));
        assert_eq!(holder(&table, "aws-us-gov", &asking("c", "third")), None);
    }

    #[test]
    fn a_bucket_that_goes_away_or_is_only_looked_at_holds_nothing() {
        let mut table = ClaimTable::default();
        table.apply(&claimant("a", "first", &json!({})));
        table.apply(&claimant("a", "first", &json!({"metadata": {"deletionTimestamp": "2026-01-01T00:00:00Z"}})));
        table.apply(&claimant("a", "looks", &json!({"metadata": {"annotations": {annotation::READ_ONLY: "true"}}})));
        assert_eq!(holder(&table, "aws", &asking("c", "third")), None);
        table.apply(&claimant("a", "first", &json!({})));
        table.apply(&claimant("a", "first", &json!({"spec": {"name": "other"}})));
        assert_eq!(holder(&table, "aws", &asking("c", "third")), None);
        table.delete(&claimant("a", "first", &json!({})));
        table.delete(&claimant("a", "looks", &json!({})));
        assert!(table.claims.is_empty() && table.names.is_empty(), "{table:?}");
    }

    #[test]
    fn who_looks_on_holds_what_is_its_own_or_will_be() {
        for more in [json!({"finalizers": [FINALIZER]}), json!({"annotations": {annotation::ADOPTION_POLICY: "adopt"}})] {
            let mut looks = json!({"metadata": {"annotations": {annotation::READ_ONLY: "true"}}});
            json_patch::merge(&mut looks, &json!({"metadata": more}));
            let mut table = ClaimTable::default();
            table.apply(&claimant("a", "looks", &looks));
            assert_eq!(holder(&table, "aws", &asking("c", "third")).as_deref(), Some("a/looks"), "{looks}");
        }
    }

    #[test]
    fn a_namespace_with_another_store_claims_nothing_here() {
        let mut table = ClaimTable::default();
        table.apply(&claimant("own-store", "one", &json!({})));
        assert_eq!(holder(&table, "aws", &asking("c", "third")), None);
        assert_eq!(holder(&table, "aws", &asking("own-store", "two")).as_deref(), Some("own-store/one"));
    }

    #[test]
    fn what_is_known_of_the_neighbour_is_what_its_bucket_and_its_namespace_tell() {
        let mut table = ClaimTable::default();
        let spec = json!({"requestPayment": {"payer": "Requester"}, "encryption": {"rules": 3}, "acl": ["odd"]});
        table.apply(&claimant("china", "one", &json!({ "spec": spec })));
        let given = [(annotation::DEFAULT_REGION, "cn-north-1"), (annotation::OWNER_ACCOUNT_ID, "111122223333")];
        let given = given.map(|(key, value)| (key.to_owned(), value.to_owned())).into();
        let namespaces: NamespaceTable = [("china".to_owned(), given)].into_iter().collect();
        let neighbour = |partition: &str, name: &str| table.neighbour("logs", partition, &asking("china", name), &namespaces, None);
        let profile = neighbour("aws-cn", "two").unwrap();
        assert_eq!((profile.region.as_deref(), profile.account.as_deref()), (Some("cn-north-1"), Some("111122223333")));
        assert!(profile.has(Trait::RequesterPays) && !profile.has(Trait::Kms) && !profile.exists, "{profile:?}");
        assert_eq!((neighbour("aws", "two"), neighbour("aws-cn", "one")), (None, None));
        let foreign = |table: &ClaimTable| table.neighbour("logs", "aws-cn", &asking("other", "two"), &namespaces, Some("cn-north-1"));
        assert_eq!(foreign(&table), None, "anybody can claim a name");
        let metadata = json!({"arn": "arn:aws-cn:s3:::logs", "ownerAccountID": "111122223333", "region": "cn-north-1"});
        table.apply(&claimant("china", "one", &json!({"status": {"ackResourceMetadata": metadata}})));
        assert!(foreign(&table).unwrap().exists);
    }

    #[test]
    fn region_and_name_may_stand_elsewhere() {
        let mut table = ClaimTable::default();
        table.apply(&claimant("a", "annotated", &json!({"metadata": {"annotations": {annotation::REGION: "us-gov-west-1"}}})));
        let fields = json!({annotation::ADOPTION_FIELDS: r#"{"name":"logs"}"#});
        table.apply(&claimant("a", "adopts", &json!({"metadata": {"annotations": fields}, "spec": null})));
        assert_eq!(holder(&table, "aws-us-gov", &asking("c", "third")).as_deref(), Some("a/annotated"));
        assert_eq!(holder(&table, "aws", &asking("c", "third")).as_deref(), Some("a/adopts"));
    }
}
