//! The policy that asks one expression, and its binding.

use serde_json::{Value, json};

use super::table::Case;

/// Said where the expression comes to false.
pub(super) const NOT_MET: &str = "came to false";
/// Said of every write, so that it is known that the policy is heeded.
pub(super) const HEEDED: &str = "is heeded";
/// The API group of policies.
pub(super) const GROUP: &str = "admissionregistration.k8s.io/v1";

/// Warns where the expression is not met or fails. It looks at the writes of the case's own user alone, so that one write is judged by
/// one expression, and its object can be what the table says.
pub(super) fn policy(case: &Case) -> Value {
    let mut policy = json!({
        "apiVersion": GROUP,
        "kind": "ValidatingAdmissionPolicy",
        "metadata": { "name": case.name() },
        "spec": {
            "failurePolicy": "Fail",
            "matchConstraints": { "resourceRules": [{
                "apiGroups": ["s3.services.k8s.aws"], "apiVersions": ["*"], "operations": ["CREATE", "UPDATE"], "resources": ["buckets"],
            }] },
            "matchConditions": [{ "name": "case", "expression": format!("request.userInfo.username == '{}'", case.name()) }],
            "validations": [
                { "expression": case.expression, "message": NOT_MET },
                { "expression": "false", "message": HEEDED },
            ],
        },
    });
    // Without this, params is no variable.
    if case.expression.contains("params") {
        policy["spec"]["paramKind"] = json!({ "apiVersion": "v1", "kind": "ConfigMap" });
    }
    policy
}

/// Without a reference, params is null.
pub(super) fn binding(case: &Case, params: &Value) -> Value {
    let mut binding = json!({
        "apiVersion": GROUP,
        "kind": "ValidatingAdmissionPolicyBinding",
        "metadata": { "name": case.name() },
        "spec": { "policyName": case.name(), "validationActions": ["Warn"] },
    });
    if case.has_params() {
        let metadata = &params["metadata"];
        let reference = json!({ "name": metadata["name"], "namespace": metadata["namespace"], "parameterNotFoundAction": "Deny" });
        binding["spec"]["paramRef"] = reference;
    }
    binding
}
