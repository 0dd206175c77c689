//! Each default: whether it is missing, and what it adds.

use serde_json::{Value, json};

use super::DefaultsReview;
use super::step::{Step, at};
use crate::guardrail::policy::{Policy, TlsDemand};
use crate::guardrail::types::{AllBlocked, Defaults, DeletionOutcome, VersioningOn};
use crate::name::BucketName;
use crate::{annotation, arn, region};

/// What adds one default: nothing, one step, or one per tag.
type Fill = fn(&Defaults, &Value, &DefaultsReview<'_>) -> Vec<Step>;

/// All defaults. The region comes first, as others go by it.
pub(super) const ALL: &[Fill] = &[
    |defaults, object, review| region_of(defaults, object, review).into_iter().collect(),
    |defaults, object, review| deletion_policy(defaults, object, review).into_iter().collect(),
    tags,
    |defaults, object, _| public_access_block(defaults, object).into_iter().collect(),
    |defaults, object, _| encryption(defaults, object).into_iter().collect(),
    |defaults, object, _| versioning(defaults, object).into_iter().collect(),
    |defaults, object, _| abort_incomplete_uploads(defaults, object).into_iter().collect(),
    |defaults, object, review| deny_insecure_transport(defaults, object, review).into_iter().collect(),
];

fn text<'v>(object: &'v Value, path: &[&str]) -> Option<&'v str> {
    at(object, path).and_then(Value::as_str).filter(|text| !text.is_empty())
}

/// Whether a section is absent, or says nothing.
fn is_silent(object: &Value, path: &[&str]) -> bool {
    at(object, path).is_none_or(|section| match section {
        Value::Null => true,
        Value::Object(members) => members.values().all(Value::is_null),
        Value::Array(items) => items.is_empty(),
        Value::String(text) => text.trim().is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    })
}

fn has_spec(object: &Value) -> bool {
    object.get("spec").is_some_and(Value::is_object)
}

fn is_directory(object: &Value) -> bool {
    text(object, &["spec", "name"]).is_some_and(|name| BucketName::new(name).is_directory())
}

/// A namespace that names a region, and the controller, go before.
fn region_of(defaults: &Defaults, object: &Value, review: &DefaultsReview<'_>) -> Option<Step> {
    let region = defaults.region.as_deref()?;
    let named = review.namespace.and_then(|namespace| namespace.get(annotation::DEFAULT_REGION)).is_some_and(|region| !region.is_empty());
    let own = at(object, &["metadata", "annotations", annotation::REGION]).is_some();
    let field = "metadata.annotations[services.k8s.aws/region]";
    let leaf = (&["metadata", "annotations", annotation::REGION][..], json!(region));
    (!own && !named && review.settings.default_region.is_none()).then(|| Step::new("region", field, region, vec![leaf]))
}

fn deletion_policy(defaults: &Defaults, object: &Value, review: &DefaultsReview<'_>) -> Option<Step> {
    let word = match defaults.deletion_policy? {
        DeletionOutcome::Retain => "retain",
        DeletionOutcome::Delete => "delete",
    };
    let named =
        review.namespace.is_some_and(|namespace| namespace.get(annotation::NAMESPACE_DELETION_POLICY).is_some_and(|word| !word.is_empty()));
    let own = at(object, &["metadata", "annotations", annotation::DELETION_POLICY]).is_some();
    let field = "metadata.annotations[services.k8s.aws/deletion-policy]";
    let leaf = (&["metadata", "annotations", annotation::DELETION_POLICY][..], json!(word));
    (!own && !named).then(|| Step::new("deletionPolicy", field, word, vec![leaf]))
}

fn tags(defaults: &Defaults, object: &Value, review: &DefaultsReview<'_>) -> Vec<Step> {
    let Some(wanted) = defaults.tags.as_ref().filter(|_| has_spec(object)) else { return Vec::new() };
    let held = at(object, &["spec", "tagging", "tagSet"]).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let has = |key: &str| held.iter().any(|tag| tag.get("key").and_then(Value::as_str) == Some(key));
    let missing = wanted.iter().filter(|tag| !has(&tag.key)).filter_map(|tag| {
        let label = tag.from_namespace_label.as_ref().and_then(|label| review.namespace_labels?.get(label));
        let value = tag.value.as_ref().or(label)?;
        let field = format!("spec.tagging.tagSet[{}]", tag.key);
        let leaf = (&["spec", "tagging", "tagSet", "-"][..], json!({"key": tag.key, "value": value}));
        Some(Step::new("tags", &field, value, vec![leaf]))
    });
    missing.collect()
}

fn public_access_block(defaults: &Defaults, object: &Value) -> Option<Step> {
    const SECTION: [&str; 2] = ["spec", "publicAccessBlock"];
    let AllBlocked::All = defaults.public_access_block?;
    let all = json!({"blockPublicACLs": true, "blockPublicPolicy": true, "ignorePublicACLs": true, "restrictPublicBuckets": true});
    let missing = has_spec(object) && !is_directory(object) && is_silent(object, &SECTION);
    missing.then(|| Step::new("publicAccessBlock", "spec.publicAccessBlock", "All", vec![(&SECTION, all)]))
}

fn encryption(defaults: &Defaults, object: &Value) -> Option<Step> {
    let wanted = defaults.encryption.as_ref()?;
    let mut default = json!({"sseAlgorithm": wanted.algorithm.as_str()});
    if let Some(key) = &wanted.kms_key_id {
        default["kmsMasterKeyID"] = json!(key);
    }
    let mut rule = json!({"applyServerSideEncryptionByDefault": default});
    if let Some(bucket_key) = wanted.bucket_key {
        rule["bucketKeyEnabled"] = json!(bucket_key);
    }
    let missing = has_spec(object) && is_silent(object, &["spec", "encryption", "rules"]);
    let leaf = (&["spec", "encryption", "rules"][..], json!([rule]));
    missing.then(|| Step::new("encryption", "spec.encryption", wanted.algorithm.as_str(), vec![leaf]))
}

fn versioning(defaults: &Defaults, object: &Value) -> Option<Step> {
    const STATUS: [&str; 3] = ["spec", "versioning", "status"];
    let VersioningOn::Enabled = defaults.versioning?;
    let missing = has_spec(object) && !is_directory(object) && is_silent(object, &STATUS);
    missing.then(|| Step::new("versioning", "spec.versioning.status", "Enabled", vec![(&STATUS, json!("Enabled"))]))
}

fn abort_incomplete_uploads(defaults: &Defaults, object: &Value) -> Option<Step> {
    let days = defaults.abort_incomplete_upload_days?;
    let rules = at(object, &["spec", "lifecycle", "rules"]).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let aborts = |rule: &Value| !is_silent(rule, &["abortIncompleteMultipartUpload", "daysAfterInitiation"]);
    let rule = json!({
        "id": "abort-incomplete-uploads",
        "status": "Enabled",
        "filter": {"prefix": ""},
        "abortIncompleteMultipartUpload": {"daysAfterInitiation": days},
    });
    let leaf = (&["spec", "lifecycle", "rules", "-"][..], rule);
    let field = "spec.lifecycle.rules[abort-incomplete-uploads]";
    (has_spec(object) && !rules.iter().any(aborts))
        .then(|| Step::new("abortIncompleteUploadDays", field, &format!("{days} days"), vec![leaf]))
}

/// Only a policy that can be read gets the statement. Directory buckets take nothing but TLS.
fn deny_insecure_transport(defaults: &Defaults, object: &Value, review: &DefaultsReview<'_>) -> Option<Step> {
    const POLICY: [&str; 2] = ["spec", "policy"];
    let name = text(object, &["spec", "name"]).filter(|_| defaults.deny_insecure_transport == Some(true) && !is_directory(object))?;
    let named = text(object, &["metadata", "annotations", annotation::REGION]);
    let of_namespace = || review.namespace?.get(annotation::DEFAULT_REGION).map(String::as_str);
    let region = named.or_else(of_namespace).or(review.settings.default_region.as_deref());
    let bucket = arn::bucket(name, region.and_then(region::partition).unwrap_or("aws"), "", "");
    let statement = json!({
        "Sid": "DenyInsecureTransport",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [bucket, format!("{bucket}/*")],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    });
    let document = match text(object, &POLICY).filter(|text| !text.trim().is_empty()) {
        None => json!({"Version": "2012-10-17", "Statement": [statement]}),
        Some(text) if Policy::parse(text).is_ok_and(|policy| !policy.refuses(TlsDemand::Tls, &bucket)) => appended(text, statement)?,
        Some(_) => return None,
    };
    let step = Step::new(
        "denyInsecureTransport",
        "spec.policy",
        "a statement that denies requests without TLS",
        vec![(&POLICY, json!(document.to_string()))],
    );
    Some(Step { held: Some(denies_insecure), ..step })
}

/// The policy with one more statement. One that stands alone may do so without a list.
fn appended(text: &str, statement: Value) -> Option<Value> {
    let mut document: Value = serde_json::from_str(text).ok()?;
    let statements = document.get_mut("Statement")?;
    if statements.is_object() {
        *statements = json!([statements.take()]);
    }
    statements.as_array_mut()?.push(statement);
    Some(document)
}

/// Whether the stored object's policy has the statement.
fn denies_insecure(object: &Value) -> bool {
    let Some((name, text)) = text(object, &["spec", "name"]).zip(text(object, &["spec", "policy"])) else { return false };
    let Ok(policy) = Policy::parse(text) else { return false };
    ["aws", "aws-cn", "aws-us-gov", "aws-eusc"]
        .iter()
        .any(|partition| policy.refuses(TlsDemand::Tls, &arn::bucket(name, partition, "", "")))
}
