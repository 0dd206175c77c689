//! `services.k8s.aws/v1alpha1 IAMRoleSelector`: which resources are reconciled with which IAM role.

use std::collections::BTreeMap;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kube::core::ClusterResourceScope;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::field_export::{GROUP, VERSION};
use crate::resource::{IMMUTABLE, resource};

/// An IAM role, and the resources that are reconciled with it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct IamRoleSelector {
    #[serde(skip_deserializing, serialize_with = "api_version")]
    api_version: (),
    #[serde(skip_deserializing, serialize_with = "kind")]
    kind: (),
    /// Name, labels, annotations.
    #[serde(default)]
    pub metadata: ObjectMeta,
    /// Which resources go with which role.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spec: Option<IamRoleSelectorSpec>,
    /// Holds nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<IamRoleSelectorStatus>,
}

resource!(IamRoleSelector, kind "IAMRoleSelector", plural "iamroleselectors", group GROUP, version VERSION, scope ClusterResourceScope);

/// Which resources go with which role: those that meet all selectors that are given.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct IamRoleSelectorSpec {
    /// The ARN of the role. It cannot change.
    #[schemars(extend("x-kubernetes-validations" = [{"message": IMMUTABLE, "rule": "self == oldSelf"}]))]
    pub arn: String,
    /// The namespaces of the resources; all where it is absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace_selector: Option<NamespaceSelector>,
    /// The labels of the resources; any where it is absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_label_selector: Option<LabelSelector>,
    /// The types of the resources, one of which has to fit; any where it is absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_type_selector: Option<Vec<ResourceType>>,
}

/// Namespaces by name and by label; both have to fit.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct NamespaceSelector {
    /// The labels of the namespace; any where it is absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label_selector: Option<LabelSelector>,
    /// The names of namespaces; an empty list is any.
    pub names: Vec<String>,
}

/// Labels that have to be there.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct LabelSelector {
    /// Labels and their values, all of which have to fit.
    pub match_labels: BTreeMap<String, String>,
}

/// A type of resource; an empty member is any.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ResourceType {
    /// The API group, such as s3.services.k8s.aws.
    pub group: String,
    /// The kind, such as Bucket.
    pub kind: String,
    /// The version, such as v1alpha1.
    pub version: String,
}

/// Holds nothing.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct IamRoleSelectorStatus {}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_full_manifest_survives() {
        let manifest = json!({
            "apiVersion": "services.k8s.aws/v1alpha1",
            "kind": "IAMRoleSelector",
            "metadata": {"name": "shop"},
            "spec": {
                "arn": "arn:aws:iam::111122223333:role/shop",
                "namespaceSelector": {"labelSelector": {"matchLabels": {"team": "shop"}}, "names": []},
                "resourceLabelSelector": {"matchLabels": {"tier": "gold"}},
                "resourceTypeSelector": [{"group": "s3.services.k8s.aws", "kind": "Bucket", "version": ""}],
            },
            "status": {},
        });
        let selector: IamRoleSelector = serde_json::from_value(manifest.clone()).unwrap();
        assert_eq!(serde_json::to_value(&selector).unwrap(), manifest);
    }
}
