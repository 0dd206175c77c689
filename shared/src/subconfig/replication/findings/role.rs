//! The role that S3 copies with. Source: S3 User Guide, "Setting up permissions for live replication"; IAM User Guide, "Granting a user
//! permissions to pass a role to an AWS service" (a role of the same account).

use super::{given, is_elsewhere};
use crate::admission::{Facts, Findings, Path, Reason, quote};
use crate::arn::Arn;
use crate::reference::{self, Unresolved};
use crate::subconfig::replication::Replication;
use crate::{annotation, region, role};

/// Without rules there is no need of a role.
pub(super) fn findings(replication: &Replication, at: &Path<'_>, facts: &Facts<'_>, to: &mut Findings) {
    let (role, is_reference) = (given(replication.role.as_ref()), replication.role_ref.is_some());
    match role {
        Some(_) if is_reference => replication_role_and_ref(&at.member("roleRef"), to),
        None if is_reference => roleless_reference(&at.member("roleRef"), facts, to),
        None if replication.rules.as_ref().is_some_and(|rules| !rules.is_empty()) => replication_role_required(&at.member("role"), to),
        None | Some(_) => {}
    }
    if let Some(role) = role.filter(|_| !is_elsewhere(facts)) {
        let at = at.member("role");
        replication_role_arn(role, &at, facts, to);
        replication_role_account(role, &at, facts, to);
    }
}

fn replication_role_required(at: &Path<'_>, to: &mut Findings) {
    let message = "S3 needs a role to copy with; give its ARN here, or name a Role in roleRef.from.name";
    to.deny("replication-role-required", Reason::Required, at, message);
}

/// A reference that names no Role leads to no role, today or tomorrow.
fn roleless_reference(at: &Path<'_>, facts: &Facts<'_>, to: &mut Findings) {
    const RULE: &str = "replication-role-required";
    let from = at.member("from");
    let unresolved = facts.spec().and_then(|spec| reference::role(spec, facts.namespace_name(), true).err());
    match unresolved {
        Some(Unresolved::NoName) => to.deny(RULE, Reason::Required, from.member("name"), "give the name of the Role to copy with"),
        Some(Unresolved::BadName { field, value }) => {
            let message = format!("{} is not a name that Kubernetes takes; correct it", quote(&value));
            to.deny(RULE, Reason::Invalid, from.member(field), message);
        }
        _ => {}
    }
}

fn replication_role_and_ref(at: &Path<'_>, to: &mut Findings) {
    to.deny("replication-role-and-ref", Reason::Forbidden, at, "both role and roleRef are given; keep one of them");
}

/// An ARN of a partition that there is not has a rule of its own, where the bucket's is known.
fn replication_role_arn(value: &str, at: &Path<'_>, facts: &Facts<'_>, to: &mut Findings) {
    let is_foreign = || facts.partition.is_some() && Arn::parse(value).is_some_and(|arn| !region::is_partition(arn.partition));
    if role::is_role(value) || is_foreign() {
        return;
    }
    let what =
        role::other_kind(value).map_or_else(|| "is not the ARN of an IAM role".to_owned(), |kind| format!("names a {kind}, not a role"));
    let message = format!("{} {what}; use arn:{}:iam::<12 digits>:role/<name>", quote(value), facts.partition.unwrap_or("aws"));
    to.deny("replication-role-arn", Reason::Invalid, at, message);
}

fn replication_role_account(value: &str, at: &Path<'_>, facts: &Facts<'_>, to: &mut Findings) {
    let (Some(arn), Some(owner)) = (Arn::parse(value).filter(|_| role::is_role(value)), owner(facts)) else { return };
    if arn.account != owner {
        let message = format!("the role is in account {}, the bucket in {owner}; use a role of the bucket's account", arn.account);
        to.deny("replication-role-account", Reason::Invalid, at, message);
    }
}

/// The account that owns the bucket, where that is sure: the one that it lives in, else what annotations say. A team may lead to an
/// account that no annotation names.
pub(super) fn owner<'a>(facts: &Facts<'a>) -> Option<&'a str> {
    let metadata = facts.bucket().status.as_ref().and_then(|status| status.ack_resource_metadata.as_ref());
    let lives_in = metadata.map(|metadata| metadata.owner_account_id.as_str()).filter(|_| facts.exists());
    let named = || facts.account.filter(|_| facts.given(annotation::TEAM_ID, annotation::TEAM_ID).is_none());
    lives_in.filter(|account| role::is_account(account)).or_else(named).filter(|account| role::is_account(account))
}

#[cfg(test)]
pub(super) mod cases {
    use serde_json::{Value, json};

    use crate::admission::testing::{Case, World, case};
    use crate::annotation;
    use crate::subconfig::replication::findings::cases::{ROLE, rule, section};

    /// A replicated bucket with these members beside its rules.
    pub(super) fn by(members: Value) -> World {
        let mut section_of = members;
        section_of["rules"] = json!([rule(&json!({}))]);
        section(&section_of)
    }

    pub(super) fn owned_by(account: &str) -> World {
        by(json!({"role": ROLE})).annotate(annotation::OWNER_ACCOUNT_ID, account)
    }

    pub(in crate::subconfig::replication::findings) fn all() -> Vec<Case> {
        let reference = json!({"from": {"name": "copies"}});
        let both = by(json!({"role": ROLE, "roleRef": reference}));
        vec![
            case("replication-role-required", by(json!({})), by(json!({"role": ROLE}))),
            case("replication-role-and-ref", both, by(json!({"roleRef": reference}))),
            case("replication-role-arn", by(json!({"role": "arn:aws:iam::123456789012:user/copies"})), by(json!({"role": ROLE}))),
            case("replication-role-account", owned_by("444455556666"), owned_by("123456789012")),
        ]
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::cases::{by, owned_by};
    use crate::annotation;
    use crate::subconfig::replication::findings::cases::{ROLE, fields};

    #[test]
    fn a_reference_names_a_role() {
        for (reference, field) in [
            (json!({}), "name"),
            (json!({"from": {"name": ""}}), "name"),
            (json!({"from": {"name": "../x"}}), "name"),
            (json!({"from": {"name": "a", "namespace": "B"}}), "namespace"),
        ] {
            let at = fields(&by(json!({"roleRef": reference})), "replication-role-required");
            assert_eq!(at, [format!("spec.replication.roleRef.from.{field}")], "{reference}");
        }
        assert_eq!(by(json!({"role": ROLE, "roleRef": {}})).rules(), ["replication-role-and-ref"]);
        assert_eq!(by(json!({"role": "", "roleRef": {"from": {"name": "a", "namespace": "iam"}}})).rules(), [""; 0]);
    }

    #[test]
    fn other_shapes_of_the_same_mistakes() {
        let rules = |role: &str| by(json!({"role": role})).rules();
        for role in ["copies", "arn:aws:iam::1:role/x", "arn:aws:sts::123456789012:assumed-role/x/s", "arn:aws:iam::123456789012:root"] {
            assert_eq!(rules(role), ["replication-role-arn"], "{role}");
        }
        assert_eq!(rules(""), ["replication-role-required"]);
        assert_eq!(rules("arn:aws:iam::123456789012:role/service-role/copies"), [""; 0]);
        assert_eq!(rules("arn:aws-cn:iam::123456789012:role/copies"), ["partition-mixed"]);
        assert_eq!(rules("arn:moon:iam::123456789012:role/copies"), ["partition-mixed"]);
    }

    #[test]
    fn the_account_of_an_existing_bucket_is_the_one_it_lives_in() {
        assert_eq!(by(json!({"role": "arn:aws:iam::444455556666:role/copies"})).existing().guard().rules(), ["replication-role-account"]);
        assert_eq!(by(json!({"role": ROLE})).existing().guard().rules(), [""; 0]);
    }

    #[test]
    fn a_team_may_lead_to_any_account() {
        let spoke = owned_by("444455556666").namespace(annotation::TEAM_ID, "payments").rules();
        assert!(!spoke.contains(&"replication-role-account"), "{spoke:?}");
    }
}
