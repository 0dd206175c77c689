//! Rules for the region. Those that look at its spelling leave the operator's own default alone: other S3 stores have regions of
//! their own. Source: botocore `partitions.json`; S3 endpoint rules.

use super::finding::{Findings, Reason};
use super::{Facts, Given, Operation, quote};
use crate::{annotation, place, region};

const AT: &str = "metadata.annotations[services.k8s.aws/region]";

pub(super) fn findings(facts: &Facts<'_>, to: &mut Findings) {
    region_required(facts, to);
    region_immutable(facts, to);
    let given = facts.given(annotation::REGION, annotation::DEFAULT_REGION);
    let default = facts.request.settings.default_region.as_deref();
    let Some(given) = given.filter(|given| Some(given.value) != default) else { return };
    if facts.is_other_store() {
        return region_of_other_store(given, to);
    }
    if region::is_pseudo(given.value) {
        region_pseudo(given.value, given, to);
    } else if !region::is_well_formed(given.value) {
        region_syntax(given, to);
    } else if region::partition(given.value).is_none() {
        region_invalid(given, to);
    } else if !region::is_known(given.value) {
        region_unknown(given, to);
    } else {
        region_optin_hint(given, to);
    }
}

/// Also said of a location constraint.
pub(super) fn region_pseudo(value: &str, at: impl std::fmt::Display, to: &mut Findings) {
    let message = format!("{} is a name that only SDKs know; use the code of a region, such as us-east-1", quote(value));
    to.deny("region-pseudo", Reason::NotSupported, at, message);
}

fn region_required(facts: &Facts<'_>, to: &mut Findings) {
    if facts.region.is_some() || facts.given(annotation::REGION, annotation::DEFAULT_REGION).is_some() {
        return;
    }
    if facts.request.namespace.is_none() && facts.request.operation == Operation::Create {
        return to.skip_stateful();
    }
    let (own, namespace) = (annotation::REGION, annotation::DEFAULT_REGION);
    to.deny("region-required", Reason::Required, AT, format!("there is no region; set annotation {own}, or {namespace} on the namespace"));
}

/// Another store's regions are called as it likes; SDKs only want a label of a host's name.
fn region_of_other_store(given: Given<'_>, to: &mut Findings) {
    let is_label = given.value.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    if given.value.is_empty() || given.value.len() > 63 || given.value.starts_with('-') || !is_label {
        region_syntax(given, to);
    }
}

fn region_syntax(given: Given<'_>, to: &mut Findings) {
    let hint = region::did_you_mean(given.value);
    let message = format!("{} {} is {}, not the code of a region.{hint}", given.whose(), given.key, quote(given.value));
    to.deny("region-syntax", Reason::Invalid, given, message);
}

fn region_invalid(given: Given<'_>, to: &mut Findings) {
    let hint = region::did_you_mean(given.value);
    let message = format!("{} is in no partition of AWS; use the code of a region.{hint}", quote(given.value));
    to.deny("region-invalid", Reason::NotSupported, given, message);
}

fn region_unknown(given: Given<'_>, to: &mut Findings) {
    let hint = region::did_you_mean(given.value);
    let message = format!("region {} is not in this build's table ({}); check the spelling.{hint}", quote(given.value), region::TABLE);
    to.warn("region-unknown", Reason::NotSupported, given, message);
}

fn region_optin_hint(given: Given<'_>, to: &mut Findings) {
    if region::is_opt_in(given.value) {
        let message = format!("region {} has to be enabled for the account first", given.value);
        to.warn("region-optin-hint", Reason::NotSupported, given, message);
    }
}

fn region_immutable(facts: &Facts<'_>, to: &mut Findings) {
    let wanted = facts.bucket().annotation(annotation::REGION);
    let (Some(wanted), Some(is)) = (wanted, place::region(facts.bucket(), None, None).filter(|_| facts.exists())) else { return };
    if wanted != is {
        let message = format!("the bucket is in {is} and cannot move to {}; create a new Bucket", quote(wanted));
        to.deny("region-immutable", Reason::Forbidden, AT, message);
    }
}

#[cfg(test)]
pub(super) mod cases {
    use crate::admission::testing::{Case, World, case};
    use crate::annotation;

    pub(in crate::admission) fn all() -> Vec<Case> {
        let region = |code: &str| World::new().region(code);
        let no_region = || World::new().bucket(|bucket| bucket.metadata.annotations = None);
        let settings = |mut world: World| {
            world.settings.enabled_rules = vec!["region-optin-hint".to_owned()];
            world
        };
        vec![
            case("region-required", no_region(), no_region().namespace(annotation::DEFAULT_REGION, "eu-west-1")),
            case("region-syntax", region("us-east-1a"), region("us-east-1")),
            case("region-unknown", region("eu-west-9"), region("eu-west-3")),
            case("region-invalid", region("moon-north-1"), region("mx-central-1")),
            case("region-pseudo", region("aws-global"), region("us-east-1")),
            case("region-immutable", World::new().existing().update().region("us-west-2"), World::new().existing().update()),
            case("region-optin-hint", settings(region("ap-east-2")), region("ap-east-2")),
        ]
    }
}

#[cfg(test)]
mod tests {
    use crate::admission::testing::World;
    use crate::annotation;

    #[test]
    fn other_shapes_of_the_same_mistakes() {
        for bad in ["US-EAST-1", "eu west 1", ""] {
            assert_eq!(World::new().region(bad).rules(), ["region-syntax"], "{bad}");
        }
        for pseudo in ["s3-external-1", "fips-us-east-1", "us-east-1-fips", "aws-cn-global"] {
            assert_eq!(World::new().region(pseudo).rules(), ["region-pseudo"], "{pseudo}");
        }
    }

    #[test]
    fn the_namespaces_default_is_looked_at_and_the_operators_is_not() {
        let mut world = World::new().namespace(annotation::DEFAULT_REGION, "garage");
        world.bucket.metadata.annotations = None;
        assert_eq!(world.verdict().findings[0].field, "metadata.namespace");
        world.settings.default_region = Some("garage".to_owned());
        assert_eq!(world.rules(), [""; 0]);
    }

    #[test]
    fn other_stores_have_regions_of_their_own() {
        let at = |url: &str, region: &str| World::new().annotate(annotation::ENDPOINT_URL, url).region(region).rules();
        for region in ["garage", "default", "nl-ams", "fsn1", "us-east-1", "eu-west-9", "REGION1"] {
            assert_eq!(at("https://s3.example.com", region), [""; 0], "{region}");
        }
        for bad in ["my region", "-a", "", "a.b"] {
            assert_eq!(at("https://s3.example.com", bad), ["region-syntax"], "{bad}");
        }
        assert_eq!(at("https://s3.dualstack.eu-west-1.amazonaws.com", "garage"), ["region-syntax"], "that is AWS");
    }

    #[test]
    fn without_the_namespace_nobody_knows_whether_there_is_a_region() {
        let mut world = World::new().unknown_namespace();
        world.bucket.metadata.annotations = None;
        let verdict = world.verdict();
        assert!(verdict.findings.is_empty() && verdict.skipped_stateful);
    }

    #[test]
    fn in_the_controller_the_status_stands_for_what_was_stored() {
        assert_eq!(World::new().existing().region("us-west-2").guard().rules(), ["region-immutable"]);
        assert_eq!(World::new().existing().guard().rules(), [""; 0]);
    }
}
