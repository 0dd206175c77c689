//! What admission says of the block on public access. Source: S3 API reference, PutPublicAccessBlock, DeletePublicAccessBlock.

use super::PublicAccessBlock;
use crate::admission::{Facts, Findings, Path, Reason, effective};

/// The members of the spec, with the value of each.
fn members(block: &PublicAccessBlock) -> [(&'static str, Option<bool>); 4] {
    [
        ("blockPublicACLs", block.block_public_acls),
        ("blockPublicPolicy", block.block_public_policy),
        ("ignorePublicACLs", block.ignore_public_acls),
        ("restrictPublicBuckets", block.restrict_public_buckets),
    ]
}

pub(super) fn findings(block: &PublicAccessBlock, at: &Path<'_>, facts: &Facts<'_>, to: &mut Findings) {
    if effective::is_directory(facts) {
        return;
    }
    let members = members(block);
    match members.iter().filter(|(_, value)| value.is_some()).count() {
        0 => pab_empty(at, facts, to),
        4 => pab_all_off(block, at, facts, to),
        _ => pab_partial(&members, at, to),
    }
}

pub(super) fn absent_findings(at: &Path<'_>, facts: &Facts<'_>, to: &mut Findings) {
    if stored(facts).is_some_and(|block| *block != PublicAccessBlock::default()) {
        let message = "publicAccessBlock was taken away; what S3 blocks then is up to the controller; set all four members instead";
        to.warn("pab-removed", Reason::Forbidden, at, message);
    }
}

fn stored<'a>(facts: &Facts<'a>) -> Option<&'a PublicAccessBlock> {
    facts.old()?.spec.as_ref()?.public_access_block.as_ref()
}

/// Older releases of the peer wrote such blocks themselves; the controller takes them for absent.
fn pab_empty(at: &Path<'_>, facts: &Facts<'_>, to: &mut Findings) {
    if facts.by_user() {
        let message = "publicAccessBlock is empty, which S3 refuses; set its members, or leave it out";
        to.deny("pab-empty", Reason::Required, at, message);
    }
}

/// What is left out does not stay as it is: PutPublicAccessBlock replaces all four.
fn pab_partial(members: &[(&str, Option<bool>)], at: &Path<'_>, to: &mut Findings) {
    let missing: Vec<&str> = members.iter().filter(|(_, value)| value.is_none()).map(|(name, _)| *name).collect();
    let message = format!("{} not given, so false; set all four", missing.join(", "));
    to.warn("pab-partial", Reason::Required, at, message);
}

/// The other way to take it away; nothing new where the four were off before.
fn pab_all_off(block: &PublicAccessBlock, at: &Path<'_>, facts: &Facts<'_>, to: &mut Findings) {
    let is_off = |block: &PublicAccessBlock| members(block).iter().all(|(_, value)| *value == Some(false));
    let was_off = || stored(facts).is_some_and(is_off);
    if facts.old().is_some() && is_off(block) && !was_off() {
        let message = "this turns all four protections from public access off; keep those true that nobody needs off";
        to.warn("pab-removed", Reason::Forbidden, at, message);
    }
}

#[cfg(test)]
pub(crate) mod cases {
    use crate::admission::testing::{Case, World, case};

    pub(super) const ALL: &str =
        r#"{"blockPublicACLs":true,"blockPublicPolicy":true,"ignorePublicACLs":true,"restrictPublicBuckets":true}"#;

    pub(super) fn block(json: &str) -> World {
        World::new().section("publicAccessBlock", json)
    }

    pub(crate) fn all() -> Vec<Case> {
        let stored = || block(ALL).existing().update();
        vec![
            case("pab-empty", block("{}"), block(ALL)),
            case("pab-partial", block(r#"{"blockPublicACLs":true}"#), block(ALL)),
            case("pab-removed", stored().spec(|spec| spec.public_access_block = None), stored().tag("more", "x")),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::cases::{ALL, block};
    use crate::admission::testing::World;

    const OFF: &str = r#"{"blockPublicACLs":false,"blockPublicPolicy":false,"ignorePublicACLs":false,"restrictPublicBuckets":false}"#;

    #[test]
    fn members_that_are_null_are_not_there() {
        let null = r#"{"blockPublicACLs":null,"blockPublicPolicy":null,"ignorePublicACLs":null,"restrictPublicBuckets":null}"#;
        assert_eq!(block(null).rules(), ["pab-empty"]);
        let verdict = block(r#"{"blockPublicACLs":false,"restrictPublicBuckets":true}"#).verdict();
        assert!(verdict.findings[0].message.starts_with("blockPublicPolicy, ignorePublicACLs not given"), "{:?}", verdict.findings);
    }

    #[test]
    fn turning_all_off_is_taking_it_away() {
        assert_eq!(block(OFF).rules(), [""; 0], "a new bucket may begin so");
        assert_eq!(block(ALL).existing().update().section("publicAccessBlock", OFF).rules(), ["pab-removed"]);
        assert_eq!(World::new().existing().update().section("publicAccessBlock", OFF).rules(), ["pab-removed"]);
        assert_eq!(block(OFF).existing().update().tag("more", "x").rules(), [""; 0], "it was off before");
        assert_eq!(block(OFF).existing().guard().rules(), [""; 0]);
    }

    #[test]
    fn an_empty_one_of_the_peer_does_not_stop_the_controller() {
        assert_eq!(block("{}").existing().guard().rules(), [""; 0]);
    }

    #[test]
    fn one_that_said_nothing_is_not_missed() {
        assert_eq!(block("{}").existing().update().spec(|spec| spec.public_access_block = None).rules(), [""; 0]);
    }

    #[test]
    fn a_directory_bucket_has_none_and_that_is_all_there_is_to_say() {
        assert!(!block("{}").named("a--euw1-az1--x-s3").rules().contains(&"pab-empty"));
    }
}
