//! What admission says of ownership. Source: S3 API reference, PutBucketOwnershipControls, and CreateBucket (ObjectOwnership).

use super::{OwnershipControls, OwnershipRule};
use crate::admission::effective::{self, ENFORCED};
use crate::admission::{Facts, Findings, Path, Reason, check, quote};

const OWNERSHIPS: &[&str] = &[ENFORCED, "BucketOwnerPreferred", "ObjectWriter"];
/// Of rules that are too many anyway, only so many are looked at one by one.
const LOOKED_AT: usize = 4;

pub(super) fn findings(controls: &OwnershipControls, at: &Path<'_>, facts: &Facts<'_>, to: &mut Findings) {
    if effective::is_directory(facts) {
        return;
    }
    let rules = controls.rules.as_deref().unwrap_or_default();
    let rules_at = at.member("rules");
    ownership_rule_count(rules, &rules_at, facts, to);
    for (index, rule) in rules.iter().take(LOOKED_AT).enumerate() {
        let at = rules_at.index(index);
        ownership_enum(rule, &at.member("objectOwnership"), to);
    }
    object_ownership(facts, to);
}

pub(super) fn absent_findings(at: &Path<'_>, facts: &Facts<'_>, to: &mut Findings) {
    if effective::is_directory(facts) {
        return;
    }
    ownership_removed(at, facts, to);
    object_ownership(facts, to);
}

/// What is said of `spec.objectOwnership`, which CreateBucket is given.
fn object_ownership(facts: &Facts<'_>, to: &mut Findings) {
    let spec = Path::root("spec");
    let at = spec.member("objectOwnership");
    let ownership = given(facts.spec().and_then(|spec| spec.object_ownership.as_deref()));
    check::one_of(ownership, OWNERSHIPS, "ownership-enum", &at, to);
    ownership_conflict(ownership, facts, &at, to);
    ownership_create_only(ownership, facts, &at, to);
}

fn given(ownership: Option<&str>) -> Option<&str> {
    ownership.filter(|ownership| !ownership.is_empty())
}

/// Older releases of the peer wrote sections without a rule themselves; the controller takes them for absent.
fn ownership_rule_count(rules: &[OwnershipRule], at: &Path<'_>, facts: &Facts<'_>, to: &mut Findings) {
    if rules.len() > 1 || (rules.is_empty() && facts.by_user()) {
        let message = format!("{} rules; ownershipControls takes exactly one", rules.len());
        to.deny("ownership-rule-count", Reason::Invalid, at, message);
    }
}

fn ownership_enum(rule: &OwnershipRule, at: &Path<'_>, to: &mut Findings) {
    let Some(ownership) = given(rule.object_ownership.as_deref()) else {
        let message = format!("the rule names no ownership; use one of {}", OWNERSHIPS.join(", "));
        return to.deny("ownership-enum", Reason::Required, at, message);
    };
    check::one_of(Some(ownership), OWNERSHIPS, "ownership-enum", at, to);
}

/// What `ownershipControls` says, where it is a word that S3 knows.
fn controls<'a>(facts: &Facts<'a>) -> Option<&'a str> {
    let rules = facts.spec()?.ownership_controls.as_ref()?.rules.as_deref()?;
    rules.iter().find_map(|rule| given(rule.object_ownership.as_deref())).filter(|ownership| OWNERSHIPS.contains(ownership))
}

/// The bucket would be made with one ownership and changed to the other at once.
fn ownership_conflict(ownership: Option<&str>, facts: &Facts<'_>, at: &Path<'_>, to: &mut Findings) {
    let known = ownership.filter(|ownership| OWNERSHIPS.contains(ownership));
    if let (Some(ownership), Some(controls)) = (known, controls(facts))
        && ownership != controls
    {
        let message = format!("objectOwnership is {ownership} and ownershipControls says {controls}; keep one of the two");
        to.deny("ownership-conflict", Reason::Invalid, at, message);
    }
}

/// Silent where `ownershipControls` says what holds now.
fn ownership_create_only(ownership: Option<&str>, facts: &Facts<'_>, at: &Path<'_>, to: &mut Findings) {
    let Some(old) = facts.old().filter(|_| facts.exists()).and_then(|old| old.spec.as_ref()) else { return };
    let settled = controls(facts).is_some_and(|controls| ownership.is_none_or(|ownership| ownership == controls));
    if given(old.object_ownership.as_deref()) != ownership && !settled {
        let message = "objectOwnership is what a bucket is made with, and this one is made; say it in ownershipControls";
        to.warn("ownership-create-only", Reason::Forbidden, at, message);
    }
}

fn ownership_removed(at: &Path<'_>, facts: &Facts<'_>, to: &mut Findings) {
    let rules = facts.old().and_then(|old| old.spec.as_ref()?.ownership_controls.as_ref()?.rules.as_deref()).unwrap_or_default();
    if let Some(old) = rules.iter().find_map(|rule| given(rule.object_ownership.as_deref())) {
        let message = format!("ownershipControls ({}) was taken away, so ACLs may work again or stop working; keep it", quote(old));
        to.warn("ownership-removed", Reason::Forbidden, at, message);
    }
}

#[cfg(test)]
pub(crate) mod cases {
    use crate::admission::testing::{Case, World, case};

    /// A Bucket with these rules, each an ownership.
    pub(super) fn controls(rules: &[&str]) -> World {
        World::new().section("ownershipControls", &json(rules))
    }

    pub(super) fn json(rules: &[&str]) -> String {
        let rules: Vec<String> = rules.iter().map(|ownership| format!(r#"{{"objectOwnership":"{ownership}"}}"#)).collect();
        format!(r#"{{"rules":[{}]}}"#, rules.join(","))
    }

    pub(super) fn made_with(world: World, ownership: &str) -> World {
        world.spec(|spec| spec.object_ownership = Some(ownership.to_owned()))
    }

    pub(crate) fn all() -> Vec<Case> {
        const ENFORCED: &str = "BucketOwnerEnforced";
        let stored = || controls(&[ENFORCED]).existing().update();
        let made = || made_with(World::new(), "ObjectWriter").existing().update();
        vec![
            case("ownership-rule-count", controls(&[ENFORCED, ENFORCED]), controls(&[ENFORCED])),
            case("ownership-enum", controls(&["BucketOwner"]), controls(&["BucketOwnerPreferred"])),
            case("ownership-conflict", made_with(controls(&[ENFORCED]), "ObjectWriter"), made_with(controls(&[ENFORCED]), ENFORCED)),
            case("ownership-create-only", made_with(made(), "BucketOwnerPreferred"), made().tag("more", "x")),
            case("ownership-removed", stored().spec(|spec| spec.ownership_controls = None), stored().tag("more", "x")),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::cases::{controls, json, made_with};
    use crate::admission::testing::World;

    #[test]
    fn no_rule_and_a_rule_without_a_word_are_named() {
        for none in ["{}", r#"{"rules":null}"#, r#"{"rules":[]}"#] {
            let world = World::new().section("ownershipControls", none);
            assert_eq!(world.rules(), ["ownership-rule-count"], "{none}");
            assert_eq!(world.existing().guard().rules(), [""; 0], "one of the peer does not stop the controller");
        }
        for silent in [r#"{"rules":[{}]}"#, r#"{"rules":[{"objectOwnership":""}]}"#] {
            assert_eq!(World::new().section("ownershipControls", silent).rules(), ["ownership-enum"], "{silent}");
        }
    }

    #[test]
    fn a_word_in_the_wrong_case_is_none_and_no_conflict() {
        let verdict = made_with(controls(&["BucketOwnerEnforced"]), "objectwriter").verdict();
        assert_eq!(verdict.rules(), ["ownership-enum"]);
        assert_eq!(verdict.findings[0].field, "spec.objectOwnership");
        assert!(verdict.findings[0].message.ends_with("Did you mean ObjectWriter?"), "{:?}", verdict.findings);
        assert_eq!(made_with(World::new(), "").rules(), [""; 0], "an empty one is sent to nobody");
    }

    #[test]
    fn many_rules_are_one_mistake() {
        assert_eq!(controls(&["x"; 1000]).verdict().findings.len(), 5);
    }

    #[test]
    fn what_a_bucket_is_made_with_may_change_until_it_is_made_and_follow_the_controls_after() {
        let made = || made_with(World::new(), "ObjectWriter");
        assert_eq!(made_with(made().update(), "BucketOwnerEnforced").rules(), [""; 0]);
        let moved = made().existing().update().section("ownershipControls", &json(&["BucketOwnerPreferred"]));
        assert_eq!(moved.clone().rules(), ["ownership-conflict"]);
        assert_eq!(moved.clone().spec(|spec| spec.object_ownership = None).rules(), [""; 0]);
        assert_eq!(made_with(moved, "BucketOwnerPreferred").rules(), [""; 0]);
        assert_eq!(made().existing().update().spec(|spec| spec.object_ownership = None).rules(), ["ownership-create-only"]);
    }
}
