//! What the adoption annotations say, read once.

use std::collections::BTreeMap;

use crate::{Bucket, annotation};

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

    #[test]
    fn fields_are_an_object_of_strings_with_a_name() {
        assert_eq!(read(r#"{"name":"a","x":"y"}"#), AdoptionFields::Name("a".to_owned()));
        for bad in ["name: a", "[]", "{}", r#"{"name":1}"#, r#"{"name":"a","x":2}"#, r#"{"name":""}"#, ""] {
            assert_eq!(read(bad), AdoptionFields::Unreadable, "{bad}");
        }
    }
}
