//! The reviews, as the API server sends them.

use axum::body::Bytes;
use serde_json::{Value, json};
use shared::Bucket;
use tests::bench::buckets;

use crate::handlers::COUNT;

/// How many statements of a policy are about as much as S3 takes.
const STATEMENTS: usize = 70;
/// The name of the review with so many.
const LONG_POLICY: &str = "a policy of 15 KB";
/// How many lifecycle rules S3 takes.
const LIFECYCLE_RULES: usize = 1000;

/// One kind of review.
pub(crate) struct Review {
    /// What it is about.
    pub(crate) name: &'static str,
    /// Its JSON.
    pub(crate) body: Bytes,
    /// Whether people write such Buckets; the others show where the limits are.
    pub(crate) usual: bool,
    /// What each handler has to say.
    pub(crate) allowed: [bool; COUNT],
}

/// All kinds.
///
/// # Errors
/// A Bucket cannot be written as JSON; a bug.
pub(crate) fn all() -> serde_json::Result<Vec<Review>> {
    const PASSES: [bool; COUNT] = [true; COUNT];
    let full = buckets::full("acme-default-full")?;
    let mut changed = full.clone();
    if let Some(cors) = changed.spec.as_mut().and_then(|spec| spec.cors.as_mut()?.cors_rules.as_mut()?.first_mut()) {
        cors.max_age_seconds = Some(600);
    }
    let review =
        |name, new: &Bucket, old: Option<&Bucket>, allowed| Ok(Review { name, body: body(new, old)?, usual: name != LONG_POLICY, allowed });
    Ok(vec![
        review("tags, TLS, versions, key", &small(&full), None, PASSES)?,
        review("eight sections", &full, None, PASSES)?,
        review("eight sections, changed", &changed, Some(&full), PASSES)?,
        review("1,000 lifecycle rules", &long(&full), None, PASSES)?,
        review(LONG_POLICY, &open(&full), None, PASSES)?,
        review("bare; the guardrails refuse it", &buckets::bare("acme-bare"), None, [true, true, false])?,
        review("refused by both", &buckets::refused("acme-bad")?, None, [true, false, false])?,
    ])
}

/// No more than the guardrails demand.
fn small(full: &Bucket) -> Bucket {
    let mut bucket = full.clone();
    if let Some(spec) = &mut bucket.spec {
        (spec.cors, spec.lifecycle, spec.ownership_controls, spec.public_access_block) = (None, None, None, None);
    }
    bucket
}

/// The longest list that S3 takes.
fn long(full: &Bucket) -> Bucket {
    let mut bucket = full.clone();
    if let Some(rules) = bucket.spec.as_mut().and_then(|spec| spec.lifecycle.as_mut()?.rules.as_mut()) {
        let first = rules.first().cloned().unwrap_or_default();
        let nth = |index: usize| {
            let mut rule = first.clone();
            rule.id = Some(format!("old-{index}"));
            if let Some(filter) = &mut rule.filter {
                filter.prefix = Some(format!("logs/{index}/"));
            }
            rule
        };
        *rules = (0..LIFECYCLE_RULES).map(nth).collect();
    }
    bucket
}

/// With a policy that lets in many users of the own account, almost as long as S3 takes it.
fn open(full: &Bucket) -> Bucket {
    let mut bucket = full.clone();
    let Some(policy) = bucket.spec.as_mut().and_then(|spec| spec.policy.as_mut()) else { return bucket };
    let Ok(mut document) = serde_json::from_str::<Value>(&policy.0) else { return bucket };
    let allow = |index: usize| {
        json!({
            "Sid": format!("Allow{index}"),
            "Effect": "Allow",
            "Principal": { "AWS": [format!("arn:aws:iam::111122223333:role/team-{index}")] },
            "Action": ["s3:GetObject", "s3:PutObject*"],
            "Resource": [format!("arn:aws:s3:::acme-default-full/team-{index}/*")],
        })
    };
    if let Some(statements) = document["Statement"].as_array_mut() {
        statements.extend((0..STATEMENTS).map(allow));
    }
    policy.0 = document.to_string();
    bucket
}

fn body(bucket: &Bucket, old: Option<&Bucket>) -> serde_json::Result<Bytes> {
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
            "operation": if old.is_some() { "UPDATE" } else { "CREATE" },
            "userInfo": { "username": "jane", "uid": "42", "groups": ["developers", "system:authenticated"] },
            "object": object(bucket)?,
            "oldObject": old.map(object).transpose()?,
            "dryRun": false,
            "options": { "apiVersion": "meta.k8s.io/v1", "kind": "CreateOptions", "fieldManager": "kubectl-client-side-apply" },
        },
    });
    serde_json::to_vec(&review).map(Bytes::from)
}

fn object(bucket: &Bucket) -> serde_json::Result<Value> {
    let mut object = serde_json::to_value(bucket)?;
    object["metadata"] = metadata(&object["spec"]);
    Ok(object)
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
