//! The one place where the engine runs.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::LazyLock;

use kube_cel::KubeCelExt;
use kube_cel::cel::parser::Expression;
use kube_cel::cel::{Context, ExecutionError, Value};

use super::convert::Boxed;
use super::parse::shortened;
use super::{CelError, loops, text};

/// The functions, registered once per process.
static ROOT: LazyLock<Context<'static>> = LazyLock::new(|| {
    let mut context = Context::default().with_all();
    text::register(&mut context);
    loops::register(&mut context);
    context
});

/// Evaluates an expression with these variables. `missing` says why a variable that is not among them has no value.
pub(super) fn evaluate(
    expression: &Expression,
    variables: BTreeMap<String, Boxed>,
    missing: impl Fn(&str) -> Option<CelError>,
) -> Result<Value, CelError> {
    let context = Context::Child { parent: &ROOT, variables, resolver: None };
    // The engine has places that panic; one expression must not take a worker along.
    let answer = catch_unwind(AssertUnwindSafe(|| loops::counted(|| Value::resolve(expression, &context))));
    let answer = answer.map_err(|_| CelError::Internal("it gave up; please report the expression".to_owned()))?;
    answer.map_err(|error| {
        if let ExecutionError::UndeclaredReference(name) = error {
            return missing(&name).unwrap_or_else(|| CelError::Internal(format!("{name} is not known")));
        }
        CelError::Evaluation(told(&error))
    })
}

/// An error of the engine in plain words. The engine's own print whole values.
#[expect(clippy::wildcard_enum_match_arm, reason = "the engine adds errors")]
fn told(error: &ExecutionError) -> String {
    match error {
        ExecutionError::NoSuchOverload => "an operator or a function does not take values of this type".to_owned(),
        ExecutionError::NoSuchKey(key) => format!("there is no key {}", shortened(key)),
        ExecutionError::IndexOutOfBounds(index) => format!("the list has no item {index:?}"),
        ExecutionError::UnsupportedBinaryOperator(operator, left, right) => {
            format!("{operator} does not take a {} and a {}", left.type_of(), right.type_of())
        }
        ExecutionError::ValuesNotComparable(left, right) => format!("a {} and a {} have no order", left.type_of(), right.type_of()),
        ExecutionError::Overflow(operator, ..) => format!("the result of {operator} is too large for its type"),
        ExecutionError::DivisionByZero(_) => "divides by zero".to_owned(),
        ExecutionError::RemainderByZero(_) => "takes the remainder of a division by zero".to_owned(),
        ExecutionError::FunctionError { function, message } => shortened(&format!("{function}: {message}")),
        ExecutionError::UnexpectedType { got, want } => shortened(&format!("got a {got}, and takes a {want}")),
        other => shortened(&other.to_string()),
    }
}

#[cfg(test)]
pub(super) fn knows_function(name: &str) -> bool {
    use kube_cel::cel::common::ast::{CallExpr, Expr, IdedExpr};

    let call = |func_name: &str, target| IdedExpr {
        id: 0,
        expr: Expr::Call(CallExpr { func_name: func_name.to_owned(), target, args: Vec::new() }),
    };
    let expression = match name.split_once('.') {
        Some((prefix, name)) => call(name, Some(Box::new(IdedExpr { id: 0, expr: Expr::Ident(prefix.to_owned()) }))),
        None => call(name, None),
    };
    let answer = catch_unwind(AssertUnwindSafe(|| Value::resolve(&expression, &ROOT)));
    !matches!(answer, Ok(Err(ExecutionError::UndeclaredReference(_))))
}
