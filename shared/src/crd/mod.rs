//! The CustomResourceDefinitions, made from the API types. The schemas are structural in the sense of the Kubernetes documentation
//! ("Specifying a structural schema") and take every manifest that the peer's take.

pub mod shape;

use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::{
    CustomResourceColumnDefinition, CustomResourceDefinition, CustomResourceDefinitionNames, CustomResourceDefinitionSpec,
    CustomResourceDefinitionVersion, CustomResourceSubresourceStatus, CustomResourceSubresources, CustomResourceValidation,
    JSONSchemaProps,
};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kube::Resource;
use schemars::JsonSchema;
use schemars::Schema;
use schemars::generate::SchemaSettings;
use schemars::transform::RecursiveTransform;
use serde_json::{Value, json};

use crate::bucket::{Bucket, BucketSpec, BucketStatus, ConditionType};
use crate::field_export::{FieldExport, FieldExportSpec, FieldExportStatus};
use crate::guardrail::types::{
    BucketGuardrail, BucketGuardrailException, BucketGuardrailExceptionSpec, BucketGuardrailExceptionStatus, BucketGuardrailSpec,
    BucketGuardrailStatus,
};
use crate::iam_role_selector::{IamRoleSelector, IamRoleSelectorSpec, IamRoleSelectorStatus};

/// A schema that the API types give and a CustomResourceDefinition cannot hold.
#[derive(Debug, thiserror::Error)]
#[error("the schema of {kind} is no OpenAPI v3 schema of a CustomResourceDefinition: {source}; keep to plain structs in its API types")]
pub struct CrdError {
    kind: String,
    source: serde_json::Error,
}

/// The definitions of all kinds: Bucket, FieldExport, IAMRoleSelector, BucketGuardrail and BucketGuardrailException.
///
/// # Errors
/// The API types hold something that a CustomResourceDefinition cannot say: a fault of this crate, and its tests look for it.
pub fn all() -> Result<Vec<CustomResourceDefinition>, CrdError> {
    Ok(vec![
        definition::<Bucket, BucketSpec, BucketStatus>(About {
            description: "A bucket that S3 shall hold. It is created, kept as declared, and deleted with this resource.",
            scope: "Namespaced",
            short_names: &["bkt"],
            columns: bucket_columns(),
            requires_spec: false,
        })?,
        definition::<FieldExport, FieldExportSpec, FieldExportStatus>(About {
            description: "One field of a resource, copied into a ConfigMap or a Secret.",
            scope: "Namespaced",
            short_names: &[],
            columns: Vec::new(),
            requires_spec: false,
        })?,
        definition::<IamRoleSelector, IamRoleSelectorSpec, IamRoleSelectorStatus>(About {
            description: "An IAM role, and the resources that are reconciled with it.",
            scope: "Cluster",
            short_names: &[],
            columns: Vec::new(),
            requires_spec: false,
        })?,
        definition::<BucketGuardrail, BucketGuardrailSpec, BucketGuardrailStatus>(About {
            description: "What a platform team demands of some Buckets, beyond what S3 demands.",
            scope: "Cluster",
            short_names: &["bgr"],
            columns: guardrail_columns(),
            requires_spec: true,
        })?,
        definition::<BucketGuardrailException, BucketGuardrailExceptionSpec, BucketGuardrailExceptionStatus>(About {
            description: "Buckets that are let off some rules of guardrails for a time.",
            scope: "Cluster",
            short_names: &["bgx"],
            columns: exception_columns(),
            requires_spec: true,
        })?,
    ])
}

/// What the types do not say themselves.
struct About {
    description: &'static str,
    scope: &'static str,
    short_names: &'static [&'static str],
    columns: Vec<CustomResourceColumnDefinition>,
    requires_spec: bool,
}

fn definition<K, Spec, Status>(about: About) -> Result<CustomResourceDefinition, CrdError>
where
    K: Resource<DynamicType = ()>,
    Spec: JsonSchema,
    Status: JsonSchema,
{
    let (kind, plural, group) = (K::kind(&()).into_owned(), K::plural(&()).into_owned(), K::group(&()).into_owned());
    let root = root_schema(&about, &schema_of::<Spec>(), &schema_of::<Status>());
    let schema: JSONSchemaProps = serde_json::from_value(root).map_err(|source| CrdError { kind: kind.clone(), source })?;
    let names = CustomResourceDefinitionNames {
        list_kind: Some(format!("{kind}List")),
        singular: Some(kind.to_lowercase()),
        short_names: strings(about.short_names),
        plural: plural.clone(),
        kind,
        ..Default::default()
    };
    let version = CustomResourceDefinitionVersion {
        name: K::version(&()).into_owned(),
        served: true,
        storage: true,
        schema: Some(CustomResourceValidation { open_api_v3_schema: Some(schema) }),
        subresources: Some(CustomResourceSubresources { status: Some(CustomResourceSubresourceStatus(json!({}))), scale: None }),
        additional_printer_columns: (!about.columns.is_empty()).then_some(about.columns),
        ..Default::default()
    };
    Ok(CustomResourceDefinition {
        metadata: ObjectMeta { name: Some(format!("{plural}.{group}")), ..Default::default() },
        spec: CustomResourceDefinitionSpec { group, names, scope: about.scope.to_owned(), versions: vec![version], ..Default::default() },
        status: None,
    })
}

fn strings(all: &[&str]) -> Option<Vec<String>> {
    (!all.is_empty()).then(|| all.iter().map(|&one| one.to_owned()).collect())
}

/// `spec` and `status` are both optional in the peer's kinds: a Bucket that adopts has no spec.
fn root_schema(about: &About, spec: &Value, status: &Value) -> Value {
    let mut root = json!({
        "type": "object",
        "description": about.description,
        "properties": {
            "apiVersion": {"type": "string", "description": "The API group and version of this resource."},
            "kind": {"type": "string", "description": "The kind of this resource."},
            "metadata": {"type": "object"},
            "spec": spec,
            "status": status,
        },
    });
    if about.requires_spec {
        root["required"] = json!(["spec"]);
    }
    root
}

/// The schema of an API type, as it stands in its definition.
pub(crate) fn schema_of<T: JsonSchema>() -> Value {
    let settings = SchemaSettings::openapi3().with(|settings| {
        settings.inline_subschemas = true;
        settings.meta_schema = None;
    });
    let mut schema = settings.with_transform(RecursiveTransform(plain)).into_generator().into_root_schema_for::<T>();
    schema.remove("title");
    schema.to_value()
}

/// Writes what may be left out as what it is when it is there. Takes out `nullable` (the API server drops a null where the schema does not allow it, which is the same as leaving the member out)
/// and the line breaks of our source in descriptions, and writes an enumeration of strings in the one way that a structural schema
/// knows.
fn plain(schema: &mut Schema) {
    if let Some(Value::Array(choices)) = schema.get("anyOf") {
        let there = choices.iter().filter(|choice| choice.get("nullable").is_none()).cloned().collect::<Vec<_>>();
        if let [Value::Object(there)] = there.as_slice() {
            schema.remove("anyOf");
            for (keyword, value) in there {
                // What is said of the field goes before what is said of its type.
                if schema.get(keyword).is_none() {
                    schema.insert(keyword.clone(), value.clone());
                }
            }
        }
    }
    schema.remove("nullable");
    if let Some(Value::String(text)) = schema.get_mut("description") {
        *text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    }
    let Some(Value::Array(variants)) = schema.get("oneOf") else { return };
    let values: Option<Vec<Value>> = variants.iter().map(|variant| variant.get("enum")?.as_array()?.first().cloned()).collect();
    if let Some(values) = values {
        schema.remove("oneOf");
        schema.insert("type".to_owned(), "string".into());
        schema.insert("enum".to_owned(), values.into());
    }
}

/// The columns of `kubectl get buckets`.
fn bucket_columns() -> Vec<CustomResourceColumnDefinition> {
    let drifted = |member: &str| format!(".status.conditions[?(@.type==\"{}\")].{member}", ConditionType::Drifted.as_str());
    let condition = |of: ConditionType| format!(".status.conditions[?(@.type==\"{}\")].status", of.as_str());
    vec![
        column("Ready", condition(ConditionType::Ready), "Whether S3 holds what the spec says."),
        column("Synced", condition(ConditionType::ResourceSynced), "Whether the last reconciliation went through."),
        column("Drift", condition(ConditionType::Drifted), "Whether S3 was found changed behind the controller's back."),
        column("Region", ".status.ackResourceMetadata.region".to_owned(), "The region that the bucket is in."),
        age(),
        wide(CustomResourceColumnDefinition {
            type_: "date".to_owned(),
            ..column("Checked", ".status.lastChecked".to_owned(), "When all of the bucket was last read from S3.")
        }),
        wide(column("Drift-Reason", drifted("reason"), "What became of the last drift.")),
        wide(column("Drifted", drifted("message"), "What differs, or differed.")),
    ]
}

/// The column only where somebody asks for all, with `-o wide`.
fn wide(column: CustomResourceColumnDefinition) -> CustomResourceColumnDefinition {
    CustomResourceColumnDefinition { priority: Some(1), ..column }
}

/// The columns of `kubectl get bucketguardrails`.
fn guardrail_columns() -> Vec<CustomResourceColumnDefinition> {
    let count = |name: &str, json_path: &str, description: &str| CustomResourceColumnDefinition {
        type_: "integer".to_owned(),
        ..column(name, json_path.to_owned(), description)
    };
    vec![
        column("Action", ".spec.enforcement.action".to_owned(), "What a rule does that says nothing of its own."),
        count("Matched", ".status.matchedBuckets", "How many Buckets it is about."),
        count("Deny", ".status.violations.deny", "How many rules that refuse are not met."),
        count("Warn", ".status.violations.warn", "How many rules that warn are not met."),
        column("Ready", ".status.conditions[?(@.type==\"Ready\")].status".to_owned(), "Whether it can be used."),
        age(),
    ]
}

/// The columns of `kubectl get bucketguardrailexceptions`.
fn exception_columns() -> Vec<CustomResourceColumnDefinition> {
    let active = column("Active", ".status.active".to_owned(), "Whether it counts.");
    vec![
        CustomResourceColumnDefinition { type_: "boolean".to_owned(), ..active },
        column("Expires", ".spec.expiresAt".to_owned(), "From when on it counts no more."),
        column("Approved", ".spec.approvedBy".to_owned(), "Who agreed."),
        age(),
    ]
}

fn age() -> CustomResourceColumnDefinition {
    CustomResourceColumnDefinition {
        name: "Age".to_owned(),
        type_: "date".to_owned(),
        json_path: ".metadata.creationTimestamp".to_owned(),
        ..Default::default()
    }
}

fn column(name: &str, json_path: String, description: &str) -> CustomResourceColumnDefinition {
    CustomResourceColumnDefinition {
        name: name.to_owned(),
        type_: "string".to_owned(),
        description: Some(description.to_owned()),
        json_path,
        ..Default::default()
    }
}

#[cfg(test)]
mod tests;
