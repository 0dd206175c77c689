//! The resource itself. Written by hand because `spec` may be absent in the peer's schema (an adopting Bucket has none), which
//! kube's derive cannot say.

use std::collections::BTreeMap;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kube::core::NamespaceResourceScope;
use serde::{Deserialize, Serialize};

use super::{BucketSpec, BucketStatus, FINALIZER, GROUP, VERSION};
use crate::resource::resource;

/// A bucket that S3 shall hold, as a Kubernetes resource.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Bucket {
    #[serde(skip_deserializing, serialize_with = "api_version")]
    api_version: (),
    #[serde(skip_deserializing, serialize_with = "kind")]
    kind: (),
    /// Name, namespace, annotations, finalizers.
    #[serde(default)]
    pub metadata: ObjectMeta,
    /// What shall be; absent only while a bucket is being adopted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spec: Option<BucketSpec>,
    /// What is; the controller's to write.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<BucketStatus>,
}

impl Bucket {
    /// A Bucket with this Kubernetes name and spec.
    #[must_use]
    pub fn new(name: &str, spec: BucketSpec) -> Self {
        Self { metadata: ObjectMeta { name: Some(name.to_owned()), ..ObjectMeta::default() }, spec: Some(spec), ..Self::default() }
    }

    /// The name of the S3 bucket, where the spec gives one.
    #[must_use]
    pub fn bucket_name(&self) -> Option<&str> {
        self.spec.as_ref().map(|spec| spec.name.as_str()).filter(|name| !name.is_empty())
    }

    /// The value of an annotation.
    #[must_use]
    pub fn annotation(&self, key: &str) -> Option<&str> {
        self.metadata.annotations.as_ref()?.get(key).map(String::as_str)
    }

    /// Whether the S3 bucket is this Bucket's: the controller put its finalizer here before it created the bucket.
    #[must_use]
    pub fn owns_bucket(&self) -> bool {
        self.metadata.finalizers.as_ref().is_some_and(|all| all.iter().any(|f| f == FINALIZER))
    }

    /// Whether deletion was asked for.
    #[must_use]
    pub fn is_being_deleted(&self) -> bool {
        self.metadata.deletion_timestamp.is_some()
    }
}

resource!(Bucket, kind "Bucket", plural "buckets", group GROUP, version VERSION, scope NamespaceResourceScope);

/// The annotations of an object, empty where it has none.
#[must_use]
pub fn annotations(meta: &ObjectMeta) -> &BTreeMap<String, String> {
    static NONE: BTreeMap<String, String> = BTreeMap::new();
    meta.annotations.as_ref().unwrap_or(&NONE)
}
