//! An expression, ready to be asked.

use std::collections::BTreeMap;

use kube_cel::cel::parser::Expression;

use super::inputs::{Input, Key};
use super::lower::{Lowering, input_name};
use super::shape::Shape;
use super::{CelError, Role, Scope, Value, Variables, engine, estimate, parse};

/// A compiled expression.
#[derive(Debug)]
pub struct Program {
    pub(super) expression: Expression,
    inputs: Vec<(String, Input)>,
    shape: Shape,
    cost: u64,
}

impl Program {
    /// Compiles an expression that sees no variables of a guardrail.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn compile(text: &str, role: Role) -> Result<Self, CelError> {
        Self::compile_with(text, role, Variables::NONE)
    }

    /// Compiles an expression of a guardrail that has these variables.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn compile_with(text: &str, role: Role, variables: &Variables) -> Result<Self, CelError> {
        let mut lowering = Lowering::new(role, variables);
        let expression = lowering.lower(parse::parse(text)?)?;
        let inputs = lowering.inputs;
        let estimate = estimate::of(&expression, &inputs)?;
        if let Some(wanted) = role.wanted()
            && estimate.shape != Shape::Any
            && estimate.shape.name() != wanted
        {
            return Err(CelError::Meaning(format!("comes to {}; here it has to come to a {wanted}", a(estimate.shape.name()))));
        }
        let inputs = inputs.into_iter().enumerate().map(|(index, input)| (input_name(index), input)).collect();
        Ok(Self { expression, inputs, shape: estimate.shape, cost: estimate.cost })
    }

    /// How many steps an evaluation takes at most; an estimate.
    #[must_use]
    pub fn cost(&self) -> u64 {
        self.cost
    }

    /// The paths that it reads, those of the variables it uses among them: names from a root variable on, as far as they are fixed.
    pub(crate) fn paths<'p>(&'p self, variables: &'p Variables) -> Vec<Vec<&'p str>> {
        let mut all = Vec::new();
        for (_, input) in &self.inputs {
            match input {
                Input::Path { root, steps, .. } => {
                    let names = steps.iter().map_while(|step| if let Key::Name(name) = &step.key { Some(name.as_str()) } else { None });
                    all.push(std::iter::once(*root).chain(names).collect());
                }
                Input::Variable { index, .. } => {
                    all.extend(variables.program(*index).map(|program| program.paths(variables)).unwrap_or_default());
                }
            }
        }
        all
    }

    pub(super) fn shape(&self) -> &Shape {
        &self.shape
    }

    /// What the expression says of this request.
    ///
    /// # Errors
    /// It comes to no answer.
    pub fn evaluate(&self, scope: &Scope<'_>) -> Result<Value, CelError> {
        let (mut found, mut missing) = (BTreeMap::new(), Vec::new());
        for (name, input) in &self.inputs {
            match input.fetch(scope) {
                Ok(value) => drop(found.insert(name.clone(), value)),
                // It may stand in a part that is never evaluated.
                Err(error) => missing.push((name, error)),
            }
        }
        let why = |name: &str| missing.iter().find(|(missing, _)| *missing == name).map(|(_, error)| error.clone());
        engine::evaluate(&self.expression, found, why).map(Value)
    }

    /// The answer of a condition or a validation.
    ///
    /// # Errors
    /// It comes to no answer, or to one that is neither true nor false.
    pub fn evaluate_bool(&self, scope: &Scope<'_>) -> Result<bool, CelError> {
        let answer = self.evaluate(scope)?;
        answer.as_bool().ok_or_else(|| CelError::Evaluation(format!("came to {}, not to true or false", a(&answer.type_name()))))
    }

    /// The text of a messageExpression.
    ///
    /// # Errors
    /// It comes to no answer, or to one that is no text.
    pub fn evaluate_string(&self, scope: &Scope<'_>) -> Result<String, CelError> {
        let answer = self.evaluate(scope)?;
        answer.as_str().map(str::to_owned).ok_or_else(|| CelError::Evaluation(format!("came to {}, not to a text", a(&answer.type_name()))))
    }
}

/// The noun with its article.
fn a(noun: &str) -> String {
    let article = if noun.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" };
    format!("{article} {noun}")
}
