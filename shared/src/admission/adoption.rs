//! What the adoption annotations say, read once.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::{Bucket, annotation};

/// How a Bucket comes to a bucket that is there already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AdoptionPolicy {
    /// The bucket must be there; the spec is filled in from it.
    Adopt,
    /// The spec is what counts; where there is no bucket it is created.
    AdoptOrCreate,
}

impl AdoptionPolicy {
    /// The meaning of a word; `None` for another word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "adopt" => Some(Self::Adopt),
            "adopt-or-create" => Some(Self::AdoptOrCreate),
            _ => None,
        }
    }

    /// How the Bucket wants to come to its bucket; `None` once it has it (the finalizer is on, or the annotation adopted says so), and
    /// where it never asked for another's.
    #[must_use]
    pub fn pending(bucket: &Bucket) -> Option<Self> {
        let settled = bucket.owns_bucket() || annotation::is_true(bucket.annotation(annotation::ADOPTED));
        bucket.annotation(annotation::ADOPTION_POLICY).filter(|_| !settled).and_then(Self::parse)
    }
}

/// The adoption annotations of a Bucket.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Adoption<'a> {
    /// The policy as it stands there.
    pub policy: Option<&'a str>,
    /// The fields that name the bucket to adopt.
    pub fields: AdoptionFields,
}

/// The annotation adoption-fields.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum AdoptionFields {
    /// It is not there.
    #[default]
    Absent,
    /// It is no JSON object of strings with a member `name`.
    Unreadable,
    /// The name of the bucket to adopt.
    Name(String),
}

impl<'a> Adoption<'a> {
    /// Reads the annotations.
    #[must_use]
    pub fn of(bucket: &'a Bucket) -> Self {
        Self {
            policy: bucket.annotation(annotation::ADOPTION_POLICY),
            fields: bucket.annotation(annotation::ADOPTION_FIELDS).map_or(AdoptionFields::Absent, read),
        }
    }

    /// The name of the Bucket's S3 bucket: the spec's, else the one that is to be adopted.
    #[must_use]
    pub fn bucket_name(bucket: &Bucket) -> Option<Cow<'_, str>> {
        let adopted = || bucket.annotation(annotation::ADOPTION_FIELDS).map(read);
        bucket.bucket_name().map(Cow::Borrowed).or_else(|| match adopted()? {
            AdoptionFields::Name(name) => Some(Cow::Owned(name)),
            AdoptionFields::Absent | AdoptionFields::Unreadable => None,
        })
    }

    /// The name of the bucket to adopt, where the fields name one.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        match &self.fields {
            AdoptionFields::Name(name) => Some(name),
            AdoptionFields::Absent | AdoptionFields::Unreadable => None,
        }
    }
}

fn read(text: &str) -> AdoptionFields {
    let mut fields: BTreeMap<String, String> = serde_json::from_str(text).unwrap_or_default();
    fields.remove("name").filter(|name| !name.is_empty()).map_or(AdoptionFields::Unreadable, AdoptionFields::Name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::BucketSpec;
    use crate::bucket::FINALIZER;

    fn bucket(annotations: &[(&str, &str)]) -> Bucket {
        let mut bucket = Bucket::default();
        bucket.metadata.annotations = Some(annotations.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect());
        bucket
    }

    #[test]
    fn a_bucket_is_adopted_once() {
        let adopt = (annotation::ADOPTION_POLICY, "adopt");
        let pending = |annotations: &[(&str, &str)]| AdoptionPolicy::pending(&bucket(annotations));
        assert_eq!(pending(&[adopt]), Some(AdoptionPolicy::Adopt));
        assert_eq!(pending(&[(annotation::ADOPTION_POLICY, "adopt-or-create")]), Some(AdoptionPolicy::AdoptOrCreate));
        for none in [&[][..], &[(annotation::ADOPTION_POLICY, "Adopt")], &[adopt, (annotation::ADOPTED, "True")]] {
            assert_eq!(pending(none), None, "{none:?}");
        }
        let mut owned = bucket(&[adopt]);
        owned.metadata.finalizers = Some(vec![FINALIZER.to_owned()]);
        assert_eq!(AdoptionPolicy::pending(&owned), None);
    }

    #[test]
    fn the_name_is_the_specs_else_the_one_to_adopt() {
        let mut bucket = bucket(&[(annotation::ADOPTION_FIELDS, r#"{"name":"old"}"#)]);
        assert_eq!(Adoption::bucket_name(&bucket).as_deref(), Some("old"));
        bucket.spec = Some(BucketSpec { name: "new".to_owned(), ..BucketSpec::default() });
        assert_eq!(Adoption::bucket_name(&bucket).as_deref(), Some("new"));
        assert_eq!(Adoption::bucket_name(&Bucket::default()), None);
    }

    #[test]
    fn fields_are_an_object_of_strings_with_a_name() {
        assert_eq!(read(r#"{"name":"a","x":"y"}"#), AdoptionFields::Name("a".to_owned()));
        for bad in ["name: a", "[]", "{}", r#"{"name":1}"#, r#"{"name":"a","x":2}"#, r#"{"name":""}"#, ""] {
            assert_eq!(read(bad), AdoptionFields::Unreadable, "{bad}");
        }
    }
}
