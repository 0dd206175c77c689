//! What is done about the sections that a spec leaves out.

use crate::{Bucket, annotation};

/// What an absent section means for what S3 holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum UnsetFields {
    /// It is brought to what S3 gives a new bucket.
    #[default]
    Reset,
    /// It is not managed: what differs from a new bucket is shown and never written.
    Ignore,
}

impl UnsetFields {
    /// The two words of the flag and of the annotation.
    pub const WORDS: [&'static str; 2] = ["reset", "ignore"];

    /// The meaning of a word; `None` for another word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "reset" => Some(Self::Reset),
            "ignore" => Some(Self::Ignore),
            _ => None,
        }
    }

    /// What holds for a Bucket: its annotation, else `ignore` where it was adopted, else the default (the controller's, and `ignore`
    /// for who only looks on). A word that is neither of the two counts as `ignore`: a slip must not cost a configuration.
    #[must_use]
    pub fn of(bucket: &Bucket, default: Self) -> Self {
        match bucket.annotation(annotation::UNSET_FIELDS) {
            Some(word) => Self::parse(word).unwrap_or(Self::Ignore),
            None if annotation::is_true(bucket.annotation(annotation::ADOPTED)) => Self::Ignore,
            None => default,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_annotation_counts_then_adoption_then_the_flag() {
        let of = |all: &[(&str, &str)], default| {
            let mut bucket = Bucket::default();
            bucket.metadata.annotations = Some(all.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect());
            UnsetFields::of(&bucket, default)
        };
        let (unset, adopted) = (annotation::UNSET_FIELDS, (annotation::ADOPTED, "true"));
        assert_eq!(of(&[], UnsetFields::Reset), UnsetFields::Reset);
        assert_eq!(of(&[], UnsetFields::Ignore), UnsetFields::Ignore);
        assert_eq!(of(&[adopted], UnsetFields::Reset), UnsetFields::Ignore);
        assert_eq!(of(&[adopted, (unset, "reset")], UnsetFields::Ignore), UnsetFields::Reset);
        assert_eq!(of(&[(unset, "Reset")], UnsetFields::Reset), UnsetFields::Ignore, "a slip costs nothing");
    }
}
