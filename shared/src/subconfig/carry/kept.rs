//! The answers that hold unknown members, until what they came from is written. Pure.

use std::collections::BTreeMap;

/// The most bytes of answers that are kept. Beyond it those go first that were not read for the longest time.
const MOST: usize = 8 << 20;

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
    blame: Blame,
}

/// Whether the unknown members are the reason why S3 refuses what they are added to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Blame {
    /// S3 has refused nothing yet.
    #[default]
    Untried,
    /// S3 refused a document with them; the next one goes without.
    Suspect,
    /// S3 refused a document without them as well: the reason is another one.
    Innocent,
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

    /// The answers to add unknown members from; none where S3 may not take them back.
    pub(super) fn answers(&self, bucket: &str, config: &'static str) -> &[String] {
        let entry = self.answers.get(&(bucket.to_owned(), config));
        entry.filter(|entry| entry.blame != Blame::Suspect).map_or(&[], |entry| &entry.pages)
    }

    /// S3 refused a document for what it says, with or without members that were added.
    pub(super) fn refused(&mut self, bucket: &str, config: &'static str, added: bool) {
        if let Some(entry) = self.answers.get_mut(&(bucket.to_owned(), config)) {
            entry.blame = match (entry.blame, added) {
                (Blame::Untried, true) => Blame::Suspect,
                (Blame::Suspect, false) => Blame::Innocent,
                (blame, _) => blame,
            };
        }
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
        assert_eq!(kept.answers("a", "metrics"), ["1", "2"]);
        assert!(kept.answers("a", "cors").is_empty() && kept.answers("b", "metrics").is_empty());
        kept.read("a", "metrics", true, None);
        assert!(kept.answers("a", "metrics").is_empty() && kept.answers.is_empty() && kept.bytes == 0);
    }

    #[test]
    fn what_s3_refused_stays_out_until_it_proves_not_to_blame() {
        let mut kept = Kept::default();
        kept.read("a", "cors", true, Some("1"));
        kept.refused("a", "cors", true);
        kept.read("a", "cors", true, Some("1"));
        assert!(kept.answers("a", "cors").is_empty());
        for added in [false, true, true] {
            kept.refused("a", "cors", added);
            assert_eq!(kept.answers("a", "cors"), ["1"], "the document was refused without it too");
        }
    }

    #[test]
    fn a_bucket_that_is_gone_leaves_nothing() {
        let mut kept = Kept::default();
        kept.read("a", "cors", true, Some("1"));
        kept.read("b", "cors", true, Some("22"));
        kept.forget("a");
        assert!(kept.answers("a", "cors").is_empty());
        assert_eq!((kept.answers("b", "cors").len(), kept.bytes), (1, 2));
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
        assert!(kept.answers("b", "cors").is_empty(), "read the longest ago");
        assert!(!kept.answers("a", "cors").is_empty() && !kept.answers("e", "cors").is_empty() && kept.bytes <= MOST);
    }
}
