//! What admission says of request metrics. Source: S3 API reference, MetricsConfiguration and MetricsFilter.

use super::{Metrics, MetricsConfiguration};
use crate::admission::{Facts, Findings, Path, Reason, quote};
use crate::arn::Arn;
use crate::subconfig::keyed::findings::{self as keyed, Filter, config_prefix_empty};
use crate::{region, role};

pub(super) fn findings(metrics: &Metrics, at: &Path<'_>, facts: &Facts<'_>, to: &mut Findings) {
    keyed::findings(&metrics.0, at, to, |MetricsConfiguration { filter, .. }, at, to| {
        let (Some(filter), at) = (filter, at.member("filter")) else { return };
        Filter::from(filter).findings(&at, to);
        config_prefix_empty(filter.prefix.as_deref(), &at, to);
        metrics_ap_arn(filter.access_point_arn.as_deref(), &at, facts, to);
        metrics_ap_arn(filter.and.as_ref().and_then(|and| and.access_point_arn.as_deref()), &at.member("and"), facts, to);
    });
}

/// An access point lies in its bucket's region, but may be of another account.
fn metrics_ap_arn(text: Option<&str>, at: &Path<'_>, facts: &Facts<'_>, to: &mut Findings) {
    let Some(text) = text else { return };
    let directory = facts.is_directory();
    let known = facts.region.filter(|region| region::is_known(region));
    let at = at.member("accessPointARN");
    let Some(arn) = Arn::parse(text).filter(|arn| is_access_point(arn, directory)) else {
        let (service, partition) = (if directory { "s3express" } else { "s3" }, facts.partition.unwrap_or("aws"));
        let region = known.unwrap_or("<region>");
        let message = format!(
            "{} is not the ARN of an access point; use arn:{partition}:{service}:{region}:<account>:accesspoint/<name>",
            quote(text)
        );
        return to.deny("metrics-ap-arn", Reason::Invalid, at, message);
    };
    if let Some(region) = known.filter(|region| *region != arn.region) {
        let message = format!("{} is not in {region}, where the bucket is; name an access point of this bucket", quote(text));
        to.deny("metrics-ap-arn", Reason::Invalid, at, message);
    }
}

fn is_access_point(arn: &Arn<'_>, directory: bool) -> bool {
    let name = arn.resource.strip_prefix("accesspoint/").filter(|name| !name.is_empty() && !name.contains(['/', ':', '*']));
    let service = arn.service == "s3" || directory && arn.service == "s3express";
    service && !arn.region.is_empty() && role::is_account(arn.account) && name.is_some()
}

#[cfg(test)]
pub(crate) mod cases {
    use crate::admission::testing::{Case, World, case};
    use crate::subconfig::keyed::findings::cases as keyed;

    pub(super) fn through(world: World, arn: &str) -> World {
        world.section("metrics", &format!(r#"[{{"id":"a","filter":{{"accessPointARN":"{arn}"}}}}]"#))
    }

    pub(crate) fn all() -> Vec<Case> {
        let good = through(World::new(), "arn:aws:s3:eu-west-1:123456789012:accesspoint/web");
        let own = vec![case("metrics-ap-arn", through(World::new(), "arn:aws:s3:::logs"), good)];
        own.into_iter().chain(keyed::all()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::cases::through;
    use crate::admission::testing::World;

    #[test]
    fn an_access_point_is_one_of_the_buckets_region() {
        for bad in [
            "",
            "web",
            "arn:aws:s3:us-east-1:123456789012:accesspoint/web",
            "arn:aws:s3::123456789012:accesspoint/web.mrap",
            "arn:aws:s3:eu-west-1:123:accesspoint/web",
            "arn:aws:s3:eu-west-1:123456789012:accesspoint/",
            "arn:aws:s3:eu-west-1:123456789012:accesspoint/web/object/x",
            "arn:aws:s3express:eu-west-1:123456789012:accesspoint/web--euw1-az1--xa-s3",
        ] {
            assert_eq!(through(World::new(), bad).rules(), ["metrics-ap-arn"], "{bad}");
            assert!(through(World::new(), bad).verdict().findings[0].message.chars().count() <= 220);
        }
        let both = r#"[{"id":"a","filter":{"and":{"accessPointARN":"web","prefix":"a"}}}]"#;
        assert_eq!(World::new().section("metrics", both).verdict().findings[0].field, "spec.metrics[0].filter.and.accessPointARN");
    }

    #[test]
    fn another_account_and_a_region_that_no_table_knows_pass() {
        assert_eq!(through(World::new(), "arn:aws:s3:eu-west-1:999999999999:accesspoint/web").rules(), [""; 0]);
        let world = through(World::new().region("eu-west-9"), "arn:aws:s3:eu-west-8:123456789012:accesspoint/web");
        assert_eq!(world.rules(), ["region-unknown"]);
    }

    #[test]
    fn a_directory_bucket_has_access_points_of_its_own_kind() {
        let directory = World::new().named("logs--euw1-az1--x-s3");
        let arn = "arn:aws:s3express:eu-west-1:123456789012:accesspoint/web--euw1-az1--xa-s3";
        assert_eq!(through(directory, arn).rules(), [""; 0]);
    }
}
