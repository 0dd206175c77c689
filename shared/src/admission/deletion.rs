//! Rules about deletion: the one request to delete that is refused, and the annotations that say how a deletion goes.

use super::finding::{Findings, Reason};
use super::{Facts, Operation, quote};
use crate::annotation;
use crate::protection::Protection;

/// The one rule that refuses a deletion.
pub const PROTECTED: &str = "deletion-protected";

pub(super) fn findings(facts: &Facts<'_>, to: &mut Findings) {
    if facts.request.operation == Operation::Delete {
        return deletion_protected(facts, to);
    }
    yes_or_no("deletion-protection-bool", annotation::DELETION_PROTECTION, "the Bucket is protected", facts, to);
    yes_or_no("force-detach-bool", annotation::FORCE_DETACH, "nothing is detached", facts, to);
    bucket_named("confirm-deletion-name", annotation::CONFIRM_DELETION, facts, to);
    bucket_named("empty-on-deletion-name", annotation::EMPTY_ON_DELETION, facts, to);
}

/// A Bucket that is being deleted already, whose namespace goes with all that is in it (then the S3 bucket stays), or that is only
/// detached loses no data: to refuse would keep it, or the namespace, for ever.
fn deletion_protected(facts: &Facts<'_>, to: &mut Findings) {
    let bucket = facts.bucket();
    let harmless =
        bucket.is_being_deleted() || facts.request.namespace_going || annotation::is_true(bucket.annotation(annotation::FORCE_DETACH));
    let Some(protection) = Protection::of(bucket, facts.request.namespace).filter(|_| !harmless) else { return };
    let key = annotation::DELETION_PROTECTION;
    let message = format!("{} {key} protects this Bucket; to delete it, set {key}=false on the Bucket first", protection.whose());
    match protection {
        Protection::Own => to.deny(PROTECTED, Reason::Forbidden, field(key), message),
        Protection::OfNamespace => to.deny(PROTECTED, Reason::Forbidden, "metadata.namespace", message),
    }
}

fn yes_or_no(rule: &'static str, key: &'static str, meaning: &str, facts: &Facts<'_>, to: &mut Findings) {
    let is_bool = |value: &&str| value.eq_ignore_ascii_case("true") || value.eq_ignore_ascii_case("false");
    if let Some(value) = facts.bucket().annotation(key).filter(|value| !is_bool(value)) {
        let message = format!(r#"{} is neither "true" nor "false", and {meaning}; use one of them, in quotes"#, quote(value));
        to.deny(rule, Reason::NotSupported, field(key), message);
    }
}

/// The value repeats the name of the S3 bucket, so that it is not copied to another Bucket by mistake.
fn bucket_named(rule: &'static str, key: &'static str, facts: &Facts<'_>, to: &mut Findings) {
    let (Some(value), Some(name)) = (facts.bucket().annotation(key), facts.bucket_name()) else { return };
    if value != name {
        let message = format!("{} is not the name of this Bucket's S3 bucket, and does nothing; write {}", quote(value), quote(name));
        to.deny(rule, Reason::Invalid, field(key), message);
    }
}

fn field(key: &str) -> String {
    format!("metadata.annotations[{key}]")
}

#[cfg(test)]
pub(super) mod cases {
    use super::*;
    use crate::admission::testing::{Case, World, case};

    pub(in crate::admission) fn all() -> Vec<Case> {
        let annotated = |key: &str, value: &str| World::new().annotate(key, value);
        let protected = || annotated(annotation::DELETION_PROTECTION, "true");
        vec![
            case(PROTECTED, protected().existing().delete(), protected()),
            case("deletion-protection-bool", annotated(annotation::DELETION_PROTECTION, "yes"), protected()),
            case("force-detach-bool", annotated(annotation::FORCE_DETACH, "1"), annotated(annotation::FORCE_DETACH, "True")),
            case(
                "confirm-deletion-name",
                annotated(annotation::CONFIRM_DELETION, "logs"),
                annotated(annotation::CONFIRM_DELETION, "team-a-logs"),
            ),
            case(
                "empty-on-deletion-name",
                annotated(annotation::EMPTY_ON_DELETION, "true"),
                annotated(annotation::EMPTY_ON_DELETION, "team-a-logs"),
            ),
        ]
    }
}

#[cfg(test)]
mod tests {
    use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
    use k8s_openapi::jiff::Timestamp;

    use super::*;
    use crate::admission::testing::World;

    fn protected() -> World {
        World::new().annotate(annotation::DELETION_PROTECTION, "true").existing().delete()
    }

    #[test]
    fn the_namespace_protects_all_of_its_buckets_that_do_not_say_no() {
        let deleted = || World::new().existing().delete().namespace(annotation::DELETION_PROTECTION, "true");
        let verdict = deleted().verdict();
        assert!(verdict.is_denied() && verdict.findings[0].field == "metadata.namespace", "{:?}", verdict.findings);
        assert!(verdict.findings[0].message.contains("on the Bucket first"), "{:?}", verdict.findings);
        assert!(!deleted().annotate(annotation::DELETION_PROTECTION, "false").verdict().is_denied());
    }

    #[test]
    fn nothing_is_refused_that_costs_no_data() {
        let mut going = protected();
        going.namespace_going = true;
        assert_eq!(going.rules(), [""; 0]);
        let again = protected().bucket(|bucket| bucket.metadata.deletion_timestamp = Some(Time(Timestamp::UNIX_EPOCH)));
        assert_eq!(again.rules(), [""; 0]);
        assert_eq!(protected().annotate(annotation::FORCE_DETACH, "true").rules(), [""; 0]);
        assert!(protected().annotate(annotation::FORCE_DETACH, "false").verdict().is_denied());
        assert!(!protected().by_controller().verdict().is_denied(), "a controller is warned at most");
        assert!(protected().unknown_namespace().verdict().is_denied(), "its own word is enough");
    }

    #[test]
    fn a_bucket_without_a_spec_confirms_the_one_that_it_adopts() {
        let adopting = World::new().without_spec().adopting("adopt", r#"{"name":"logs"}"#);
        assert_eq!(adopting.clone().annotate(annotation::CONFIRM_DELETION, "logs").rules(), [""; 0]);
        assert_eq!(adopting.annotate(annotation::CONFIRM_DELETION, "log").rules(), ["confirm-deletion-name"]);
    }
}
