//! Demands in CEL: the one place where guardrails meet the engine.

use std::cell::OnceCell;
use std::sync::Arc;

use serde_json::Value as Json;

use super::cel::{self, CelError, Program, RequestFacts, Role, Scope, UserInfo, Variables};
use super::facts::BucketFacts;
use super::review::Review;
use super::stopwatch::{LIMIT, Stopwatch};
use super::subject::{Source, Subject};
use super::types::{Action, BucketGuardrailSpec, ConfigMapRef, Validation, ValidationReason};
use super::unread;
use crate::admission::{Findings, Operation, Path, Reason};

/// The expressions of one guardrail, compiled.
#[derive(Debug, Default)]
pub(super) struct Custom {
    conditions: Vec<(String, Program)>,
    variables: Variables,
    validations: Vec<Compiled>,
    params: Option<ConfigMapRef>,
}

#[derive(Debug)]
struct Compiled {
    name: Arc<str>,
    program: Program,
    message: String,
    message_program: Option<Program>,
    field: String,
    reason: Reason,
    action: Option<Action>,
    control: Option<Arc<str>>,
}

/// What is said where nobody wrote a message.
fn unsaid(expression: &str) -> String {
    const MOST: usize = 160;
    let line = expression.split_whitespace().collect::<Vec<_>>().join(" ");
    let more = if line.chars().count() > MOST { "…" } else { "" };
    format!("has to be true: {}{more}", line.chars().take(MOST).collect::<String>())
}

/// What a validation says.
pub(super) struct Said<'c> {
    pub(super) rule: &'c Arc<str>,
    pub(super) action: Option<Action>,
    pub(super) control: Option<&'c Arc<str>>,
    pub(super) reason: Reason,
    pub(super) field: &'c str,
    /// `None` where it is met.
    pub(super) problem: Option<Problem>,
}

/// Why a validation is not met.
pub(super) enum Problem {
    /// It came to false.
    NotMet(String),
    /// It came to no answer.
    Error(String),
}

impl Custom {
    /// Compiles all expressions. What is wrong with them is a finding.
    pub(super) fn compile(spec: &BucketGuardrailSpec, at: &Path<'_>, to: &mut Findings) -> Self {
        let mut custom = Self { params: spec.params.as_ref().map(|params| params.config_map_ref.clone()), ..Self::default() };
        if let Some(map) = &custom.params {
            super::params::check(map, &at.member("params").member("configMapRef"), to);
        }
        let (matching, conditions) = (at.member("match"), spec.matching.as_ref().and_then(|of| of.match_conditions.as_deref()));
        let list = matching.member("matchConditions");
        too_many(conditions.map_or(0, <[_]>::len), 16, &list, to);
        for (index, condition) in conditions.unwrap_or_default().iter().enumerate().take(16) {
            match Program::compile(&condition.expression, Role::Condition) {
                Ok(program) => custom.conditions.push((condition.name.clone(), program)),
                Err(error) => wrong(&error, &list.index(index).member("expression"), to),
            }
        }
        let list = at.member("variables");
        let variables = spec.variables.as_deref().unwrap_or_default();
        too_many(variables.len(), 50, &list, to);
        for (index, variable) in variables.iter().enumerate().take(50) {
            if let Err(error) = custom.variables.declare(&variable.name, &variable.expression) {
                wrong(&error, &list.index(index).member("expression"), to);
            }
        }
        custom.validations(spec.validations.as_deref().unwrap_or_default(), &at.member("validations"), to);
        custom
    }

    fn validations(&mut self, all: &[Validation], list: &Path<'_>, to: &mut Findings) {
        too_many(all.len(), 100, list, to);
        for (index, validation) in all.iter().enumerate().take(100) {
            let at = list.index(index);
            if !is_name(&validation.name) {
                let message = "a name has letters, digits, - and _, at most 63";
                to.deny("guardrail-name", Reason::Invalid, at.member("name"), message);
            }
            let twice = all[..index].iter().any(|earlier| earlier.name == validation.name);
            let typed = super::rules::IDS.contains(&validation.name.as_str());
            if twice || typed {
                let message = if typed { "a rule of spec.rules has that name" } else { "there is another rule of that name" };
                to.deny("guardrail-duplicate", Reason::Duplicate, at.member("name"), format!("{message}; give it a name of its own"));
            }
            let mut program = |text: &str, role: Role, member: &str| match Program::compile_with(text, role, &self.variables) {
                Ok(program) => Some(program),
                Err(error) => {
                    wrong(&error, &at.member(member), to);
                    None
                }
            };
            let message_program = validation.message_expression.as_ref().and_then(|text| program(text, Role::Message, "messageExpression"));
            if let Some(program) = program(&validation.expression, Role::Validation, "expression") {
                self.validations.push(Compiled::of(validation, program, message_program));
            }
        }
    }

    /// Where params come from.
    pub(super) fn params(&self) -> Option<&ConfigMapRef> {
        self.params.as_ref()
    }

    /// The names of the validations.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.validations.iter().map(|validation| &*validation.name)
    }

    /// Whether anything is asked that needs the objects as expressions see them.
    pub(super) fn asks(&self) -> bool {
        !self.validations.is_empty() || !self.conditions.is_empty()
    }

    /// Whether nothing is demanded.
    pub(super) fn is_empty(&self) -> bool {
        self.validations.is_empty()
    }

    /// Whether `match` has conditions.
    pub(super) fn has_conditions(&self) -> bool {
        !self.conditions.is_empty()
    }

    /// The names of the validations, and what each does.
    pub(super) fn actions(&self) -> impl Iterator<Item = (&Arc<str>, Option<Action>)> {
        self.validations.iter().map(|validation| (&validation.name, validation.action))
    }

    /// Whether all conditions of `match` are true. They see params as well.
    ///
    /// # Errors
    /// One of them came to no answer, and none of them to false.
    pub(super) fn conditions_hold(&self, inputs: &Inputs<'_, '_>, watch: Stopwatch<'_>) -> Result<bool, String> {
        if self.conditions.is_empty() {
            return Ok(true);
        }
        inputs.ask(self.params.as_ref(), Variables::NONE, |scope| {
            let known = self.conditions.iter().filter(|(_, program)| !inputs.lacks(program, Variables::NONE));
            let answers: Vec<_> = known.map(|(name, program)| (name, in_time(watch, || program.evaluate_bool(scope)))).collect();
            // Of a Bucket of which nobody can tell whether it is meant, as not all was read, nothing is said.
            if answers.len() < self.conditions.len() || answers.iter().any(|(_, answer)| *answer == Ok(false)) {
                return Ok(false);
            }
            let failed = answers.into_iter().find_map(|(name, answer)| Some((name, answer.err()?)));
            failed.map_or(Ok(true), |(name, error)| Err(format!("condition {name} of match: {error}")))
        })
    }

    /// What all validations say. One whose action is Off is not asked, nor one about what was not read of S3.
    pub(super) fn results(&self, inputs: &Inputs<'_, '_>, default: Action, watch: Stopwatch<'_>) -> Vec<Said<'_>> {
        let on = |of: &&Compiled| of.action.unwrap_or(default) != Action::Off && !inputs.lacks(&of.program, &self.variables);
        let asked = || self.validations.iter().filter(on);
        if asked().next().is_none() {
            return Vec::new();
        }
        inputs
            .ask(self.params.as_ref(), &self.variables, |scope| asked().map(|of| of.said(scope, inputs, &self.variables, watch)).collect())
    }
}

impl Compiled {
    fn of(validation: &Validation, program: Program, message_program: Option<Program>) -> Self {
        Self {
            name: validation.name.as_str().into(),
            program,
            message: validation.message.clone().unwrap_or_else(|| unsaid(&validation.expression)),
            message_program,
            field: validation.field_path.clone().unwrap_or_else(|| "spec".to_owned()),
            reason: match validation.reason {
                Some(ValidationReason::Invalid) => Reason::Invalid,
                Some(ValidationReason::Required) => Reason::Required,
                Some(ValidationReason::Forbidden) | None => Reason::Forbidden,
            },
            action: validation.action,
            control: validation.control.as_deref().map(Arc::from),
        }
    }

    fn said(&self, scope: &Scope<'_>, inputs: &Inputs<'_, '_>, variables: &Variables, watch: Stopwatch<'_>) -> Said<'_> {
        let problem = match in_time(watch, || self.program.evaluate_bool(scope)) {
            Ok(true) => None,
            Ok(false) => {
                let told = self.message_program.as_ref().filter(|program| !inputs.lacks(program, variables));
                Some(Problem::NotMet(self.text(scope, told)))
            }
            Err(error) => Some(Problem::Error(format!("cannot be judged: {error}"))),
        };
        Said { rule: &self.name, action: self.action, control: self.control.as_ref(), reason: self.reason, field: &self.field, problem }
    }

    /// The message: that of messageExpression, where it comes to one line of text. Source: as with ValidatingAdmissionPolicy.
    fn text(&self, scope: &Scope<'_>, program: Option<&Program>) -> String {
        const LONGEST: usize = 1024;
        let made = program.and_then(|program| program.evaluate_string(scope).ok());
        let made =
            made.map(|text| text.trim().chars().take(LONGEST).collect::<String>()).filter(|text| !text.is_empty() && !text.contains('\n'));
        made.unwrap_or_else(|| self.message.clone())
    }
}

/// The answer, where there is time left for it.
fn in_time(watch: Stopwatch<'_>, ask: impl FnOnce() -> Result<bool, CelError>) -> Result<bool, CelError> {
    if watch.is_over() {
        let reason = format!("the expressions before it took longer than {} ms; make them cheaper", LIMIT.as_millis());
        return Err(CelError::Evaluation(reason));
    }
    ask()
}

fn too_many(count: usize, most: usize, at: &Path<'_>, to: &mut Findings) {
    if count > most {
        to.deny("guardrail-size", Reason::Invalid, at, format!("has {count} entries; {most} are allowed"));
    }
}

fn is_name(name: &str) -> bool {
    (1..=63).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

fn wrong(error: &CelError, at: &Path<'_>, to: &mut Findings) {
    to.deny("guardrail-expression", Reason::Invalid, at, error.to_string());
}

/// What expressions ask about in one review, made when the first of them asks.
pub(super) struct Inputs<'r, 's> {
    review: &'r Review<'r>,
    subject: &'r Subject<'s>,
    made: OnceCell<Made>,
}

struct Made {
    object: Json,
    old: Option<Json>,
    request: RequestFacts,
    bucket: BucketFacts,
}

impl<'r, 's> Inputs<'r, 's> {
    pub(super) fn new(review: &'r Review<'r>, subject: &'r Subject<'s>) -> Self {
        Self { review, subject, made: OnceCell::new() }
    }

    /// Whether an expression asks about a part of S3 that was not read.
    fn lacks(&self, program: &Program, variables: &Variables) -> bool {
        match self.subject.source {
            Source::Spec | Source::Observed { unread: [] } => false,
            Source::Observed { unread } => unread::asks_for(program, variables, unread),
        }
    }

    fn ask<T>(&self, params: Option<&ConfigMapRef>, variables: &Variables, ask: impl FnOnce(&Scope<'_>) -> T) -> T {
        let made = self.made.get_or_init(|| self.make());
        let subject = cel::Subject::new(&made.object, made.old.as_ref(), self.review.namespace, &made.request, &made.bucket);
        let params = params.map(|map| {
            let found = self.review.params.config_map(&map.namespace, &map.name);
            found.map_err(|fault| fault.of(&map.namespace, &map.name))
        });
        ask(&match &params {
            None => Scope::new(&subject, None, variables),
            Some(Ok(map)) => Scope::new(&subject, Some(map), variables),
            Some(Err(why)) => Scope::without_params(&subject, why, variables),
        })
    }

    fn make(&self) -> Made {
        let (facts, request) = (self.subject.facts, self.subject.facts.request);
        let operation = match request.operation {
            Operation::Create => "CREATE",
            Operation::Update => "UPDATE",
            Operation::Delete => "DELETE",
        };
        let of = |bucket: &crate::Bucket| serde_json::to_value(bucket).unwrap_or_default();
        Made {
            object: of(request.bucket),
            old: request.old.map(of),
            request: RequestFacts {
                operation: operation.to_owned(),
                name: request.bucket.metadata.name.clone().unwrap_or_default(),
                namespace: facts.namespace_name().to_owned(),
                dry_run: self.review.dry_run,
                user_info: UserInfo { username: request.user.to_owned(), groups: self.review.groups.to_vec() },
            },
            bucket: BucketFacts::of(self.subject),
        }
    }
}
