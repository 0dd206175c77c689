//! Samples of what the lists of configurations with an id have in common.

use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::subsequence;

use super::{tag, text};
use crate::subconfig::filter::{ObjectFilter, ObjectFilterAnd};

/// Up to three configurations with an id of their own each, in any order.
pub(super) fn list<C: std::fmt::Debug>(item: impl Strategy<Value = C>, with_id: fn(C, String) -> C) -> impl Strategy<Value = Vec<C>> {
    let ids = subsequence(vec!["EntireBucket", "a", "b.c", "d_-1"], 0..4).prop_shuffle();
    (ids, vec(item, 4)).prop_map(move |(ids, items)| ids.into_iter().zip(items).map(|(id, item)| with_id(item, id.to_owned())).collect())
}

/// A filter of objects in any spelling that S3 has a name for.
pub(super) fn filter() -> impl Strategy<Value = Option<ObjectFilter>> {
    let alone = (of(text()), of(tag())).prop_map(|(prefix, tag)| ObjectFilter { and: None, prefix, tag });
    let and = (of(text()), of(vec(tag(), 0..3))).prop_map(|(prefix, tags)| ObjectFilterAnd { prefix, tags });
    of(prop_oneof![alone, and.prop_map(|and| ObjectFilter { and: Some(and), ..ObjectFilter::default() })])
}
