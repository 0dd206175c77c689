//! Whether earlier versions of objects are kept.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Check, Parameters};
use crate::admission::{Findings, Path, Reason};
use crate::guardrail::marks::Marks;
use crate::guardrail::subject::{Absence, Subject};
use crate::guardrail::types::Action;

use crate::BucketSpec;
use crate::subconfig::{self, SubConfig, object_lock};

/// Whether earlier versions of objects are kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Versioning {
    /// Enabled: they have to be. Suspended: they may not be.
    pub state: VersioningState,
    /// Deny, Warn, Audit or Off; that of enforcement where it is absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<Action>,
}

/// Whether earlier versions of objects are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum VersioningState {
    /// They are.
    Enabled,
    /// They are not, or no longer.
    Suspended,
}

#[derive(Debug)]
struct Compiled(VersioningState);

impl Parameters for Versioning {
    const ID: &'static str = "versioning";
    const DIRECTORY: bool = false;

    fn action(&self) -> Option<Action> {
        self.action
    }

    fn compile(&self, _at: &Path<'_>, _to: &mut Findings) -> Box<dyn Check> {
        Box::new(Compiled(self.state))
    }
}

/// The state that the spec asks for; object lock asks for Enabled. `None` where it says nothing.
/// Source: S3 User Guide, "Object Lock considerations".
pub(super) fn state(spec: &BucketSpec) -> Option<&str> {
    let said = spec.versioning.as_ref().and_then(|versioning| versioning.status.as_deref()).filter(|status| !status.is_empty());
    said.or_else(|| object_lock::is_asked_for(spec).then_some("Enabled"))
}

impl Check for Compiled {
    fn check(&self, subject: &Subject<'_>, to: &mut Marks) {
        let Some(spec) = subject.spec() else { return to.skip() };
        let state = state(spec);
        if state.is_none() && subject.absence(subconfig::Versioning::NAME) == Absence::Unknown {
            return to.skip();
        }
        let message = match (self.0, state) {
            (VersioningState::Enabled, Some("Enabled")) => return,
            (VersioningState::Enabled, Some(other)) => format!("is {other}; must be Enabled"),
            (VersioningState::Enabled, None) => "must be Enabled; set it".to_owned(),
            (VersioningState::Suspended, Some("Enabled")) => "is Enabled, by itself or by object lock; must not be".to_owned(),
            (VersioningState::Suspended, _) => return,
        };
        to.fail(Reason::Invalid, "spec.versioning.status", message);
    }
}

#[cfg(test)]
mod tests {
    use crate::annotation;
    use crate::guardrail::rules::testing::{judged, world};

    #[test]
    fn versions_are_kept_by_word_or_by_object_lock() {
        let rule = "versioning: {state: Enabled}";
        assert!(judged(rule, &world().section("versioning", r#"{"status":"Enabled"}"#)).is_empty());
        assert!(judged(rule, &world().section("objectLockEnabledForBucket", "true")).is_empty());
        assert_eq!(judged(rule, &world()), ["spec.versioning.status: must be Enabled; set it"]);
        let suspended = world().section("objectLockEnabledForBucket", "true").section("versioning", r#"{"status":"Suspended"}"#);
        assert_eq!(judged(rule, &suspended), ["spec.versioning.status: is Suspended; must be Enabled"]);
        let off = "versioning: {state: Suspended}";
        assert!(judged(off, &world()).is_empty());
        assert_eq!(judged(off, &world().section("versioning", r#"{"status":"Enabled"}"#)).len(), 1);
    }

    #[test]
    fn what_nobody_knows_is_not_judged() {
        let rule = "versioning: {state: Enabled}";
        let adopting = world().adopting("adopt", r#"{"name":"team-a-logs"}"#);
        assert!(judged(rule, &adopting).is_empty());
        assert_eq!(judged(rule, &world().adopting("adopt-or-create", r#"{"name":"team-a-logs"}"#)).len(), 1, "it may be created");
        let alone = world().annotate(annotation::UNSET_FIELDS, "ignore");
        assert_eq!(judged(rule, &alone).len(), 1, "a new bucket is known");
        assert!(judged(rule, &alone.existing().update()).is_empty());
        assert!(judged(rule, &world().annotate(annotation::READ_ONLY, "true")).is_empty(), "the spec is what the controller saw");
        assert!(judged(rule, &world().named("a--euw1-az1--x-s3")).is_empty(), "directory buckets have none");
    }
}
