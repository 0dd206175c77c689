//! Ids for rules that have none. S3 makes an id for such a rule; so that the rule is not written again and again, and keeps its id
//! when it is written, it takes over the id of the rule that S3 holds in its place.

use super::types::LifecycleRule;

/// Gives each wanted rule without an id that of an observed one: of a rule that is the same but for the id, else of one with the
/// same scope. An id that the wanted rules name themselves, or that is taken already, is not given away.
pub(super) fn inherit(want: &mut [LifecycleRule], have: &[LifecycleRule]) {
    let named = |id: &Option<String>| want.iter().any(|rule| rule.id == *id);
    let free = have.iter().cloned().map(LifecycleRule::normalise).filter(|rule| rule.id.is_some() && !named(&rule.id));
    let mut free: Vec<LifecycleRule> = free.collect();
    for fits in [is_same, has_same_scope] {
        for rule in want.iter_mut().filter(|rule| rule.id.as_deref().is_none_or(str::is_empty)) {
            let normal = rule.clone().normalise();
            if let Some(index) = free.iter().position(|observed| fits(&normal, observed)) {
                rule.id = free.swap_remove(index).id;
            }
        }
    }
}

fn is_same(want: &LifecycleRule, have: &LifecycleRule) -> bool {
    let want = LifecycleRule { id: have.id.clone(), ..want.clone() };
    want == *have
}

fn has_same_scope(want: &LifecycleRule, have: &LifecycleRule) -> bool {
    (&want.prefix, &want.filter) == (&have.prefix, &have.filter)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(id: &str, prefix: &str, status: &str) -> LifecycleRule {
        let text = |text: &str| Some(text.to_owned());
        LifecycleRule { id: text(id), prefix: text(prefix), status: text(status), ..LifecycleRule::default() }
    }

    fn ids(mut want: Vec<LifecycleRule>, have: &[LifecycleRule]) -> Vec<String> {
        inherit(&mut want, have);
        want.into_iter().map(|rule| rule.id.unwrap_or_default()).collect()
    }

    #[test]
    fn the_same_rule_goes_before_the_same_scope() {
        let want = vec![rule("", "a", "Disabled"), rule("", "a", "Enabled"), rule("", "b", "Enabled")];
        let have = [rule("one", "a", "Enabled"), rule("two", "a", "Enabled"), rule("three", "c", "Enabled")];
        assert_eq!(ids(want, &have), ["two", "one", ""]);
    }

    #[test]
    fn an_id_goes_only_once_and_never_to_two() {
        let want = vec![rule("", "a", "Enabled"), rule("", "a", "Enabled"), rule("one", "z", "Enabled")];
        assert_eq!(ids(want, &[rule("one", "a", "Enabled"), rule("two", "a", "Enabled")]), ["two", "", "one"]);
    }
}
