//! What replication needs of other sections. Source: S3 User Guide, "Requirements and considerations for replication", "Replicating
//! encrypted objects" and "Using Object Lock with replication".

use super::{given, is_on};
use crate::BucketSpec;
use crate::admission::{Facts, Findings, Path, Reason};
use crate::ignore::Ignored;
use crate::subconfig::object_lock;
use crate::subconfig::replication::{ReplicaEncryption, ReplicationRule};
use crate::subconfig::versioning::Versioning;
use crate::subconfig::versioning::change::suspends_replication;
use crate::unset::UnsetFields;

pub(super) fn findings(rules: &[ReplicationRule], at: &Path<'_>, facts: &Facts<'_>, to: &mut Findings) {
    let Some(spec) = facts.spec() else { return };
    replication_versioning(spec, facts, to);
    replication_kms_default_no_ssc(rules, spec, at, to);
    replication_objectlock_dest(rules, spec, at, to);
}

/// A status that S3 does not know, and a section without one, are spoken of elsewhere.
fn replication_versioning(spec: &BucketSpec, facts: &Facts<'_>, to: &mut Findings) {
    const RULE: &str = "replication-versioning";
    const AT: &str = "spec.versioning.status";
    let (reason, is) = match spec.versioning.as_ref().map(|section| given(section.status.as_ref())) {
        None => (Reason::Required, "left out"),
        Some(Some("Suspended")) => (Reason::Invalid, "Suspended"),
        Some(_) => return,
    };
    // Of versioning that Object Lock keeps on, and of versioning that the change gives up, rules of their own speak.
    if !object_lock::is_on(facts) && !suspends_replication(facts) && !may_be_on(spec, facts) {
        to.deny(RULE, reason, AT, format!("{is}, and S3 replicates only where versioning is on; set it to Enabled"));
    }
}

/// Whether versioning may be on in S3 although the spec does not say so, and stay on: of a bucket that is there already, where what the
/// spec leaves out is not managed, or drift is ignored. The controller, which knows its flags, plans by them.
fn may_be_on(spec: &BucketSpec, facts: &Facts<'_>) -> bool {
    let adopts = facts.adoption.policy.is_some();
    if !facts.exists() && !adopts {
        return false;
    }
    let by_default = if adopts || facts.request.user.is_empty() { UnsetFields::Ignore } else { facts.request.settings.unset };
    let is_left = spec.versioning.is_none() && UnsetFields::of(facts.bucket(), by_default) == UnsetFields::Ignore;
    let on = Versioning::enabled();
    is_left || Ignored::of(facts.bucket()).leave(spec.versioning.clone(), Some(&on)) == Some(on)
}

/// Who says Disabled knows of it, and a key for the copies without the wish for them is a mistake that is named.
fn replication_kms_default_no_ssc(rules: &[ReplicationRule], spec: &BucketSpec, at: &Path<'_>, to: &mut Findings) {
    let Some(algorithm) = kms_default(spec) else { return };
    let Some(first) = rules.iter().position(|rule| is_on(rule.status.as_ref())) else { return };
    if !rules.iter().any(speaks_of_kms) {
        let message =
            format!("new objects are encrypted with {algorithm} and S3 copies none of them; add sseKMSEncryptedObjects and a key");
        to.warn("replication-kms-default-no-ssc", Reason::Invalid, at.index(first).member("sourceSelectionCriteria"), message);
    }
}

fn kms_default(spec: &BucketSpec) -> Option<&str> {
    let rules = spec.encryption.as_ref()?.rules.as_deref()?;
    let defaults = rules.iter().filter_map(|rule| rule.apply_server_side_encryption_by_default.as_ref());
    defaults.filter_map(|default| given(default.sse_algorithm.as_ref())).find(|algorithm| algorithm.starts_with("aws:kms"))
}

fn speaks_of_kms(rule: &ReplicationRule) -> bool {
    let wish = rule.source_selection_criteria.as_ref().and_then(|criteria| criteria.sse_kms_encrypted_objects.as_ref());
    let key = |encryption: &ReplicaEncryption| given(encryption.replica_kms_key_id.as_ref()).is_some();
    let has_key = rule.destination.as_ref().and_then(|to| to.encryption_configuration.as_ref()).is_some_and(key);
    has_key || wish.is_some_and(|of| given(of.status.as_ref()).is_some())
}

fn replication_objectlock_dest(rules: &[ReplicationRule], spec: &BucketSpec, at: &Path<'_>, to: &mut Findings) {
    let Some(first) = rules.iter().position(|rule| is_on(rule.status.as_ref())) else { return };
    if object_lock::is_asked_for(spec) {
        let at_rule = at.index(first);
        let destination = at_rule.member("destination");
        let message = "this bucket has Object Lock; without it on the destination too S3 copies nothing";
        to.warn("replication-objectlock-dest", Reason::Invalid, destination.member("bucket"), message);
    }
}

#[cfg(test)]
pub(super) mod cases {
    use serde_json::json;

    use crate::admission::testing::{Case, World, case};
    use crate::subconfig::replication::findings::cases::{rule, rules};

    pub(super) fn good() -> World {
        rules(&[rule(&json!({}))])
    }

    pub(super) fn unversioned() -> World {
        good().spec(|spec| spec.versioning = None)
    }

    pub(super) fn encrypted(algorithm: &str, world: World) -> World {
        let key = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab";
        let default = json!({"sseAlgorithm": algorithm, "kmsMasterKeyID": key});
        world.section("encryption", &json!({"rules": [{"applyServerSideEncryptionByDefault": default}]}).to_string())
    }

    pub(super) fn locked(world: World) -> World {
        world.spec(|spec| spec.object_lock_enabled_for_bucket = Some(true))
    }

    pub(in crate::subconfig::replication::findings) fn all() -> Vec<Case> {
        let wish = rule(&json!({"sourceSelectionCriteria": {"sseKMSEncryptedObjects": {"status": "Disabled"}}}));
        vec![
            case("replication-versioning", unversioned(), good()),
            case("replication-kms-default-no-ssc", encrypted("aws:kms", good()), encrypted("aws:kms", rules(&[wish]))),
            case("replication-objectlock-dest", locked(good()), locked(rules(&[rule(&json!({"status": "Disabled"}))]))),
        ]
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::cases::{encrypted, good, locked, unversioned};
    use crate::admission::Severity;
    use crate::admission::testing::World;
    use crate::annotation;
    use crate::subconfig::replication::findings::cases::rules;

    const RULE: &str = "replication-versioning";

    fn speaks(world: &World) -> bool {
        world.verdict().findings.iter().any(|finding| finding.rule == RULE && finding.severity == Severity::Deny)
    }

    fn suspended() -> World {
        good().section("versioning", r#"{"status":"Suspended"}"#)
    }

    #[test]
    fn suspended_is_not_enough_and_object_lock_is() {
        assert!(speaks(&suspended()));
        assert!(!speaks(&locked(unversioned())), "S3 turns versioning on by itself");
        assert!(!speaks(&locked(suspended())), "a rule of Object Lock speaks");
        for elsewhere in [r#"{"status":"enabled"}"#, "{}"] {
            assert!(!speaks(&good().section("versioning", elsewhere)), "a rule of versioning speaks of {elsewhere}");
        }
        assert!(!speaks(&World::new().section("replication", r#"{"rules":[]}"#)));
    }

    #[test]
    fn a_bucket_that_is_there_may_be_versioned_where_the_spec_does_not_say() {
        let unmanaged = unversioned().annotate(annotation::UNSET_FIELDS, "ignore");
        assert!(speaks(&unmanaged), "a new bucket is not versioned");
        let change = |world: World| world.existing().update().section("replication", r#"{"role":"x","rules":[{"status":"Enabled"}]}"#);
        let before = || World::new();
        assert!(speaks(&change(before())));
        assert!(!speaks(&change(before().annotate(annotation::UNSET_FIELDS, "ignore"))));
        assert!(!speaks(&change(before().annotate(annotation::ADOPTED, "true"))));
        assert!(speaks(&change(before().annotate(annotation::UNSET_FIELDS, "reset"))));
        assert!(!speaks(&change(before().leaving_unset())), "the operator says so for all");
        assert!(speaks(&change(before().leaving_unset().annotate(annotation::UNSET_FIELDS, "reset"))));
        assert!(!speaks(&unversioned().adopting("adopt", r#"{"name":"team-a-logs"}"#)));
        assert!(!speaks(&unversioned().existing().guard()), "the controller knows what it leaves alone");
        assert!(speaks(&suspended().existing().guard()));
        let ignored = |path: &str| suspended().annotate(annotation::IGNORE_FIELD_DRIFT, path).existing().guard();
        assert!(!speaks(&ignored("spec.versioning.status")) && !speaks(&ignored("spec.versioning")) && speaks(&ignored("spec.cors")));
    }

    #[test]
    fn versioning_that_is_given_up_is_a_mistake_of_versioning() {
        let stored = good().existing().update();
        assert!(!speaks(&stored.clone().section("versioning", r#"{"status":"Suspended"}"#)));
        assert!(!speaks(&stored.spec(|spec| spec.versioning = None)));
        assert!(speaks(&good().update().section("versioning", r#"{"status":"Suspended"}"#)), "no bucket yet");
        let unreplicated = good().spec(|spec| spec.replication = None).existing().update();
        let both = unreplicated
            .section("versioning", r#"{"status":"Suspended"}"#)
            .spec(|spec| spec.replication = good().bucket.spec.unwrap().replication);
        assert!(speaks(&both));
    }

    #[test]
    fn objects_that_are_not_copied_are_worth_one_word() {
        let kms = |world: World| world.rules().contains(&"replication-kms-default-no-ssc");
        assert!(kms(encrypted("aws:kms:dsse", good())));
        assert!(!kms(encrypted("AES256", good())));
        assert!(!kms(encrypted("aws:kms", rules(&[json!({"status": "Disabled", "destination": {"bucket": "arn:aws:s3:::copies"}})]))));
    }
}
