//! Texts that an expression writes down and that have a meaning of their own: patterns and formats. They are looked at when the
//! expression is written.

use kube_cel::cel::common::ast::{CallExpr, Expr, IdedExpr, LiteralValue};

use super::{CelError, text};

/// The most digits of a format's precision: `%.9999f` writes ten thousand of them.
const MOST_DIGITS: usize = 2;

/// Looks at the texts that a function is given.
///
/// # Errors
/// What is wrong with one of them.
pub(super) fn check(function: &str, call: &CallExpr) -> Result<(), CelError> {
    match function {
        "matches" | "find" | "findAll" => {
            let Some(pattern) = call.args.first().and_then(literal) else { return Ok(()) };
            text::compile(pattern).map(drop).map_err(CelError::Meaning)
        }
        "format" => match call.target.as_deref().and_then(literal) {
            Some(format) if !has_long_precision(format) => Ok(()),
            Some(_) => Err(CelError::Meaning(format!("a format has a precision of at most {MOST_DIGITS} digits"))),
            None => Err(CelError::Meaning("format is a method of a text that is written down, such as 'name %s'.format([a])".to_owned())),
        },
        _ => Ok(()),
    }
}

/// Whether an argument is the same for all items of a loop: a literal, or what is read of the request.
pub(super) fn is_fixed(argument: &IdedExpr) -> bool {
    matches!(&argument.expr, Expr::Literal(_)) || matches!(&argument.expr, Expr::Ident(name) if name.starts_with('@'))
}

fn literal(expression: &IdedExpr) -> Option<&str> {
    if let Expr::Literal(LiteralValue::String(text)) = &expression.expr { Some(text.inner()) } else { None }
}

fn has_long_precision(format: &str) -> bool {
    format.split("%.").skip(1).any(|precision| precision.bytes().take_while(u8::is_ascii_digit).count() > MOST_DIGITS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_precision_is_short() {
        assert!(!has_long_precision("100% of %s, %.2f and %.10e, 1.2345"));
        assert!(has_long_precision("%s %.100f"));
    }
}
