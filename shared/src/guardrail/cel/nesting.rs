//! How deep a syntax tree could become, seen from the text alone.

/// The most levels of a syntax tree: 16 brackets within each other, or 32 operators in a row. Evaluation takes up to 40 KiB of stack
/// per level in a build without optimisation, and a thread has 2 MiB.
pub(super) const MOST_LEVELS: usize = 32;
/// What a bracket counts: the parser takes ten calls for one, and one or two for an operator.
const BRACKET: usize = 2;

/// What nests so far between two brackets.
#[derive(Default)]
struct Open {
    /// The operators that lean on each other: `a + b + c` has two levels.
    operators: usize,
    /// The selections, calls and signs of one operand: `!a.b.c` has three.
    operand: usize,
    /// The most of an operand.
    operands: usize,
}

impl Open {
    fn operand(&mut self, levels: usize) {
        self.operand += levels;
        self.operands = self.operands.max(self.operand);
    }

    fn levels(&self) -> usize {
        self.operators + self.operands
    }
}

/// An upper bound for the levels of the syntax tree: brackets nest, and so does every operator but `&&` and `||` (of which the parser
/// makes a balanced tree).
pub(super) fn levels(text: &str) -> usize {
    let mut most = 0;
    let (mut outer, mut open) = (Vec::new(), Open::default());
    let mut rest = text;
    while let Some(next) = rest.chars().next() {
        let mut length = next.len_utf8();
        match next {
            '\'' | '"' => length = rest.len() - after_text(rest, is_raw(text, rest)).len(),
            '/' if rest.starts_with("//") => length = rest.find('\n').unwrap_or(rest.len()),
            '&' | '|' | ',' => open = Open::default(),
            '(' | '[' | '{' => outer.push(std::mem::take(&mut open)),
            ')' | ']' | '}' => {
                if let Some(around) = outer.pop() {
                    let inner = std::mem::replace(&mut open, around);
                    open.operand(BRACKET + inner.levels());
                }
            }
            '.' | '!' => open.operand(1),
            '+' | '-' | '*' | '/' | '%' | '?' | '<' | '>' | '=' => {
                length = rest.len() - rest[1..].trim_start_matches('=').len();
                // A sign is part of its operand, but then the operand before is empty.
                open.operators += 1;
                open.operand = 0;
            }
            _ => {}
        }
        rest = &rest[length..];
        let around: usize = outer.iter().map(|open: &Open| open.operators + open.operand + BRACKET).sum();
        most = most.max(open.levels() + around);
    }
    most
}

/// Whether a text that begins here has no escapes: `r` stands before it.
fn is_raw(text: &str, rest: &str) -> bool {
    let before = &text[..text.len() - rest.len()];
    let prefix = before.chars().rev().take_while(char::is_ascii_alphabetic);
    prefix.take(2).any(|letter| letter.eq_ignore_ascii_case(&'r'))
}

/// What follows the text that begins here; nothing where it does not end.
fn after_text(rest: &str, raw: bool) -> &str {
    let quote = ["'''", "\"\"\"", "'", "\""].into_iter().find(|quote| rest.starts_with(quote)).unwrap_or("'");
    let mut rest = &rest[quote.len()..];
    loop {
        if let Some(after) = rest.strip_prefix(quote) {
            return after;
        }
        let escaped = !raw && rest.starts_with('\\');
        let mut letters = rest.chars();
        for _ in 0..=usize::from(escaped) {
            if letters.next().is_none() {
                return "";
            }
        }
        rest = letters.as_str();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_nests_counts() {
        for (text, expected) in [
            ("", 0),
            ("a", 0),
            ("a.b.c", 2),
            ("a && b && c && d", 0),
            ("a.b && c.d.e || !f", 2),
            ("a.b.c + d.e + f", 4),
            ("[1, 2, 3, -4]", 3),
            ("((a))", 4),
            ("f(g(h(1)))", 6),
            ("a.f().g().h()", 9),
            ("a >= b", 1),
            ("a == b != c", 3),
            ("'((((' + '\\'((((' + \"]]]\"", 2),
            ("r'\\' + ((1))", 5),
            ("\'\'\'a'b\'\'\' + 1 // ((((((((", 1),
            ("a // ((((\n + 1", 1),
            ("(a.b).c", 4),
            ("(a + b) + (c + d)", 4),
            (")))", 0),
        ] {
            assert_eq!(levels(text), expected, "{text}");
        }
    }

    #[test]
    fn texts_without_an_end_end() {
        for text in ["'", "'\\", "'''", "\"a\\\"", "r'\\", "//", "'é", "b'\\é"] {
            assert_eq!(levels(text), 0, "{text}");
        }
    }
}
