//! Fixed paths in an expression: `object.spec.tagging.tagSet[0].?key`, `has(object.spec.policy)`.

use kube_cel::cel::common::ast::{Expr, IdedExpr, LiteralValue, operators};

use super::inputs::{Key, Step};
use super::schema;

/// A path from a root variable.
pub(super) struct Path {
    pub(super) root: &'static str,
    pub(super) steps: Vec<Step>,
    /// Whether it is in `has()`.
    pub(super) presence: bool,
}

/// The path that an expression is; `None` where it is something else.
#[expect(clippy::wildcard_enum_match_arm, reason = "everything else is no path")]
pub(super) fn of(expression: &IdedExpr, bound: &[String]) -> Option<Path> {
    let step = |operand: &IdedExpr, key: Key, optional: bool| {
        let mut path = of(operand, bound).filter(|path| !path.presence)?;
        path.steps.push(Step { key, optional });
        Some(path)
    };
    match &expression.expr {
        Expr::Ident(name) if !bound.contains(name) => {
            let root = schema::ROOTS.into_iter().find(|root| root == name)?;
            Some(Path { root, steps: Vec::new(), presence: false })
        }
        Expr::Select(select) => {
            let mut path = step(&select.operand, Key::Name(select.field.clone()), false)?;
            path.presence = select.test;
            // Whether something is there behind a step that is optional: leave it to the engine.
            (!path.presence || !path.steps.iter().any(|step| step.optional)).then_some(path)
        }
        Expr::Call(call) if call.target.is_none() => match (call.func_name.as_str(), call.args.as_slice()) {
            (operators::INDEX, [operand, key]) => step(operand, literal(key)?, false),
            (operators::OPT_INDEX | operators::OPT_SELECT, [operand, key]) => step(operand, literal(key)?, true),
            _ => None,
        },
        _ => None,
    }
}

/// Whether the expression is `variables`.
pub(super) fn is_variables(expression: &IdedExpr, bound: &[String]) -> bool {
    matches!(&expression.expr, Expr::Ident(name) if name == "variables" && !bound.contains(name))
}

/// A key that is written down.
pub(super) fn literal(key: &IdedExpr) -> Option<Key> {
    let Expr::Literal(key) = &key.expr else { return None };
    match key {
        LiteralValue::String(name) => Some(Key::Name(name.inner().to_owned())),
        LiteralValue::Int(index) => usize::try_from(*index.inner()).ok().map(Key::Index),
        LiteralValue::Boolean(_) | LiteralValue::Bytes(_) | LiteralValue::Double(_) | LiteralValue::Null | LiteralValue::UInt(_) => None,
    }
}
