//! What a spec leaves to other resources of the cluster: the IAM role that S3 replicates with may be named by a Role of the ACK IAM
//! controller. Pure: who reads the Role is the controller.

use serde_json::Value;

use crate::BucketSpec;
use crate::object_name::{is_label, is_subdomain};
use crate::role::is_role;
use crate::subconfig::replication::RoleName;

/// The section that waits for the reference.
pub const SECTION: &str = "replication";

/// Which Role a spec means.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RoleReference {
    /// The Role's name.
    pub name: String,
    /// Its namespace; the Bucket's own where the spec gives none.
    pub namespace: String,
}

/// Why a reference leads nowhere.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unresolved {
    /// Both the role and a reference to it are given.
    #[error("spec.replication has both role and roleRef; keep one of them")]
    Both,
    /// The reference has no name.
    #[error("spec.replication.roleRef.from.name is missing; name a Role")]
    NoName,
    /// The reference has a name that no object can have.
    #[error("spec.replication.roleRef.from.{field} {value:?} is not a name that Kubernetes takes; correct it")]
    BadName {
        /// Which one: name or namespace.
        field: &'static str,
        /// What it is.
        value: String,
    },
    /// The Role is in another namespace, and the operator does not allow that.
    #[error(
        "Role {namespace}/{name} is in another namespace than the Bucket, and --enable-cross-namespace=false forbids that; name a Role of the Bucket's namespace"
    )]
    OtherNamespace {
        /// The Role's namespace.
        namespace: String,
        /// The Role's name.
        name: String,
    },
    /// There is no such Role.
    #[error("Role {namespace}/{name} (iam.services.k8s.aws) is not there; create it, or give spec.replication.role")]
    Missing {
        /// The Role's namespace.
        namespace: String,
        /// The Role's name.
        name: String,
    },
    /// The cluster has no Roles at all.
    #[error(
        "the cluster has no kind Role (iam.services.k8s.aws), so Role {namespace}/{name} cannot be there; install the ACK IAM controller, or give spec.replication.role in place of roleRef"
    )]
    NoKind {
        /// The namespace of the Role that is named.
        namespace: String,
        /// The name of the Role that is named.
        name: String,
    },
    /// The Role could not be read.
    #[error("Role {namespace}/{name} could not be read: {why}; check the API server and the controller's ClusterRole")]
    Unreadable {
        /// The Role's namespace.
        namespace: String,
        /// The Role's name.
        name: String,
        /// What the API server said.
        why: String,
    },
    /// The Role will not be there before somebody corrects it.
    #[error("Role {namespace}/{name} is in a terminal condition; correct it")]
    Failed {
        /// The Role's namespace.
        namespace: String,
        /// The Role's name.
        name: String,
    },
    /// The Role is not in AWS yet.
    #[error("Role {namespace}/{name} is not in sync or has no ARN in status.ackResourceMetadata yet; wait for its controller")]
    NotReady {
        /// The Role's namespace.
        namespace: String,
        /// The Role's name.
        name: String,
    },
}

impl Unresolved {
    /// The kind of error, as one word.
    #[must_use]
    pub fn category(&self) -> &'static str {
        match self {
            Self::Both | Self::NoName | Self::BadName { .. } => "ReferenceInvalid",
            Self::OtherNamespace { .. } => "ReferenceForbidden",
            Self::Missing { .. } | Self::NoKind { .. } => "ReferenceNotFound",
            Self::Unreadable { .. } => "ReferenceUnreadable",
            Self::Failed { .. } | Self::NotReady { .. } => "ReferenceNotReady",
        }
    }

    /// Whether only a change of the spec helps.
    #[must_use]
    pub fn is_of_the_spec(&self) -> bool {
        matches!(self, Self::Both | Self::NoName | Self::BadName { .. })
    }
}

/// Whether the spec refers to a Role.
#[must_use]
pub fn is_in(spec: &BucketSpec) -> bool {
    spec.replication.as_ref().is_some_and(|replication| replication.role_ref.is_some())
}

/// The Role that the spec refers to, `None` where it refers to none. `namespace` is the Bucket's.
///
/// # Errors
/// The reference cannot be followed, or may not be.
pub fn role(spec: &BucketSpec, namespace: &str, cross_namespace: bool) -> Result<Option<RoleReference>, Unresolved> {
    let Some(replication) = &spec.replication else { return Ok(None) };
    let Some(reference) = &replication.role_ref else { return Ok(None) };
    if given(replication.role.as_ref()).is_some() {
        return Err(Unresolved::Both);
    }
    let RoleName { name, namespace: elsewhere } = reference.from.clone().unwrap_or_default();
    let name = given(name.as_ref()).ok_or(Unresolved::NoName)?.to_owned();
    let of = given(elsewhere.as_ref()).unwrap_or(namespace).to_owned();
    for (field, value, fine) in [("name", &name, is_subdomain(&name)), ("namespace", &of, of == namespace || is_label(&of))] {
        if !fine {
            return Err(Unresolved::BadName { field, value: value.clone() });
        }
    }
    if of != namespace && !cross_namespace {
        return Err(Unresolved::OtherNamespace { namespace: of, name });
    }
    Ok(Some(RoleReference { name, namespace: of }))
}

/// The spec with the role in place of the reference to it.
#[must_use]
pub fn with_role(spec: &BucketSpec, arn: String) -> BucketSpec {
    let mut spec = spec.clone();
    if let Some(replication) = &mut spec.replication {
        (replication.role, replication.role_ref) = (Some(arn), None);
    }
    spec
}

impl RoleReference {
    /// The ARN out of the Role, as the API server gave it.
    ///
    /// # Errors
    /// The Role is not there, is not in AWS yet, or never will be.
    pub fn arn(&self, role: Option<&Value>) -> Result<String, Unresolved> {
        let Self { name, namespace } = self.clone();
        let Some(role) = role else { return Err(Unresolved::Missing { namespace, name }) };
        let is_true = |kind: &str| {
            let conditions = role.pointer("/status/conditions").and_then(Value::as_array);
            conditions.into_iter().flatten().any(|condition| condition["type"] == kind && condition["status"] == "True")
        };
        if is_true("ACK.Terminal") {
            return Err(Unresolved::Failed { namespace, name });
        }
        let arn = role.pointer("/status/ackResourceMetadata/arn").and_then(Value::as_str).filter(|arn| is_role(arn));
        match arn.filter(|_| is_true("ACK.ResourceSynced")) {
            Some(arn) => Ok(arn.to_owned()),
            None => Err(Unresolved::NotReady { namespace, name }),
        }
    }

    /// That the cluster has no Roles.
    #[must_use]
    pub fn no_kind(&self) -> Unresolved {
        Unresolved::NoKind { namespace: self.namespace.clone(), name: self.name.clone() }
    }

    /// That the Role could not be read.
    #[must_use]
    pub fn unreadable(&self, why: String) -> Unresolved {
        Unresolved::Unreadable { namespace: self.namespace.clone(), name: self.name.clone(), why }
    }
}

fn given(text: Option<&String>) -> Option<&str> {
    text.map(String::as_str).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const ARN: &str = "arn:aws:iam::123456789012:role/copies";

    fn spec(replication: &Value) -> BucketSpec {
        serde_json::from_value(json!({ "name": "logs", "replication": replication })).unwrap()
    }

    fn refers(reference: &Value) -> Result<Option<RoleReference>, Unresolved> {
        role(&spec(&json!({ "roleRef": reference })), "team-a", true)
    }

    #[test]
    fn a_reference_names_a_role_of_the_buckets_namespace_or_of_another() {
        let of = |namespace: &str| Ok(Some(RoleReference { name: "copies".to_owned(), namespace: namespace.to_owned() }));
        assert_eq!(refers(&json!({ "from": { "name": "copies" } })), of("team-a"));
        assert_eq!(refers(&json!({ "from": { "name": "copies", "namespace": "" } })), of("team-a"));
        let elsewhere = json!({ "from": { "name": "copies", "namespace": "iam" } });
        assert_eq!(refers(&elsewhere), of("iam"));
        let forbidden = role(&spec(&json!({ "roleRef": elsewhere })), "team-a", false).unwrap_err();
        assert_eq!(forbidden.category(), "ReferenceForbidden");
        assert!(forbidden.to_string().contains("Role iam/copies"), "{forbidden}");
        assert!(is_in(&spec(&json!({ "roleRef": {} }))) && !is_in(&spec(&json!({ "role": ARN }))));
        assert_eq!(role(&spec(&json!({ "role": ARN })), "team-a", false), Ok(None));
        assert_eq!(role(&BucketSpec::default(), "team-a", false), Ok(None));
    }

    #[test]
    fn what_only_the_spec_can_put_right_is_said_so() {
        let both = role(&spec(&json!({ "role": ARN, "roleRef": { "from": { "name": "copies" } } })), "team-a", true);
        assert_eq!(both, Err(Unresolved::Both));
        for nameless in [json!({}), json!({ "from": {} }), json!({ "from": { "name": "" } })] {
            assert_eq!(refers(&nameless), Err(Unresolved::NoName), "{nameless}");
        }
        for (from, named) in [(json!({ "name": "../../x" }), "name"), (json!({ "name": "a", "namespace": "b/c" }), "namespace")] {
            let refused = refers(&json!({ "from": from })).unwrap_err();
            assert!(matches!(refused, Unresolved::BadName { field, .. } if field == named) && refused.is_of_the_spec(), "{refused}");
            assert_eq!(refused.category(), "ReferenceInvalid");
        }
        assert!(Unresolved::Both.is_of_the_spec() && Unresolved::NoName.is_of_the_spec());
    }

    #[test]
    fn the_arn_counts_once_the_role_is_in_aws() {
        let reference = RoleReference { name: "copies".to_owned(), namespace: "team-a".to_owned() };
        let role = |conditions: Value, arn: &str| json!({ "status": { "conditions": conditions, "ackResourceMetadata": { "arn": arn } } });
        let (synced, failed) =
            (json!([{ "type": "ACK.ResourceSynced", "status": "True" }]), json!([{ "type": "ACK.Terminal", "status": "True" }]));
        let category = |role: Option<&Value>| reference.arn(role).unwrap_err().category();
        assert_eq!(reference.arn(Some(&role(synced.clone(), ARN))), Ok(ARN.to_owned()));
        assert_eq!(category(None), "ReferenceNotFound");
        for not_ready in [json!({}), role(json!([]), ARN), role(synced.clone(), ""), role(synced, "arn:aws:iam::1:user/x")] {
            assert_eq!(category(Some(&not_ready)), "ReferenceNotReady", "{not_ready}");
        }
        assert!(matches!(reference.arn(Some(&role(failed, ARN))), Err(Unresolved::Failed { .. })));
        assert_eq!(reference.unreadable("no".to_owned()).category(), "ReferenceUnreadable");
        assert_eq!(reference.no_kind().category(), "ReferenceNotFound");
    }

    #[test]
    fn the_role_takes_the_place_of_the_reference() {
        let resolved = with_role(&spec(&json!({ "roleRef": { "from": { "name": "copies" } }, "rules": [] })), ARN.to_owned());
        assert_eq!(serde_json::to_value(resolved.replication).unwrap(), json!({ "role": ARN, "rules": [] }));
    }
}
