//! Rules that hold for every value of the spec, wherever it stands: integers fit, ARNs are of the right partition.

use super::finding::{Findings, Path, Reason};
use super::walk::{Visitor, walk};
use super::{Facts, quote};
use crate::BucketSpec;
use crate::arn::Arn;

/// Sizes of objects are the only numbers that S3 takes with 64 bits. Source: S3 API reference, `LifecycleRuleFilter`.
const SIZES: &[&str] = &["objectSizeGreaterThan", "objectSizeLessThan"];
/// Texts of the user that S3 never reads as an ARN.
const FREE_TEXTS: &[&str] = &["key", "value", "prefix"];
/// What is said of the bucket itself, not in a section.
const NO_SECTIONS: &[&str] = &["name", "namespace", "createBucketConfiguration", "objectLockEnabledForBucket", "objectOwnership"];

pub(super) fn findings(spec: &BucketSpec, facts: &Facts<'_>, to: &mut Findings) {
    walk(spec, &Path::root("spec"), &mut Values { facts, to });
}

/// The sections that the spec declares, by their field's name.
pub(super) fn sections(spec: &BucketSpec) -> Vec<String> {
    let mut sections = Sections(Vec::new());
    walk(spec, &Path::root("spec"), &mut sections);
    sections.0
}

struct Values<'v> {
    facts: &'v Facts<'v>,
    to: &'v mut Findings,
}

impl Visitor for Values<'_> {
    fn number(&mut self, at: &Path<'_>, value: i128) {
        int32_range(at, value, self.to);
    }

    fn text(&mut self, at: &Path<'_>, value: &str) {
        partition_mixed(at, value, self.facts, self.to);
    }
}

struct Sections(Vec<String>);

impl Visitor for Sections {
    fn enter(&mut self, name: &str) -> bool {
        if !NO_SECTIONS.contains(&name) {
            self.0.push(name.to_owned());
        }
        false
    }
}

fn int32_range(at: &Path<'_>, value: i128, to: &mut Findings) {
    if i32::try_from(value).is_err() && !at.name().is_some_and(|name| SIZES.contains(&name)) {
        let message = format!("{value} does not fit in 32 bits; use a number from {} to {}", i32::MIN, i32::MAX);
        to.deny("int32-range", Reason::Invalid, at, message);
    }
}

/// Statements of a bucket policy have rules of their own.
fn partition_mixed(at: &Path<'_>, value: &str, facts: &Facts<'_>, to: &mut Findings) {
    let (Some(partition), Some(region)) = (facts.partition, facts.region) else { return };
    let Some(arn) = Arn::parse(value).filter(|arn| arn.partition != partition) else { return };
    if !at.name().is_some_and(|name| FREE_TEXTS.contains(&name)) {
        let message =
            format!("{} is of partition {}, region {region} of {partition}; use an ARN of {partition}", quote(value), quote(arn.partition));
        to.deny("partition-mixed", Reason::Invalid, at, message);
    }
}

#[cfg(test)]
pub(super) mod cases {
    use crate::admission::testing::{Case, World, case};

    pub(in crate::admission) fn all() -> Vec<Case> {
        let lifecycle = |days: i64| {
            let rule = format!(r#"{{"id":"a","status":"Enabled","filter":{{}},"expiration":{{"days":{days}}}}}"#);
            World::new().section("lifecycle", &format!(r#"{{"rules":[{rule}]}}"#))
        };
        let kms = |arn: &str| {
            let rule = format!(r#"{{"applyServerSideEncryptionByDefault":{{"sseAlgorithm":"aws:kms","kmsMasterKeyID":"{arn}"}}}}"#);
            World::new().section("encryption", &format!(r#"{{"rules":[{rule}]}}"#))
        };
        vec![
            case("int32-range", lifecycle(4_294_967_297), lifecycle(2_147_483_647)),
            case(
                "partition-mixed",
                kms("arn:aws:kms:eu-west-1:123456789012:alias/a").region("cn-north-1"),
                kms("arn:aws-cn:kms:cn-north-1:123456789012:alias/a").region("cn-north-1"),
            ),
        ]
    }
}

#[cfg(test)]
mod tests {
    use crate::admission::testing::World;

    #[test]
    fn sizes_of_objects_may_be_as_large_as_they_are() {
        let filter = r#"{"and":{"objectSizeGreaterThan":5000000000,"objectSizeLessThan":6000000000}}"#;
        let rule = format!(r#"{{"id":"a","status":"Enabled","filter":{filter},"expiration":{{"days":1}}}}"#);
        assert_eq!(World::new().section("lifecycle", &format!(r#"{{"rules":[{rule}]}}"#)).rules(), [""; 0]);
    }

    #[test]
    fn numbers_deep_in_a_section_are_looked_at() {
        let world = World::new().section("intelligentTiering", r#"[{"id":"a","tierings":[{"days":-2147483649}]}]"#);
        let verdict = world.verdict();
        let found = verdict.denials().filter(|finding| finding.rule == "int32-range");
        let fields: Vec<&str> = found.map(|finding| finding.field.as_str()).collect();
        assert_eq!(fields, ["spec.intelligentTiering[0].tierings[0].days"]);
    }

    #[test]
    fn an_arn_in_a_tag_is_only_a_text() {
        assert_eq!(World::new().tag("role", "arn:aws-cn:iam::123456789012:role/x").rules(), [""; 0]);
    }
}
