//! Values of a bucket's configuration as people read them: what differs is marked, and nothing in them can hide. Pure.

/// A text in three parts: what it has in common with another one at both ends, and what differs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Marked {
    pub(super) before: String,
    pub(super) differs: String,
    pub(super) after: String,
}

/// What the spec says and what S3 holds, each marked where it differs from the other; `None` for nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Compared {
    pub(super) spec: Option<Marked>,
    pub(super) s3: Option<Marked>,
}

impl Compared {
    pub(super) fn of(spec: Option<&str>, s3: Option<&str>) -> Self {
        let (Some(one), Some(other)) = (spec, s3) else {
            let whole = |text: &str| Marked { differs: visible(text), ..Marked::default() };
            return Self { spec: spec.map(whole), s3: s3.map(whole) };
        };
        // Whole words are marked: half a word is hard to read.
        let before = one[..common(one.char_indices(), other.char_indices())].trim_end_matches(char::is_alphanumeric).len();
        let (left, right) = (&one[before..], &other[before..]);
        let end = |text: &str| text.chars().rev().collect::<String>();
        let (reversed, against) = (end(left), end(right));
        let after = reversed[..common(reversed.char_indices(), against.char_indices())].trim_end_matches(char::is_alphanumeric).len();
        let part = |text: &str| {
            let to = text.len() - after;
            Marked { before: visible(&text[..before]), differs: visible(&text[before..to]), after: visible(&text[to..]) }
        };
        Self { spec: Some(part(one)), s3: Some(part(other)) }
    }
}

/// How many bytes the two have in common at the beginning.
fn common(one: impl Iterator<Item = (usize, char)>, other: impl Iterator<Item = (usize, char)>) -> usize {
    one.zip(other).take_while(|((_, one), (_, other))| one == other).map(|((at, letter), _)| at + letter.len_utf8()).last().unwrap_or(0)
}

/// The text with characters that show nothing, or turn the direction of others, written out as Rust does.
/// Source: Unicode Technical Report 36, "Bidirectional Text Spoofing"; CVE-2021-42574.
pub(super) fn visible(text: &str) -> String {
    let hides = |letter: char| {
        letter.is_control()
            || matches!(letter, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
    };
    let mut shown = String::with_capacity(text.len());
    for letter in text.chars() {
        if hides(letter) { shown.extend(letter.escape_unicode()) } else { shown.push(letter) }
    }
    shown
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parts(marked: Option<Marked>) -> [String; 3] {
        let Marked { before, differs, after } = marked.unwrap();
        [before, differs, after]
    }

    #[test]
    fn what_differs_is_marked() {
        let both = Compared::of(Some(r#"{"Effect":"Deny"}"#), Some(r#"{"Effect":"Allow"}"#));
        assert_eq!(parts(both.spec), [r#"{"Effect":""#, "Deny", r#""}"#]);
        assert_eq!(parts(both.s3), [r#"{"Effect":""#, "Allow", r#""}"#]);
        let nothing = Compared::of(Some("Enabled"), None);
        assert_eq!((parts(nothing.spec), nothing.s3), (["", "Enabled", ""].map(str::to_owned), None));
        let words = Compared::of(Some("Enabled"), Some("Suspended"));
        assert_eq!(
            (parts(words.spec), parts(words.s3)),
            (["", "Enabled", ""].map(str::to_owned), ["", "Suspended", ""].map(str::to_owned))
        );
        let longer = Compared::of(Some("[1,1]"), Some("[1,1,1]"));
        assert_eq!((parts(longer.spec), parts(longer.s3)), (["[1,", "1", "]"].map(str::to_owned), ["[1,", "1,1", "]"].map(str::to_owned)));
        let added = Compared::of(Some("--"), Some("---"));
        assert_eq!((parts(added.spec), parts(added.s3)), (["--", "", ""].map(str::to_owned), ["--", "-", ""].map(str::to_owned)));
    }

    #[test]
    fn nothing_hides() {
        assert_eq!(visible("a\u{202e}b\u{200b}\n\0é"), "a\\u{202e}b\\u{200b}\\u{a}\\u{0}é");
    }

    proptest! {
        #[test]
        fn the_parts_are_the_whole(one in "[aäb\u{202e}]{0,6}", other in "[aäb\u{202e}]{0,6}") {
            let Compared { spec, s3 } = Compared::of(Some(&one), Some(&other));
            prop_assert_eq!(parts(spec).concat(), visible(&one));
            prop_assert_eq!(parts(s3).concat(), visible(&other));
        }
    }
}
