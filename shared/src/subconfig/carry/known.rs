//! The members that the SDK knows, as a tree of element names. It is read from `members.tsv`, which tests hold against the SDK.

use std::sync::LazyLock;

const TABLE: &str = include_str!("members.tsv");

/// How often an element comes below its parent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Times {
    /// At most once; so too a list of which S3 takes one item.
    Once,
    /// Any number of times.
    Many,
}

/// An element that the SDK knows.
#[derive(Debug)]
pub(super) struct Known {
    pub(super) name: &'static str,
    pub(super) times: Times,
    pub(super) children: Vec<Known>,
}

impl Known {
    pub(super) fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }

    /// Makes the element at the end of the path.
    fn grow(&mut self, path: &'static str) {
        let (first, rest) = path.split_once('/').map_or((path, None), |(first, rest)| (first, Some(rest)));
        let (name, times) = match first.split_once('[') {
            Some((name, "]")) => (name, Times::Many),
            Some((name, _)) => (name, Times::Once),
            None => (first, Times::Once),
        };
        let index = self.children.iter().position(|child| child.name == name).unwrap_or_else(|| {
            self.children.push(Self { name, times, children: Vec::new() });
            self.children.len() - 1
        });
        if let (Some(rest), Some(child)) = (rest, self.children.get_mut(index)) {
            child.grow(rest);
        }
    }
}

/// The lines of the table: the sub-configuration, the member, and the fields of the spec that it becomes or why there is none.
pub(super) fn members() -> impl Iterator<Item = [&'static str; 3]> {
    let cells = |line: &'static str| {
        let mut cells = line.split('\t');
        Some([cells.next()?, cells.next()?, cells.next()?])
    };
    TABLE.lines().filter(|line| !line.starts_with('#')).filter_map(cells)
}

/// The root elements of all answers, below an element of no name.
pub(super) fn roots() -> &'static Known {
    static ROOTS: LazyLock<Known> = LazyLock::new(|| tree(members()));
    &ROOTS
}

/// The elements of the lines. What is carried over is not in there: it counts as unknown.
fn tree(members: impl Iterator<Item = [&'static str; 3]>) -> Known {
    let mut roots = Known { name: "", times: Times::Once, children: Vec::new() };
    for [_, path, _] in members.filter(|[_, path, becomes]| path.contains('/') && !becomes.starts_with("carried: ")) {
        roots.grow(path);
    }
    roots
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_becomes_a_tree() {
        let rule = roots().child("ReplicationConfiguration").unwrap().child("Rule").unwrap();
        assert_eq!((rule.times, rule.child("ID").unwrap().times), (Times::Many, Times::Once));
        assert!(rule.child("Destination").unwrap().child("Bucket").unwrap().children.is_empty());
        assert_eq!(roots().child("ServerSideEncryptionConfiguration").unwrap().child("Rule").unwrap().times, Times::Once);
        assert!(roots().child("ListBucketResult").is_none());
    }

    #[test]
    fn what_is_carried_over_counts_as_unknown() {
        let lines =
            [["abac", "AbacStatus/Status", "abac.status"], ["abac", "AbacStatus/Colour", "carried: S3 keeps it"], ["abac", "Call.x", "a"]];
        let tree = tree(lines.into_iter());
        assert_eq!(tree.children.len(), 1);
        assert!(tree.children[0].child("Status").is_some() && tree.children[0].child("Colour").is_none());
    }
}
