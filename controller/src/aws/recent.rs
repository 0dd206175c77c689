//! A bounded table that loses what was not asked for the longest.

use std::collections::HashMap;
use std::hash::Hash;

/// The table. Adding to a full one takes a look at each entry; asking takes none.
#[derive(Debug)]
pub(super) struct Recent<K, V> {
    most: usize,
    uses: u64,
    entries: HashMap<K, (u64, V)>,
}

impl<K: Hash + Eq + Clone, V: Clone> Recent<K, V> {
    /// A table of so many entries at most.
    pub(super) fn new(most: usize) -> Self {
        Self { most: most.max(1), uses: 0, entries: HashMap::new() }
    }

    /// The value of the key, made where there is none yet.
    pub(super) fn get_or_make(&mut self, key: K, make: impl FnOnce() -> V) -> V {
        self.uses += 1;
        if let Some((used, value)) = self.entries.get_mut(&key) {
            *used = self.uses;
            return value.clone();
        }
        if self.entries.len() >= self.most
            && let Some(oldest) = self.entries.iter().min_by_key(|(_, (used, _))| *used).map(|(key, _)| key.clone())
        {
            self.entries.remove(&oldest);
        }
        let value = make();
        self.entries.insert(key, (self.uses, value.clone()));
        value
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_table_loses_what_was_not_asked_for_the_longest() {
        let mut recent = Recent::new(2);
        let mut made = Vec::new();
        for key in ["a", "b", "a", "c", "a", "b"] {
            recent.get_or_make(key, || made.push(key));
        }
        assert_eq!(made, ["a", "b", "c", "b"], "b went when c came, as a had been asked for since");
        assert_eq!(recent.entries.len(), 2);
    }
}
