//! Those who wait in one lane, by namespace, so that none can keep all workers to itself. Pure.

use std::collections::{BTreeMap, HashMap};

use super::Key;

/// Those who wait in one lane.
#[derive(Debug, Default)]
pub(super) struct Crowd {
    namespaces: HashMap<Box<str>, BTreeMap<u64, Key>>,
    number: usize,
}

impl Crowd {
    pub(super) fn len(&self) -> usize {
        self.number
    }

    pub(super) fn is_empty(&self) -> bool {
        self.number == 0
    }

    /// Adds one. Its ticket says who came first, and is not given to another.
    pub(super) fn add(&mut self, ticket: u64, key: Key) {
        let namespace = match self.namespaces.get_mut(key.namespace()) {
            Some(namespace) => namespace,
            None => self.namespaces.entry(key.namespace().into()).or_default(),
        };
        if namespace.insert(ticket, key).is_none() {
            self.number += 1;
        }
    }

    /// Takes this one out.
    pub(super) fn remove(&mut self, ticket: u64, key: &Key) {
        let Some(namespace) = self.namespaces.get_mut(key.namespace()) else { return };
        if namespace.remove(&ticket).is_some() {
            self.number -= 1;
        }
        if namespace.is_empty() {
            self.namespaces.remove(key.namespace());
        }
    }

    /// The one that goes next: of the namespace with the fewest passes under way, and there the one that came first. A namespace
    /// whose account is slow cannot fill all workers while others wait.
    pub(super) fn first(&self, running: &HashMap<Box<str>, usize>) -> Option<(u64, Key)> {
        let heads = self.namespaces.iter().filter_map(|(name, waiting)| {
            let (ticket, key) = waiting.first_key_value()?;
            Some((running.get(name).copied().unwrap_or_default(), *ticket, key))
        });
        heads.min_by_key(|(running, ticket, _)| (*running, *ticket)).map(|(_, ticket, key)| (ticket, key.clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_come_first_served_within_a_namespace_and_the_idle_namespace_first() {
        let mut crowd = Crowd::default();
        let key = |text: &str| Key::new(&text[..1], &text[1..]);
        for (ticket, name) in ["a1", "a2", "b1", "a3"].into_iter().enumerate() {
            crowd.add(ticket as u64, key(name));
        }
        let mut running = HashMap::new();
        let mut order = Vec::new();
        while let Some((ticket, next)) = crowd.first(&running) {
            crowd.remove(ticket, &next);
            *running.entry(next.namespace().into()).or_insert(0) += 1;
            order.push(next);
        }
        assert_eq!(order, ["a1", "b1", "a2", "a3"].map(key));
        assert!(crowd.is_empty() && crowd.namespaces.is_empty(), "nothing stays behind");
    }
}
