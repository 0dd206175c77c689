//! `services.k8s.aws/v1alpha1 FieldExport`: one field of a resource, copied into a ConfigMap or a Secret.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kube::core::NamespaceResourceScope;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::bucket::Condition;
use crate::resource::resource;

/// The API group of what all controllers of this family share.
pub const GROUP: &str = "services.k8s.aws";
/// The one version of the API group, served and stored.
pub const VERSION: &str = "v1alpha1";
/// The finalizer of the peer and ours.
pub const FINALIZER: &str = "finalizers.services.k8s.aws/FieldExport";

/// One field of a resource that shall be copied into a ConfigMap or a Secret.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FieldExport {
    #[serde(skip_deserializing, serialize_with = "api_version")]
    api_version: (),
    #[serde(skip_deserializing, serialize_with = "kind")]
    kind: (),
    /// Name, namespace, annotations, finalizers.
    #[serde(default)]
    pub metadata: ObjectMeta,
    /// What is copied where.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spec: Option<FieldExportSpec>,
    /// What is known about the copy; the controller's to write.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<FieldExportStatus>,
}

resource!(FieldExport, kind "FieldExport", plural "fieldexports", group GROUP, version VERSION, scope NamespaceResourceScope);

/// What is copied where.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FieldExportSpec {
    /// The field that is copied.
    pub from: ExportSource,
    /// The ConfigMap or Secret that takes the copy; it must exist.
    pub to: ExportTarget,
}

/// The field that is copied.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ExportSource {
    /// The field as a jq query over the whole resource, such as .status.ackResourceMetadata.arn.
    pub path: String,
    /// The resource, in the namespace of the FieldExport.
    pub resource: ExportedResource,
}

/// A resource in the namespace of the FieldExport.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ExportedResource {
    /// Its API group, such as s3.services.k8s.aws.
    pub group: String,
    /// Its kind, such as Bucket.
    pub kind: String,
    /// Its name.
    pub name: String,
}

/// The ConfigMap or Secret that takes the copy.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ExportTarget {
    /// The key of the copy; `<namespace>.<name>` of the FieldExport where it is absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// configmap or secret.
    pub kind: TargetKind,
    /// The name of the ConfigMap or Secret.
    pub name: String,
    /// Its namespace; that of the FieldExport where it is absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
}

/// What takes the copy of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum TargetKind {
    /// A ConfigMap.
    ConfigMap,
    /// A Secret.
    Secret,
}

/// What is known about a copy.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FieldExportStatus {
    /// One entry per thing that is known; empty where the copy is made and there is nothing to say.
    pub conditions: Vec<Condition>,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_full_manifest_survives() {
        let manifest = json!({
            "apiVersion": "services.k8s.aws/v1alpha1",
            "kind": "FieldExport",
            "metadata": {"name": "arn", "namespace": "shop"},
            "spec": {
                "from": {"path": ".status.ackResourceMetadata.arn", "resource": {"group": "s3.services.k8s.aws", "kind": "Bucket", "name": "photos"}},
                "to": {"key": "bucket-arn", "kind": "configmap", "name": "app", "namespace": "shop"},
            },
            "status": {"conditions": []},
        });
        let export: FieldExport = serde_json::from_value(manifest.clone()).unwrap();
        assert_eq!(serde_json::to_value(&export).unwrap(), manifest);
    }

    #[test]
    fn the_target_is_a_configmap_or_a_secret_in_lower_case() {
        assert_eq!(serde_json::from_value::<TargetKind>(json!("secret")).unwrap(), TargetKind::Secret);
        assert!(serde_json::from_value::<TargetKind>(json!("ConfigMap")).is_err());
    }
}
