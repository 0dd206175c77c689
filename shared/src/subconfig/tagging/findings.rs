//! What admission says of tags. Source: S3 API reference, `Tag`; Billing User Guide, "User-defined tag restrictions".

use std::sync::LazyLock;

use regex::Regex;

use super::{Tag, Tagging};
use crate::admission::{Facts, Findings, Path, Reason, quote};

/// The most tags that S3 takes.
const MOST: usize = 50;
/// Of a set that is too large anyway, only so many are looked at one by one.
const LOOKED_AT: usize = 2 * MOST;
pub(crate) const LONGEST_KEY: usize = 128;
pub(crate) const LONGEST_VALUE: usize = 256;
const CONTROLLER_PREFIX: &str = "services.k8s.aws/";

/// All characters that S3 allows in keys and values; `None` cannot be, as a test shows.
static ALLOWED: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$").ok());

pub(super) fn findings(tagging: &Tagging, at: &Path<'_>, facts: &Facts<'_>, to: &mut Findings) {
    let tags = tagging.tag_set.as_deref().unwrap_or_default();
    let set = at.member("tagSet");
    tags_count(tags, &set, facts, to);
    tag_abac_write_path(tags, at, facts, to);
    let looked_at = &tags[..tags.len().min(LOOKED_AT)];
    for (index, tag) in looked_at.iter().enumerate() {
        let at = set.index(index);
        let (at_key, at_value) = (at.member("key"), at.member("value"));
        let Some(key) = tag.key.as_deref().filter(|key| !key.is_empty()) else {
            tag_key_required(&at_key, to);
            continue;
        };
        tag_key_length(key, &at_key, to);
        tag_key_chars(key, &at_key, to);
        tag_key_aws_prefix(tag, &at_key, facts, to);
        tag_controller_prefix(key, &at_key, facts, to);
        tag_key_padding(key, &at_key, to);
        tag_twins(key, &looked_at[..index], &at_key, to);
        let Some(value) = tag.value.as_deref() else {
            tag_value_required(key, &at_value, to);
            continue;
        };
        tag_value_length(key, value, &at_value, to);
        tag_value_chars(key, value, &at_value, to);
        tag_key_padding(value, &at_value, to);
    }
}

fn tags_count(tags: &[Tag], at: &Path<'_>, facts: &Facts<'_>, to: &mut Findings) {
    let own = facts.request.settings.controller_tags;
    let all = tags.len().saturating_add(own);
    if all > MOST {
        let message = format!("{all} tags with the {own} of the controller, S3 takes {MOST}; remove {}", all - MOST);
        to.deny("tags-count", Reason::Invalid, at, message);
    }
}

fn tag_key_required(at: &Path<'_>, to: &mut Findings) {
    to.deny("tag-key-required", Reason::Required, at, "a tag has no key; give it one, or remove it");
}

fn tag_value_required(key: &str, at: &Path<'_>, to: &mut Findings) {
    let message = format!(r#"tag {} has no value; give it one, "" for an empty one"#, quote(key));
    to.deny("tag-value-required", Reason::Required, at, message);
}

fn tag_key_length(key: &str, at: &Path<'_>, to: &mut Findings) {
    let length = key.encode_utf16().count();
    if length > LONGEST_KEY {
        let message = format!("tag key {} has {length} characters; S3 takes {LONGEST_KEY}", quote(key));
        to.deny("tag-key-length", Reason::Invalid, at, message);
    }
}

fn tag_value_length(key: &str, value: &str, at: &Path<'_>, to: &mut Findings) {
    let length = value.encode_utf16().count();
    if length > LONGEST_VALUE {
        let message = format!("the value of tag {} has {length} characters; S3 takes {LONGEST_VALUE}", quote(key));
        to.deny("tag-value-length", Reason::Invalid, at, message);
    }
}

fn tag_key_chars(key: &str, at: &Path<'_>, to: &mut Findings) {
    if !is_allowed(key) {
        let message = format!("tag key {}: use letters, digits, spaces and _ . : / = + - @", quote(key));
        to.deny("tag-key-chars", Reason::Invalid, at, message);
    }
}

fn tag_value_chars(key: &str, value: &str, at: &Path<'_>, to: &mut Findings) {
    if !is_allowed(value) {
        let message = format!("tag {}, value {}: use letters, digits, spaces and _ . : / = + - @", quote(key), quote(value));
        to.deny("tag-value-chars", Reason::Invalid, at, message);
    }
}

fn is_allowed(text: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b" _.:/=+-@".contains(&b);
    text.bytes().all(plain) || ALLOWED.as_ref().is_none_or(|allowed| allowed.is_match(text))
}

/// A bucket that is adopted may bring tags of AWS along, which the controller writes into the spec.
fn tag_key_aws_prefix(tag: &Tag, at: &Path<'_>, facts: &Facts<'_>, to: &mut Findings) {
    if tag.is_system() && facts.by_user() {
        let message = format!(
            "tag {}: keys that begin with aws: are kept for AWS; choose another key",
            quote(tag.key.as_deref().unwrap_or_default())
        );
        to.deny("tag-key-aws-prefix", Reason::Forbidden, at, message);
    }
}

fn tag_controller_prefix(key: &str, at: &Path<'_>, facts: &Facts<'_>, to: &mut Findings) {
    if key.starts_with(CONTROLLER_PREFIX) && facts.by_user() {
        let message = format!("tag {}: {CONTROLLER_PREFIX} is where the controller puts its own tags; choose another key", quote(key));
        to.warn("tag-controller-prefix", Reason::Forbidden, at, message);
    }
}

/// Of a key or a value.
fn tag_key_padding(text: &str, at: &Path<'_>, to: &mut Findings) {
    if text.trim() != text {
        let message = format!("{} begins or ends with a space, which no policy will match; remove it", quote(text));
        to.warn("tag-key-padding", Reason::Invalid, at, message);
    }
}

/// Two rules: the same key again, and the same but for its case. One word about the first twin is enough.
fn tag_twins(key: &str, earlier: &[Tag], at: &Path<'_>, to: &mut Findings) {
    let keys = || earlier.iter().filter_map(|tag| tag.key.as_deref());
    if keys().any(|other| other == key) {
        let message = format!("tag key {} stands there twice; S3 answers that with an error of its own; remove one", quote(key));
        to.deny("tag-key-duplicate", Reason::Duplicate, at, message);
    } else if let Some(twin) = keys().find(|other| same_but_for_case(other, key)) {
        let message = format!("tag keys {} and {} differ only in case; reports count them apart", quote(twin), quote(key));
        to.warn("tag-key-case-twin", Reason::Duplicate, at, message);
    }
}

fn same_but_for_case(one: &str, other: &str) -> bool {
    one.chars().flat_map(char::to_lowercase).eq(other.chars().flat_map(char::to_lowercase))
}

fn tag_abac_write_path(tags: &[Tag], at: &Path<'_>, facts: &Facts<'_>, to: &mut Findings) {
    let abac = facts.spec().and_then(|spec| spec.abac.as_ref()).and_then(|abac| abac.status.as_deref());
    let directory = facts.is_directory();
    if abac == Some("Enabled") && !tags.is_empty() && !directory {
        let message = "with ABAC on, tags go through s3:TagResource; allow s3:TagResource and s3:UntagResource";
        to.warn("tag-abac-write-path", Reason::Forbidden, at, message);
    }
}

#[cfg(test)]
pub(crate) mod cases {
    use super::*;
    use crate::admission::testing::{Case, World, case};

    fn tag(key: &str, value: &str) -> World {
        World::new().tag(key, value)
    }

    /// A Bucket with so many tags.
    pub(super) fn many(count: usize) -> World {
        World::new().tags(|tags| *tags = (0..count).map(|index| Tag::new(&format!("k{index}"), "v")).collect())
    }

    fn valueless() -> World {
        World::new().tags(|tags| tags.push(Tag { key: Some("empty".to_owned()), value: None }))
    }

    pub(crate) fn all() -> Vec<Case> {
        let abac = |status: &str| World::new().section("abac", &format!(r#"{{"status":"{status}"}}"#));
        vec![
            case("tags-count", many(49), many(48)),
            case("tag-key-required", World::new().tags(|tags| tags.push(Tag { key: None, value: Some("x".to_owned()) })), tag("x", "x")),
            case("tag-value-required", valueless(), tag("empty", "")),
            case("tag-key-length", tag(&"k".repeat(129), "v"), tag(&"k".repeat(128), "v")),
            case("tag-value-length", tag("k", &"v".repeat(257)), tag("k", &"v".repeat(256))),
            case("tag-key-chars", tag("a,b", "v"), tag("a b_.:/=+-@ü", "v")),
            case("tag-value-chars", tag("k", "v1,v2"), tag("k", "v1 v2")),
            case("tag-key-aws-prefix", tag("AWS:team", "v"), tag("AWS:team", "v").by_controller()),
            case("tag-key-duplicate", tag("team", "b"), tag("teams", "b")),
            case("tag-key-case-twin", tag("Team", "a"), tag("Teams", "a")),
            case("tag-key-padding", tag(" x", "v"), tag("x", "v")),
            case("tag-controller-prefix", tag("services.k8s.aws/namespace", "x"), tag("services.k8s.aws/namespace", "x").by_controller()),
            case("tag-abac-write-path", abac("Enabled"), abac("Disabled")),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::cases::many;
    use super::*;
    use crate::admission::testing::World;

    #[test]
    fn the_pattern_is_one() {
        assert!(ALLOWED.is_some());
        assert!(is_allowed("日本語 ٣") && !is_allowed("日,本") && !is_allowed("a\tb"));
    }

    #[test]
    fn lengths_count_as_in_utf_16() {
        assert_eq!(World::new().tag(&"𝒌".repeat(65), "v").rules(), ["tag-key-length"]);
        assert_eq!(World::new().tag(&"𝒌".repeat(64), "v").rules(), [""; 0]);
    }

    #[test]
    fn a_padded_value_is_named_at_the_value() {
        assert_eq!(World::new().tag("x", "v ").verdict().findings[0].field, "spec.tagging.tagSet[1].value");
    }

    #[test]
    fn tags_that_the_controller_wrote_do_not_stop_it_later() {
        let adopted = World::new().tag("aws:cloudformation:stack-name", "s").existing().guard();
        assert_eq!(adopted.rules(), [""; 0]);
    }

    #[test]
    fn a_directory_bucket_is_tagged_in_the_same_way_always() {
        let world = World::new().section("abac", r#"{"status":"Enabled"}"#).named("a--euw1-az1--x-s3");
        assert!(!world.rules().contains(&"tag-abac-write-path"));
    }

    #[test]
    fn a_set_that_is_far_too_large_is_named_once() {
        let world = many(2000).tags(|tags| tags.push(Tag::default()));
        assert_eq!(world.rules(), ["tags-count"]);
    }
}
