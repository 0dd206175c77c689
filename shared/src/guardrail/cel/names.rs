//! The names that an expression may use, and what to write instead of others.

use kube_cel::cel::common::ast::{CallExpr, Expr, IdedExpr};

use super::functions::{self, Call, FUNCTIONS};
use super::inputs::Input;
use super::{CelError, Role, Variables, schema};
use crate::similar;

/// What other dialects have and this one has not, with what to do instead.
const ELSEWHERE: &[(&str, &str)] = &[
    ("authorizer", "it would need calls to the API server"),
    ("self", "in a guardrail the Bucket is called object"),
    ("oldSelf", "in a guardrail the stored Bucket is called oldObject"),
    ("type", "compare values, or use has()"),
    ("cel", "instead of cel.bind() use variables of the guardrail"),
    ("lists", "write the list down"),
    ("optMap", "use orValue(), or hasValue() ? … : …"),
    ("optFlatMap", "use orValue(), or hasValue() ? … : …"),
    ("transformList", "use map()"),
    ("transformMap", "use map()"),
    ("sortBy", "use isSorted(), min() or max()"),
];

/// A variable that is none.
pub(super) fn unknown_variable(name: &str, bound: &[String]) -> CelError {
    if name == "variables" {
        return CelError::Meaning("variables alone has no value; name one, such as variables.prod".to_owned());
    }
    if let Some(prefix) = functions::prefixes().find(|prefix| *prefix == name) {
        return CelError::Meaning(format!("{prefix} alone has no value; call one of its functions"));
    }
    let known = schema::ROOTS.into_iter().chain(["variables"]).chain(bound.iter().map(String::as_str));
    CelError::Meaning(format!("there is no variable {name}{}", hint(name, known)))
}

/// A variable of the guardrail.
pub(super) fn variable(name: &str, role: Role, variables: &Variables) -> Result<Input, CelError> {
    if !role.sees_variables() {
        return Err(CelError::Meaning("matchConditions see no variables: they are asked first".to_owned()));
    }
    let program = variables.position(name).and_then(|index| Some((index, variables.program(index)?)));
    let Some((index, program)) = program else {
        return Err(CelError::Meaning(format!("there is no variable variables.{name} before this place{}", hint(name, variables.names()))));
    };
    Ok(Input::Variable { index, name: name.to_owned(), shape: program.shape().clone() })
}

/// Whether an expression before a dot is the prefix of a function: `sets` in `sets.contains(a, b)`.
pub(super) fn is_prefix(target: &IdedExpr, bound: &[String]) -> bool {
    matches!(&target.expr, Expr::Ident(name) if !bound.contains(name) && functions::prefixes().any(|prefix| prefix == name))
}

/// Whether there is such a function and it is called as it wants to be.
pub(super) fn check_function(call: &CallExpr, prefixed: bool) -> Result<(), CelError> {
    let name = function_name(call, prefixed);
    let Some(function) = functions::find(&name) else {
        let known = FUNCTIONS.iter().copied().flatten().map(|function| function.name).chain([
            "all",
            "exists",
            "exists_one",
            "filter",
            "map",
            "has",
        ]);
        let last = name.rsplit('.').next().unwrap_or_default();
        let hint = hint(last, []);
        let hint = if hint == "." { self::hint(&name, known) } else { hint };
        return Err(CelError::Meaning(format!("there is no function {name}{hint}")));
    };
    let method = call.target.is_some() && !prefixed;
    match (function.call, method) {
        (Call::Plain, true) => return Err(CelError::Meaning(format!("{name} is no method; write {name}(…)"))),
        (Call::Method, false) => return Err(CelError::Meaning(format!("{name} is a method; write a.{name}(…)"))),
        _ => {}
    }
    // A function that can be a method takes its first argument before the dot or in the parentheses.
    let given = call.args.len() + usize::from(function.call == Call::Either && method);
    let (least, most) = if function.call == Call::Either { (1, function.arguments.1.max(1)) } else { function.arguments };
    if (least..=most).contains(&given) {
        return Ok(());
    }
    let takes = if least == most { least.to_string() } else { format!("{least} to {most}") };
    Err(CelError::Meaning(format!("{name} takes {takes} arguments, not {given}")))
}

/// The name of the function that is called.
pub(super) fn function_name(call: &CallExpr, prefixed: bool) -> String {
    match call.target.as_deref() {
        Some(IdedExpr { expr: Expr::Ident(prefix), .. }) if prefixed => format!("{prefix}.{}", call.func_name),
        _ => call.func_name.clone(),
    }
}

fn hint<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    let elsewhere = ELSEWHERE.iter().find(|(elsewhere, _)| *elsewhere == name);
    elsewhere.map_or_else(|| format!(".{}", similar::did_you_mean(name, known)), |(_, instead)| format!(": {instead}"))
}
