//! A Bucket as the watch reads it.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use serde::Deserialize;
use shared::bucket::{AckResourceMetadata, Bucket, BucketSpec, BucketStatus};

/// The few members of a Bucket that a claim is made of. An object whose other members do not fit the types is read all the same:
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
struct ClaimSpec {
    #[serde(default)]
    name: String,
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
        bucket.spec = self.spec.as_ref().map(|spec| BucketSpec { name: spec.name.clone(), ..BucketSpec::default() });
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
