//! Tags of the bucket. S3 API: GetBucketTagging, PutBucketTagging, DeleteBucketTagging; S3 Control API: ListTagsForResource,
//! TagResource, UntagResource.

#[cfg(feature = "s3")]
mod control;
mod findings;
#[cfg(feature = "s3")]
mod remote;

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Have, Observed, SubConfig, normal};
use crate::BucketSpec;
use crate::admission::{Facts, Findings, Path};
use crate::place::{ControllerTag, Place};

#[cfg(test)]
pub(crate) use findings::cases;
pub(crate) use findings::{LONGEST_KEY, LONGEST_VALUE};

/// The bucket's tags.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Tagging {
    /// Keys and values; the order means nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tag_set: Option<Vec<Tag>>,
}

/// A key and its value.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Tag {
    /// At most 128 characters; `aws:` is reserved.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// At most 256 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
}

impl Tag {
    /// A tag of this key and value.
    #[must_use]
    pub fn new(key: &str, value: &str) -> Self {
        Self { key: Some(key.to_owned()), value: Some(value.to_owned()) }
    }

    fn is_system(&self) -> bool {
        self.key.as_ref().is_some_and(|key| key.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("aws:")))
    }
}

impl Observed {
    /// The place with the controller's tags as the bucket bears them: who only looks on minds neither that they are there nor that they
    /// are not.
    #[must_use]
    pub fn place_as_tagged(&self, place: &Place) -> Place {
        let Have::Value(Tagging { tag_set: Some(held) }) = &self.tagging else { return Place { tags: Vec::new(), ..place.clone() } };
        let of = |tag: &ControllerTag| {
            let held = held.iter().find(|held| held.key.as_ref() == Some(&tag.key))?;
            Some(ControllerTag { key: tag.key.clone(), value: held.value.clone().unwrap_or_default() })
        };
        Place { tags: place.tags.iter().filter_map(of).collect(), ..place.clone() }
    }
}

impl SubConfig for Tagging {
    const NAME: &'static str = "tagging";
    const FIELD: &'static str = "tagging";
    const ABSENT: &'static str = "no tags but those of the controller; `aws:` tags stay";
    const DIRECTORY_BUCKETS: bool = true;

    fn declared(spec: &BucketSpec) -> Option<Cow<'_, Self>> {
        spec.tagging.as_ref().map(Cow::Borrowed)
    }

    fn declare(self, spec: &mut BucketSpec) {
        spec.tagging = Some(self);
    }

    /// Sorted by key; a key given twice counts by its last value, as in the peer; `aws:` tags are AWS's own and never compared.
    fn normalise(self) -> Option<Self> {
        let mut tags: Vec<Tag> = Vec::new();
        for tag in self.tag_set.unwrap_or_default() {
            let tag = Tag { key: Some(tag.key.unwrap_or_default()), value: Some(tag.value.unwrap_or_default()) };
            if tag.is_system() {
                continue;
            }
            tags.retain(|earlier| earlier.key != tag.key);
            tags.push(tag);
        }
        tags.sort_unstable();
        (!tags.is_empty()).then_some(Self { tag_set: Some(tags) })
    }

    /// The user's tags, then the controller's; the user wins where both name a key.
    fn want(spec: &BucketSpec, place: &Place) -> Option<Self> {
        let mut tags = Self::declared(spec).and_then(|section| section.tag_set.clone()).unwrap_or_default();
        for tag in &place.tags {
            if !tags.iter().any(|user| user.key.as_deref() == Some(tag.key.as_str())) {
                tags.push(Tag::new(&tag.key, &tag.value));
            }
        }
        (!tags.is_empty()).then_some(Self { tag_set: Some(tags) })
    }

    /// The user's tags: not those of AWS, and not the controller's own, which it adds anyway. Without any the section is there all the
    /// same, as from the peer: tags are managed.
    fn exported(have: Option<Self>, place: &Place) -> Option<Self> {
        let is_own = |tag: &Tag| place.tags.iter().any(|own| tag.key.as_deref() == Some(own.key.as_str()));
        let tags = have.and_then(|have| have.tag_set).into_iter().flatten().filter(|tag| !tag.is_system() && !is_own(tag));
        Some(Self { tag_set: normal::list(tags.collect()) })
    }

    /// All tags ride on CreateBucket.
    fn after_create(spec: &BucketSpec, place: &Place) -> Option<Self> {
        Self::want(spec, place)
    }

    fn findings(&self, at: &Path<'_>, facts: &Facts<'_>, to: &mut Findings) {
        findings::findings(self, at, facts, to);
    }
}
