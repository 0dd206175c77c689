//! Fields of the spec whose drift is left alone: annotation `services.k8s.aws/ignore-field-drift`, a list of paths separated by
//! commas. Wherever a path leads S3 keeps what it holds; all else is enforced as ever.

mod keep;
mod path;
mod schema;
mod tree;

use std::borrow::Cow;

use serde_json::Value;

use self::tree::Tree;
use crate::subconfig::SubConfig;
use crate::{Bucket, annotation};

/// The fields that are ignored.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ignored(Tree);

/// A path that leads nowhere.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{path:?} {problem}")]
pub struct BadPath {
    /// The path as it was written.
    pub path: String,
    /// What is wrong with it, and what to write instead.
    pub problem: String,
}

impl Ignored {
    /// Reads the value of the annotation.
    ///
    /// # Errors
    /// The paths that lead nowhere, all of them.
    pub fn parse(text: &str) -> Result<Self, Vec<BadPath>> {
        let (mut tree, mut bad) = (Tree::default(), Vec::new());
        for path in path::split(text) {
            match path::parse(path).and_then(|segments| schema::resolve(path, segments)) {
                Ok(segments) => tree.add(&segments),
                Err(problem) => bad.push(BadPath { path: path.to_owned(), problem }),
            }
        }
        if bad.is_empty() { Ok(Self(tree)) } else { Err(bad) }
    }

    /// What the Bucket's annotation says; nothing where it has none, or where a path leads nowhere (such a Bucket is refused).
    #[must_use]
    pub fn of(bucket: &Bucket) -> Self {
        bucket.annotation(annotation::IGNORE_FIELD_DRIFT).and_then(|text| Self::parse(text).ok()).unwrap_or_default()
    }

    /// Whether nothing is ignored.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether all of a sub-configuration is ignored.
    pub(crate) fn covers<S: SubConfig>(&self) -> bool {
        self.of_section::<S>().is_some_and(|tree| tree.whole || S::INDIVISIBLE)
    }

    /// What is wanted, with what S3 holds in place of what is ignored.
    pub(crate) fn leave<S: SubConfig>(&self, want: Option<S>, have: Option<&S>) -> Option<S> {
        let Some(tree) = self.of_section::<S>() else { return want };
        if tree.whole || S::INDIVISIBLE {
            return have.cloned();
        }
        let normal = |section: S| section.normalise().and_then(|normal| serde_json::to_value(normal).ok());
        let (wanted, held): (Option<Value>, Option<Value>) = (want.clone().and_then(normal), have.cloned().and_then(normal));
        match keep::keep(wanted.clone(), held.as_ref(), &tree) {
            kept if kept == wanted => want,
            kept if kept == held => have.cloned(),
            // It has the shape of the two that it was made of. Were that ever not so, all of the section is left alone.
            kept => kept.and_then(|kept| serde_json::from_value(kept).map_or_else(|_| have.cloned(), Some)),
        }
    }

    /// What is ignored of a sub-configuration, seen from where its own fields begin; `None` where nothing is.
    fn of_section<S: SubConfig>(&self) -> Option<Cow<'_, Tree>> {
        match S::FIELDS {
            [one] => self.0.members.get(*one).map(Cow::Borrowed),
            several => {
                let of = |field: &&str| Some(((*field).to_owned(), self.0.members.get(*field)?.clone()));
                let members: std::collections::BTreeMap<String, Tree> = several.iter().filter_map(of).collect();
                (!members.is_empty()).then(|| Cow::Owned(Tree { members, ..Tree::default() }))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_paths_is_read_whole_or_not_at_all() {
        assert!(Ignored::parse(" , ").unwrap().is_empty());
        let good = Ignored::parse("spec.tagging.tagSet[key=team], spec.versioning.status").unwrap();
        assert!(!good.is_empty());
        let bad = Ignored::parse("spec.verisoning.status,spec.versioning,spec.tagging.tagset[x].valeu").unwrap_err();
        let told: Vec<String> = bad.iter().map(ToString::to_string).collect();
        assert_eq!(bad.len(), 2, "{told:?}");
        assert!(told[0].starts_with("\"spec.verisoning.status\" ") && told[0].contains("Did you mean versioning?"), "{told:?}");
        assert!(told[1].contains("Did you mean value?"), "{told:?}");
    }

    #[test]
    fn the_spelling_is_that_of_the_schema_whatever_was_written() {
        assert_eq!(Ignored::parse("SPEC.Tagging.TAGSET[Key=team].Value"), Ignored::parse("spec.tagging.tagSet[key=team].value"));
        assert_ne!(Ignored::parse("spec.tagging.tagSet[TEAM]"), Ignored::parse("spec.tagging.tagSet[team]"), "keys are S3's");
    }

    #[test]
    fn a_bucket_without_the_annotation_ignores_nothing() {
        let mut bucket = Bucket::default();
        assert!(Ignored::of(&bucket).is_empty());
        for (text, ignores) in [("spec.cors", true), ("spec.cors,spec.x", false)] {
            bucket.metadata.annotations = Some([(annotation::IGNORE_FIELD_DRIFT.to_owned(), text.to_owned())].into());
            assert_eq!(!Ignored::of(&bucket).is_empty(), ignores, "{text}");
        }
    }
}
