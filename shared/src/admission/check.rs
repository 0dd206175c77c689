//! Checks that many sections share. Each speaks under the id of the rule that asks.

use std::collections::HashSet;
use std::hash::Hash;

use super::{Findings, Path, Reason, quote};
use crate::similar;

/// Refuses a word that is none of the few that the field takes; an empty one counts as one. What is left out is not looked at.
pub(crate) fn one_of(word: Option<&str>, words: &[&str], rule: &'static str, at: &Path<'_>, to: &mut Findings) {
    let Some(word) = word.filter(|word| !words.contains(word)) else { return };
    let hint = like(word, words);
    let message = format!("{} is not one of {}; case counts.{hint}", quote(word), listed(words));
    to.deny(rule, Reason::NotSupported, at, message);
}

/// Refuses text of more characters than S3 takes, counted as S3 counts: in UTF-16 units.
pub(crate) fn at_most(text: Option<&str>, most: usize, rule: &'static str, at: &Path<'_>, to: &mut Findings) {
    let Some((text, length)) = text.map(|text| (text, text.encode_utf16().count())).filter(|(_, length)| *length > most) else { return };
    to.deny(rule, Reason::Invalid, at, format!("{} has {length} characters; S3 takes {most}", quote(text)));
}

/// Of values with their places in a list, those that stand there before.
pub(crate) fn repeated<V: Copy + Eq + Hash>(values: impl Iterator<Item = (usize, V)>) -> impl Iterator<Item = (usize, V)> {
    let mut seen = HashSet::new();
    values.filter(move |(_, value)| !seen.insert(*value))
}

/// `Did you mean x?`, where the word is one of them but for its case, else where it is near to one.
pub(crate) fn like(word: &str, words: &[&str]) -> String {
    let same = words.iter().find(|known| known.eq_ignore_ascii_case(word));
    same.map_or_else(|| similar::did_you_mean(word, words.iter().copied()), |known| format!(" Did you mean {known}?"))
}

/// The bytes that an XML element takes: its two tags and what stands between them.
pub(crate) fn element(name: &str, content: usize) -> usize {
    2 * name.len() + "<></>".len() + content
}

/// The bytes that an XML element takes at least that holds this text; none where it is left out.
pub(crate) fn text_element(name: &str, text: Option<&str>) -> usize {
    text.map_or(0, |text| element(name, text.len() + escapes(text)))
}

/// What the entities for `&` and `<` add; the other characters may stand as they are.
fn escapes(text: &str) -> usize {
    let added = |byte: u8| match byte {
        b'&' => "amp;".len(),
        b'<' => "lt;".len(),
        _ => 0,
    };
    text.bytes().map(added).sum()
}

/// `a, b or c`.
fn listed(words: &[&str]) -> String {
    match words {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(check: impl FnOnce(&Path<'_>, &mut Findings)) -> Vec<String> {
        let mut to = Findings::default();
        check(&Path::root("spec"), &mut to);
        to.as_slice().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_word_that_is_not_known_is_named_with_those_that_are() {
        let check = |word: &str| said(|at, to| one_of(Some(word), &["Enabled", "Disabled"], "status-enum", at, to));
        assert_eq!(
            check("enabled"),
            [r#"[status-enum] spec: "enabled" is not one of Enabled or Disabled; case counts. Did you mean Enabled?"#]
        );
        assert_eq!(
            check("Disable"),
            [r#"[status-enum] spec: "Disable" is not one of Enabled or Disabled; case counts. Did you mean Disabled?"#]
        );
        assert_eq!(check(""), [r#"[status-enum] spec: "" is not one of Enabled or Disabled; case counts."#]);
        assert_eq!(check("Enabled"), [""; 0]);
    }

    #[test]
    fn length_counts_as_in_utf_16() {
        let check = |text: &str| said(|at, to| at_most(Some(text), 4, "id-length", at, to));
        assert_eq!(check("abcde"), [r#"[id-length] spec: "abcde" has 5 characters; S3 takes 4"#]);
        assert_eq!(check("𝒌𝒌"), [""; 0]);
    }

    #[test]
    fn elements_are_as_long_as_they_are_written() {
        assert_eq!(text_element("ID", Some("a<b&c")), "<ID>a&lt;b&amp;c</ID>".len());
        assert_eq!((text_element("ID", Some("")), text_element("ID", None)), ("<ID></ID>".len(), 0));
        assert_eq!(element("A", text_element("B", Some("ü"))), "<A><B>ü</B></A>".len());
    }

    #[test]
    fn of_equal_values_all_but_the_first_are_repeated() {
        let of = |values: &[char]| repeated(values.iter().copied().enumerate()).collect::<Vec<_>>();
        assert_eq!(of(&['a', 'b', 'a', 'c', 'a']), [(2, 'a'), (4, 'a')]);
        assert_eq!(of(&['a']), []);
    }
}
