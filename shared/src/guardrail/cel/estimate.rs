//! What a lowered expression comes to and what it costs at most, from the shapes of what it reads. On the way the fields of loop
//! items, patterns and comparisons are looked at.
//!
//! A unit is about one step of the engine, a tenth of a microsecond to one microsecond. Whatever copies values costs their size.

use std::sync::Arc;

use kube_cel::cel::common::ast::{CallExpr, EntryExpr, Expr, IdedExpr, LiteralValue, operators};

use super::inputs::{Input, Step};
use super::lower::step_into;
use super::shape::Shape;
use super::{CelError, functions, literals, loops, names, paths};

/// The most that an evaluation may cost.
pub(super) const MOST_COST: u64 = 1_000_000;

/// How many values are compared for what one is copied.
const COMPARED: u64 = 8;

/// What a pattern takes for 512 bytes of text, where it takes long.
const PATTERN: u64 = 16;
/// What it takes to compile a pattern that may be another one for each item of a loop.
const COMPILED: u64 = 2_000;

/// What is known of an expression.
#[derive(Debug)]
pub(super) struct Estimate {
    pub(super) shape: Shape,
    pub(super) cost: u64,
    /// How it reads, for messages.
    text: String,
}

/// What an expression comes to, and what it costs together with reading its inputs.
pub(super) fn of(expression: &IdedExpr, inputs: &[Input]) -> Result<Estimate, CelError> {
    let mut estimate = Estimator { inputs, bound: Vec::new() }.of(expression)?;
    let reading = inputs.iter().map(|input| input.shape().units()).fold(0, u64::saturating_add);
    estimate.cost = estimate.cost.saturating_add(reading);
    if estimate.cost > MOST_COST {
        let advice =
            "Work out with variables what is the same for every item of a loop, avoid loops in loops, or ask bucket instead of object";
        return Err(CelError::TooCostly { cost: estimate.cost, most: MOST_COST, advice });
    }
    Ok(estimate)
}

struct Estimator<'a> {
    inputs: &'a [Input],
    bound: Vec<(String, Shape)>,
}

impl Estimate {
    fn new(shape: Shape, cost: u64, text: impl Into<String>) -> Self {
        Self { shape, cost, text: text.into() }
    }
}

impl Estimator<'_> {
    fn of(&mut self, expression: &IdedExpr) -> Result<Estimate, CelError> {
        match &expression.expr {
            Expr::Literal(literal) => Ok(Estimate::new(of_literal(literal), 1, "the value")),
            Expr::Ident(name) => Ok(self.variable(name)),
            Expr::Call(call) => self.call(call),
            Expr::List(list) => {
                let items = self.all(&list.elements)?;
                let cost = total(&items).saturating_add(items.iter().map(|item| item.shape.units()).sum());
                let count = items.len() as u64;
                let item = items.into_iter().map(|item| item.shape).reduce(Shape::or).unwrap_or(Shape::Any);
                Ok(Estimate::new(Shape::List(Arc::new(item), count), cost, "the list"))
            }
            Expr::Map(map) => {
                let (mut cost, mut value) = (1_u64, None);
                for entry in &map.entries {
                    let EntryExpr::MapEntry(entry) = &entry.expr else { continue };
                    let (key, of_value) = (self.of(&entry.key)?, self.of(&entry.value)?);
                    cost = cost.saturating_add(key.cost).saturating_add(of_value.cost).saturating_add(of_value.shape.units());
                    value = Some(value.map_or_else(|| of_value.shape.clone(), |value: Shape| value.or(of_value.shape.clone())));
                }
                let shape = Shape::Map(Arc::new(value.unwrap_or(Shape::Any)), map.entries.len() as u64);
                Ok(Estimate::new(shape, cost, "the map"))
            }
            // Lowering lets none of these through.
            Expr::Select(_) | Expr::Comprehension(_) | Expr::Struct(_) | Expr::Unspecified => {
                Err(CelError::Internal("a tree that is not lowered".to_owned()))
            }
        }
    }

    fn all(&mut self, expressions: &[IdedExpr]) -> Result<Vec<Estimate>, CelError> {
        expressions.iter().map(|expression| self.of(expression)).collect()
    }

    fn variable(&self, name: &str) -> Estimate {
        if let Some((name, shape)) = self.bound.iter().rev().find(|(bound, _)| bound == name) {
            return Estimate::new(shape.clone(), 1, name);
        }
        let input = name.strip_prefix('@').and_then(|index| self.inputs.get(index.parse::<usize>().ok()?));
        match input {
            Some(Input::Path { root, steps, .. }) => {
                let text = steps.iter().fold((*root).to_owned(), |path, step| step.after(&path));
                Estimate::new(input.map_or(Shape::Any, Input::shape), 1, text)
            }
            Some(Input::Variable { name, shape, .. }) => Estimate::new(shape.clone(), 1, format!("variables.{name}")),
            None => Estimate::new(Shape::Any, 1, name),
        }
    }

    fn call(&mut self, call: &CallExpr) -> Result<Estimate, CelError> {
        if call.func_name.starts_with('@') && call.func_name != operators::IN {
            return self.each(call);
        }
        let prefixed = call.target.as_deref().is_some_and(|target| names::is_prefix(target, &[]));
        let mut given = Vec::new();
        if let Some(target) = call.target.as_deref().filter(|_| !prefixed) {
            given.push(self.of(target)?);
        }
        given.extend(self.all(&call.args)?);
        if super::lower::is_operator(&call.func_name) {
            return Self::operator(call, given);
        }
        let name = names::function_name(call, prefixed);
        literals::check(&name, call)?;
        let text = format!("{name}(…)");
        let cost = total(&given);
        let shapes: Vec<Shape> = given.into_iter().map(|given| given.shape).collect();
        let shape = functions::find(&name).map_or(Shape::Any, |function| (function.answer)(&shapes));
        // Arguments are copied, looked at, and the answer is copied.
        let sizes = shapes.iter().map(Shape::units).fold(4, u64::saturating_add).saturating_mul(2);
        let work = match name.as_str() {
            "matches" | "find" | "findAll" => {
                let compiled = if call.args.first().is_none_or(literals::is_fixed) { 0 } else { COMPILED };
                shapes.first().map_or(0, Shape::units).saturating_mul(PATTERN).saturating_add(compiled)
            }
            "sets.contains" | "sets.equivalent" | "sets.intersects" => {
                shapes.iter().map(Shape::units).fold(1, u64::saturating_mul) / COMPARED
            }
            _ => 0,
        };
        Ok(Estimate::new(shape.clone(), cost.saturating_add(sizes).saturating_add(work).saturating_add(shape.units()), text))
    }

    fn operator(call: &CallExpr, given: Vec<Estimate>) -> Result<Estimate, CelError> {
        let cost = total(&given).saturating_add(1);
        let name = call.func_name.as_str();
        let mut given = given.into_iter();
        let (first, second, third) = (given.next(), given.next(), given.next());
        let first = first.unwrap_or_else(|| Estimate::new(Shape::Any, 0, ""));
        let Some(second) = second else {
            let shape = if name == operators::LOGICAL_NOT { Shape::Bool } else { first.shape };
            return Ok(Estimate::new(shape, cost, "the value"));
        };
        match name {
            operators::INDEX | operators::OPT_INDEX => {
                let optional = name == operators::OPT_INDEX;
                let (shape, text) = match call.args.get(1).and_then(paths::literal) {
                    Some(key) => {
                        let step = Step { key, optional };
                        (step_into(&first.shape, &first.text, &step).map_err(CelError::Meaning)?, step.after(&first.text))
                    }
                    None if optional => (first.shape.element().optional(), format!("{}[…]", first.text)),
                    None => (first.shape.element(), format!("{}[…]", first.text)),
                };
                Ok(Estimate::new(shape, cost, text))
            }
            operators::CONDITIONAL => {
                let shape = third.map_or(Shape::Any, |third| second.shape.or(third.shape));
                Ok(Estimate::new(shape, cost, "the value"))
            }
            operators::ADD => {
                let copied = first.shape.units().saturating_add(second.shape.units());
                Ok(Estimate::new(sum(&first.shape, &second.shape), cost.saturating_add(copied), "the sum"))
            }
            operators::EQUALS | operators::NOT_EQUALS => {
                if !first.shape.can_equal(&second.shape) {
                    let (one, other) = (first.shape.name(), second.shape.name());
                    return Err(CelError::Meaning(format!(
                        "compares {} with {}, which are never equal: one is a {one}, the other a {other}",
                        first.text, second.text
                    )));
                }
                Ok(Estimate::new(Shape::Bool, cost.saturating_add(compared(&first.shape, &second.shape)), "the comparison"))
            }
            operators::IN => {
                if let (Some(super::inputs::Key::Name(key)), Shape::Object(_)) = (call.args.first().and_then(paths::literal), &second.shape)
                {
                    second.shape.field(&second.text, &key).map_err(CelError::Meaning)?;
                }
                // A key is looked up, an item looked for.
                let looked = if let Shape::Map(..) | Shape::Object(_) = second.shape { 0 } else { second.shape.units() / COMPARED };
                Ok(Estimate::new(Shape::Bool, cost.saturating_add(looked), "the comparison"))
            }
            operators::SUBSTRACT | operators::MULTIPLY | operators::DIVIDE | operators::MODULO => {
                let shape = if first.shape == second.shape && matches!(first.shape, Shape::Int | Shape::Uint | Shape::Double) {
                    first.shape
                } else {
                    Shape::Any
                };
                Ok(Estimate::new(shape, cost, "the value"))
            }
            // All that is left answers true or false.
            _ => Ok(Estimate::new(Shape::Bool, cost.saturating_add(compared(&first.shape, &second.shape)), "the comparison")),
        }
    }

    /// A loop: its range once, its body for every item.
    fn each(&mut self, call: &CallExpr) -> Result<Estimate, CelError> {
        let [range, name, bodies @ ..] = call.args.as_slice() else { return Err(CelError::Internal("a loop over nothing".to_owned())) };
        let Expr::Literal(LiteralValue::String(name)) = &name.expr else {
            return Err(CelError::Internal("a loop without a name".to_owned()));
        };
        let range = self.of(range)?;
        let (count, item) = range.shape.items();
        if let Shape::Bool | Shape::Int | Shape::Text(_) | Shape::Double = range.shape {
            return Err(CelError::Meaning(format!("goes over {}, which is a {} and no list", range.text, range.shape.name())));
        }
        self.bound.push((name.inner().to_owned(), item.clone()));
        let bodies = self.all(bodies);
        self.bound.pop();
        let bodies = bodies?;
        let body = total(&bodies).saturating_add(4);
        let made = match (call.func_name.as_str(), bodies.into_iter().last()) {
            (loops::MAP, Some(made)) => Shape::List(Arc::new(made.shape), count),
            (loops::FILTER, _) => Shape::List(Arc::new(item), count),
            _ => Shape::Bool,
        };
        let copied = range.shape.units().saturating_add(made.units().saturating_mul(2));
        let cost = range.cost.saturating_add(copied).saturating_add(body.saturating_mul(count));
        Ok(Estimate::new(made, cost, "the list"))
    }
}

fn of_literal(literal: &LiteralValue) -> Shape {
    match literal {
        LiteralValue::Boolean(_) => Shape::Bool,
        LiteralValue::Bytes(_) => Shape::Other("bytes"),
        LiteralValue::Double(_) => Shape::Double,
        LiteralValue::Int(_) => Shape::Int,
        LiteralValue::Null => Shape::Null,
        LiteralValue::String(text) => Shape::Text(text.inner().len() as u64),
        LiteralValue::UInt(_) => Shape::Uint,
    }
}

/// What `+` makes of two values.
fn sum(one: &Shape, other: &Shape) -> Shape {
    match (one, other) {
        (Shape::Text(one), Shape::Text(other)) => Shape::Text(one.saturating_add(*other)),
        (Shape::List(_, n), Shape::List(_, m)) => {
            let both = one.clone().or(other.clone());
            if let Shape::List(item, _) = both { Shape::List(item, n.saturating_add(*m)) } else { both }
        }
        (Shape::Int, Shape::Int) => Shape::Int,
        (Shape::Double, Shape::Double) => Shape::Double,
        _ => Shape::Any,
    }
}

fn compared(one: &Shape, other: &Shape) -> u64 {
    one.units().min(other.units()) / COMPARED
}

fn total(estimates: &[Estimate]) -> u64 {
    estimates.iter().map(|estimate| estimate.cost).fold(1, u64::saturating_add)
}
