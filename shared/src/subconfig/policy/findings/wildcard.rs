//! Patterns of a policy: `*` stands for any run of characters, `?` for one.

/// Whether the text fits the pattern, by the case.
pub(super) fn fits(pattern: &str, text: &str) -> bool {
    fits_by(pattern.as_bytes(), text.as_bytes(), |one, other| one == other)
}

/// A pattern or a word for which case does not count, as with actions. It is held against many texts, most of which begin otherwise.
#[derive(Clone, Copy)]
pub(super) struct AnyCase<'p> {
    start: &'p [u8],
    /// What follows from the first `*` or `?` on; empty in a word.
    rest: &'p [u8],
}

impl<'p> AnyCase<'p> {
    pub(super) fn of(pattern: &'p str) -> Self {
        let plain = pattern.bytes().position(is_wild).unwrap_or(pattern.len());
        let (start, rest) = pattern.as_bytes().split_at_checked(plain).unwrap_or_default();
        Self { start, rest }
    }

    pub(super) fn takes(self, text: &str) -> bool {
        let Some((begin, text)) = text.as_bytes().split_at_checked(self.start.len()) else { return false };
        self.start.eq_ignore_ascii_case(begin) && fits_by(self.rest, text, |one, other| one.eq_ignore_ascii_case(&other))
    }
}

/// Whether the text is a pattern and not one word.
pub(super) fn is_pattern(text: &str) -> bool {
    text.bytes().any(is_wild)
}

fn is_wild(byte: u8) -> bool {
    matches!(byte, b'*' | b'?')
}

/// Only the last `*` has to be taken back: what an earlier one could take in addition, the later one can take as well.
fn fits_by(pattern: &[u8], text: &[u8], same: impl Fn(u8, u8) -> bool) -> bool {
    let (mut p, mut t) = (0, 0);
    let mut last_star: Option<(usize, usize)> = None;
    while let Some(next) = text.get(t) {
        match pattern.get(p) {
            Some(b'*') => {
                last_star = Some((p, t));
                p += 1;
            }
            Some(wanted) if *wanted == b'?' || same(*wanted, *next) => (p, t) = (p + 1, t + 1),
            Some(_) | None => {
                let Some((star, taken)) = last_star else { return false };
                last_star = Some((star, taken + 1));
                (p, t) = (star + 1, taken + 1);
            }
        }
    }
    pattern.get(p..).is_some_and(|rest| rest.iter().all(|b| *b == b'*'))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_pattern_means_what_the_regex_means(pattern in "[abB?*]{0,8}", text in "[abB]{0,10}") {
            let regex = format!("^{}$", pattern.replace('*', ".*").replace('?', "."));
            prop_assert_eq!(fits(&pattern, &text), regex::Regex::new(&regex).unwrap().is_match(&text));
            let regex = format!("(?i){regex}");
            prop_assert_eq!(AnyCase::of(&pattern).takes(&text), regex::Regex::new(&regex).unwrap().is_match(&text));
        }
    }
}
