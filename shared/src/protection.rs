//! Whether a Bucket may be deleted at all.

use std::collections::BTreeMap;

use crate::{Bucket, annotation};

/// Who protects a Bucket from deletion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protection {
    /// Its own annotation.
    Own,
    /// The annotation of its namespace.
    OfNamespace,
}

impl Protection {
    /// Who protects the Bucket; `None` where nobody does. The Bucket's word goes before its namespace's. Any text but `false`
    /// protects, in whatever case, as a slip must not cost data; an empty one of the namespace counts as absent.
    #[must_use]
    pub fn of(bucket: &Bucket, namespace: Option<&BTreeMap<String, String>>) -> Option<Self> {
        let protects = |value: &str| !value.eq_ignore_ascii_case("false");
        if let Some(own) = bucket.annotation(annotation::DELETION_PROTECTION) {
            return protects(own).then_some(Self::Own);
        }
        let value = namespace?.get(annotation::DELETION_PROTECTION).filter(|value| !value.is_empty())?;
        protects(value).then_some(Self::OfNamespace)
    }

    /// Whose annotation it is, for a message.
    #[must_use]
    pub fn whose(self) -> &'static str {
        match self {
            Self::Own => "annotation",
            Self::OfNamespace => "its namespace's annotation",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_buckets_word_goes_before_its_namespaces_and_a_slip_protects() {
        let annotations = |value: &str| BTreeMap::from([(annotation::DELETION_PROTECTION.to_owned(), value.to_owned())]);
        let of = |own: Option<&str>, namespace: Option<&str>| {
            let mut bucket = Bucket::default();
            bucket.metadata.annotations = own.map(annotations);
            Protection::of(&bucket, namespace.map(annotations).as_ref())
        };
        let (own, theirs) = (Some(Protection::Own), Some(Protection::OfNamespace));
        let cases = [
            (None, None, None),
            (Some("true"), None, own),
            (Some("True"), Some("false"), own),
            (Some("yes"), None, own),
            (Some(""), None, own),
            (Some("false"), Some("true"), None),
            (Some("FALSE"), Some("true"), None),
            (None, Some("true"), theirs),
            (None, Some("ture"), theirs),
            (None, Some("false"), None),
            (None, Some(""), None),
        ];
        for (bucket, namespace, expected) in cases {
            assert_eq!(of(bucket, namespace), expected, "{bucket:?} {namespace:?}");
        }
    }
}
