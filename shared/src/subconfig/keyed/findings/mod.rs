//! What admission says of every list of configurations that S3 keeps one by one: their ids and their number. Source: S3 API
//! reference, MetricsConfiguration (id) and PutBucketMetricsConfiguration (number); the others alike.

mod filter;

use std::collections::HashSet;

use super::Keyed;
use crate::admission::{Findings, Path, Reason, quote};
use crate::arn::Arn;

pub(in crate::subconfig) use filter::{Filter, config_prefix_empty};

/// The most configurations that S3 takes of one kind.
const MOST: usize = 1000;
const LONGEST_ID: usize = 64;

/// What is said of the list and of every id; `each` says the rest of one configuration.
pub(in crate::subconfig) fn findings<'c, C: Keyed>(
    items: &'c [C],
    at: &Path<'_>,
    to: &mut Findings,
    mut each: impl FnMut(&'c C, &Path<'_>, &mut Findings),
) {
    config_count(items.len(), at, to);
    let mut ids = HashSet::new();
    for (index, item) in items.iter().enumerate().take(MOST) {
        // Once findings are dropped, looking on only costs time.
        if to.dropped() > 0 {
            return;
        }
        let at = at.index(index);
        config_id(item.id(), &mut ids, &at.member("id"), to);
        each(item, &at, to);
    }
}

fn config_count(count: usize, at: &Path<'_>, to: &mut Findings) {
    if count > MOST {
        let message = format!("{count} configurations, S3 takes {MOST}; remove {}", count - MOST);
        to.deny("config-count", Reason::Invalid, at, message);
    }
}

/// Three rules about one id: it is there, it is built right, and no other configuration has it.
fn config_id<'c>(id: Option<&'c str>, ids: &mut HashSet<&'c str>, at: &Path<'_>, to: &mut Findings) {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b"._-".contains(&b);
    match id {
        None | Some("") => {
            to.deny("config-id-required", Reason::Required, at, "S3 keeps the configuration under its id; give it one");
        }
        Some(id) if id.len() > LONGEST_ID || !id.bytes().all(allowed) => {
            let message = format!("id {}: use 1 to {LONGEST_ID} letters, digits, and . _ -", quote(id));
            to.deny("config-id-format", Reason::Invalid, at, message);
        }
        Some(id) if !ids.insert(id) => {
            let message = format!("id {} is used twice, and one would overwrite the other; choose another id", quote(id));
            to.deny("config-id-duplicate", Reason::Duplicate, at, message);
        }
        Some(_) => {}
    }
}

/// The name of the general purpose bucket that an ARN names.
pub(in crate::subconfig) fn bucket_of_arn(text: &str) -> Option<&str> {
    let arn = Arn::parse(text).filter(|arn| arn.service == "s3" && arn.region.is_empty() && arn.account.is_empty())?;
    Some(arn.resource).filter(|name| is_plain(name))
}

/// What to write instead of a text that is no ARN of a bucket; the text itself where that is a bucket's bare name.
pub(in crate::subconfig) fn no_bucket_arn(text: &str, partition: Option<&str>) -> String {
    let name = if is_plain(text) { text } else { "<name>" };
    let partition = partition.unwrap_or("aws");
    let shown = if name.chars().count() > LONGEST_ID { "<name>" } else { name };
    format!("{} is not the ARN of a bucket; use arn:{partition}:s3:::{shown}", quote(text))
}

/// Whether a bucket may ever have been called so.
fn is_plain(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
}

#[cfg(test)]
pub(in crate::subconfig) mod cases {
    use super::filter;
    use crate::admission::testing::{Case, World, case};

    fn metrics(members: &str) -> World {
        World::new().section("metrics", &format!("[{{{members}}}]"))
    }

    pub(super) fn many(count: usize) -> World {
        let all: Vec<String> = (0..count).map(|index| format!(r#"{{"id":"m{index}"}}"#)).collect();
        World::new().section("metrics", &format!("[{}]", all.join(",")))
    }

    pub(super) fn named(id: &str) -> World {
        metrics(&format!(r#""id":"{id}""#))
    }

    pub(super) fn two(one: &str, other: &str) -> World {
        World::new().section("metrics", &format!(r#"[{{"id":"{one}"}},{{"id":"{other}"}}]"#))
    }

    pub(in crate::subconfig) fn all() -> Vec<Case> {
        let own = vec![
            case("config-id-required", metrics(""), named("all")),
            case("config-id-format", named("my id"), named("my-id")),
            case("config-id-duplicate", two("a", "a"), two("a", "A")),
            case("config-count", many(1001), many(1000)),
        ];
        own.into_iter().chain(filter::cases::all()).collect()
    }
}

#[cfg(test)]
mod edges {
    use super::cases::{many, named, two};
    use super::*;
    use crate::admission::testing::World;

    #[test]
    fn an_id_has_up_to_64_plain_characters() {
        for good in ["a", &"a".repeat(64), "A.b_c-9"] {
            assert_eq!(named(good).rules(), [""; 0], "{good}");
        }
        for bad in [&"a".repeat(65), "ü", "a/b", "a\\n", " a"] {
            assert_eq!(named(bad).rules(), ["config-id-format"], "{bad}");
        }
        assert_eq!(named("").rules(), ["config-id-required"]);
        assert_eq!(two("", "").rules(), ["config-id-required"], "an id that is missing is no duplicate");
    }

    #[test]
    fn every_list_has_ids_of_its_own() {
        for section in ["analytics", "intelligentTiering", "inventory"] {
            let verdict = World::new().section(section, r#"[{"id":"a"},{"id":"a"},{"id":"a b"},{}]"#).verdict();
            let fields = |rule: &str| -> Vec<String> {
                verdict.denials().filter(|finding| finding.rule == rule).map(|finding| finding.field.clone()).collect()
            };
            assert_eq!(fields("config-id-duplicate"), [format!("spec.{section}[1].id")]);
            assert_eq!(fields("config-id-format"), [format!("spec.{section}[2].id")]);
            assert_eq!(fields("config-id-required"), [format!("spec.{section}[3].id")]);
        }
        assert_eq!(two("a", "b").section("analytics", r#"[{"id":"a","storageClassAnalysis":{}}]"#).rules(), [""; 0]);
    }

    #[test]
    fn a_list_that_is_far_too_long_is_named_once_and_soon() {
        let verdict = many(20_000).verdict();
        assert_eq!((verdict.rules(), verdict.findings.len()), (vec!["config-count"], 1));
        let broken = World::new().section("metrics", &format!("[{}]", vec!["{}"; 20_000].join(",")));
        assert!(broken.verdict().dropped < 10);
    }

    #[test]
    fn the_arn_of_a_bucket_names_it() {
        assert_eq!(bucket_of_arn("arn:aws-cn:s3:::logs"), Some("logs"));
        assert_eq!(bucket_of_arn("arn:aws:s3:::Old_Logs.2"), Some("Old_Logs.2"));
        for other in
            ["logs", "arn:aws:s3:::", "arn:aws:s3:::logs/a", "arn:aws:s3:::*", "arn:aws:s3:eu-west-1:123456789012:accesspoint/a", ""]
        {
            assert_eq!(bucket_of_arn(other), None, "{other}");
        }
        assert!(no_bucket_arn("logs", Some("aws-cn")).ends_with("use arn:aws-cn:s3:::logs"));
        assert!(no_bucket_arn("s3://logs", None).ends_with("use arn:aws:s3:::<name>"));
    }
}
