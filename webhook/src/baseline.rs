//! `cooper-webhook baseline`: the rules that CEL can say as a ValidatingAdmissionPolicy, which kube-apiserver judges by itself.

use std::process::ExitCode;

use serde_json::{Value, json};
use shared::admission::baseline::{BASELINE, variables};
use shared::bucket::{GROUP, VERSION};

/// The name of the policy and of its binding.
pub const NAME: &str = "cooper-baseline";

const HEAD: &str =
    "# The rules that CEL can say, for clusters without the webhook, and for the time that it is down. Off by default: nothing in this
# folder is part of `kubectl apply -k deploy/`. Written by `cooper-webhook baseline`; do not edit.
";

/// Most updates change other things.
const CHANGES: &str = "request.operation == 'CREATE' || object.?spec != oldObject.?spec || \
                       object.metadata.?annotations != oldObject.metadata.?annotations";

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

/// What is judged: as by the webhook. One version is named, and the others are equivalent, as expressions are checked against the schema
/// of a version that is named.
fn policy() -> Value {
    let variables = variables().map(|(name, expression)| json!({"name": name, "expression": expression}));
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
                "matchPolicy": "Equivalent",
                "resourceRules": [{"apiGroups": [GROUP], "apiVersions": [VERSION], "operations": ["CREATE", "UPDATE"], "resources": ["buckets"]}],
            },
            "matchConditions": [
                {"name": "not-a-controller", "expression": "!(request.userInfo.username in ['system:serviceaccount:cooper-system:cooper-controller', 'system:serviceaccount:ack-system:ack-s3-controller'])"},
                {"name": "not-being-deleted", "expression": "!has(object.metadata.deletionTimestamp)"},
                {"name": "changes-what-is-judged", "expression": CHANGES},
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
