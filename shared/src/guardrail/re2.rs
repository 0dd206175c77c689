//! Patterns as RE2 reads them: in three things the engine goes another way without a word.

/// The pattern for the engine. `\d`, `\w`, `\s` and `\b` are about ASCII in RE2, so that `^\d+$` lets in no digits of other scripts; and
/// within brackets `[`, `&&`, `--` and `~~` mean themselves.
pub(crate) fn translated(pattern: &str) -> String {
    let mut out = String::with_capacity(pattern.len() + 16);
    let mut letters = pattern.chars().peekable();
    // How many letters stand in the brackets so far.
    let mut inside: Option<usize> = None;
    while let Some(letter) = letters.next() {
        let at = inside;
        inside = at.map(|count| count + 1);
        match (letter, at) {
            ('\\', _) => match (letters.next(), at) {
                (Some('b'), None) => out.push_str(r"(?-u:\b)"),
                (Some(escaped), _) => match ascii(escaped) {
                    Some(class) => out.push_str(class),
                    None => out.extend(['\\', escaped]),
                },
                (None, _) => out.push('\\'),
            },
            ('[', None) => {
                out.push('[');
                if letters.next_if_eq(&'^').is_some() {
                    out.push('^');
                }
                inside = Some(0);
            }
            // The first one is a letter of its own.
            (']', Some(count)) if count > 0 => {
                out.push(']');
                inside = None;
            }
            (']', Some(_)) => out.push_str(r"\]"),
            ('[', Some(_)) if letters.peek() == Some(&':') => out.push_str(&named(&mut letters)),
            ('[', Some(_)) => out.push_str(r"\["),
            ('&' | '~' | '-', Some(_)) if letters.peek() == Some(&letter) => out.extend(['\\', letter]),
            _ => out.push(letter),
        }
    }
    out
}

/// `[:alpha:]`, up to its end.
fn named(letters: &mut std::iter::Peekable<std::str::Chars<'_>>) -> String {
    let mut class = String::from("[");
    while let Some(letter) = letters.next_if(|letter| *letter != ']') {
        class.push(letter);
    }
    class.extend(letters.next());
    class
}

/// The class of an escape.
fn ascii(escaped: char) -> Option<&'static str> {
    Some(match escaped {
        'd' => "[0-9]",
        'D' => "[^0-9]",
        'w' => "[0-9A-Za-z_]",
        'W' => "[^0-9A-Za-z_]",
        's' => r"[\t\n\f\r ]",
        'S' => r"[^\t\n\f\r ]",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use regex::Regex;

    use super::*;

    fn fits(pattern: &str, text: &str) -> bool {
        Regex::new(&translated(pattern)).unwrap().is_match(text)
    }

    #[test]
    fn classes_are_about_ascii() {
        assert!(fits(r"^\d+$", "12") && !fits(r"^\d+$", "٣"));
        assert!(fits(r"^[\d-]+$", "1-2") && !fits(r"^[\d-]+$", "٣"));
        assert!(fits(r"^\w$", "a") && !fits(r"^\w$", "é") && fits(r"^[^\w]$", "é") && fits(r"^[\W]$", "é") && fits(r"^.$", "é"));
        assert!(!fits(r"\s", "\u{a0}") && fits(r"\by", "éy") && fits(r"^\\d$", r"\d"));
    }

    #[test]
    fn brackets_hold_letters() {
        assert!(fits("^[[]$", "[") && fits("^[[a]]$", "a]") && fits("^[]a]$", "]") && fits("^[^]a]$", "b") && !fits("^[^]a]$", "]"));
        assert!(fits("^[a&&b]$", "&") && fits("^[a~~]$", "~") && fits("^[[:alpha:]_]+$", "a_") && fits(r"^[\]a]$", "]"));
        assert!(fits("^[a-z0-9-]+$", "a-1") && fits("^acme-[a-z]{2,3}(x|y)?$", "acme-ab"));
    }

    #[test]
    fn what_is_no_pattern_stays_none() {
        for pattern in ["[", "[a", "(", "*", "a)", "[:alpha", "[[:alpha", "\\"] {
            assert!(Regex::new(&translated(pattern)).is_err(), "{pattern}");
        }
    }
}
