//! Ids for rules that have none: S3 makes an id for such a rule.

use super::types::LifecycleRule;
use crate::subconfig::made_id::{self, Identified};

/// Gives each wanted rule without an id that of the observed rule in its place.
pub(super) fn inherit(want: &mut [LifecycleRule], have: &[LifecycleRule]) {
    let named: Vec<String> = want.iter().filter_map(|rule| rule.id.clone()).collect();
    made_id::inherit(want, have, |id| named.iter().any(|name| name == id));
}

impl Identified for LifecycleRule {
    fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    fn set_id(&mut self, id: Option<String>) {
        self.id = id;
    }

    fn normal(self) -> Self {
        self.normalise()
    }

    fn takes_the_place_of(&self, other: &Self) -> bool {
        (&self.prefix, &self.filter) == (&other.prefix, &other.filter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(id: &str, prefix: &str, status: &str) -> LifecycleRule {
        let text = |text: &str| Some(text.to_owned());
        LifecycleRule { id: text(id), prefix: text(prefix), status: text(status), ..LifecycleRule::default() }
    }

    #[test]
    fn a_rule_takes_the_id_of_one_with_its_scope_that_no_other_rule_names() {
        let mut want = vec![rule("", "a", "Disabled"), rule("", "a", "Enabled"), rule("", "b", "Enabled"), rule("four", "d", "Enabled")];
        let have = [rule("one", "a", "Enabled"), rule("two", "a", "Enabled"), rule("three", "c", "Enabled"), rule("four", "b", "Enabled")];
        inherit(&mut want, &have);
        assert_eq!(want.into_iter().map(|rule| rule.id.unwrap_or_default()).collect::<Vec<_>>(), ["two", "one", "", "four"]);
    }
}
