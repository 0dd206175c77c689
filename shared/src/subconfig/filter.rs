//! The object filter that analytics, Intelligent-Tiering and replication share: one prefix, one tag, or several of them at once.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::tagging::Tag;

/// Which objects are meant: those with a prefix, those with a tag, or those that meet all parts of `and`. Without any of them, all
/// objects.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
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
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ObjectFilterAnd {
    /// The start of the key, without a leading slash.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prefix: Option<String>,
    /// Tags that the object carries, all of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tags: Option<Vec<Tag>>,
}
