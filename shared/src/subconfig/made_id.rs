//! Ids for entries that have none. S3 makes an id for such an entry; so that it is not written again and again, and keeps its id
//! when it is written, it takes over the id of the entry that S3 holds in its place.

/// An entry of a list, that S3 gives an id where it has none.
pub(super) trait Identified: Clone + PartialEq {
    /// The id.
    fn id(&self) -> Option<&str>;

    /// Gives it another id.
    fn set_id(&mut self, id: Option<String>);

    /// Its one spelling.
    fn normal(self) -> Self;

    /// Whether the other entry, which says something else, stands where this one shall stand. Both are normal.
    fn takes_the_place_of(&self, other: &Self) -> bool;
}

/// Gives each wanted entry without an id that of an observed one: of an entry that is the same but for the id, else of one whose
/// place it takes. An id that is taken already, or that the spec names itself, is not given away.
pub(super) fn inherit<T: Identified>(want: &mut [T], have: &[T], is_named: impl Fn(&str) -> bool) {
    let free = have.iter().cloned().map(T::normal).filter(|entry| entry.id().is_some_and(|id| !is_named(id)));
    let mut free: Vec<T> = free.collect();
    for fits in [is_same, T::takes_the_place_of] {
        for entry in want.iter_mut().filter(|entry| entry.id().is_none_or(str::is_empty)) {
            let normal = entry.clone().normal();
            if let Some(index) = free.iter().position(|observed| fits(&normal, observed)) {
                entry.set_id(free.swap_remove(index).id().map(str::to_owned));
            }
        }
    }
}

fn is_same<T: Identified>(want: &T, have: &T) -> bool {
    let mut want = want.clone();
    want.set_id(have.id().map(str::to_owned));
    want == *have
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An id, a place and what is said there.
    #[derive(Clone, Debug, PartialEq)]
    struct Entry(Option<String>, char, u8);

    impl Identified for Entry {
        fn id(&self) -> Option<&str> {
            self.0.as_deref()
        }

        fn set_id(&mut self, id: Option<String>) {
            self.0 = id;
        }

        fn normal(self) -> Self {
            Self(self.0.filter(|id| !id.is_empty()), self.1, self.2)
        }

        fn takes_the_place_of(&self, other: &Self) -> bool {
            self.1 == other.1
        }
    }

    fn entry(id: &str, place: char, says: u8) -> Entry {
        Entry(Some(id.to_owned()), place, says)
    }

    fn ids(mut want: Vec<Entry>, have: &[Entry], named: &str) -> Vec<String> {
        inherit(&mut want, have, |id| id == named);
        want.into_iter().map(|entry| entry.0.unwrap_or_default()).collect()
    }

    #[test]
    fn the_same_entry_goes_before_the_same_place() {
        let want = vec![entry("", 'a', 0), Entry(None, 'a', 1), entry("", 'b', 1)];
        let have = [entry("one", 'a', 1), entry("two", 'a', 1), entry("three", 'c', 1)];
        assert_eq!(ids(want, &have, ""), ["two", "one", ""]);
    }

    #[test]
    fn an_id_goes_only_once_and_never_to_two() {
        let want = vec![entry("", 'a', 1), entry("", 'a', 1), entry("one", 'z', 1)];
        assert_eq!(ids(want, &[entry("one", 'a', 1), entry("two", 'a', 1), entry("", 'a', 1)], "one"), ["two", "", "one"]);
    }
}
