//! What is kept: the versions of each key, and the uploads under way.
//! Source: S3 User Guide, "How S3 Versioning works" and "Working with delete markers".

use std::collections::{BTreeMap, BTreeSet};

/// The id of a version that was made while versioning was not on.
const NULL: &str = "null";

/// Whether a bucket keeps versions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Versioning {
    /// It was never turned on.
    Never,
    Enabled,
    Suspended,
}

/// One version of a key, or a delete marker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Version {
    pub(crate) id: String,
    /// In bytes; none of a delete marker.
    pub(crate) size: Option<u64>,
}

/// The objects of a bucket.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Objects {
    /// The versions of each key, the newest first. No key is without one.
    pub(crate) keys: BTreeMap<String, Vec<Version>>,
    /// The ids of unfinished uploads, with their keys.
    pub(crate) uploads: BTreeSet<(String, String)>,
    /// Keys whose versions nobody may delete.
    pub(crate) kept: BTreeSet<String>,
    /// How many ids were given out.
    ids: u64,
}

impl Objects {
    /// Whether there is neither object nor version nor delete marker. Uploads do not count.
    pub(crate) fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// The current objects and their sizes.
    pub(crate) fn current(&self) -> impl Iterator<Item = (&String, u64)> {
        self.keys.iter().filter_map(|(key, versions)| Some((key, versions.first()?.size?)))
    }

    /// Puts an object; the id of its version.
    pub(crate) fn put(&mut self, key: &str, size: u64, versioning: Versioning) -> String {
        self.push(key, Some(size), versioning)
    }

    /// Deletes a key without naming a version; the id of the delete marker, where one came on top.
    pub(crate) fn delete(&mut self, key: &str, versioning: Versioning) -> Option<String> {
        if versioning == Versioning::Never {
            self.keys.remove(key);
            return None;
        }
        Some(self.push(key, None, versioning))
    }

    /// Takes one version away for good; it, where it was there.
    pub(crate) fn remove(&mut self, key: &str, id: &str) -> Option<Version> {
        let versions = self.keys.get_mut(key)?;
        let index = versions.iter().position(|version| version.id == id)?;
        let removed = versions.remove(index);
        if versions.is_empty() {
            self.keys.remove(key);
        }
        Some(removed)
    }

    /// Begins an upload; its id.
    pub(crate) fn upload(&mut self, key: &str) -> String {
        let id = format!("upload-{:08}", self.next());
        self.uploads.insert((key.to_owned(), id.clone()));
        id
    }

    fn push(&mut self, key: &str, size: Option<u64>, versioning: Versioning) -> String {
        let id = if versioning == Versioning::Enabled { format!("v{:012}", self.next()) } else { NULL.to_owned() };
        let versions = self.keys.entry(key.to_owned()).or_default();
        // There is one version of this id at most: it is written over.
        versions.retain(|version| version.id != id);
        versions.insert(0, Version { id: id.clone(), size });
        id
    }

    fn next(&mut self) -> u64 {
        self.ids += 1;
        self.ids
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(objects: &Objects) -> Vec<(&str, bool)> {
        objects.keys.values().flatten().map(|version| (version.id.as_str(), version.size.is_some())).collect()
    }

    #[test]
    fn versions_pile_up_while_versioning_is_on_and_null_is_written_over() {
        let mut objects = Objects::default();
        objects.put("k", 1, Versioning::Never);
        objects.put("k", 2, Versioning::Never);
        assert_eq!(ids(&objects), [(NULL, true)]);
        let first = objects.put("k", 3, Versioning::Enabled);
        let marker = objects.delete("k", Versioning::Enabled).unwrap();
        assert_eq!(ids(&objects), [(marker.as_str(), false), (first.as_str(), true), (NULL, true)]);
        assert_eq!(objects.current().count(), 0);
        objects.delete("k", Versioning::Suspended);
        assert_eq!(ids(&objects)[0], (NULL, false), "the null version is a marker now");
        assert_eq!(objects.keys["k"].len(), 3);
    }

    #[test]
    fn a_version_that_is_removed_is_gone_and_the_last_takes_the_key_along() {
        let mut objects = Objects::default();
        let id = objects.put("k", 1, Versioning::Enabled);
        assert_eq!(objects.remove("k", "nope"), None);
        assert!(objects.remove("k", &id).is_some() && objects.is_empty());
        assert_eq!(objects.delete("k", Versioning::Never), None);
    }
}
