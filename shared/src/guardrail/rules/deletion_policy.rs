//! What becomes of the S3 bucket when the Bucket is deleted.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Check, Parameters};
use crate::admission::{Findings, Path, Reason};
use crate::guardrail::marks::Marks;
use crate::guardrail::subject::Subject;
use crate::guardrail::types::Action;
use crate::place::{self, DeletionPolicy};

/// What becomes of the S3 bucket when the Bucket is deleted.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DeletionPolicies {
    /// retain or delete: what annotation services.k8s.aws/deletion-policy of the Bucket, or s3.services.k8s.aws/deletion-policy of its
    /// namespace, has to say.
    pub required: DeletionPolicyWord,
    /// Deny, Warn, Audit or Off; that of enforcement where it is absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<Action>,
}

/// What becomes of the S3 bucket when the Bucket is deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum DeletionPolicyWord {
    /// It stays.
    Retain,
    /// It is deleted too.
    Delete,
}

impl Parameters for DeletionPolicies {
    const ID: &'static str = "deletionPolicy";
    const DIRECTORY: bool = true;

    fn action(&self) -> Option<Action> {
        self.action
    }

    fn compile(&self, _at: &Path<'_>, _to: &mut Findings) -> Box<dyn Check> {
        Box::new(*self)
    }
}

impl Check for DeletionPolicies {
    fn check(&self, subject: &Subject<'_>, to: &mut Marks) {
        const FIELD: &str = "metadata.annotations[services.k8s.aws/deletion-policy]";
        let (required, word) = match self.required {
            DeletionPolicyWord::Retain => (DeletionPolicy::Retain, "retain"),
            DeletionPolicyWord::Delete => (DeletionPolicy::Delete, "delete"),
        };
        // The controller's own default can change; what has to be so is written down.
        let namespace = subject.facts.request.namespace.unwrap_or(const { &BTreeMap::new() });
        let other = if required == DeletionPolicy::Retain { DeletionPolicy::Delete } else { DeletionPolicy::Retain };
        if place::deletion_policy(subject.bucket(), namespace, other) != required {
            to.fail(Reason::Invalid, FIELD, format!("must be {word}; set it"));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::annotation;
    use crate::guardrail::rules::testing::{judged, world};

    #[test]
    fn the_policy_is_written_down() {
        let rule = "deletionPolicy: {required: retain}";
        assert_eq!(judged(rule, &world()), ["metadata.annotations[services.k8s.aws/deletion-policy]: must be retain; set it"]);
        assert!(judged(rule, &world().annotate(annotation::DELETION_POLICY, "retain")).is_empty());
        assert!(judged(rule, &world().namespace(annotation::NAMESPACE_DELETION_POLICY, "retain")).is_empty());
        let own = world().namespace(annotation::NAMESPACE_DELETION_POLICY, "retain").annotate(annotation::DELETION_POLICY, "delete");
        assert_eq!(judged(rule, &own).len(), 1);
        assert_eq!(judged("deletionPolicy: {required: delete}", &world()).len(), 1);
    }
}
