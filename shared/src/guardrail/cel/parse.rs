//! From text to a syntax tree, without trusting the text.

use std::thread;

use kube_cel::cel::IdedExpr;
use kube_cel::cel::parser::Parser;

use super::CelError;
use super::nesting::{self, MOST_LEVELS};

/// The longest expression.
pub(super) const MOST_BYTES: usize = 4096;
/// The stack of the parser: four times what the deepest expression takes in a build without optimisation.
const STACK: usize = 16 << 20;
/// The longest part of a parser's message that is told.
const MOST_TOLD: usize = 200;

/// Parses an expression.
pub(super) fn parse(text: &str) -> Result<IdedExpr, CelError> {
    if text.len() > MOST_BYTES {
        return Err(CelError::TooLong { bytes: text.len(), most: MOST_BYTES });
    }
    // The parser and the evaluator call themselves once per level, and a stack that overflows takes the process along.
    if nesting::levels(text) > MOST_LEVELS {
        return Err(CelError::TooDeep);
    }
    // A thread of its own: a level takes the parser ten calls, more stack than the threads of a server have.
    let (given_up, text) = (|| CelError::Internal("the parser gave up".to_owned()), text.to_owned());
    let parser = thread::Builder::new().name("cel-parser".to_owned()).stack_size(STACK).spawn(move || parse_now(&text));
    parser.map_err(|_| given_up())?.join().map_err(|_| given_up())?
}

fn parse_now(text: &str) -> Result<IdedExpr, CelError> {
    Parser::new().enable_optional_syntax(true).parse(text).map_err(|errors| {
        let first = errors.errors.into_iter().next();
        let (position, problem) = first.map(|error| (error.pos, error.msg)).unwrap_or_default();
        let at = |position: isize| usize::try_from(position).unwrap_or(1).max(1);
        CelError::Syntax { line: at(position.0), column: at(position.1), problem: shortened(&problem) }
    })
}

/// The beginning of a message, where it is long.
pub(super) fn shortened(text: &str) -> String {
    let mut short: String = text.chars().take(MOST_TOLD).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::{Program, Role, engine};
    use super::*;

    #[test]
    fn a_slip_is_told_with_its_position() {
        let CelError::Syntax { line, column, problem } = parse("object.spec.name ==\n  'a' &&& true").unwrap_err() else { panic!() };
        assert_eq!((line, column), (2, 9), "{problem}");
        for text in ["", "1 +", "'a", "object.", "a b", "f(1,)", "@a", "[1, 2", "{'a': }", "\u{1}"] {
            assert!(matches!(parse(text), Err(CelError::Syntax { .. })), "{text}: {:?}", parse(text));
        }
    }

    #[test]
    fn long_and_deep_texts_are_refused_before_the_parser_sees_them() {
        assert!(matches!(parse(&format!("'{}'", "a".repeat(MOST_BYTES))), Err(CelError::TooLong { .. })));
        for (open, close) in [("(", ")"), ("[", "]"), ("{1:", "}"), ("!", ""), ("-", ""), ("f(", ")"), ("a.", ""), ("a?b:", ""), ("1+", "")]
        {
            let text = format!("{}1{}", open.repeat(1000), close.repeat(1000));
            assert!(matches!(parse(&text), Err(CelError::TooDeep)), "{open}");
        }
    }

    #[test]
    fn the_deepest_that_is_taken_fits_the_stacks() {
        let all = [
            ("(", "1", ")"),
            ("[", "1", "]"),
            ("{1:", "1", "}"),
            ("!", "true", ""),
            ("size([", "1", "])"),
            ("1+", "1", ""),
            ("true?1:", "1", ""),
            ("optional.of(", "1", ")"),
        ];
        for (open, middle, close) in all {
            let text = |n: usize| format!("{}{middle}{}", open.repeat(n), close.repeat(n));
            let most = (1..=MOST_LEVELS).rev().find(|&n| nesting::levels(&text(n)) <= MOST_LEVELS).unwrap();
            let program = Program::compile(&text(most), Role::Variable);
            assert!(program.is_ok(), "{open}: {program:?}");
            assert!(engine::evaluate(&program.unwrap().expression, BTreeMap::default(), |_| None).is_ok(), "{open}");
        }
    }
}
