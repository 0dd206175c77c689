//! Scheduled lists of the objects. S3 API: ListBucketInventoryConfigurations, PutBucketInventoryConfiguration,
//! DeleteBucketInventoryConfiguration.

mod findings;
#[cfg(feature = "s3")]
mod remote;

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::keyed::{self, Keyed};
use super::{SubConfig, normal};
use crate::BucketSpec;
use crate::admission::{Facts, Findings, Path};

#[cfg(test)]
pub(crate) use findings::cases;

/// Scheduled lists of the objects of the bucket, each with an id of its own; at most 1,000.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Inventory(pub Vec<InventoryConfiguration>);

/// One scheduled list of objects.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct InventoryConfiguration {
    /// Where the list goes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub destination: Option<InventoryDestination>,
    /// The objects that are listed; all where it is absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filter: Option<InventoryFilter>,
    /// The id of the list in its bucket.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// All or Current.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub included_object_versions: Option<String>,
    /// Whether lists are made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_enabled: Option<bool>,
    /// What the list says of an object besides its key, such as Size, LastModifiedDate, StorageClass, ETag or EncryptionStatus.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub optional_fields: Option<Vec<String>>,
    /// How often a list is made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub schedule: Option<InventorySchedule>,
}

/// Where a list of objects goes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct InventoryDestination {
    /// The bucket that takes the list.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub s3_bucket_destination: Option<InventoryBucket>,
}

/// The bucket that takes a list of objects.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct InventoryBucket {
    /// The account that owns that bucket, 12 digits. Without it, S3 does not check the owner before it writes.
    #[serde(rename = "accountID", skip_serializing_if = "Option::is_none")]
    pub account_id: Option<String>,
    /// The ARN of the bucket.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bucket: Option<String>,
    /// How the list is encrypted; as that bucket has it where this is absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encryption: Option<InventoryEncryption>,
    /// CSV, ORC or Parquet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub format: Option<String>,
    /// What the names of the list's objects start with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prefix: Option<String>,
}

/// How a list of objects is encrypted.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct InventoryEncryption {
    /// Encryption with a KMS key.
    #[serde(rename = "sseKMS", skip_serializing_if = "Option::is_none")]
    pub sse_kms: Option<SseKms>,
    /// Encryption with a key of S3's own. Where neither this nor `sseKMS` is given, a list that has it keeps it.
    #[serde(rename = "sseS3", skip_serializing_if = "Option::is_none")]
    pub sse_s3: Option<SseS3>,
}

/// Encryption with a KMS key.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SseKms {
    /// The ARN of the key.
    #[serde(rename = "keyID", skip_serializing_if = "Option::is_none")]
    pub key_id: Option<String>,
}

/// Encryption with a key of S3's own. S3 has no members for it; `{}` asks for it too.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SseS3 {
    /// false takes it off; true where it is absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
}

/// Which objects are listed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct InventoryFilter {
    /// The start of the key, without a leading slash.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prefix: Option<String>,
}

/// How often a list is made.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct InventorySchedule {
    /// Daily or Weekly.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub frequency: Option<String>,
}

impl SubConfig for Inventory {
    const NAME: &'static str = "inventory";
    const FIELD: &'static str = "inventory";
    const ABSENT: &'static str = "none";
    const DIRECTORY_BUCKETS: bool = true;

    fn declared(spec: &BucketSpec) -> Option<Cow<'_, Self>> {
        spec.inventory.as_ref().map(Cow::Borrowed)
    }

    fn declare(self, spec: &mut BucketSpec) {
        spec.inventory = Some(self);
    }

    /// By id: S3 hands them out in an order of its own.
    fn normalise(self) -> Option<Self> {
        keyed::normalise(self.0).map(Self)
    }

    /// SSE-S3, which the peer's API has no member for.
    fn inherit(mut self, have: &Self) -> Self {
        for want in &mut self.0 {
            if let Some(have) = have.0.iter().find(|have| have.id == want.id) {
                want.inherit(have);
            }
        }
        self
    }

    fn findings(&self, at: &Path<'_>, facts: &Facts<'_>, to: &mut Findings) {
        findings::findings(self, at, facts, to);
    }
}

impl Keyed for InventoryConfiguration {
    fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// The fields are a set.
    fn normalise(self) -> Self {
        let bucket = self.destination.and_then(|destination| destination.s3_bucket_destination).map(InventoryBucket::normalise);
        let prefix = self.filter.and_then(|filter| normal::text(filter.prefix));
        let frequency = self.schedule.and_then(|schedule| normal::text(schedule.frequency));
        Self {
            destination: bucket.and_then(normal::said).map(|bucket| InventoryDestination { s3_bucket_destination: Some(bucket) }),
            filter: prefix.map(|prefix| InventoryFilter { prefix: Some(prefix) }),
            id: normal::text(self.id),
            included_object_versions: normal::text(self.included_object_versions),
            is_enabled: self.is_enabled,
            optional_fields: normal::set(self.optional_fields),
            schedule: frequency.map(|frequency| InventorySchedule { frequency: Some(frequency) }),
        }
    }
}

impl InventoryConfiguration {
    fn inherit(&mut self, have: &Self) {
        let bucket = |of: &Self| of.destination.as_ref()?.s3_bucket_destination.clone();
        let sse_s3 = bucket(have).and_then(|bucket| bucket.encryption?.sse_s3);
        let own = self.destination.as_mut().and_then(|destination| destination.s3_bucket_destination.as_mut());
        if let (Some(own), Some(sse_s3)) = (own, sse_s3)
            && own.encryption.as_ref().is_none_or(|own| *own == InventoryEncryption::default())
        {
            own.encryption = Some(InventoryEncryption { sse_kms: None, sse_s3: Some(sse_s3) });
        }
    }
}

impl InventoryBucket {
    fn normalise(self) -> Self {
        Self {
            account_id: normal::text(self.account_id),
            bucket: normal::text(self.bucket),
            encryption: self.encryption.map(InventoryEncryption::normalise).and_then(normal::said),
            format: normal::text(self.format),
            prefix: normal::text(self.prefix),
        }
    }
}

impl InventoryEncryption {
    fn normalise(self) -> Self {
        let key = self.sse_kms.and_then(|kms| normal::text(kms.key_id));
        let asked = self.sse_s3.is_some_and(|sse_s3| sse_s3.enabled != Some(false));
        Self { sse_kms: key.map(|key| SseKms { key_id: Some(key) }), sse_s3: asked.then_some(SseS3 { enabled: Some(true) }) }
    }
}

#[cfg(test)]
#[cfg(feature = "s3")]
mod tests {
    use serde_json::{Value, json};

    use super::Inventory;
    use crate::subconfig::keyed::tests::{assert_settled, pass};
    use crate::subconfig::laws::store::Store;

    fn section(encryption: &Value, fields: &[&str]) -> Value {
        let bucket = json!({"bucket": "arn:aws:s3:::lists", "format": "ORC", "encryption": encryption});
        json!([{
            "id": "a", "isEnabled": false, "includedObjectVersions": "Current", "schedule": {"frequency": "Daily"},
            "destination": {"s3BucketDestination": bucket}, "optionalFields": fields,
        }])
    }

    fn encrypted(store: &Store) -> bool {
        store.document("inventory/a").unwrap().contains("<Encryption><SSE-S3></SSE-S3></Encryption>")
    }

    #[test]
    fn the_order_of_the_fields_means_nothing() {
        let store = Store::bare();
        pass::<Inventory>(&store, &section(&json!({}), &["Size", "ETag", "Size"])).outcome.unwrap();
        assert_settled::<Inventory>(&store, &section(&json!({}), &["ETag", "Size"]));
        let other = pass::<Inventory>(&store, &section(&json!({}), &["ETag", "StorageClass"]));
        assert_eq!(other.fields, ["spec.inventory[a].optionalFields[1]"]);
    }

    #[test]
    fn encryption_by_s3_is_asked_for_and_taken_off() {
        let store = Store::bare();
        for asked in [json!({"sseS3": {}}), json!({"sseS3": {"enabled": true}})] {
            pass::<Inventory>(&store, &section(&asked, &[])).outcome.unwrap();
            assert!(encrypted(&store), "{asked}");
            assert_settled::<Inventory>(&store, &section(&asked, &[]));
        }
        let off = section(&json!({"sseS3": {"enabled": false}}), &[]);
        let step = pass::<Inventory>(&store, &off);
        assert_eq!(step.fields, ["spec.inventory[a].destination.s3BucketDestination.encryption"]);
        assert!(!encrypted(&store));
        assert_settled::<Inventory>(&store, &off);
    }

    #[test]
    fn encryption_by_s3_that_the_spec_does_not_name_stays() {
        let store = Store::bare();
        pass::<Inventory>(&store, &section(&json!({"sseS3": {}}), &["Size"])).outcome.unwrap();
        assert_settled::<Inventory>(&store, &section(&json!({}), &["Size"]));
        let step = pass::<Inventory>(&store, &section(&Value::Null, &["ETag"]));
        assert_eq!(step.fields, ["spec.inventory[a].optionalFields[0]"]);
        assert!(encrypted(&store), "it went with a write of another member");
        let key = "arn:aws:kms:eu-central-1:111122223333:key/0a1b";
        let kms = section(&json!({"sseKMS": {"keyID": key}}), &["ETag"]);
        pass::<Inventory>(&store, &kms).outcome.unwrap();
        let document = store.document("inventory/a").unwrap();
        assert!(document.contains(&format!("<Encryption><SSE-KMS><KeyId>{key}</KeyId></SSE-KMS></Encryption>")), "{document}");
        assert_settled::<Inventory>(&store, &kms);
    }

    #[test]
    fn a_list_that_lacks_a_member_is_a_fault_that_names_it() {
        let fault = pass::<Inventory>(&Store::bare(), &json!([{"id": "a", "isEnabled": true}])).outcome.unwrap_err().to_string();
        assert!(fault.contains("spec.inventory[a]: ") && fault.contains("included_object_versions"), "{fault}");
    }
}
