//! From what the rules say to what happens: action, exceptions, and what was there before.

use std::cell::LazyCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use super::compile::{Compiled, Guardrail};
use super::custom::{Inputs, Problem, Said};
use super::exception::Exception;
use super::marks::{Mark, Marks};
use super::matching::Matched;
use super::met::Met;
use super::outcome::Evaluation;
use super::outcome::{Outcome, RuleResult};
use super::review::Review;
use super::set::Guardrails;
use super::stopwatch::Stopwatch;
use super::subject::Subject;
use super::types::{Action, BucketType, OnUpdate};
use crate::admission::{BROKEN, Facts, Operation, Reason, Request, is_never_denied, is_untouched};

/// The rule that speaks where nobody can tell whether a guardrail is about a Bucket.
const MATCH: &str = "match";

/// What all guardrails say.
pub(super) fn evaluate(all: &Guardrails, review: &Review<'_>) -> Evaluation {
    let facts = Facts::of(review.request);
    let subject = review.subject(&facts);
    let inputs = Inputs::new(review, &subject);
    let lenient = LazyCell::new(|| !review.audit && is_never_denied(review.request));
    let mut evaluation = Evaluation::default();
    let mut watch = Stopwatch::start(review.clock);
    let mut results = Vec::new();
    for guardrail in all.candidates(facts.namespace_name()).filter(|guardrail| guardrail.background || !review.audit) {
        let mut judge = Judge::new(guardrail, review, watch, results);
        let whole = catch_unwind(AssertUnwindSafe(|| {
            judge.ask(&subject, &inputs);
            judge.except(all.exceptions.iter().map(Arc::as_ref), &subject);
            judge.ratchet();
        }));
        if whole.is_err() {
            evaluation.broken = true;
            judge.broke();
        }
        if judge.overran {
            evaluation.overran.push(guardrail.name.clone());
        }
        // The clock is read where a guardrail had something to do; to find that it is about other Buckets takes next to nothing.
        if judge.concerned || guardrail.custom.has_conditions() {
            let took = watch.lap().filter(|_| judge.concerned);
            evaluation.times.extend(took.map(|took| (guardrail.name.clone(), took)));
        }
        for result in judge.results.iter_mut().filter(|result| result.outcome.is_bad() && *lenient) {
            (result.action, result.refuses_from) = (result.action.min(Action::Warn), None);
        }
        if judge.met != 0 {
            evaluation.met.push(Met::new(Arc::clone(guardrail), guardrail.waits(review.now), judge.met));
        }
        results = judge.results;
        if guardrail.twins {
            merge(&mut results);
        } else if results.iter().any(|result| result.outcome != Outcome::Pass) {
            sort(&mut results);
        }
        let denies = results.iter().any(|result| result.outcome.is_bad() && result.action == Action::Deny);
        if let Some(note) = guardrail.note.as_ref().filter(|note| denies && !evaluation.notes.contains(note)) {
            evaluation.notes.push(note.clone());
        }
        evaluation.results.append(&mut results);
    }
    evaluation
}

/// Whether the guardrail is about the Bucket.
///
/// # Errors
/// Why nobody can tell.
pub(super) fn is_about(guardrail: &Guardrail, review: &Review<'_>, subject: &Subject<'_>) -> Result<bool, String> {
    matches(guardrail, review, subject, &Inputs::new(review, subject), Stopwatch::start(review.clock))
}

fn matches(
    guardrail: &Guardrail,
    review: &Review<'_>,
    subject: &Subject<'_>,
    inputs: &Inputs<'_, '_>,
    watch: Stopwatch<'_>,
) -> Result<bool, String> {
    match guardrail.matcher.matches(subject, review.namespace_labels.is_some(), review.audit) {
        Matched::No => Ok(false),
        Matched::Yes => guardrail.custom.conditions_hold(inputs, watch),
        Matched::NamespaceUnknown => {
            Err(format!("the labels of namespace {} are not known yet; try again in a moment", subject.facts.namespace_name()))
        }
    }
}

/// One guardrail and what it says.
struct Judge<'a> {
    guardrail: &'a Guardrail,
    review: &'a Review<'a>,
    results: Vec<RuleResult>,
    /// The rules that are met and not among the results, a bit for each place.
    met: u64,
    /// The rules that found more than was kept.
    dropped: Vec<Arc<str>>,
    watch: Stopwatch<'a>,
    /// Whether the guardrail is about the Bucket, or nobody can tell.
    concerned: bool,
    /// Whether its expressions took too long.
    overran: bool,
}

impl<'a> Judge<'a> {
    /// Nothing said yet; `results` is empty, and only spares an allocation.
    fn new(guardrail: &'a Guardrail, review: &'a Review<'a>, watch: Stopwatch<'a>, results: Vec<RuleResult>) -> Self {
        Self { guardrail, review, results, met: 0, dropped: Vec::new(), watch, concerned: false, overran: false }
    }

    /// Asks all rules.
    fn ask(&mut self, subject: &Subject<'_>, inputs: &Inputs<'_, '_>) {
        let guardrail = self.guardrail;
        let about = matches(guardrail, self.review, subject, inputs, self.watch);
        self.concerned = about != Ok(false);
        match about {
            Ok(true) => {}
            Ok(false) => return,
            Err(message) => {
                self.overran = guardrail.custom.has_conditions() && self.watch.is_over();
                let rule = Arc::from(MATCH);
                return self.fault(
                    &rule,
                    guardrail.action,
                    None,
                    Mark { error: true, reason: Reason::Invalid, field: "metadata".to_owned(), message },
                );
            }
        }
        // Of twins the one that is met gives way to the other, so that both have to be among the results.
        let listed = self.review.audit || guardrail.twins;
        let directory = subject.kind() == BucketType::Directory;
        let asked = |(_, rule): &(usize, &Compiled)| rule.action != Action::Off && if directory { rule.directory } else { rule.ordinary };
        let mut marks = Marks::default();
        for (place, compiled) in guardrail.rules.iter().enumerate().filter(asked) {
            compiled.rule.check.check(subject, &mut marks);
            match marks.found.is_empty() && !marks.skipped {
                true if listed || place >= Met::MOST => {
                    self.push(&compiled.id, compiled.action, compiled.control.as_ref(), Outcome::Pass, None);
                }
                true => self.met |= 1 << place,
                false => {}
            }
            if marks.dropped > 0 {
                self.dropped.push(compiled.id.clone());
            }
            for mark in marks.found.drain(..) {
                self.fault(&compiled.id, compiled.action, compiled.control.as_ref(), mark);
            }
            (marks.dropped, marks.skipped) = (0, false);
        }
        if guardrail.custom.is_empty() {
            return;
        }
        for said in guardrail.custom.results(inputs, guardrail.action, self.watch) {
            self.said(said);
        }
        self.overran = self.watch.is_over();
    }

    fn said(&mut self, said: Said<'_>) {
        let action = said.action.unwrap_or(self.guardrail.action);
        let (error, message) = match said.problem {
            None => return self.push(said.rule, action, said.control, Outcome::Pass, None),
            Some(Problem::NotMet(message)) => (false, message),
            Some(Problem::Error(message)) => (true, message),
        };
        self.fault(said.rule, action, said.control, Mark { error, reason: said.reason, field: said.field.to_owned(), message });
    }

    /// A rule of this action that is not met, or cannot be judged.
    fn fault(&mut self, rule: &Arc<str>, action: Action, control: Option<&Arc<str>>, mark: Mark) {
        let action = if mark.error { self.guardrail.on_error(action) } else { action };
        let outcome = if mark.error { Outcome::Error } else { Outcome::Fail };
        if action != Action::Off {
            self.push(rule, action, control, outcome, Some(mark));
        }
    }

    /// A panic is a bug of ours: it stops no Bucket, and the other guardrails are asked.
    fn broke(&mut self) {
        self.results.clear();
        self.met = 0;
        let message = "the guardrail broke off, a bug of Cooper's; the others were asked; please report the log of this moment".to_owned();
        let mark = Mark { error: true, reason: Reason::Invalid, field: "spec".to_owned(), message };
        self.fault(&Arc::from(BROKEN), self.guardrail.action.min(Action::Warn), None, mark);
    }

    fn push(&mut self, rule: &Arc<str>, action: Action, control: Option<&Arc<str>>, outcome: Outcome, mark: Option<Mark>) {
        let (reason, field, message) =
            mark.map_or((Reason::Invalid, String::new(), String::new()), |mark| (mark.reason, mark.field, mark.message));
        let now = self.guardrail.now(action, self.review.now);
        self.results.push(RuleResult {
            guardrail: self.guardrail.name.clone(),
            rule: rule.clone(),
            action: now,
            outcome,
            reason,
            field,
            message,
            ratcheted: false,
            refuses_from: self.guardrail.enforce_after.filter(|_| now != action),
            control: control.cloned(),
            exception: None,
        });
    }

    /// Lets the Bucket off what exceptions name. They come by name, and the first one counts.
    fn except<'e>(&mut self, exceptions: impl Iterator<Item = &'e Exception> + Clone, subject: &Subject<'_>) {
        let (guardrail, now, known) = (&*self.guardrail.name, self.review.now, self.review.namespace_labels.is_some());
        if !self.results.iter().any(|result| result.outcome.is_bad()) {
            return;
        }
        let active = exceptions.filter(|exception| exception.is_active(now) && exception.names(guardrail));
        for result in self.results.iter_mut().filter(|result| result.outcome.is_bad()) {
            if let Some(exception) = active.clone().find(|exception| exception.exempts(guardrail, &result.rule, subject, known)) {
                result.outcome = Outcome::Exempt;
                result.exception = Some(exception.name().clone());
            }
        }
    }

    /// A fault that the stored Bucket has as well only warns, unless the guardrail says otherwise.
    fn ratchet(&mut self) {
        let denies = |result: &RuleResult| result.outcome.is_bad() && (result.action == Action::Deny || result.refuses_from.is_some());
        let (request, guardrail) = (self.review.request, self.guardrail);
        let Some(old) = request.old.filter(|_| request.operation == Operation::Update && !self.review.audit) else { return };
        // Whoever only keeps books on an object, by labels and annotations of his own, is not held up.
        let always = guardrail.on_update == OnUpdate::Always && !is_untouched(request);
        if always || !self.results.iter().any(denies) {
            return;
        }
        let before = Request { bucket: old, old: None, ..*request };
        let review = Review { request: &before, ..*self.review };
        let facts = Facts::of(&before);
        let subject = review.subject(&facts);
        let mut earlier = Judge::new(guardrail, &review, Stopwatch::start(review.clock), Vec::new());
        earlier.ask(&subject, &Inputs::new(&review, &subject));
        for result in self.results.iter_mut().filter(|result| denies(result)) {
            // What was dropped from a list that is too long may be new.
            let kept = !self.dropped.contains(&result.rule);
            if kept && earlier.results.iter().any(|earlier| earlier.outcome.is_bad() && result.is_same(earlier)) {
                (result.ratcheted, result.refuses_from) = (result.action == Action::Deny, None);
                result.action = Action::Warn;
            }
        }
    }
}

/// The faults first, the stricter ones before the others, then by field and rule.
fn sort(results: &mut [RuleResult]) {
    let key = |of: &RuleResult| (of.outcome, std::cmp::Reverse(of.action));
    results.sort_by(|one, other| {
        let by_weight = key(one).cmp(&key(other));
        by_weight.then_with(|| {
            (&one.field, &one.rule, &one.message, &one.control).cmp(&(&other.field, &other.rule, &other.message, &other.control))
        })
    });
}

/// Sorts, and makes one of results that are the same but for their weight and their control: a rule that is given and comes with a
/// control as well. A rule that is met in one form and not in another is not met.
fn merge(results: &mut Vec<RuleResult>) {
    let bad: Vec<Arc<str>> = results.iter().filter(|result| result.outcome != Outcome::Pass).map(|result| result.rule.clone()).collect();
    results.retain(|result| result.outcome != Outcome::Pass || !bad.contains(&result.rule));
    sort(results);
    let mut kept: Vec<RuleResult> = Vec::with_capacity(results.len());
    for result in results.drain(..) {
        let same = |earlier: &&mut RuleResult| {
            (&earlier.rule, &earlier.field, &earlier.message, earlier.outcome)
                == (&result.rule, &result.field, &result.message, result.outcome)
        };
        match kept.iter_mut().find(same) {
            // The stricter one came first.
            Some(earlier) => earlier.control = both(earlier.control.take(), result.control),
            None => kept.push(result),
        }
    }
    *results = kept;
}

fn both(one: Option<Arc<str>>, other: Option<Arc<str>>) -> Option<Arc<str>> {
    match (one, other) {
        (Some(one), Some(other)) if one != other => Some(format!("{one},{other}").into()),
        (one, other) => one.or(other),
    }
}

#[cfg(test)]
mod tests;
