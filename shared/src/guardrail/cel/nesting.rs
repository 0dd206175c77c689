//! How deep a syntax tree could become, seen from the text alone.

/// The most levels of a syntax tree.
pub(super) const MOST_LEVELS: usize = 64;

/// An upper bound for the levels of the syntax tree: brackets nest, and so does every operator but `&&` and `||` (of which the parser
/// makes a balanced tree).
pub(super) fn levels(text: &str) -> usize {
    let mut most = 0;
    // One number per open bracket: what nests in it so far.
    let mut open = vec![0];
    let mut rest = text;
    while let Some(next) = rest.chars().next() {
        rest = match next {
            '\'' | '"' => after_text(rest, is_raw(text, rest)),
            '/' if rest.starts_with("//") => rest.split_once('\n').map_or("", |(_, rest)| rest),
            '&' | '|' | ',' => {
                if let Some(count) = open.last_mut() {
                    *count = 0;
                }
                &rest[1..]
            }
            '(' | '[' | '{' => {
                open.push(1);
                &rest[1..]
            }
            ')' | ']' | '}' => {
                let inner = if open.len() > 1 { open.pop().unwrap_or_default() } else { 0 };
                if let Some(count) = open.last_mut() {
                    *count += inner;
                }
                &rest[1..]
            }
            '.' | '+' | '-' | '*' | '/' | '%' | '!' | '?' | '<' | '>' | '=' => {
                if let Some(count) = open.last_mut() {
                    *count += 1;
                }
                rest.trim_start_matches(['<', '>', '=']).get(usize::from(!"<>=".contains(next))..).unwrap_or_default()
            }
            other => &rest[other.len_utf8()..],
        };
        most = most.max(open.iter().sum());
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
            ("[1, 2, 3, -4]", 2),
            ("((a))", 2),
            ("f(g(h(1)))", 3),
            ("a >= b", 1),
            ("'((((' + '\\'((((' + \"]]]\"", 2),
            ("r'\\' + ((1))", 3),
            ("'''a'b''' + 1 // ((((((((", 1),
            ("(a.b).c", 3),
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
