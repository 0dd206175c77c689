//! What admission says of the filters of analytics, Intelligent-Tiering and metrics. Source: S3 API reference, AnalyticsFilter,
//! IntelligentTieringFilter, MetricsFilter and their And operators.

use crate::admission::{Findings, Path, Reason};
use crate::subconfig::filter::ObjectFilter;
use crate::subconfig::metrics::MetricsFilter;

/// Which members a filter has.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::subconfig) struct Filter<'f> {
    access_point: Option<&'f str>,
    prefix: Option<&'f str>,
    tag: bool,
    /// The number of its conditions.
    and: Option<usize>,
}

impl<'f> From<&'f ObjectFilter> for Filter<'f> {
    fn from(filter: &'f ObjectFilter) -> Self {
        let and = filter.and.as_ref().map(|and| usize::from(and.prefix.is_some()) + and.tags.as_ref().map_or(0, Vec::len));
        Self { access_point: None, prefix: filter.prefix.as_deref(), tag: filter.tag.is_some(), and }
    }
}

impl<'f> From<&'f MetricsFilter> for Filter<'f> {
    fn from(filter: &'f MetricsFilter) -> Self {
        let and = filter.and.as_ref().map(|and| {
            usize::from(and.prefix.is_some()) + usize::from(and.access_point_arn.is_some()) + and.tags.as_ref().map_or(0, Vec::len)
        });
        let access_point = filter.access_point_arn.as_deref();
        Self { access_point, prefix: filter.prefix.as_deref(), tag: filter.tag.is_some(), and }
    }
}

impl Filter<'_> {
    /// What S3 says of the members, one mistake at a time. A prefix that is empty is a mistake of its own.
    pub(in crate::subconfig) fn findings(self, at: &Path<'_>, to: &mut Findings) {
        let members = [
            ("accessPointARN", self.access_point.is_some()),
            ("and", self.and.is_some()),
            ("prefix", self.prefix.is_some_and(|prefix| !prefix.is_empty())),
            ("tag", self.tag),
        ];
        let given: Vec<&str> = members.into_iter().filter_map(|(member, is_given)| is_given.then_some(member)).collect();
        match (given.as_slice(), self.and) {
            ([], _) if self.prefix.is_none() => nothing(at, to),
            ([_], Some(conditions)) => config_and_min_two(conditions, &at.member("and"), to),
            ([] | [_], _) => {}
            (several, _) => config_filter_one_of(several, at, to),
        }
    }
}

fn config_filter_one_of(several: &[&str], at: &Path<'_>, to: &mut Findings) {
    let message = format!("a filter has one member, this one has {}; put all conditions under and", several.join(", "));
    to.deny("config-filter-one-of", Reason::Invalid, at, message);
}

/// S3 refuses a filter without members, but none is sent: it means all objects.
fn nothing(at: &Path<'_>, to: &mut Findings) {
    to.warn("config-filter-one-of", Reason::Invalid, at, "an empty filter means all objects; remove it, or give it a member");
}

fn config_and_min_two(conditions: usize, at: &Path<'_>, to: &mut Findings) {
    if conditions < 2 {
        let message = format!("and needs two conditions or more and has {conditions}; put a single one beside it, not under it");
        to.deny("config-and-min-two", Reason::Invalid, at, message);
    }
}

/// Of inventory, metrics and Intelligent-Tiering. S3 refuses it, but it is not sent.
pub(in crate::subconfig) fn config_prefix_empty(prefix: Option<&str>, at: &Path<'_>, to: &mut Findings) {
    if prefix == Some("") {
        let message = "an empty prefix means all objects, for which S3 wants no filter; remove it, or give a prefix";
        to.warn("config-prefix-empty", Reason::Invalid, at.member("prefix"), message);
    }
}

#[cfg(test)]
pub(super) mod cases {
    use crate::admission::testing::{Case, World, case};

    pub(super) fn metrics(filter: &str) -> World {
        World::new().section("metrics", &format!(r#"[{{"id":"a","filter":{filter}}}]"#))
    }

    pub(super) fn analytics(filter: &str) -> World {
        World::new().section("analytics", &format!(r#"[{{"id":"a","filter":{filter},"storageClassAnalysis":{{}}}}]"#))
    }

    pub(super) fn tiering(filter: &str) -> World {
        let tierings = r#"[{"accessTier":"ARCHIVE_ACCESS","days":90}]"#;
        World::new().section("intelligentTiering", &format!(r#"[{{"id":"a","status":"Enabled","filter":{filter},"tierings":{tierings}}}]"#))
    }

    pub(in crate::subconfig::keyed) fn all() -> Vec<Case> {
        let tag = r#"{"key":"k","value":"v"}"#;
        vec![
            case(
                "config-filter-one-of",
                metrics(&format!(r#"{{"prefix":"a/","tag":{tag}}}"#)),
                metrics(&format!(r#"{{"and":{{"prefix":"a/","tags":[{tag}]}}}}"#)),
            ),
            case(
                "config-and-min-two",
                metrics(&format!(r#"{{"and":{{"tags":[{tag}]}}}}"#)),
                metrics(&format!(r#"{{"and":{{"tags":[{tag},{tag}]}}}}"#)),
            ),
            case("config-prefix-empty", metrics(r#"{"prefix":""}"#), metrics(r#"{"prefix":"/"}"#)),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::cases::{analytics, metrics, tiering};
    use crate::admission::Severity;

    const ARN: &str = "arn:aws:s3:eu-west-1:123456789012:accesspoint/web";

    #[test]
    fn all_kinds_of_filter_are_alike() {
        let tag = r#"{"key":"k","value":"v"}"#;
        for world in [metrics, analytics, tiering] {
            let of = |filter: &str| world(filter).rules();
            for good in
                [r#"{"prefix":"a"}"#, &format!(r#"{{"tag":{tag}}}"#), &format!(r#"{{"and":{{"prefix":"","tags":[{tag}]}}}}"#), "null"]
            {
                assert_eq!(of(good), [""; 0], "{good}");
            }
            for several in [format!(r#"{{"prefix":"a","tag":{tag}}}"#), format!(r#"{{"tag":{tag},"and":{{"prefix":"a"}}}}"#)] {
                assert_eq!(of(&several), ["config-filter-one-of"], "{several}");
            }
            for few in [r#"{"and":{}}"#, r#"{"and":{"prefix":"a"}}"#, r#"{"and":{"tags":[]}}"#] {
                assert_eq!(of(few), ["config-and-min-two"], "{few}");
            }
        }
    }

    #[test]
    fn an_empty_filter_means_all_objects_and_only_warns() {
        for world in [metrics, analytics, tiering] {
            let verdict = world("{}").verdict();
            assert_eq!((verdict.rules(), verdict.findings[0].severity), (vec!["config-filter-one-of"], Severity::Warn));
        }
    }

    #[test]
    fn an_empty_prefix_is_a_mistake_but_in_analytics() {
        assert_eq!(analytics(r#"{"prefix":""}"#).rules(), [""; 0]);
        assert_eq!(tiering(r#"{"prefix":""}"#).rules(), ["config-prefix-empty"]);
        let world = metrics(r#"{"prefix":"","tag":{"key":"k","value":"v"}}"#);
        assert_eq!(world.rules(), ["config-prefix-empty"]);
        assert_eq!(world.verdict().findings[0].field, "spec.metrics[0].filter.prefix");
    }

    #[test]
    fn an_access_point_is_a_member_too() {
        assert_eq!(metrics(&format!(r#"{{"accessPointARN":"{ARN}","prefix":"a"}}"#)).rules(), ["config-filter-one-of"]);
        assert_eq!(metrics(&format!(r#"{{"and":{{"accessPointARN":"{ARN}"}}}}"#)).rules(), ["config-and-min-two"]);
        assert_eq!(metrics(&format!(r#"{{"and":{{"accessPointARN":"{ARN}","prefix":"a"}}}}"#)).rules(), [""; 0]);
    }
}
