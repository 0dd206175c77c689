//! Patterns with `*`, in which some characters are not crossed: lists of roles, ARNs, names.

/// Whether the text fits the pattern, in which `*` stands for any run of bytes but those of `stops`. Only the last `*` has to be taken
/// back: what an earlier one could take in addition, the later one can take as well.
#[must_use]
pub fn fits(pattern: &str, text: &str, stops: &[u8]) -> bool {
    walk(pattern, text, stops, |byte| byte == b'*', |one, other| one == other)
}

/// The same where case does not count, nothing stops a `*`, and `?` stands for any run of bytes as well.
#[must_use]
pub(crate) fn fits_loosely(pattern: &str, text: &str) -> bool {
    walk(pattern, text, b"", |byte| matches!(byte, b'*' | b'?'), |one, other| one.eq_ignore_ascii_case(&other))
}

fn walk(pattern: &str, text: &str, stops: &[u8], is_star: impl Fn(u8) -> bool, is_same: impl Fn(u8, u8) -> bool) -> bool {
    let (pattern, text) = (pattern.as_bytes(), text.as_bytes());
    let (mut p, mut t) = (0, 0);
    let mut last_star: Option<(usize, usize)> = None;
    while t < text.len() {
        let wanted = pattern.get(p).copied();
        if wanted.is_some_and(&is_star) {
            last_star = Some((p, t));
            p += 1;
        } else if wanted.is_some_and(|wanted| is_same(wanted, text[t])) {
            (p, t) = (p + 1, t + 1);
        } else if let Some((star, taken)) = last_star.filter(|(_, taken)| !stops.contains(&text[*taken])) {
            last_star = Some((star, taken + 1));
            (p, t) = (star + 1, taken + 1);
        } else {
            return false;
        }
    }
    pattern[p..].iter().all(|rest| is_star(*rest))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_star_takes_no_stop() {
        assert!(fits("prod-*", "prod-a:b", b""));
        assert!(!fits("prod-*", "prod-a:b", b":"));
        assert!(fits("arn:*:role/*", "arn:x:role/a/b", b":") && !fits("arn:*:role/*", "arn:x:role/a/b", b"/:"));
        assert!(fits("", "", b"") && !fits("", "a", b"") && fits("**", "", b""));
    }

    #[test]
    fn case_and_question_marks_may_not_count() {
        assert!(fits_loosely("S3:Put?", "s3:putObject") && fits_loosely("s3:put*", "S3:PUT") && fits_loosely("a?", "a"));
        assert!(!fits_loosely("s3:Get*", "s3:PutObject") && !fits_loosely("s3:Put", "s3:PutObject"));
    }

    proptest! {
        #[test]
        fn the_pattern_means_what_the_regex_means(pattern in "[ab/:*]{0,8}", text in "[ab/:]{0,10}") {
            let regex = |class: &str| regex::Regex::new(&format!("^{}$", pattern.replace('*', class))).unwrap();
            prop_assert_eq!(fits(&pattern, &text, b"/:"), regex("[^/:]*").is_match(&text));
            prop_assert_eq!(fits(&pattern, &text, b":"), regex("[^:]*").is_match(&text));
            prop_assert_eq!(fits(&pattern, &text, b""), regex(".*").is_match(&text));
        }
    }
}
