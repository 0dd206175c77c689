//! A Bucket as the watch reads it.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use shared::bucket::{AckResourceMetadata, Bucket, BucketSpec, BucketStatus};
use shared::subconfig::object_lock::ObjectLockConfiguration;
use shared::subconfig::{Encryption, OwnershipControls, RequestPayment};

/// The few members of a Bucket that a claim is made of, and those that others ask after which send something to its bucket. An object whose other members do not fit the types is read all the same:
/// one that cannot be read would keep the whole list from being read.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Claimant {
    #[serde(default)]
    pub metadata: ObjectMeta,
    #[serde(default)]
    spec: Option<ClaimSpec>,
    #[serde(default)]
    status: Option<ClaimStatus>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ClaimSpec {
    #[serde(default)]
    name: String,
    #[serde(default, deserialize_with = "if_it_fits")]
    acl: Option<String>,
    #[serde(default, deserialize_with = "if_it_fits")]
    encryption: Option<Encryption>,
    #[serde(default, deserialize_with = "if_it_fits")]
    grant_full_control: Option<String>,
    #[serde(default, deserialize_with = "if_it_fits")]
    grant_read: Option<String>,
    #[serde(default, rename = "grantReadACP", deserialize_with = "if_it_fits")]
    grant_read_acp: Option<String>,
    #[serde(default, deserialize_with = "if_it_fits")]
    grant_write: Option<String>,
    #[serde(default, rename = "grantWriteACP", deserialize_with = "if_it_fits")]
    grant_write_acp: Option<String>,
    #[serde(default, deserialize_with = "if_it_fits")]
    object_lock_configuration: Option<ObjectLockConfiguration>,
    #[serde(default, deserialize_with = "if_it_fits")]
    object_lock_enabled_for_bucket: Option<bool>,
    #[serde(default, deserialize_with = "if_it_fits")]
    object_ownership: Option<String>,
    #[serde(default, deserialize_with = "if_it_fits")]
    ownership_controls: Option<OwnershipControls>,
    #[serde(default, deserialize_with = "if_it_fits")]
    request_payment: Option<RequestPayment>,
}

/// The member, `None` where it does not fit the type.
fn if_it_fits<'de, D: Deserializer<'de>, T: DeserializeOwned>(member: D) -> Result<Option<T>, D::Error> {
    Ok(serde_json::from_value(Value::deserialize(member)?).ok())
}

impl ClaimSpec {
    fn into_spec(self) -> BucketSpec {
        BucketSpec {
            name: self.name,
            acl: self.acl,
            encryption: self.encryption,
            grant_full_control: self.grant_full_control,
            grant_read: self.grant_read,
            grant_read_acp: self.grant_read_acp,
            grant_write: self.grant_write,
            grant_write_acp: self.grant_write_acp,
            object_lock_configuration: self.object_lock_configuration,
            object_lock_enabled_for_bucket: self.object_lock_enabled_for_bucket,
            object_ownership: self.object_ownership,
            ownership_controls: self.ownership_controls,
            request_payment: self.request_payment,
            ..BucketSpec::default()
        }
    }
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ClaimStatus {
    #[serde(default)]
    ack_resource_metadata: Option<AckResourceMetadata>,
}

impl Claimant {
    /// The Bucket with only what a claim is made of.
    pub(crate) fn to_bucket(&self) -> Bucket {
        let ack = self.status.as_ref().and_then(|status| status.ack_resource_metadata.clone());
        let mut bucket = Bucket::default();
        bucket.metadata = self.metadata.clone();
        bucket.spec = self.spec.clone().map(ClaimSpec::into_spec);
        bucket.status = Some(BucketStatus { ack_resource_metadata: ack, ..BucketStatus::default() });
        bucket
    }
}

impl kube::Resource for Claimant {
    type DynamicType = ();
    type Scope = <Bucket as kube::Resource>::Scope;

    fn kind(of: &()) -> std::borrow::Cow<'_, str> {
        Bucket::kind(of)
    }
    fn group(of: &()) -> std::borrow::Cow<'_, str> {
        Bucket::group(of)
    }
    fn version(of: &()) -> std::borrow::Cow<'_, str> {
        Bucket::version(of)
    }
    fn plural(of: &()) -> std::borrow::Cow<'_, str> {
        Bucket::plural(of)
    }
    fn meta(&self) -> &ObjectMeta {
        &self.metadata
    }
    fn meta_mut(&mut self) -> &mut ObjectMeta {
        &mut self.metadata
    }
}
