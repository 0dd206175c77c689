//! The rules of one guardrail that a write meets. There are hundreds of them in a cluster with many guardrails, and nobody wants to know
//! more than how many: they are kept as bits.

use std::sync::Arc;

use super::Guardrail;
use super::types::Action;

/// The rules of one guardrail that a write meets: those that have a field of their own.
#[derive(Clone, Debug)]
pub struct Met {
    guardrail: Arc<Guardrail>,
    /// Whether a Deny only warns yet.
    waits: bool,
    /// The rules by their places.
    bits: u64,
}

impl Met {
    /// So many rules of one guardrail fit.
    pub(super) const MOST: usize = 64;

    pub(super) fn new(guardrail: Arc<Guardrail>, waits: bool, bits: u64) -> Self {
        Self { guardrail, waits, bits }
    }

    /// The guardrail.
    #[must_use]
    pub fn guardrail(&self) -> &Arc<Guardrail> {
        &self.guardrail
    }

    /// Whether a Deny of the guardrail only warns yet.
    #[must_use]
    pub fn waits(&self) -> bool {
        self.waits
    }

    /// The places of the rules that are met, for [`rule`](Self::rule).
    pub fn places(&self) -> impl Iterator<Item = usize> + use<> {
        let mut left = self.bits;
        std::iter::from_fn(move || {
            let next = (left != 0).then(|| left.trailing_zeros() as usize);
            left &= left.wrapping_sub(1);
            next
        })
    }

    /// The name of the rule of this place, and what it does here and now; `None` where there is none.
    #[must_use]
    pub fn rule(&self, place: usize) -> Option<(&Arc<str>, Action)> {
        let rule = self.guardrail.rules.get(place)?;
        Some((&rule.id, if self.waits { rule.action.min(Action::Warn) } else { rule.action }))
    }
}

impl PartialEq for Met {
    fn eq(&self, other: &Self) -> bool {
        (&self.guardrail.name, self.waits, self.bits) == (&other.guardrail.name, other.waits, other.bits)
    }
}

impl Eq for Met {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guardrail::testing::compile;

    #[test]
    fn each_place_has_its_rule_and_what_waits_only_warns() {
        let guardrail =
            Arc::new(compile("g", "{rules: {website: Forbidden, tls: {requireDenyInsecure: true}, versioning: {state: Enabled}}}"));
        let met = |waits| Met::new(Arc::clone(&guardrail), waits, 0b101);
        let named = |met: Met| {
            met.places().filter_map(|place| met.rule(place)).map(|(rule, action)| (rule.to_string(), action)).collect::<Vec<_>>()
        };
        assert_eq!(named(met(false)), [("tls".to_owned(), Action::Deny), ("website".to_owned(), Action::Deny)]);
        assert_eq!(named(met(true)), [("tls".to_owned(), Action::Warn), ("website".to_owned(), Action::Warn)]);
        assert_eq!(Met::new(guardrail, false, u64::MAX).places().count(), Met::MOST);
    }
}
