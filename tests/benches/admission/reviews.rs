//! The reviews, as the API server sends them.

use axum::body::Bytes;
use serde_json::{Value, json};
use shared::Bucket;
use tests::bench::buckets;

/// One kind of review.
pub(crate) struct Review {
    /// What it is about.
    pub(crate) name: &'static str,
    /// Its JSON.
    pub(crate) body: Bytes,
    /// What `/validate` has to say.
    pub(crate) allowed: bool,
}

/// All kinds.
///
/// # Errors
/// A Bucket cannot be written as JSON; a bug.
pub(crate) fn all() -> serde_json::Result<Vec<Review>> {
    let review = |name, bucket: &Bucket, allowed| Ok(Review { name, body: body(bucket)?, allowed });
    Ok(vec![
        review("bare", &buckets::bare("acme-bare"), true)?,
        review("eight sections", &buckets::full("acme-full")?, true)?,
        review("refused", &buckets::refused("acme-bad")?, false)?,
    ])
}

fn body(bucket: &Bucket) -> serde_json::Result<Bytes> {
    let mut object = serde_json::to_value(bucket)?;
    object["metadata"] = metadata(&object["spec"]);
    let kind = json!({ "group": "s3.services.k8s.aws", "version": "v1alpha1", "kind": "Bucket" });
    let resource = json!({ "group": "s3.services.k8s.aws", "version": "v1alpha1", "resource": "buckets" });
    let review = json!({
        "apiVersion": "admission.k8s.io/v1",
        "kind": "AdmissionReview",
        "request": {
            "uid": "0b4d3f5c-1111-2222-3333-444455556666",
            "kind": kind, "resource": resource, "requestKind": kind, "requestResource": resource,
            "name": "mine",
            "namespace": "default",
            "operation": "CREATE",
            "userInfo": { "username": "jane", "uid": "42", "groups": ["developers", "system:authenticated"] },
            "object": object,
            "oldObject": null,
            "dryRun": false,
            "options": { "apiVersion": "meta.k8s.io/v1", "kind": "CreateOptions", "fieldManager": "kubectl-client-side-apply" },
        },
    });
    serde_json::to_vec(&review).map(Bytes::from)
}

/// With what `kubectl apply` and the API server add, fields and all.
fn metadata(spec: &Value) -> Value {
    let sections = spec.as_object().into_iter().flatten().map(|(field, _)| (format!("f:{field}"), json!({})));
    json!({
        "name": "mine",
        "namespace": "default",
        "uid": "5f0c3c6e-aaaa-bbbb-cccc-ddddeeeeffff",
        "creationTimestamp": "2026-01-01T00:00:00Z",
        "generation": 1,
        "annotations": { "kubectl.kubernetes.io/last-applied-configuration": spec.to_string() },
        "managedFields": [{
            "manager": "kubectl-client-side-apply", "operation": "Update", "apiVersion": "s3.services.k8s.aws/v1alpha1",
            "time": "2026-01-01T00:00:00Z", "fieldsType": "FieldsV1",
            "fieldsV1": { "f:spec": Value::Object(sections.collect()) },
        }],
    })
}
