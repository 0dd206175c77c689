//! The object filter that analytics, Intelligent-Tiering and replication share: one prefix, one tag, or several of them at once. Its
//! one spelling is that of the filter of request metrics too.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::normal;
use super::tagging::Tag;

/// Which objects are meant: those with a prefix, those with a tag, or those that meet all parts of `and`. Without any of them, all
/// objects.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ObjectFilter {
    /// Several parts at once; an object has to meet all of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub and: Option<ObjectFilterAnd>,
    /// The start of the key, without a leading slash.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prefix: Option<String>,
    /// A tag that the object carries.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tag: Option<Tag>,
}

/// Parts of a filter that an object has to meet all at once.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ObjectFilterAnd {
    /// The start of the key, without a leading slash.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prefix: Option<String>,
    /// Tags that the object carries, all of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tags: Option<Vec<Tag>>,
}

impl ObjectFilter {
    /// The one spelling of all that name the same objects; `None` for all objects.
    #[must_use]
    pub(super) fn normalise(self) -> Option<Self> {
        let and = self.and.unwrap_or_default();
        let alone = Conditions { access_point_arn: None, prefix: self.prefix, tags: self.tag.map(|tag| vec![tag]) };
        let (alone, and) = spell(alone, Conditions { access_point_arn: None, prefix: and.prefix, tags: and.tags })?;
        let and = and.map(|and| ObjectFilterAnd { prefix: and.prefix, tags: and.tags });
        Some(Self { and, prefix: alone.prefix.clone(), tag: alone.tag() })
    }
}

/// What a filter asks for outside of its `and`, or inside.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Conditions {
    /// The access point that a request came through.
    pub(super) access_point_arn: Option<String>,
    /// The start of the key.
    pub(super) prefix: Option<String>,
    /// The tags of the object.
    pub(super) tags: Option<Vec<Tag>>,
}

impl Conditions {
    /// The tag that stands alone.
    pub(super) fn tag(self) -> Option<Tag> {
        self.tags.into_iter().flatten().next()
    }

    fn normalise(self) -> Self {
        let tag = |tag: Tag| Tag { key: Some(tag.key.unwrap_or_default()), value: Some(tag.value.unwrap_or_default()) };
        let tags = self.tags.into_iter().flatten().filter(|tag| *tag != Tag::default()).map(tag);
        Self {
            access_point_arn: normal::text(self.access_point_arn),
            prefix: normal::text(self.prefix),
            tags: normal::set(Some(tags.collect())),
        }
    }

    fn count(&self) -> usize {
        let texts = [&self.access_point_arn, &self.prefix];
        texts.into_iter().flatten().count() + self.tags.as_ref().map_or(0, Vec::len)
    }
}

/// The one spelling of a filter: one condition stands alone, several stand under `and`; `None` where there is none. A filter that has
/// both keeps them: S3 takes one member.
pub(super) fn spell(alone: Conditions, together: Conditions) -> Option<(Conditions, Option<Conditions>)> {
    let (alone, together) = (alone.normalise(), together.normalise());
    let conditions = match (alone.count(), together.count()) {
        (_, 0) => alone,
        (0, _) => together,
        _ => return Some((alone, Some(together))),
    };
    match conditions.count() {
        0 => None,
        1 => Some((conditions, None)),
        _ => Some((Conditions::default(), Some(conditions))),
    }
}

/// What filters have in common on the way to S3 and back.
#[cfg(feature = "s3")]
pub(super) mod wire {
    use aws_sdk_s3::types::Tag as S3Tag;

    use crate::admission::Path;
    use crate::fault::{Class, Fault, Operation};
    use crate::subconfig::remote::unsendable;
    use crate::subconfig::tagging::Tag;

    /// The tag in the SDK's type.
    pub(in crate::subconfig) fn tag_to_sdk(put: Operation, tag: &Tag) -> Result<S3Tag, Fault> {
        let tag = S3Tag::builder().set_key(tag.key.clone()).set_value(tag.value.clone()).build();
        tag.map_err(|error| Fault::unbuildable(put, error))
    }

    /// The tags in the SDK's type.
    pub(in crate::subconfig) fn tags_to_sdk(put: Operation, tags: Option<&[Tag]>) -> Result<Option<Vec<S3Tag>>, Fault> {
        tags.map(|tags| tags.iter().map(|tag| tag_to_sdk(put, tag)).collect()).transpose()
    }

    /// The tag as the API has it.
    pub(in crate::subconfig) fn tag_from_sdk(tag: S3Tag) -> Tag {
        Tag { key: Some(tag.key), value: Some(tag.value) }
    }

    /// The tags as the API has them.
    pub(in crate::subconfig) fn tags_from_sdk(tags: Option<Vec<S3Tag>>) -> Option<Vec<Tag>> {
        tags.map(|tags| tags.into_iter().map(tag_from_sdk).collect())
    }

    /// The fault of a filter that S3 does not take.
    pub(in crate::subconfig) fn several(put: Operation, at: &Path<'_>) -> Fault {
        unsendable(put, at, "a filter takes one member; put several conditions under `and` and nothing beside it")
    }

    /// The fault of an answer with a filter of a kind that the SDK does not know. Neither keeping nor replacing it would be right.
    pub(in crate::subconfig) fn unknown(get: Operation, id: &str) -> Fault {
        let message = format!(
            "the filter of the configuration {id:?} is of a kind that this version does not know; replace that configuration \
             outside of the cluster, or use a newer version of the controller"
        );
        Fault { class: Class::Terminal, operation: get, code: "UnknownFilter".to_owned(), message, source: None }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn normal(filter: &Value) -> Option<ObjectFilter> {
        serde_json::from_value::<ObjectFilter>(filter.clone()).unwrap().normalise()
    }

    #[test]
    fn all_objects_have_many_names() {
        for all in [json!({}), json!({"prefix": ""}), json!({"and": {}}), json!({"and": {"prefix": "", "tags": [{}]}, "tag": {}})] {
            assert_eq!(normal(&all), None, "{all}");
        }
    }

    #[test]
    fn one_condition_has_two_names_and_several_have_one() {
        let (a, b) = (json!({"key": "a", "value": "1"}), json!({"key": "b", "value": ""}));
        for (one, other) in [
            (json!({"tag": a}), json!({"and": {"tags": [a]}})),
            (json!({"prefix": "x"}), json!({"and": {"prefix": "x", "tags": []}})),
            (json!({"tag": {"key": "b"}}), json!({"and": {"tags": [b, b], "prefix": ""}})),
            (json!({"prefix": "x", "tag": a}), json!({"and": {"prefix": "x", "tags": [a]}})),
            (json!({"and": {"tags": [a, b]}}), json!({"and": {"tags": [b, a]}})),
        ] {
            assert_eq!(normal(&one), normal(&other), "{one} {other}");
            assert!(normal(&one).is_some(), "{one}");
        }
        assert_ne!(normal(&json!({"prefix": "x"})), normal(&json!({"prefix": "x/"})));
    }

    #[test]
    fn contradictions_stay() {
        let filter = normal(&json!({"prefix": "x", "and": {"prefix": "y"}})).unwrap();
        assert!(filter.prefix.is_some() && filter.and.is_some());
    }
}
