//! What is ignored, as a tree over the fields of the spec.

use std::collections::BTreeMap;

use serde_json::Value;

use super::path::{Item, Segment};
use crate::subconfig::diff::key_of;

/// What is ignored below one place of the spec.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Tree {
    /// Whether all of it is.
    pub(super) whole: bool,
    /// What is ignored of its fields.
    pub(super) members: BTreeMap<String, Self>,
    /// What is ignored of its items.
    pub(super) items: Vec<(Item, Self)>,
}

impl Tree {
    /// Adds a path.
    pub(super) fn add(&mut self, path: &[Segment]) {
        match path.split_first() {
            None => self.whole = true,
            Some((Segment::Member(name), rest)) => self.members.entry(name.clone()).or_default().add(rest),
            Some((Segment::Item(item), rest)) => self.item(item).add(rest),
        }
    }

    fn item(&mut self, item: &Item) -> &mut Self {
        let at = self.items.iter().position(|(known, _)| known == item).unwrap_or_else(|| {
            self.items.push((item.clone(), Self::default()));
            self.items.len() - 1
        });
        &mut self.items[at].1
    }

    /// Whether what is ignored here are items of lists, which can stand without what is around them.
    pub(super) fn is_of_items(&self) -> bool {
        !self.whole && self.members.values().all(Self::is_of_items)
    }
}

impl Item {
    /// Whether this is the item.
    pub(super) fn is(&self, item: &Value) -> bool {
        let key = match &self.by {
            Some(by) => item.get(by).and_then(Value::as_str),
            None => key_of(item),
        };
        key == Some(self.key.as_str())
    }
}
