//! `cooper-webhook baseline`: the rules that CEL can say as a ValidatingAdmissionPolicy, which kube-apiserver judges by itself.

use std::process::ExitCode;

use serde_json::{Value, json};
use shared::admission::baseline::{BASELINE, VARIABLES};
use shared::bucket::GROUP;

/// The name of the policy and of its binding.
pub const NAME: &str = "cooper-baseline";

const HEAD: &str =
    "# The rules that CEL can say, for clusters without the webhook, and for the time that it is down. Off by default: nothing in this
# folder is part of `kubectl apply -k deploy/`. Written by `cooper-webhook baseline`; do not edit.
";

/// Why the manifests cannot be written.
#[derive(Debug, thiserror::Error)]
#[error("the policy cannot be written as YAML; this is a bug: {0}")]
pub struct BaselineError(#[from] serde_saphyr::SerializeError);

/// Policy and binding as YAML.
///
/// # Errors
/// None that can happen: both are plain text in maps and lists.
pub fn manifests() -> Result<String, BaselineError> {
    let documents = [policy(), binding()].iter().map(serde_saphyr::to_string).collect::<Result<Vec<_>, _>>()?;
    Ok(format!("{HEAD}{}", documents.join("---\n")))
}

/// Writes them to standard output.
#[must_use]
pub fn print() -> ExitCode {
    match manifests() {
        Ok(yaml) => {
            print!("{yaml}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("cooper-webhook baseline: {error}");
            ExitCode::FAILURE
        }
    }
}

/// What is judged: as by the webhook, but that a Bucket whose spec did not change is left alone, as CEL cannot tell old mistakes from new
/// ones.
fn policy() -> Value {
    let variables = VARIABLES.iter().map(|(name, expression)| json!({"name": name, "expression": expression}));
    let validations = BASELINE
        .iter()
        .map(|row| json!({"expression": row.validation(), "message": format!("[{}] {}", row.id, row.message), "reason": "Invalid"}));
    json!({
        "apiVersion": "admissionregistration.k8s.io/v1",
        "kind": "ValidatingAdmissionPolicy",
        "metadata": {"name": NAME, "labels": {"app.kubernetes.io/part-of": "cooper"}},
        "spec": {
            "failurePolicy": "Fail",
            "matchConstraints": {
                "resourceRules": [{"apiGroups": [GROUP], "apiVersions": ["*"], "operations": ["CREATE", "UPDATE"], "resources": ["buckets"]}],
            },
            "matchConditions": [
                {"name": "not-a-controller", "expression": "!(request.userInfo.username in ['system:serviceaccount:cooper-system:cooper-controller', 'system:serviceaccount:ack-system:ack-s3-controller'])"},
                {"name": "not-being-deleted", "expression": "!has(object.metadata.deletionTimestamp)"},
                {"name": "has-a-spec", "expression": "has(object.spec)"},
                {"name": "not-read-only", "expression": "object.metadata.?annotations[?'services.k8s.aws/read-only'].orValue('').lowerAscii() != 'true'"},
                {"name": "not-adopting", "expression": "!object.metadata.?annotations[?'services.k8s.aws/adoption-policy'].hasValue()"},
                {"name": "spec-changed", "expression": "request.operation == 'CREATE' || object.?spec != oldObject.?spec"},
            ],
            "variables": variables.collect::<Vec<_>>(),
            "validations": validations.collect::<Vec<_>>(),
        },
    })
}

fn binding() -> Value {
    json!({
        "apiVersion": "admissionregistration.k8s.io/v1",
        "kind": "ValidatingAdmissionPolicyBinding",
        "metadata": {"name": NAME, "labels": {"app.kubernetes.io/part-of": "cooper"}},
        "spec": {"policyName": NAME, "validationActions": ["Deny"]},
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_manifests_in_the_repository_are_current() {
        let stored = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../deploy/baseline/policy.yaml")).unwrap_or_default();
        assert!(stored == manifests().unwrap(), "run cooper-webhook baseline > deploy/baseline/policy.yaml");
    }
}
