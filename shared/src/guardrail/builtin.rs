//! The levels that guardrails give to built-in rules.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::evaluate::is_about;
use super::review::Review;
use super::set::Guardrails;
use super::types::Action;
use crate::admission::{
    self, Facts, Finding, Operation, Request, Settings, Severity, Verdict, is_about_creation, is_never_denied, is_same, sort_findings,
};

/// The levels of built-in rules for one Bucket.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Levels(BTreeMap<&'static str, Action>);

/// What the built-in rules say by these levels.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Levelled {
    /// The findings that refuse and warn.
    pub verdict: Verdict,
    /// Those that are only reported.
    pub audited: Vec<Finding>,
}

impl Guardrails {
    /// The levels for a Bucket: those of all guardrails that are about it; the strictest of them holds. A Deny of a guardrail that does
    /// not refuse yet changes nothing. A guardrail of which nobody can tell whether it is about the Bucket softens nothing.
    #[must_use]
    pub fn levels(&self, review: &Review<'_>) -> Levels {
        if !self.gives_levels {
            return Levels::default();
        }
        let facts = Facts::of(review.request);
        let subject = review.subject(&facts);
        let mut levels: BTreeMap<&'static str, Action> = BTreeMap::new();
        for guardrail in self.candidates(facts.namespace_name()).filter(|guardrail| !guardrail.builtin.is_empty()) {
            let about = is_about(guardrail, review, &subject);
            if about == Ok(false) {
                continue;
            }
            let waits = guardrail.now(Action::Deny, review.now) != Action::Deny;
            for (id, level) in &guardrail.builtin {
                if (*level == Action::Deny && waits) || (about.is_err() && *level != Action::Deny) {
                    continue;
                }
                let strictest = levels.entry(id).or_insert(*level);
                *strictest = (*strictest).max(*level);
            }
        }
        Levels(levels)
    }
}

impl Levels {
    /// Whether no level is given.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Without those that refuse: for a Bucket that is stored already.
    #[must_use]
    pub fn softened(mut self) -> Self {
        self.0.retain(|_, level| *level < Action::Deny);
        self
    }

    /// The settings to ask the built-in rules with: a rule that is off by default and has a level is on.
    #[must_use]
    pub fn settings<'s>(&self, settings: &'s Settings) -> Cow<'s, Settings> {
        let on = self.0.iter().filter(|(id, level)| **level != Action::Off && admission::find(id).is_some_and(|rule| rule.off_by_default));
        let missing: Vec<String> = on.map(|(id, _)| (*id).to_owned()).filter(|id| !settings.enabled_rules.contains(id)).collect();
        if missing.is_empty() {
            return Cow::Borrowed(settings);
        }
        let mut settings = settings.clone();
        settings.enabled_rules.extend(missing);
        Cow::Owned(settings)
    }

    /// Gives the findings their levels. A rule that only warned and now refuses still does not refuse a fault that the stored Bucket has
    /// as well, nor what is never refused.
    #[must_use]
    pub fn apply(&self, mut verdict: Verdict, request: &Request<'_>) -> Levelled {
        if self.0.is_empty() {
            return Levelled { verdict, audited: Vec::new() };
        }
        let mut audited = Vec::new();
        let mut kept = Vec::with_capacity(verdict.findings.len());
        let mut before: Option<Verdict> = None;
        for mut finding in verdict.findings {
            match self.0.get(&*finding.rule) {
                Some(Action::Off) => continue,
                Some(Action::Audit) => {
                    audited.push(finding);
                    continue;
                }
                Some(Action::Warn) => finding.severity = Severity::Warn,
                Some(Action::Deny) if finding.severity == Severity::Warn && may_be_raised(&finding, request) => {
                    let before = before.get_or_insert_with(|| stored(request));
                    finding.ratcheted = before.findings.iter().any(|earlier| is_same(earlier, &finding));
                    finding.severity = if finding.ratcheted { Severity::Warn } else { Severity::Deny };
                }
                None | Some(Action::Deny) => {}
            }
            kept.push(finding);
        }
        sort_findings(&mut kept);
        verdict.findings = kept;
        Levelled { verdict, audited }
    }
}

fn may_be_raised(finding: &Finding, request: &Request<'_>) -> bool {
    let adopts = || Facts::of(request).adoption.policy.is_some();
    let made_before = || admission::find(&finding.rule).is_some_and(is_about_creation) && adopts();
    !finding.ratcheted && !is_never_denied(request) && !made_before()
}

/// What the rules say of the stored object.
fn stored(request: &Request<'_>) -> Verdict {
    let old = request.old.filter(|_| request.operation == Operation::Update);
    old.map(|old| admission::findings(&Request { bucket: old, old: None, ..*request })).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::admission::testing::World;
    use crate::guardrail::testing::{levelled, now, set};

    fn bad() -> World {
        World::new().tag("Team", "a").named("My_Bucket")
    }

    #[test]
    fn a_rule_is_softened_or_raised_for_the_buckets_that_match() {
        let said = |levels: &str, world: &World| {
            let levelled = levelled(&format!("{{match: {{namespaces: [team-a]}}, builtinRules: {{{levels}}}}}"), world);
            let all = levelled.verdict.findings.iter().map(|finding| format!("{:?} {}", finding.severity, finding.rule));
            all.chain(levelled.audited.iter().map(|finding| format!("audit {}", finding.rule))).collect::<Vec<_>>()
        };
        assert_eq!(said("", &bad()), ["Deny name-charset", "Warn tag-key-case-twin"]);
        assert_eq!(said("name-charset: Warn, tag-key-case-twin: Deny", &bad()), ["Deny tag-key-case-twin", "Warn name-charset"]);
        assert_eq!(said("name-charset: Off, tag-key-case-twin: Audit", &bad()), ["audit tag-key-case-twin"]);
        assert_eq!(said("region-optin-hint: Deny", &World::new().region("ap-east-2")), ["Deny region-optin-hint"], "it was off");
        let stored = World::new().tag("Team", "a").existing().update().tag("more", "x");
        assert_eq!(said("tag-key-case-twin: Deny", &stored), ["Warn tag-key-case-twin"], "the stored one has it as well");
        assert_eq!(said("tag-key-case-twin: Deny", &World::new().tag("Team", "a").by_controller()), ["Warn tag-key-case-twin"]);
    }

    #[test]
    fn the_strictest_level_holds_and_one_that_waits_changes_nothing() {
        let world = World::new();
        let request = world.request();
        let levels = |specs: &[&str]| set(specs, &[]).levels(&Review::of(&request, now())).0;
        let one = "{builtinRules: {name-charset: Off}}";
        let other = "{builtinRules: {name-charset: Warn}}";
        assert_eq!(levels(&[one, other])["name-charset"], Action::Warn);
        assert_eq!(levels(&[other, one])["name-charset"], Action::Warn);
        assert!(levels(&["{enforcement: {enforceAfter: '2027-01-02T00:00:00Z'}, builtinRules: {tag-key-case-twin: Deny}}"]).is_empty());
        assert!(levels(&["{match: {namespaces: [team-b]}, builtinRules: {name-charset: Off}}"]).is_empty());
    }
}
