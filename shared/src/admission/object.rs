//! Rules about the object as a whole: its spec, its adoption, and what becomes of the bucket in the end.

use super::finding::{Findings, Reason};
use super::{AdoptionFields, Facts, Operation, quote};
use crate::place::DeletionPolicy;
use crate::{annotation, place};

/// The field of the annotation adoption-fields.
pub(super) const ADOPTION_FIELDS_FIELD: &str = "metadata.annotations[services.k8s.aws/adoption-fields]";
const ADOPTION_POLICY_FIELD: &str = "metadata.annotations[services.k8s.aws/adoption-policy]";
const ADOPTED_FIELD: &str = "metadata.annotations[services.k8s.aws/adopted]";
const DELETION_POLICY_FIELD: &str = "metadata.annotations[services.k8s.aws/deletion-policy]";
const READ_ONLY_FIELD: &str = "metadata.annotations[services.k8s.aws/read-only]";

pub(super) fn findings(facts: &Facts<'_>, to: &mut Findings) {
    if facts.request.operation == Operation::Delete {
        return delete_nonempty_hint(facts, to);
    }
    spec_required(facts, to);
    adoption_policy_enum(facts, to);
    adoption_fields_required(facts, to);
    adoption_fields_json(facts, to);
    adoption_name_mismatch(facts, to);
    adopted_user_set(facts, to);
    deletion_policy_enum(facts, to);
    read_only_bool(facts, to);
}

fn spec_required(facts: &Facts<'_>, to: &mut Findings) {
    // Only adopt fills the spec in; adopt-or-create goes by it.
    if facts.spec().is_none() && facts.adoption.policy.is_none_or(|policy| policy == "adopt-or-create") {
        let message = "there is no spec; give spec.name, or adopt a bucket with the annotations adoption-policy: adopt and adoption-fields";
        to.deny("spec-required", Reason::Required, "spec", message);
    }
}

fn adoption_policy_enum(facts: &Facts<'_>, to: &mut Findings) {
    if let Some(policy) = facts.adoption.policy.filter(|policy| !["adopt", "adopt-or-create"].contains(policy)) {
        let message = format!("adoption-policy is {}; use adopt or adopt-or-create", quote(policy));
        to.deny("adoption-policy-enum", Reason::NotSupported, ADOPTION_POLICY_FIELD, message);
    }
}

fn adoption_fields_required(facts: &Facts<'_>, to: &mut Findings) {
    let nameless = facts.bucket().bucket_name().is_none() && facts.adoption.fields == AdoptionFields::Absent;
    if facts.adoption.policy == Some("adopt") && nameless {
        let message = r#"nothing says which bucket to adopt; set adoption-fields, such as '{"name":"my-bucket"}'"#;
        to.deny("adoption-fields-required", Reason::Required, ADOPTION_FIELDS_FIELD, message);
    }
}

fn adoption_fields_json(facts: &Facts<'_>, to: &mut Findings) {
    if facts.adoption.fields == AdoptionFields::Unreadable {
        let value = quote(facts.bucket().annotation(annotation::ADOPTION_FIELDS).unwrap_or_default());
        let message = format!(r#"adoption-fields is {value}; write a JSON object of strings, such as '{{"name":"my-bucket"}}'"#);
        to.deny("adoption-fields-json", Reason::Invalid, ADOPTION_FIELDS_FIELD, message);
    }
}

fn adoption_name_mismatch(facts: &Facts<'_>, to: &mut Findings) {
    let (Some(adopt), Some(name)) = (facts.adoption.name(), facts.bucket().bucket_name()) else { return };
    if adopt != name {
        let message = format!("adoption-fields names {} and spec.name {}; make them equal", quote(adopt), quote(name));
        to.deny("adoption-name-mismatch", Reason::Invalid, ADOPTION_FIELDS_FIELD, message);
    }
}

fn adopted_user_set(facts: &Facts<'_>, to: &mut Findings) {
    if facts.by_user() && facts.bucket().annotation(annotation::ADOPTED).is_some() {
        let message = "the annotation adopted is the controller's to write; use adoption-policy to adopt a bucket";
        to.warn("adopted-user-set", Reason::Forbidden, ADOPTED_FIELD, message);
    }
}

fn deletion_policy_enum(facts: &Facts<'_>, to: &mut Findings) {
    let policy = facts.bucket().annotation(annotation::DELETION_POLICY);
    if let Some(policy) = policy.filter(|policy| !["delete", "retain"].contains(policy)) {
        let message = format!("deletion-policy is {}; use delete or retain, in lower case", quote(policy));
        to.deny("deletion-policy-enum", Reason::NotSupported, DELETION_POLICY_FIELD, message);
    }
}

fn read_only_bool(facts: &Facts<'_>, to: &mut Findings) {
    let value = facts.bucket().annotation(annotation::READ_ONLY);
    let is_bool = |value: &&str| value.eq_ignore_ascii_case("true") || value.eq_ignore_ascii_case("false");
    if let Some(value) = value.filter(|value| !is_bool(value)) {
        let message = format!(r#"read-only is {}, which counts as "false"; use "true" or "false", in quotes"#, quote(value));
        to.deny("read-only-bool", Reason::NotSupported, READ_ONLY_FIELD, message);
    }
}

/// A bucket with versions is not deleted before the last version is gone.
fn delete_nonempty_hint(facts: &Facts<'_>, to: &mut Findings) {
    let (Some(spec), Some(namespace), false) = (facts.spec(), facts.request.namespace, facts.looks_on()) else { return };
    let versioned = spec.versioning.as_ref().and_then(|versioning| versioning.status.as_deref()) == Some("Enabled");
    let locked = spec.object_lock_enabled_for_bucket == Some(true);
    let deletes = place::deletion_policy(facts.bucket(), namespace, DeletionPolicy::Delete) == DeletionPolicy::Delete;
    if deletes && (versioned || locked) {
        let message = format!(
            "S3 bucket {} goes too, once no object and no version is left in it; to keep it set deletion-policy: retain",
            quote(&spec.name)
        );
        to.warn("delete-nonempty-hint", Reason::Forbidden, DELETION_POLICY_FIELD, message);
    }
}

#[cfg(test)]
pub(super) mod cases {
    use super::*;
    use crate::admission::testing::{Case, World, case};

    pub(in crate::admission) fn all() -> Vec<Case> {
        let annotated = |key: &str, value: &str| World::new().annotate(key, value);
        let adopt = |fields: &str| World::new().adopting("adopt", fields);
        let name = r#"{"name":"team-a-logs"}"#;
        let versioned = || World::new().section("versioning", r#"{"status":"Enabled"}"#);
        vec![
            case("spec-required", World::new().without_spec(), adopt(name).without_spec()),
            case("adoption-policy-enum", World::new().adopting("adopt-only", name), World::new().adopting("adopt-or-create", name)),
            case(
                "adoption-fields-required",
                annotated(annotation::ADOPTION_POLICY, "adopt").without_spec(),
                annotated(annotation::ADOPTION_POLICY, "adopt"),
            ),
            case("adoption-fields-json", adopt("name: my-bucket"), adopt(name)),
            case("adoption-name-mismatch", adopt(r#"{"name":"a"}"#), adopt(name)),
            case("adopted-user-set", annotated(annotation::ADOPTED, "true"), annotated(annotation::ADOPTED, "true").by_controller()),
            case(
                "deletion-policy-enum",
                annotated(annotation::DELETION_POLICY, "Retain"),
                annotated(annotation::DELETION_POLICY, "retain"),
            ),
            case("read-only-bool", annotated(annotation::READ_ONLY, "yes"), annotated(annotation::READ_ONLY, "True")),
            case("delete-nonempty-hint", versioned().delete(), versioned().annotate(annotation::DELETION_POLICY, "retain").delete()),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::admission::testing::World;

    #[test]
    fn only_adopt_goes_without_a_spec() {
        let world = |policy| World::new().without_spec().adopting(policy, r#"{"name":"team-a-logs"}"#);
        assert_eq!(world("adopt").rules(), [""; 0]);
        assert_eq!(world("adopt-or-create").rules(), ["spec-required"]);
    }

    #[test]
    fn the_hint_at_deletion_minds_object_lock_and_the_namespace() {
        let locked = || World::new().spec(|spec| spec.object_lock_enabled_for_bucket = Some(true)).delete();
        assert_eq!(locked().rules(), ["delete-nonempty-hint"]);
        assert_eq!(locked().namespace(annotation::NAMESPACE_DELETION_POLICY, "retain").rules(), [""; 0]);
        assert_eq!(World::new().delete().rules(), [""; 0]);
    }
}
