//! All guardrails and exceptions of a cluster.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::Timestamp;

use super::exception::Exception;
use super::outcome::Evaluation;
use super::review::Review;
use super::subject::Subject;
use super::{Guardrail, evaluate};
use crate::admission::{Facts, Operation};

/// All guardrails and exceptions of a cluster. Made anew when one of them changes; those that stay are shared.
#[derive(Debug, Default)]
pub struct Guardrails {
    /// By name, which is the order of results.
    pub(super) all: Vec<Arc<Guardrail>>,
    pub(super) exceptions: Vec<Arc<Exception>>,
    /// By the name of a namespace, those that are about no other than named ones.
    named: HashMap<String, Vec<usize>>,
    /// The others.
    general: Vec<usize>,
    /// Whether one of them gives levels to built-in rules.
    pub(super) gives_levels: bool,
    expressions: bool,
}

impl Guardrails {
    /// The set of these. Their order means nothing; of two of one name the first counts.
    #[must_use]
    pub fn new(guardrails: impl IntoIterator<Item = Arc<Guardrail>>, exceptions: impl IntoIterator<Item = Arc<Exception>>) -> Self {
        let (mut all, mut exceptions): (Vec<_>, Vec<_>) = (guardrails.into_iter().collect(), exceptions.into_iter().collect());
        all.sort_by(|one: &Arc<Guardrail>, other| one.name.cmp(&other.name));
        all.dedup_by(|later, earlier| later.name == earlier.name);
        exceptions.sort_by(|one: &Arc<Exception>, other| one.name().cmp(other.name()));
        let (mut named, mut general): (HashMap<String, Vec<usize>>, Vec<usize>) = Default::default();
        for (index, guardrail) in all.iter().enumerate() {
            let Some(only) = guardrail.matcher.names() else {
                general.push(index);
                continue;
            };
            for name in only {
                let of = named.entry(name.clone()).or_default();
                if of.last() != Some(&index) {
                    of.push(index);
                }
            }
        }
        let gives_levels = all.iter().any(|guardrail| !guardrail.builtin.is_empty());
        let expressions = all.iter().any(|guardrail| guardrail.custom.asks());
        Self { all, exceptions, named, general, gives_levels, expressions }
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// Whether some of them have expressions; without, nobody looks at a review's namespace as JSON nor at the user's groups.
    #[must_use]
    pub fn has_expressions(&self) -> bool {
        self.expressions
    }

    /// The guardrails, by name.
    pub fn iter(&self) -> impl Iterator<Item = &Guardrail> {
        self.all.iter().map(Arc::as_ref)
    }

    /// The guardrail of this name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Arc<Guardrail>> {
        self.all.binary_search_by(|guardrail| (*guardrail.name).cmp(name)).ok().and_then(|index| self.all.get(index))
    }

    /// The exceptions, by name.
    pub fn exceptions(&self) -> impl Iterator<Item = &Exception> {
        self.exceptions.iter().map(Arc::as_ref)
    }

    /// When an answer may next be another one although nothing was changed: a Deny begins to refuse, or an exception ends.
    #[must_use]
    pub fn next_change(&self, now: Timestamp) -> Option<Timestamp> {
        let begins = self.all.iter().filter_map(|guardrail| guardrail.enforce_after);
        let ends = self.exceptions.iter().map(|exception| exception.expires_at());
        begins.chain(ends).filter(|time| *time > now).min()
    }

    /// Those that can be about Buckets of the namespace, by name.
    pub(super) fn candidates(&self, namespace: &str) -> impl Iterator<Item = &Arc<Guardrail>> {
        let named = self.named.get(namespace).map(Vec::as_slice).unwrap_or_default();
        let mut indices: Vec<usize> = self.general.iter().chain(named).copied().collect();
        indices.sort_unstable();
        indices.into_iter().filter_map(|index| self.all.get(index))
    }

    /// What all guardrails say of the write or, in an audit, of the Bucket. Nothing is said of deletions, of writes of a subresource,
    /// and of changes that leave spec, labels and annotations alone.
    #[must_use]
    pub fn evaluate(&self, review: &Review<'_>) -> Evaluation {
        let request = review.request;
        if self.all.is_empty()
            || request.operation == Operation::Delete
            || request.subresource.is_some()
            || (!review.audit && is_untouched(review))
        {
            return Evaluation::default();
        }
        evaluate::evaluate(self, review)
    }

    /// The names of the guardrails that are about the Bucket; one whose conditions cannot be judged is.
    #[must_use]
    pub fn matching(&self, review: &Review<'_>) -> Vec<&Arc<str>> {
        let facts = Facts::of(review.request);
        let subject = review.subject(&facts);
        let matched =
            self.candidates(facts.namespace_name()).filter(|guardrail| evaluate::is_about(guardrail, review, &subject) != Ok(false));
        matched.map(|guardrail| &guardrail.name).collect()
    }
}

impl<'a> Review<'a> {
    pub(super) fn subject(&self, facts: &'a Facts<'a>) -> Subject<'a> {
        static NONE: std::collections::BTreeMap<String, String> = std::collections::BTreeMap::new();
        Subject::new(facts, self.namespace_labels.unwrap_or(&NONE), self.source, self.unset, self.account)
    }
}

/// Whether an update changed nothing that a guardrail looks at.
fn is_untouched(review: &Review<'_>) -> bool {
    let new = review.request.bucket;
    let same = |old: &crate::Bucket| {
        let (one, other) = (&old.metadata, &new.metadata);
        old.spec == new.spec && one.labels == other.labels && one.annotations == other.annotations
    };
    review.request.operation == Operation::Update && review.request.old.is_some_and(same)
}
