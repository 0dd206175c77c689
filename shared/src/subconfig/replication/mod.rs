//! Replication to other buckets. S3 API: GetBucketReplication, PutBucketReplication, DeleteBucketReplication.

mod findings;
#[cfg(feature = "s3")]
mod remote;
mod rule;
mod types;
#[cfg(feature = "s3")]
mod wire;

pub use types::{
    AccessControlTranslation, DeleteMarkerReplication, ExistingObjectReplication, ReplicaEncryption, ReplicaModifications, Replication,
    ReplicationDestination, ReplicationMetrics, ReplicationMinutes, ReplicationRule, ReplicationTime, RoleName, RoleRef,
    SourceSelectionCriteria, SseKmsEncryptedObjects,
};

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::{SubConfig, made_id, normal};
use crate::BucketSpec;
use crate::admission::{Facts, Findings, Path};

#[cfg(test)]
pub(crate) use findings::cases;

impl SubConfig for Replication {
    const NAME: &'static str = "replication";
    const FIELD: &'static str = "replication";
    const ABSENT: &'static str = "none";
    /// S3 replicates only where versioning is on, and suspends it only where nothing is replicated.
    const AFTER: &'static [&'static str] = &["versioning"];
    /// Objects go to another bucket, maybe of another account.
    const ENDANGERS: bool = true;

    fn declared(spec: &BucketSpec) -> Option<Cow<'_, Self>> {
        spec.replication.as_ref().map(Cow::Borrowed)
    }

    fn declare(self, spec: &mut BucketSpec) {
        spec.replication = Some(self);
    }

    /// The rules by themselves: their order means nothing to S3, the priority decides. Without rules nothing is said. A reference to
    /// a role stays: whoever plans puts the role in its place, and what is left of it must not look like what S3 holds.
    fn normalise(self) -> Option<Self> {
        let mut rules: Vec<ReplicationRule> = self.rules.unwrap_or_default().into_iter().map(ReplicationRule::normalise).collect();
        rules.sort_unstable();
        let role_ref = self.role_ref.and_then(RoleRef::normalise);
        normal::list(rules).map(|rules| Self { role: normal::text(self.role), role_ref, rules: Some(rules) })
    }

    /// The ids that S3 made for rules without one, and what it says of rules of the older form.
    fn inherit(mut self, have: &Self) -> Self {
        let named: BTreeSet<String> = self.rules.iter().flatten().filter_map(|rule| rule.id.clone()).collect();
        let have = have.rules.as_deref().unwrap_or_default();
        made_id::inherit(self.rules.as_deref_mut().unwrap_or_default(), have, |id| named.contains(id));
        for rule in self.rules.iter_mut().flatten().filter(|rule| rule.id.is_some()) {
            let mut of_this_id = have.iter().filter(|have| have.id == rule.id);
            if let (Some(have), None) = (of_this_id.next(), of_this_id.next()) {
                rule.inherit(have);
            }
        }
        self
    }

    fn findings(&self, at: &Path<'_>, facts: &Facts<'_>, to: &mut Findings) {
        findings::findings(self, at, facts, to);
    }
}

impl RoleRef {
    fn normalise(self) -> Option<Self> {
        let from = self.from.map(|from| RoleName { name: normal::text(from.name), namespace: normal::text(from.namespace) });
        from.and_then(normal::said).map(|from| Self { from: Some(from) })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::place::Place;
    use crate::subconfig::{Have, Step};

    fn of(rules: &Value) -> Replication {
        serde_json::from_value(json!({"role": "r", "rules": rules})).unwrap()
    }

    fn plan(want: Replication, have: Replication) -> Step<Replication> {
        let spec = BucketSpec { replication: Some(want), ..BucketSpec::default() };
        Step::plan(&spec, &Have::Value(have), &Place::default())
    }

    fn fields(step: &Step<Replication>) -> Vec<String> {
        step.differences().into_iter().map(|difference| difference.field).collect()
    }

    fn rule(id: Option<&str>, prefix: &str, priority: i64) -> Value {
        json!({"id": id, "status": "Enabled", "priority": priority, "filter": {"prefix": prefix}, "destination": {"bucket": "b"}})
    }

    #[test]
    fn order_and_made_ids_are_no_difference() {
        let want = of(&json!([rule(None, "a", 1), rule(Some("named"), "b", 2), rule(None, "c", 3)]));
        let have = of(&json!([rule(Some("x"), "c", 3), rule(Some("y"), "a", 1), rule(Some("named"), "b", 2)]));
        assert_eq!(plan(want, have), Step::None);
    }

    #[test]
    fn a_rule_that_is_written_again_keeps_its_id() {
        let step = plan(of(&json!([rule(None, "a", 1)])), of(&json!([rule(Some("made"), "a", 2)])));
        assert_eq!(fields(&step), ["spec.replication.rules[made].priority"]);
        let Step::Put { want, .. } = step else { panic!("no put") };
        assert_eq!(want.rules.unwrap()[0].id.as_deref(), Some("made"));
    }

    #[test]
    fn what_s3_says_of_the_older_form_is_no_difference() {
        let older = |more: &Value| {
            let mut rule = json!({"status": "Enabled", "prefix": "a", "destination": {"bucket": "b"}});
            rule.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            of(&json!([rule]))
        };
        let have = older(&json!({"id": "x", "priority": 7, "deleteMarkerReplication": {"status": "Enabled"}}));
        assert_eq!(plan(older(&json!({})), have.clone()), Step::None);
        let step = plan(older(&json!({"deleteMarkerReplication": {"status": "Disabled"}})), have);
        assert_eq!(fields(&step), ["spec.replication.rules[x].deleteMarkerReplication.status"]);
    }

    #[test]
    fn no_rules_are_none_and_a_reference_is_never_what_s3_holds() {
        let have = of(&json!([rule(Some("x"), "a", 1)]));
        assert_eq!(plan(of(&json!([])), have.clone()), Step::Remove { have: have.clone() });
        let reference: RoleRef = serde_json::from_value(json!({"from": {"name": "copies"}})).unwrap();
        for role in [None, Some("r".to_owned())] {
            let want = Replication { role, role_ref: Some(reference.clone()), ..have.clone() };
            assert!(matches!(plan(want, have.clone()), Step::Put { .. }));
        }
        assert_eq!(plan(Replication { role_ref: Some(RoleRef::default()), ..have.clone() }, have.clone()), Step::None);
    }
}
