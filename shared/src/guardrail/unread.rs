//! Expressions that ask about a part of S3 that was not read: they would take it for empty.

use super::cel::{Program, Variables};
use super::facts::section_of;
use crate::subconfig::{FIELDS, NAMES};

/// Whether the expression asks about one of these sub-configurations. One that takes `bucket` or `object` as a whole asks about all.
pub(super) fn asks_for(program: &Program, variables: &Variables, unread: &[&str]) -> bool {
    program.paths(variables).iter().any(|path| match path.as_slice() {
        ["bucket", fact, ..] => section_of(fact).is_some_and(|section| unread.contains(&section)),
        ["object", "spec", field, ..] => section_at(field).is_some_and(|section| unread.contains(&section)),
        ["bucket" | "object"] | ["object", "spec"] => !unread.is_empty(),
        _ => false,
    })
}

/// The sub-configuration that a field of the spec belongs to.
fn section_at(field: &str) -> Option<&'static str> {
    NAMES.iter().zip(FIELDS).find(|(_, fields)| fields.contains(&field)).map(|(name, _)| *name)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;

    use super::*;
    use crate::admission::testing::World;
    use crate::crd;
    use crate::guardrail::testing::{now, set};
    use crate::guardrail::{BucketFacts, Review, Source};

    #[test]
    fn every_fact_is_of_a_section_or_known_without_s3() {
        let schema = crd::schema_of::<BucketFacts>();
        let facts: BTreeSet<&str> = schema["properties"].as_object().unwrap().keys().map(String::as_str).collect();
        let plain: Vec<&str> = facts.iter().copied().filter(|fact| section_of(fact).is_none()).collect();
        assert_eq!(plain, ["account", "adopted", "arn", "name", "partition", "readOnly", "region", "role", "type"]);
        assert!(facts.iter().filter_map(|fact| section_of(fact)).all(|section| NAMES.contains(&section)));
    }

    fn said(spec: &str, source: Source<'_>) -> Vec<String> {
        let world = World::new().existing().guard();
        let request = world.request();
        let review = Review { audit: true, source, ..Review::of(&request, now()) };
        let results = set(&[spec], &[]).evaluate(&review).results;
        results.iter().map(|result| format!("{} {}", result.rule, result.outcome.as_str())).collect()
    }

    fn validation(expression: &str) -> String {
        format!("{{validations: [{{name: v, expression: {}}}]}}", Value::from(expression))
    }

    #[test]
    fn what_s3_does_not_hold_is_nothing_and_what_was_not_read_is_not_judged() {
        let blocked = validation("bucket.publicAccess.allBlocked");
        assert_eq!(said(&blocked, Source::Spec), ["v pass"], "S3 gives it to a new bucket");
        assert_eq!(said(&blocked, Source::Observed { unread: &[] }), ["v fail"], "nothing is blocked in S3");
        assert_eq!(said(&blocked, Source::Observed { unread: &["public_access_block"] }), [""; 0]);
        assert_eq!(said(&blocked, Source::Observed { unread: &["cors"] }), ["v fail"]);
    }

    #[test]
    fn only_what_asks_about_it_is_left_out() {
        let source = Source::Observed { unread: &["policy", "tagging"] };
        for (expression, is_asked) in [
            ("object.spec.name != ''", true),
            ("bucket.name != '' && bucket.cors.rules == 0", true),
            ("has(object.spec.policy)", false),
            ("!has(object.spec.policy) || bucket.website", false),
            ("object.spec.?tagging.?tagSet.hasValue()", false),
            ("bucket.tags.all(k, k != '')", false),
            ("[bucket].all(b, b.name != '')", false),
            ("[object.spec].all(s, s.name != '')", false),
            ("object.metadata.name != ''", true),
        ] {
            assert_eq!(!said(&validation(expression), source).is_empty(), is_asked, "{expression}");
        }
        let by_variable = "{variables: [{name: p, expression: bucket.policy}], validations: [{name: v, expression: variables.p.present}]}";
        assert_eq!(said(by_variable, source), [""; 0]);
        let unsure = "{match: {matchConditions: [{name: c, expression: bucket.policy.present}]}, rules: {website: Forbidden}}";
        assert_eq!(said(unsure, source), [""; 0], "nobody can tell whether the Bucket is meant");
        let told =
            "{validations: [{name: v, expression: bucket.website, message: plain, messageExpression: \"string(size(bucket.tags))\"}]}";
        assert_eq!(said(told, source), ["v fail"]);
    }
}
