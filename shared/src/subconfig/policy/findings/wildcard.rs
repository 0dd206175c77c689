//! Patterns of a policy: `*` stands for any run of characters, `?` for one.

/// Whether the text fits the pattern, by the case.
pub(super) fn fits(pattern: &str, text: &str) -> bool {
    fits_by(pattern.as_bytes(), text.as_bytes(), |one, other| one == other)
}

/// Whether the text fits the pattern, whatever the case, as with actions. One pattern is held against many texts, most of which begin
/// otherwise.
pub(super) fn fits_in_any_case(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (pattern.as_bytes(), text.as_bytes());
    let plain = pattern.iter().position(|b| b"*?".contains(b)).unwrap_or(pattern.len());
    let (Some((start, pattern)), Some((begin, text))) = (pattern.split_at_checked(plain), text.split_at_checked(plain)) else {
        return false;
    };
    start.eq_ignore_ascii_case(begin) && fits_by(pattern, text, |one, other| one.eq_ignore_ascii_case(&other))
}

/// Whether the text is a pattern and not one word.
pub(super) fn is_pattern(text: &str) -> bool {
    text.contains(['*', '?'])
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
            prop_assert_eq!(fits_in_any_case(&pattern, &text), regex::Regex::new(&regex).unwrap().is_match(&text));
        }
    }
}
