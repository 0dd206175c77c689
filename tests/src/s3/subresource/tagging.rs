//! Tags. S3 API: GetBucketTagging, PutBucketTagging, DeleteBucketTagging; User Guide, "Using cost allocation S3 bucket tags".

use std::collections::BTreeSet;

use super::{Calls, Put, SubResource, abac, not_found};
use crate::s3::error::S3Error;
use crate::s3::operation::Operation;
use crate::s3::shape::{Kind, Shape, TAG, Times};
use crate::s3::world::{Bucket, Doc};
use crate::s3::xml::Element;

pub(super) struct Tagging;

/// The query that names the tags.
pub(crate) const QUERY: &str = "tagging";
static CALLS: Calls = Calls {
    query: QUERY,
    get: Some(Operation::read("GetBucketTagging", "s3:GetBucketTagging")),
    put: Some(Operation::write("PutBucketTagging", "s3:PutBucketTagging")),
    delete: Some(Operation::write("DeleteBucketTagging", "s3:PutBucketTagging")),
    list: None,
};
const ROOT: &str = "Tagging";
static SET: Shape = Shape(&[("Tag", Times::Any, Kind::Node(&TAG))]);
static SHAPE: Shape = Shape(&[("TagSet", Times::One, Kind::Node(&SET))]);
const MOST: usize = 50;

impl SubResource for Tagging {
    fn calls(&self) -> &'static Calls {
        &CALLS
    }

    fn missing(&self, _bucket: &Bucket) -> Result<Doc, S3Error> {
        Err(not_found("NoSuchTagSet", "The TagSet does not exist"))
    }

    /// With attribute-based access control on, tags are changed by S3 Control only: they decide who may do what.
    fn accept(&self, put: &Put<'_>) -> Result<Option<Doc>, S3Error> {
        abac::forbids_tagging(put.bucket)?;
        let root = put.xml(ROOT, &SHAPE)?;
        let tags: Vec<&Element> = root.at(&["TagSet"]).into_iter().flat_map(|set| set.all("Tag")).collect();
        check(&tags, &system_tags(put.bucket))?;
        Ok(document(tags.into_iter().cloned()))
    }

    /// Tags that AWS put there cannot be taken away by anybody else.
    fn remove(&self, bucket: &Bucket) -> Result<Option<Doc>, S3Error> {
        abac::forbids_tagging(bucket)?;
        if system_tags(bucket).is_empty() { Ok(None) } else { Err(invalid("System tags cannot be removed by requester")) }
    }
}

/// The document of a set of tags; an empty set is none.
pub(crate) fn document(tags: impl Iterator<Item = Element>) -> Option<Doc> {
    let set = Element::new("TagSet").with_all(tags);
    (!set.children.is_empty()).then(|| Doc::xml(&Element::new(ROOT).with(set)))
}

/// Whether S3 takes these tags on a bucket that has these tags of AWS's own.
pub(crate) fn check(tags: &[&Element], system: &[Element]) -> Result<(), S3Error> {
    if tags.len() > MOST {
        return Err(S3Error::new(400, "BadRequest", format!("Bucket tag count cannot be greater than {MOST}")));
    }
    let mut seen = BTreeSet::new();
    for tag in tags {
        let (key, value) = (tag.text_of("Key").unwrap_or_default(), tag.text_of("Value").unwrap_or_default());
        if is_system(tag) && !system.contains(tag) {
            return Err(invalid("System tags cannot be added/updated by requester"));
        }
        if key.is_empty() || length(key) > 128 || !key.chars().all(allowed) {
            return Err(invalid("The TagKey you have provided is invalid"));
        }
        if length(value) > 256 || !value.chars().all(allowed) {
            return Err(invalid("The TagValue you have provided is invalid"));
        }
        if !seen.insert(key) {
            return Err(invalid("Cannot provide multiple Tags with the same key"));
        }
    }
    if system.iter().any(|tag| !tags.contains(&tag)) { Err(invalid("System tags cannot be removed by requester")) } else { Ok(()) }
}

/// Whether a key is given twice.
pub(crate) fn has_twins(tags: &[&Element]) -> bool {
    let keys: BTreeSet<_> = tags.iter().map(|tag| tag.text_of("Key")).collect();
    keys.len() < tags.len()
}

/// The tags in a document.
pub(crate) fn tags(doc: &Doc) -> Vec<Element> {
    doc.element().and_then(|root| root.child("TagSet").map(|set| set.children.clone())).unwrap_or_default()
}

/// Whether a tag is one of AWS's own.
pub(crate) fn is_system(tag: &Element) -> bool {
    tag.text_of("Key").and_then(|key| key.get(..4)).is_some_and(|start| start.eq_ignore_ascii_case("aws:"))
}

fn system_tags(bucket: &Bucket) -> Vec<Element> {
    bucket.doc(QUERY).map(tags).unwrap_or_default().into_iter().filter(is_system).collect()
}

fn allowed(char: char) -> bool {
    char.is_alphanumeric() || char == ' ' || "_.:/=+-@".contains(char)
}

fn length(text: &str) -> usize {
    text.encode_utf16().count()
}

/// 400 for a tag that S3 does not take.
pub(crate) fn invalid(message: &str) -> S3Error {
    S3Error::new(400, "InvalidTag", message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tag(key: &str, value: &str) -> Element {
        Element::new("Tag").leaf("Key", key).leaf("Value", value)
    }

    fn refused(tags: &[Element], system: &[Element]) -> Option<String> {
        check(&tags.iter().collect::<Vec<_>>(), system).err().map(|error| error.code.into_owned())
    }

    #[test]
    fn limits_hold_to_the_letter() {
        assert_eq!(refused(&[tag(&"k".repeat(128), &"v".repeat(256)), tag("Weird +-=._:/@ é", "")], &[]), None);
        for bad in [tag(&"k".repeat(129), ""), tag("a", &"v".repeat(257)), tag("", "x"), tag("a,b", ""), tag("a", "x;y"), tag("AWS:x", "")]
        {
            assert_eq!(refused(std::slice::from_ref(&bad), &[]).as_deref(), Some("InvalidTag"), "{bad:?}");
        }
        assert_eq!(refused(&[tag("a", "1"), tag("a", "2")], &[]).as_deref(), Some("InvalidTag"));
        let many = |count: usize| (0..count).map(|i| tag(&format!("k{i}"), "")).collect::<Vec<_>>();
        assert_eq!(refused(&many(50), &[]), None);
        assert_eq!(refused(&many(51), &[]).as_deref(), Some("BadRequest"));
    }

    #[test]
    fn tags_of_aws_stay_as_they_are() {
        let system = [tag("aws:cloudformation:stack-name", "s")];
        assert_eq!(refused(&[tag("a", "1"), system[0].clone()], &system), None);
        assert_eq!(refused(&[tag("a", "1")], &system).as_deref(), Some("InvalidTag"));
        assert_eq!(refused(&[tag("aws:cloudformation:stack-name", "other")], &system).as_deref(), Some("InvalidTag"));
    }
}
