//! `all`, `exists`, `exists_one`, `filter` and `map`. The engine's own copy the result at every step, stop at the first error where
//! CEL goes on, and never stop for being slow.

use std::cell::Cell;
use std::sync::Arc;

use kube_cel::cel::common::ast::{Expr, LiteralValue};
use kube_cel::cel::parser::Expression;
use kube_cel::cel::{Context, ExecutionError, FunctionContext, ResolveResult, Value};

/// The functions' names: no expression can name them itself.
pub(super) const ALL: &str = "@all";
pub(super) const EXISTS: &str = "@exists";
pub(super) const EXISTS_ONE: &str = "@exists_one";
pub(super) const FILTER: &str = "@filter";
pub(super) const MAP: &str = "@map";

/// The most steps of all loops of one evaluation. The estimate keeps below; this is for the day when it errs.
const MOST_STEPS: u64 = 1_000_000;

thread_local! {
    static STEPS: Cell<u64> = const { Cell::new(0) };
}

/// Runs an evaluation with its own count of steps.
pub(super) fn counted<T>(evaluation: impl FnOnce() -> T) -> T {
    let before = STEPS.replace(0);
    let answer = evaluation();
    STEPS.set(before);
    answer
}

/// Makes the loops known.
pub(super) fn register(context: &mut Context<'_>) {
    context.add_function(ALL, all);
    context.add_function(EXISTS, exists);
    context.add_function(EXISTS_ONE, exists_one);
    context.add_function(FILTER, filter);
    context.add_function(MAP, map);
}

fn all(call: &FunctionContext<'_, '_>) -> ResolveResult {
    until(call, false)
}

fn exists(call: &FunctionContext<'_, '_>) -> ResolveResult {
    until(call, true)
}

/// Goes on until an item answers so; an error counts only where none does.
fn until(call: &FunctionContext<'_, '_>, wanted: bool) -> ResolveResult {
    let (mut found, mut failed) = (false, None);
    each(call, |context, body, _| {
        match truth(body.first(), context) {
            Ok(answer) => found = answer == wanted,
            Err(error) => failed = failed.take().or(Some(error)),
        }
        Ok(!found)
    })?;
    match failed {
        Some(error) if !found => Err(error),
        _ => Ok(Value::Bool(found == wanted)),
    }
}

fn exists_one(call: &FunctionContext<'_, '_>) -> ResolveResult {
    let mut count = 0;
    each(call, |context, body, _| {
        count += u32::from(truth(body.first(), context)?);
        Ok(true)
    })?;
    Ok(Value::Bool(count == 1))
}

fn filter(call: &FunctionContext<'_, '_>) -> ResolveResult {
    let mut kept = Vec::new();
    each(call, |context, body, item| {
        if truth(body.first(), context)? {
            kept.push(item()?);
        }
        Ok(true)
    })?;
    Ok(Value::List(Arc::new(kept)))
}

/// With two expressions the first filters.
fn map(call: &FunctionContext<'_, '_>) -> ResolveResult {
    let mut made = Vec::new();
    each(call, |context, body, _| {
        if body.len() < 2 || truth(body.first(), context)? {
            made.push(Value::resolve(body.last().ok_or(ExecutionError::MissingArgumentOrTarget)?, context)?);
        }
        Ok(true)
    })?;
    Ok(Value::List(Arc::new(made)))
}

/// Visits the items of the first argument, each under the name in the second, until the visit says no. The rest of the arguments is
/// the body.
fn each(
    call: &FunctionContext<'_, '_>,
    mut visit: impl FnMut(&Context<'_>, &[Expression], &dyn Fn() -> ResolveResult) -> Result<bool, ExecutionError>,
) -> Result<(), ExecutionError> {
    let [range, name, body @ ..] = call.args else { return Err(ExecutionError::MissingArgumentOrTarget) };
    let Expr::Literal(LiteralValue::String(name)) = &name.expr else { return Err(ExecutionError::MissingArgumentOrTarget) };
    let range = Value::resolve_val(range, call.ptx)?;
    let mut items = range.as_iterable().ok_or(ExecutionError::NoSuchOverload)?.iter();
    let mut inner = call.ptx.new_inner_scope();
    while let Some(item) = items.next() {
        STEPS.set(STEPS.get() + 1);
        if STEPS.get() > MOST_STEPS {
            return Err(call.error(format!("the loops took more than {MOST_STEPS} steps")));
        }
        if let Context::Child { variables, .. } = &mut inner {
            variables.insert(name.inner().to_owned(), item.clone_as_boxed());
        }
        if !visit(&inner, body, &|| item.try_into())? {
            break;
        }
    }
    Ok(())
}

fn truth(body: Option<&Expression>, context: &Context<'_>) -> Result<bool, ExecutionError> {
    let answer = Value::resolve(body.ok_or(ExecutionError::MissingArgumentOrTarget)?, context)?;
    if let Value::Bool(answer) = answer { Ok(answer) } else { Err(ExecutionError::NoSuchOverload) }
}
