//! What an audit found, by guardrail and by exception.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use shared::guardrail::types::{Action, ResultSource, Sample, Violations};
use shared::guardrail::{Guardrails, RuleResult};

use super::judge::Judged;

/// How many samples a status shows, of guardrails and of exceptions.
const SAMPLES: usize = 20;

/// What an audit found.
#[derive(Debug, Default)]
pub(super) struct Tally {
    /// By guardrail. All that can be used are there.
    pub guardrails: BTreeMap<Arc<str>, Of>,
    /// The Buckets that an exception lets off, as namespace/name, by exception.
    pub exceptions: BTreeMap<Arc<str>, BTreeSet<String>>,
    /// Of how many of them it is not known what S3 holds.
    pub unobserved: u64,
}

/// What was found of one guardrail.
#[derive(Debug, Default)]
pub(super) struct Of {
    /// How many Buckets it is about.
    pub matched: i64,
    /// How many rules are not met: one for each Bucket and rule, wherever it was seen.
    pub violations: Violations,
    /// How many Buckets do not meet a rule, by what the rule does and where it was seen.
    pub series: BTreeMap<(Arc<str>, Action, ResultSource), i64>,
    samples: BTreeMap<Rank, String>,
}

/// The strictest first, then by Bucket and rule; a spec before what S3 holds.
type Rank = (Reverse<Action>, String, String, Arc<str>, ResultSource);

impl Of {
    /// Some of what was found, the strictest first.
    #[must_use]
    pub(super) fn samples(&self) -> Vec<Sample> {
        let sample = |((_, namespace, name, rule, source), message): (&Rank, &String)| Sample {
            namespace: namespace.clone(),
            name: name.clone(),
            rule: rule.to_string(),
            message: message.clone(),
            source: *source,
        };
        self.samples.iter().map(sample).collect()
    }

    fn sample(&mut self, rank: Rank, result: &RuleResult) {
        self.samples.entry(rank).or_insert_with(|| format!("{}: {}", result.field, result.message));
        if self.samples.len() > SAMPLES {
            self.samples.pop_last();
        }
    }
}

impl Tally {
    /// Nothing found yet, of any of these.
    #[must_use]
    pub(super) fn of(guardrails: &Guardrails) -> Self {
        Self {
            guardrails: guardrails.iter().map(|guardrail| (guardrail.name().clone(), Of::default())).collect(),
            exceptions: guardrails.exceptions().map(|exception| (exception.name().clone(), BTreeSet::new())).collect(),
            ..Self::default()
        }
    }

    /// Adds what was found of one Bucket; `observed` says whether it is known what S3 holds.
    pub(super) fn add(&mut self, namespace: &str, name: &str, judged: &Judged, observed: bool) {
        self.unobserved += u64::from(!observed);
        for guardrail in &judged.matched {
            self.guardrails.entry(guardrail.clone()).or_default().matched += 1;
        }
        for exception in judged.results.iter().filter_map(|(_, result)| result.exception.as_ref()) {
            self.exceptions.entry(exception.clone()).or_default().insert(format!("{namespace}/{name}"));
        }
        // The strictest that a rule says of the Bucket, by where it was seen.
        let mut worst: BTreeMap<(&Arc<str>, &Arc<str>, ResultSource), &RuleResult> = BTreeMap::new();
        for (source, result) in judged.results.iter().filter(|(_, result)| result.outcome.is_bad()) {
            let known = worst.entry((&result.guardrail, &result.rule, *source)).or_insert(result);
            if result.action > known.action {
                *known = result;
            }
        }
        let mut counted: BTreeMap<(&Arc<str>, &Arc<str>), Action> = BTreeMap::new();
        for ((guardrail, rule, source), result) in worst {
            let of = self.guardrails.entry(guardrail.clone()).or_default();
            *of.series.entry((rule.clone(), result.action, source)).or_default() += 1;
            let before = counted.get(&(guardrail, rule)).copied();
            counted.insert((guardrail, rule), before.unwrap_or(result.action).max(result.action));
            // What S3 holds is as bad as the spec asks for: said once.
            if before.is_none() {
                of.sample((Reverse(result.action), namespace.to_owned(), name.to_owned(), rule.clone(), source), result);
            }
        }
        for ((guardrail, _), action) in counted {
            let violations = &mut self.guardrails.entry(guardrail.clone()).or_default().violations;
            match action {
                Action::Deny => violations.deny += 1,
                Action::Warn => violations.warn += 1,
                Action::Audit => violations.audit += 1,
                Action::Off => {}
            }
        }
    }

    /// The first Buckets that the exception lets off.
    #[must_use]
    pub(super) fn used_by(&self, exception: &str) -> Vec<String> {
        self.exceptions.get(exception).into_iter().flatten().take(SAMPLES).cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use shared::admission::Reason;
    use shared::guardrail::Outcome;

    use super::*;

    fn result(rule: &str, action: Action, exception: Option<&str>) -> RuleResult {
        RuleResult {
            guardrail: "base".into(),
            rule: rule.into(),
            action,
            outcome: if exception.is_some() { Outcome::Exempt } else { Outcome::Fail },
            reason: Reason::Invalid,
            field: "spec.x".to_owned(),
            message: "is wrong".to_owned(),
            ratcheted: false,
            refuses_from: None,
            control: None,
            exception: exception.map(Arc::from),
        }
    }

    fn add(tally: &mut Tally, name: &str, results: Vec<(ResultSource, RuleResult)>) {
        tally.add("team-a", name, &Judged { matched: vec!["base".into()], results, passed: 0 }, true);
    }

    #[test]
    fn a_rule_counts_once_for_each_bucket_and_once_for_each_place_in_the_metrics() {
        use ResultSource::{Observed, Spec};
        let mut tally = Tally::default();
        let tags = || result("tags", Action::Deny, None);
        add(&mut tally, "a", vec![(Spec, tags()), (Spec, tags()), (Observed, tags()), (Observed, result("tls", Action::Warn, None))]);
        add(&mut tally, "b", vec![(Observed, tags()), (Spec, result("tls", Action::Audit, Some("legacy")))]);
        let of = &tally.guardrails["base"];
        assert_eq!((of.matched, of.violations), (2, Violations { deny: 2, warn: 1, audit: 0 }));
        let series = |rule: &str, action, source| of.series.get(&(Arc::from(rule), action, source)).copied();
        assert_eq!(series("tags", Action::Deny, Spec), Some(1));
        assert_eq!(series("tags", Action::Deny, Observed), Some(2));
        assert_eq!(series("tls", Action::Warn, Observed), Some(1));
        let samples = of.samples();
        let told: Vec<String> = samples.iter().map(|of| format!("{} {} {}", of.name, of.rule, of.source.as_str())).collect();
        assert_eq!(told, ["a tags spec", "b tags observed", "a tls observed"]);
        assert_eq!(samples[0].message, "spec.x: is wrong");
        assert_eq!(tally.used_by("legacy"), ["team-a/b"]);
    }

    #[test]
    fn of_many_samples_the_strictest_stay_whatever_the_order() {
        let of = |indices: Vec<usize>| {
            let mut tally = Tally::default();
            for index in indices {
                let action = if index % 5 == 0 { Action::Deny } else { Action::Warn };
                add(&mut tally, &format!("b{index:02}"), vec![(ResultSource::Spec, result("tags", action, None))]);
            }
            tally.guardrails["base"].samples()
        };
        let samples = of((0..50).collect());
        assert_eq!((samples.len(), samples[9].name.as_str(), samples[10].name.as_str()), (20, "b45", "b01"));
        assert_eq!(samples, of((0..50).rev().collect()));
    }
}
