//! What holds of a bucket once the spec, its silence, the kind of bucket and the request are taken together.
//! Source: S3 User Guide, "Controlling ownership of objects and disabling ACLs for your bucket" (new buckets have ACLs off) and
//! "Blocking public access to your Amazon S3 storage" (new buckets have all four settings on).

use super::{Facts, Operation};
use crate::BucketSpec;
use crate::subconfig::PublicAccessBlock;

/// The ownership that turns ACLs off.
pub(crate) const ENFORCED: &str = "BucketOwnerEnforced";

/// Whether S3 still has to make the bucket; one that is adopted, or may be, can have anything that a new one has not.
pub(crate) fn is_new(facts: &Facts<'_>) -> bool {
    facts.request.operation == Operation::Create && facts.adoption.policy.is_none()
}

/// The ownership that the spec names: in `ownershipControls`, else in `objectOwnership`. An empty one counts as absent.
pub(crate) fn declared_ownership(spec: &BucketSpec) -> Option<&str> {
    let rules = spec.ownership_controls.as_ref().and_then(|controls| controls.rules.as_deref()).unwrap_or_default();
    let named = |ownership: &Option<String>| ownership.as_deref().is_some_and(|ownership| !ownership.is_empty());
    let controls = rules.iter().map(|rule| &rule.object_ownership).find(|ownership| named(ownership));
    controls.or_else(|| Some(&spec.object_ownership).filter(|ownership| named(ownership)))?.as_deref()
}

/// The ownership that the bucket has when its ACL is written; `None` where nobody can tell.
pub(crate) fn ownership<'a>(facts: &Facts<'a>) -> Option<&'a str> {
    declared_ownership(facts.spec()?).or_else(|| is_new(facts).then_some(ENFORCED))
}

/// Whether S3 certainly refuses ACLs that grant public access.
pub(crate) fn blocks_public_acls(facts: &Facts<'_>) -> bool {
    blocks(facts, |block| block.block_public_acls)
}

/// Whether S3 certainly refuses a policy that grants public access.
pub(crate) fn blocks_public_policy(facts: &Facts<'_>) -> bool {
    blocks(facts, |block| block.block_public_policy)
}

fn blocks(facts: &Facts<'_>, setting: impl Fn(&PublicAccessBlock) -> Option<bool>) -> bool {
    // The block of a directory bucket is always on.
    let declared = facts.spec().and_then(|spec| spec.public_access_block.as_ref()).filter(|block| **block != PublicAccessBlock::default());
    facts.is_directory() || declared.map_or_else(|| is_new(facts), |block| setting(block) == Some(true))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::admission::Request;
    use crate::admission::testing::World;

    fn of<T>(world: &World, look: impl FnOnce(&Facts<'_>) -> T) -> T {
        let request = Request { old: None, namespace: None, ..world.request() };
        look(&Facts::of(&request))
    }

    fn ownership_of(world: &World) -> Option<String> {
        of(world, |facts| ownership(facts).map(str::to_owned))
    }

    #[test]
    fn ownership_is_the_specs_and_only_a_new_bucket_has_one_by_itself() {
        let controls = |ownership: &str| format!(r#"{{"rules":[{{}},{{"objectOwnership":"{ownership}"}}]}}"#);
        let both = World::new().section("objectOwnership", r#""ObjectWriter""#).section("ownershipControls", &controls("x"));
        assert_eq!(ownership_of(&both).as_deref(), Some("x"));
        assert_eq!(ownership_of(&both.section("ownershipControls", &controls(""))).as_deref(), Some("ObjectWriter"));
        assert_eq!(ownership_of(&World::new().section("objectOwnership", r#""""#)).as_deref(), Some(ENFORCED));
        assert_eq!(ownership_of(&World::new().existing().update()), None);
        assert_eq!(ownership_of(&World::new().adopting("adopt-or-create", "{}")), None);
    }

    #[test]
    fn public_access_is_blocked_where_the_spec_or_s3_says_so() {
        let both = |world: &World| of(world, |facts| (blocks_public_acls(facts), blocks_public_policy(facts)));
        assert_eq!(both(&World::new()), (true, true));
        assert_eq!(both(&World::new().section("publicAccessBlock", r#"{"blockPublicACLs":true}"#)), (true, false));
        assert_eq!(both(&World::new().section("publicAccessBlock", "{}")), (true, true), "one that says nothing is none");
        assert_eq!(both(&World::new().existing().update()), (false, false), "nobody knows what S3 holds");
        assert_eq!(both(&World::new().named("a--euw1-az1--x-s3").existing().update()), (true, true));
    }
}
