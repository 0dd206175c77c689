//! The answers that hold unknown members, until what they came from is written. Pure.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};

/// The most bytes of answers that are kept. Beyond it those go first that were not read for the longest time.
const MOST: usize = 8 << 20;
/// The most documents of one sub-configuration that are remembered as refused: as many as S3 takes configurations of one kind.
const MOST_REFUSED: usize = 1000;

/// The answers, by bucket and sub-configuration.
#[derive(Debug, Default)]
pub(super) struct Kept {
    answers: BTreeMap<(String, &'static str), Entry>,
    bytes: usize,
    reads: u64,
}

#[derive(Debug, Default)]
struct Entry {
    pages: Vec<String>,
    read: u64,
    blame: BTreeMap<u64, Blame>,
}

/// Whether the unknown members are the reason why S3 refuses a document that they are added to. It is told by that document alone:
/// what S3 refuses of one spec says nothing of the next one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Blame {
    /// S3 refused the document with them; next time it goes without.
    Suspect,
    /// S3 refused the document without them as well: the reason is another one.
    Innocent,
}

/// A document before anything was added to it, as a number.
pub(super) fn fingerprint(body: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    body.hash(&mut hasher);
    hasher.finish()
}

impl Kept {
    /// Takes note of what a read answered, `None` where that holds no unknown member. The first page replaces all earlier ones.
    pub(super) fn read(&mut self, bucket: &str, config: &'static str, first: bool, answer: Option<&str>) {
        let key = (bucket.to_owned(), config);
        let mut entry = self.take(&key).unwrap_or_default();
        if first {
            entry.pages.clear();
        }
        entry.pages.extend(answer.map(str::to_owned));
        if entry.pages.is_empty() {
            return;
        }
        self.reads += 1;
        entry.read = self.reads;
        self.bytes += entry.bytes();
        self.answers.insert(key, entry);
        while self.bytes > MOST
            && let Some(oldest) = self.answers.iter().min_by_key(|(_, entry)| entry.read).map(|(key, _)| key.clone())
        {
            self.take(&oldest);
        }
    }

    /// The answers to add unknown members to this document from; none where S3 may not take them back.
    pub(super) fn answers(&self, bucket: &str, config: &'static str, document: u64) -> &[String] {
        let entry = self.answers.get(&(bucket.to_owned(), config));
        entry.filter(|entry| entry.blame.get(&document) != Some(&Blame::Suspect)).map_or(&[], |entry| &entry.pages)
    }

    /// S3 refused a document for what it says, with or without members that were added.
    pub(super) fn refused(&mut self, bucket: &str, config: &'static str, document: u64, added: bool) {
        let Some(entry) = self.answers.get_mut(&(bucket.to_owned(), config)) else { return };
        let blame = match (entry.blame.get(&document), added) {
            (None, true) => Blame::Suspect,
            (Some(Blame::Suspect), false) => Blame::Innocent,
            _ => return,
        };
        if entry.blame.len() >= MOST_REFUSED {
            entry.blame.clear();
        }
        entry.blame.insert(document, blame);
    }

    /// The bucket is a new one, or gone.
    pub(super) fn forget(&mut self, bucket: &str) {
        self.answers.retain(|(name, _), _| name != bucket);
        self.bytes = self.answers.values().map(Entry::bytes).sum();
    }

    fn take(&mut self, key: &(String, &'static str)) -> Option<Entry> {
        let entry = self.answers.remove(key)?;
        self.bytes -= entry.bytes();
        Some(entry)
    }
}

impl Entry {
    fn bytes(&self) -> usize {
        self.pages.iter().map(String::len).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_add_up_and_the_first_one_starts_anew() {
        let mut kept = Kept::default();
        kept.read("a", "metrics", true, Some("1"));
        kept.read("a", "metrics", false, Some("2"));
        assert_eq!(kept.answers("a", "metrics", 1), ["1", "2"]);
        assert!(kept.answers("a", "cors", 1).is_empty() && kept.answers("b", "metrics", 1).is_empty());
        kept.read("a", "metrics", true, None);
        assert!(kept.answers("a", "metrics", 1).is_empty() && kept.answers.is_empty() && kept.bytes == 0);
    }

    #[test]
    fn what_s3_refused_stays_out_until_it_proves_not_to_blame() {
        let mut kept = Kept::default();
        kept.read("a", "cors", true, Some("1"));
        kept.refused("a", "cors", 1, true);
        kept.read("a", "cors", true, Some("1"));
        assert!(kept.answers("a", "cors", 1).is_empty());
        for added in [false, true, true] {
            kept.refused("a", "cors", 1, added);
            assert_eq!(kept.answers("a", "cors", 1), ["1"], "the document was refused without it too");
        }
    }

    #[test]
    fn what_was_refused_once_says_nothing_of_another_document() {
        let mut kept = Kept::default();
        kept.read("a", "cors", true, Some("1"));
        let (wrong, corrected) = (fingerprint("wrong"), fingerprint("corrected"));
        kept.refused("a", "cors", wrong, true);
        assert_eq!(kept.answers("a", "cors", corrected), ["1"]);
        kept.refused("a", "cors", corrected, true);
        assert!(kept.answers("a", "cors", wrong).is_empty() && kept.answers("a", "cors", corrected).is_empty(), "each by itself");
        for document in 0..3000 {
            kept.refused("a", "cors", document, true);
        }
        assert!(kept.answers.values().all(|entry| entry.blame.len() <= MOST_REFUSED));
    }

    #[test]
    fn a_bucket_that_is_gone_leaves_nothing() {
        let mut kept = Kept::default();
        kept.read("a", "cors", true, Some("1"));
        kept.read("b", "cors", true, Some("22"));
        kept.forget("a");
        assert!(kept.answers("a", "cors", 1).is_empty());
        assert_eq!((kept.answers("b", "cors", 1).len(), kept.bytes), (1, 2));
    }

    #[test]
    fn there_is_a_most() {
        let mut kept = Kept::default();
        let large = "x".repeat(MOST / 4);
        for bucket in ["a", "b", "c", "d"] {
            kept.read(bucket, "cors", true, Some(&large));
        }
        kept.read("a", "cors", true, Some(&large));
        kept.read("e", "cors", true, Some("one more"));
        assert!(kept.answers("b", "cors", 1).is_empty(), "read the longest ago");
        assert!(!kept.answers("a", "cors", 1).is_empty() && !kept.answers("e", "cors", 1).is_empty() && kept.bytes <= MOST);
    }
}
