//! Rules for the location constraint, which is read while the bucket is made and never again. Source: S3 API reference, CreateBucket.

use super::finding::{Findings, Reason};
use super::region::region_pseudo;
use super::{Facts, Operation, quote};
use crate::bucket::CreateBucketConfiguration;
use crate::name::BucketName;
use crate::{BucketSpec, region};

const AT: &str = "spec.createBucketConfiguration.locationConstraint";

pub(super) fn findings(spec: &BucketSpec, facts: &Facts<'_>, to: &mut Findings) {
    location_immutable(spec, facts, to);
    if BucketName::new(&spec.name).is_directory() {
        return;
    }
    let Some(constraint) = spec.create_bucket_configuration.as_ref().and_then(|all| all.location_constraint.as_deref()) else { return };
    if region::is_pseudo(constraint) {
        region_pseudo(constraint, AT, to);
    } else if facts.request.operation == Operation::Create {
        location(constraint, facts, to);
    }
}

/// One constraint, one mistake: the rules exclude each other.
fn location(constraint: &str, facts: &Facts<'_>, to: &mut Findings) {
    match (constraint, facts.region) {
        ("us-east-1", _) => location_us_east_1(to),
        ("EU", region) => location_eu_alias(region, to),
        (_, region) if !is_location(constraint, region) => location_enum(constraint, to),
        (_, Some("us-east-1")) => location_cross_from_us_east_1(constraint, to),
        (_, Some(region)) if region != constraint => location_region_mismatch(constraint, region, to),
        _ => {}
    }
}

/// What the table does not know may still be the region itself: a new one, or that of another S3 store.
fn is_location(constraint: &str, region: Option<&str>) -> bool {
    region::is_location_constraint(constraint) || region == Some(constraint)
}

fn location_enum(constraint: &str, to: &mut Findings) {
    let message = format!("{} is not the code of a region.{}", quote(constraint), region::did_you_mean(constraint));
    to.deny("location-enum", Reason::NotSupported, AT, message);
}

fn location_us_east_1(to: &mut Findings) {
    let message = "S3 refuses locationConstraint us-east-1; leave it out, no constraint means us-east-1";
    to.deny("location-us-east-1", Reason::NotSupported, AT, message);
}

fn location_eu_alias(region: Option<&str>, to: &mut Findings) {
    if region == Some("eu-west-1") {
        let message = "EU is the old name of eu-west-1, and S3 reads it back so; use eu-west-1";
        to.warn("location-eu-alias", Reason::NotSupported, AT, message);
    } else {
        let region = region.map_or_else(|| "not known".to_owned(), quote);
        let message = format!("EU means eu-west-1 and the region is {region}; leave it out");
        to.deny("location-eu-alias", Reason::Invalid, AT, message);
    }
}

fn location_cross_from_us_east_1(constraint: &str, to: &mut Findings) {
    let message = format!(
        "the region is us-east-1 and the bucket would be made in {constraint}; set annotation services.k8s.aws/region: {constraint}"
    );
    to.deny("location-cross-from-us-east-1", Reason::Invalid, AT, message);
}

fn location_region_mismatch(constraint: &str, region: &str, to: &mut Findings) {
    let message = format!("{constraint} is not the region, which is {}; leave one of the two out", quote(region));
    to.deny("location-region-mismatch", Reason::Invalid, AT, message);
}

fn location_immutable(spec: &BucketSpec, facts: &Facts<'_>, to: &mut Findings) {
    let Some(old) = facts.old().filter(|_| facts.exists()).and_then(|old| old.spec.as_ref()) else { return };
    let none = CreateBucketConfiguration::default();
    let configuration = |spec: &BucketSpec| spec.create_bucket_configuration.clone().unwrap_or_else(|| none.clone());
    if configuration(old) != configuration(spec) {
        let message = "the bucket exists, and this is read at its creation only; undo the change, or create a new Bucket";
        to.deny("location-immutable", Reason::Forbidden, "spec.createBucketConfiguration", message);
    }
}

#[cfg(test)]
pub(super) mod cases {
    use super::*;
    use crate::admission::testing::{Case, World, case};

    pub(super) fn constrain(world: World, constraint: &str) -> World {
        let location_constraint = Some(constraint.to_owned());
        world.spec(|spec| {
            spec.create_bucket_configuration =
                Some(CreateBucketConfiguration { location_constraint, ..CreateBucketConfiguration::default() });
        })
    }

    pub(in crate::admission) fn all() -> Vec<Case> {
        let at = |region: &str, constraint: &str| constrain(World::new().region(region), constraint);
        let updated = |to: &str| constrain(at("eu-west-1", "eu-west-1").existing().update(), to);
        vec![
            case("location-enum", at("eu-west-1", "eu-west"), at("eu-west-1", "eu-west-1")),
            case("location-us-east-1", at("us-east-1", "us-east-1"), World::new().region("us-east-1")),
            case("location-region-mismatch", at("us-west-2", "eu-west-1"), at("us-west-2", "us-west-2")),
            case("location-cross-from-us-east-1", at("us-east-1", "eu-west-1"), at("eu-west-1", "eu-west-1")),
            case("location-eu-alias", at("us-west-2", "EU"), at("us-west-2", "us-west-2")),
            case("location-immutable", updated("eu-west-2"), updated("eu-west-1")),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::cases::constrain;
    use crate::admission::Severity;
    use crate::admission::testing::World;

    #[test]
    fn other_shapes_of_the_same_mistakes() {
        let rules = |region: &str, constraint: &str| constrain(World::new().region(region), constraint).rules();
        assert_eq!(rules("eu-west-1", "aws-global"), ["region-pseudo"]);
        assert_eq!(rules("us-east-1", "EU"), ["location-eu-alias"]);
        assert_eq!(rules("eu-west-1", "us-east-1"), ["location-us-east-1"]);
        assert_eq!(rules("eu-west-1", ""), ["location-enum"]);
        assert_eq!(rules("eusc-de-east-1", "eusc-de-east-1"), [""; 0], "not in S3's own list, and fine");
        assert_eq!(rules("eu-west-9", "eu-west-9"), ["region-unknown"], "a region newer than the table");
    }

    #[test]
    fn the_old_alias_only_warns_where_it_is_right() {
        let verdict = constrain(World::new().region("eu-west-1"), "EU").verdict();
        assert_eq!((&*verdict.findings[0].rule, verdict.findings[0].severity), ("location-eu-alias", Severity::Warn));
    }

    #[test]
    fn as_long_as_there_is_no_bucket_the_constraint_can_be_mended() {
        assert_eq!(constrain(World::new().update(), "eu-west-1").rules(), [""; 0]);
    }
}
