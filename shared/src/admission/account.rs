//! Rules about whose the bucket is: owner account, team, and the role that leads there.

use super::finding::{Findings, Reason};
use super::{Facts, Given, quote};
use crate::arn::Arn;
use crate::{annotation, role};

pub(super) fn findings(facts: &Facts<'_>, to: &mut Findings) {
    owner_account_id_format(facts, to);
    owner_account_immutable(facts, to);
    team_id_empty(facts, to);
    team_and_account_conflict(facts, to);
    if let Some(given) = facts.role {
        role_arn(given, to);
        role_account_mismatch(given, facts, to);
        role_partition_mismatch(given, facts, to);
        role_not_permitted(given, facts, to);
    }
}

fn owner<'a>(facts: &Facts<'a>) -> Option<Given<'a>> {
    facts.given(annotation::OWNER_ACCOUNT_ID, annotation::OWNER_ACCOUNT_ID)
}

fn team<'a>(facts: &Facts<'a>) -> Option<Given<'a>> {
    facts.given(annotation::TEAM_ID, annotation::TEAM_ID)
}

fn owner_account_id_format(facts: &Facts<'_>, to: &mut Findings) {
    if let Some(owner) = owner(facts).filter(|owner| !role::is_account(owner.value)) {
        let message =
            format!(r#"{} owner-account-id is {}; use 12 digits in quotes, such as "123456789012""#, owner.whose(), quote(owner.value));
        to.deny("owner-account-id-format", Reason::Invalid, owner, message);
    }
}

fn owner_account_immutable(facts: &Facts<'_>, to: &mut Findings) {
    let metadata = facts.bucket().status.as_ref().and_then(|status| status.ack_resource_metadata.as_ref());
    let lives_in = metadata.map(|metadata| metadata.owner_account_id.as_str()).filter(|account| facts.exists() && !account.is_empty());
    let (Some(lives_in), Some(owner)) = (lives_in, owner(facts).filter(|owner| !owner.by_namespace)) else { return };
    if role::is_account(owner.value) && owner.value != lives_in {
        let message = format!("the bucket lives in account {lives_in} and cannot move to {}; create a new Bucket", owner.value);
        to.deny("owner-account-immutable", Reason::Forbidden, owner, message);
    }
}

/// A key of the map of teams is a key of a ConfigMap.
fn team_id_empty(facts: &Facts<'_>, to: &mut Findings) {
    let fits = |id: &str| !id.is_empty() && id.chars().count() <= 63 && !id.contains(char::is_whitespace);
    if let Some(team) = team(facts).filter(|team| !fits(team.value)) {
        let message = format!("{} team-id is {}; use a key of the map of teams to roles", team.whose(), quote(team.value));
        to.deny("team-id-empty", Reason::Invalid, team, message);
    }
}

fn team_and_account_conflict(facts: &Facts<'_>, to: &mut Findings) {
    if let (Some(team), Some(_)) = (team(facts), owner(facts)) {
        to.warn("team-and-account-conflict", Reason::Forbidden, team, "team-id overrides owner-account-id; set only one of them");
    }
}

/// Two rules, of which one speaks: the ARN of something else than a role, and no ARN that could be a role's. The role that S3
/// replicates with has a rule of its own.
fn role_arn(given: Given<'_>, to: &mut Findings) {
    let value = given.value;
    if role::is_role(value) {
        return;
    }
    if let Some(kind) = role::other_kind(value) {
        let message = format!("{} names a {kind}, not a role; use arn:aws:iam::<12 digits>:role/<name>", quote(value));
        to.deny("role-arn-not-role", Reason::Invalid, given, message);
    } else {
        let message = format!("{} is not the ARN of an IAM role; use arn:aws:iam::<12 digits>:role/<name>", quote(value));
        to.deny("role-arn-format", Reason::Invalid, given, message);
    }
}

fn role_account_mismatch(given: Given<'_>, facts: &Facts<'_>, to: &mut Findings) {
    let (Some(arn), Some(owner)) = (well_formed(given), owner(facts).filter(|owner| role::is_account(owner.value))) else { return };
    if arn.account != owner.value {
        let message = format!("the role is in account {} and owner-account-id is {}; use a role of the owner", arn.account, owner.value);
        to.deny("role-account-mismatch", Reason::Invalid, given, message);
    }
}

fn role_partition_mismatch(given: Given<'_>, facts: &Facts<'_>, to: &mut Findings) {
    let (Some(arn), Some(partition), Some(region)) = (well_formed(given), facts.partition, facts.region) else { return };
    if arn.partition != partition {
        let message = format!("the role is of partition {}, region {region} of {partition}; use a role of {partition}", arn.partition);
        to.deny("role-partition-mismatch", Reason::Invalid, given, message);
    }
}

/// A role on the Bucket is a wish; the namespace says which wishes are granted.
fn role_not_permitted(given: Given<'_>, facts: &Facts<'_>, to: &mut Findings) {
    if given.by_namespace || well_formed(given).is_none() {
        return;
    }
    let Some(namespace) = facts.request.namespace else { return to.skip_stateful() };
    if !role::is_allowed(given.value, namespace) {
        let (name, allowed) = (facts.namespace_name(), annotation::ALLOWED_ROLE_ARNS);
        let message = format!("namespace {name} does not allow {}; add it to the namespace's annotation {allowed}", given.value);
        to.deny("role-not-permitted", Reason::Forbidden, given, message);
    }
}

fn well_formed(given: Given<'_>) -> Option<Arn<'_>> {
    Arn::parse(given.value).filter(|_| role::is_role(given.value))
}

#[cfg(test)]
pub(super) mod cases {
    use super::*;
    use crate::admission::testing::{Case, World, case};

    const ROLE: &str = "arn:aws:iam::123456789012:role/buckets";

    fn with_role(role: &str) -> World {
        World::new().annotate(annotation::ROLE_ARN, role).namespace(annotation::ALLOWED_ROLE_ARNS, role)
    }

    pub(in crate::admission) fn all() -> Vec<Case> {
        let annotated = |key: &str, value: &str| World::new().annotate(key, value);
        let owner = |world: World, account: &str| world.annotate(annotation::OWNER_ACCOUNT_ID, account);
        let team = |value: &str| annotated(annotation::TEAM_ID, value);
        vec![
            case("owner-account-id-format", owner(World::new(), "123456789012 "), owner(World::new(), "123456789012")),
            case(
                "owner-account-immutable",
                owner(World::new().existing().update(), "444455556666"),
                owner(World::new().existing().update(), "123456789012"),
            ),
            case("team-id-empty", team(""), team("payments")),
            case("team-and-account-conflict", owner(team("payments"), "123456789012"), team("payments")),
            case("role-arn-format", with_role("arn:aws:iam::123:role/x"), with_role(ROLE)),
            case("role-arn-not-role", with_role("arn:aws:sts::123456789012:assumed-role/x/s"), with_role(ROLE)),
            case("role-account-mismatch", owner(with_role(ROLE), "222222222222"), owner(with_role(ROLE), "123456789012")),
            case(
                "role-partition-mismatch",
                with_role(ROLE).region("cn-north-1"),
                with_role("arn:aws-cn:iam::123456789012:role/x").region("cn-north-1"),
            ),
            case("role-not-permitted", annotated(annotation::ROLE_ARN, ROLE), with_role(ROLE)),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::admission::testing::World;

    const ROLE: &str = "arn:aws:iam::123456789012:role/buckets";

    #[test]
    fn other_shapes_of_the_same_mistakes() {
        let rules = |key: &str, value: &str| World::new().annotate(key, value).rules();
        assert_eq!(rules(annotation::OWNER_ACCOUNT_ID, "12345"), ["owner-account-id-format"]);
        assert_eq!(rules(annotation::TEAM_ID, "a b"), ["team-id-empty"]);
        assert_eq!(rules(annotation::TEAM_ID, &"a".repeat(64)), ["team-id-empty"]);
        assert_eq!(rules(annotation::ROLE_ARN, "arn:aws:iam::123456789012:user/x"), ["role-arn-not-role"]);
        assert_eq!(rules(annotation::ROLE_ARN, ""), ["role-arn-format"]);
    }

    #[test]
    fn the_namespaces_own_role_needs_no_leave_and_is_looked_at_all_the_same() {
        assert_eq!(World::new().namespace(annotation::ROLE_ARN, ROLE).rules(), [""; 0]);
        let bad = World::new().namespace(annotation::ROLE_ARN, "x").verdict();
        assert_eq!((&*bad.findings[0].rule, bad.findings[0].field.as_str()), ("role-arn-format", "metadata.namespace"));
        let other = World::new().namespace(annotation::ROLE_ARN, ROLE).namespace(annotation::OWNER_ACCOUNT_ID, "222222222222");
        assert_eq!(other.rules(), ["role-account-mismatch"]);
    }

    #[test]
    fn a_refused_role_names_the_namespace_and_what_to_add() {
        let verdict = World::new().annotate(annotation::ROLE_ARN, ROLE).verdict();
        let message = &verdict.findings[0].message;
        assert!(message.contains("team-a") && message.contains(ROLE) && message.contains("allowed-iam-role-arns"), "{message}");
    }

    #[test]
    fn a_namespace_that_is_not_known_yet_refuses_no_role() {
        let verdict = World::new().annotate(annotation::ROLE_ARN, ROLE).unknown_namespace().verdict();
        assert!(verdict.findings.is_empty() && verdict.skipped_stateful);
    }
}
