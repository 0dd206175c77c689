//! Bytes spoilt at random, some hundred times in each run and as often as `FUZZ_CASES` says:
//! `FUZZ_CASES=1000000 cargo test --release -p webhook --test webhook hostile`.

use std::cell::Cell;

use proptest::prelude::*;
use tokio::runtime::{Builder, Runtime};

use crate::world::World;

/// How many cases: `FUZZ_CASES`, else these few.
pub(crate) fn cases(few: u32) -> u32 {
    std::env::var("FUZZ_CASES").ok().map_or(few, |cases| cases.parse().expect("FUZZ_CASES is a number"))
}

/// Whether to read the counter of panics: that costs more than a case, and the counter keeps what it has seen.
pub(crate) fn looked_at_now() -> bool {
    thread_local! {
        static ASKED: Cell<u32> = const { Cell::new(0) };
    }
    let asked = ASKED.get();
    ASKED.set(asked.wrapping_add(1));
    cases(0) == 0 || asked.is_multiple_of(100)
}

/// Runs with a runtime and a webhook that the cases of this thread share: to make both costs more than most cases.
pub(crate) fn here<T>(work: impl FnOnce(&Runtime, &World) -> T) -> T {
    thread_local! {
        static HERE: (Runtime, World) = (Builder::new_current_thread().enable_all().build().unwrap(), World::new());
    }
    HERE.with(|(runtime, world)| work(runtime, world))
}

/// One change of some bytes.
#[derive(Clone, Debug)]
pub(crate) enum Change {
    /// Puts a byte into the place of another.
    Put(prop::sample::Index, u8),
    /// Adds a byte.
    Insert(prop::sample::Index, u8),
    /// Takes some bytes away.
    Remove(prop::sample::Index, usize),
    /// Writes some bytes twice.
    Repeat(prop::sample::Index, usize),
    /// Cuts the rest off.
    Cut(prop::sample::Index),
}

/// Some changes. Half of the bytes are such as JSON is made of.
pub(crate) fn spoiling() -> impl Strategy<Value = Vec<Change>> {
    let byte = prop_oneof![any::<u8>(), prop::sample::select(b"{}[],:\"\\ue0-9.*$/ntf \n".to_vec())];
    let change = prop_oneof![
        4 => (any::<prop::sample::Index>(), byte.clone()).prop_map(|(at, byte)| Change::Put(at, byte)),
        4 => (any::<prop::sample::Index>(), byte).prop_map(|(at, byte)| Change::Insert(at, byte)),
        2 => (any::<prop::sample::Index>(), 1..40_usize).prop_map(|(at, length)| Change::Remove(at, length)),
        2 => (any::<prop::sample::Index>(), 1..40_usize).prop_map(|(at, length)| Change::Repeat(at, length)),
        1 => any::<prop::sample::Index>().prop_map(Change::Cut),
    ];
    prop::collection::vec(change, 1..6)
}

/// The bytes with these changes, one after the other.
pub(crate) fn spoil(mut bytes: Vec<u8>, changes: &[Change]) -> Vec<u8> {
    for change in changes.iter().cloned() {
        if bytes.is_empty() {
            break;
        }
        let length = bytes.len();
        match change {
            Change::Put(at, byte) => bytes[at.index(length)] = byte,
            Change::Insert(at, byte) => bytes.insert(at.index(length), byte),
            Change::Remove(at, some) => {
                let at = at.index(length);
                bytes.drain(at..length.min(at + some));
            }
            Change::Repeat(at, some) => {
                let at = at.index(length);
                let again = bytes[at..length.min(at + some)].to_vec();
                bytes.splice(at..at, again);
            }
            Change::Cut(at) => bytes.truncate(at.index(length)),
        }
    }
    bytes
}
