//! Bounds for what is shown to people: conditions, Events and status stay readable whatever S3 or a user writes.

use aws_lc_rs::digest::{SHA256, digest};
use serde_json::Value;
use shared::subconfig::Difference;

/// The longest message of a condition, in characters.
pub const MESSAGE: usize = 1500;
/// The longest note of an Event, in bytes. Kubernetes takes 1,024.
pub const NOTE: usize = 1000;
/// The longest value in `status.drift`, in characters.
pub const VALUE: usize = 120;
/// The most fields that one message names.
pub const FIELDS: usize = 16;
/// The most entries of `status.drift` and of `status.unmanaged`: every sub-configuration has one, and then there is some room.
pub const ENTRIES: usize = 24;

/// The text, cut after `most` characters (and then ending in an ellipsis).
#[must_use]
pub fn shortened(text: &str, most: usize) -> String {
    if text.chars().nth(most).is_none() {
        return text.to_owned();
    }
    let kept: String = text.chars().take(most.saturating_sub(1)).collect();
    format!("{kept}…")
}

/// The parts one after the other, in `most` characters. Where that is too little, the longest are shortened, all to the same length.
#[must_use]
pub fn joined(parts: &[String], between: &str, most: usize) -> String {
    let mut lengths: Vec<usize> = parts.iter().map(|part| part.chars().count()).collect();
    lengths.sort_unstable();
    let mut room = most.saturating_sub(between.chars().count() * parts.len().saturating_sub(1));
    let mut share = room;
    for (index, length) in lengths.iter().enumerate() {
        share = room / (lengths.len() - index);
        if *length > share {
            break;
        }
        room -= length;
    }
    parts.iter().map(|part| shortened(part, share.max(1))).collect::<Vec<_>>().join(between)
}

/// The text, cut after `most` bytes, between two characters.
#[must_use]
pub fn within_bytes(text: &str, most: usize) -> &str {
    let end = (0..=most.min(text.len())).rev().find(|end| text.is_char_boundary(*end));
    &text[..end.unwrap_or_default()]
}

/// A JSON value as text of bounded length; `None` for null.
#[must_use]
pub fn value(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(told(text)),
        Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => Some(told(&value.to_string())),
    }
}

/// The text in [`VALUE`] characters. Where it is longer, the beginning of its SHA-256 stands at the end, so that two that differ look
/// different.
fn told(text: &str) -> String {
    if text.chars().nth(VALUE).is_none() {
        return text.to_owned();
    }
    let digest = digest(&SHA256, text.as_bytes());
    let mark = digest.as_ref().iter().take(4).fold(String::from("… sha256:"), |mark, byte| format!("{mark}{byte:02x}"));
    let kept: String = text.chars().take(VALUE - mark.chars().count()).collect();
    kept + &mark
}

/// The items separated by commas, at most [`FIELDS`] of them by name.
#[must_use]
pub fn list<'a>(items: impl IntoIterator<Item = &'a str>) -> String {
    list_by(", ", items)
}

/// The items with this between them, at most [`FIELDS`] of them by name.
#[must_use]
pub fn list_by<'a>(separator: &str, items: impl IntoIterator<Item = &'a str>) -> String {
    let items: Vec<&str> = items.into_iter().collect();
    let named = items.iter().take(FIELDS).copied().collect::<Vec<_>>().join(separator);
    match items.len().saturating_sub(FIELDS) {
        0 => named,
        more => format!("{named} and {more} more"),
    }
}

/// What S3 has in a field that differs.
#[must_use]
pub fn held(difference: &Difference) -> String {
    match value(&difference.observed) {
        Some(observed) => format!("{} is {observed} in S3", difference.field),
        None => format!("{} is missing in S3", difference.field),
    }
}

/// The first item of every group, then the second of each, and so on, at most [`ENTRIES`]; in the order of the groups.
#[must_use]
pub fn fairly<T>(groups: Vec<Vec<T>>) -> Vec<T> {
    fairly_up_to(ENTRIES, groups)
}

/// As [`fairly`], with another bound.
#[must_use]
pub fn fairly_up_to<T>(most: usize, groups: Vec<Vec<T>>) -> Vec<T> {
    let numbered = |(group, items): (usize, Vec<T>)| items.into_iter().enumerate().map(move |(rank, item)| (rank, group, item));
    let mut ranked: Vec<(usize, usize, T)> = groups.into_iter().enumerate().flat_map(numbered).collect();
    ranked.sort_by_key(|(rank, group, _)| (*rank, *group));
    ranked.truncate(most);
    ranked.sort_by_key(|(rank, group, _)| (*group, *rank));
    ranked.into_iter().map(|(_, _, item)| item).collect()
}

/// The text as a condition's or an Event's reason: letters, digits, `-`, `_` and `.` only, at most 63 of them.
#[must_use]
pub fn word(text: &str) -> String {
    let word: String = text.chars().filter(|c| c.is_ascii_alphanumeric() || "-_.".contains(*c)).take(63).collect();
    if word.is_empty() { "Unknown".to_owned() } else { word }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_the_longest_parts_are_shortened() {
        let parts = ["a".repeat(5), "b".repeat(40), "c".repeat(30)];
        assert_eq!(joined(&parts, "; ", 100), parts.join("; "));
        let cut = joined(&parts, "; ", 49);
        assert_eq!(cut, format!("aaaaa; {}…; {}…", "b".repeat(19), "c".repeat(19)));
        assert_eq!(cut.chars().count(), 49);
        assert_eq!(joined(&[], "; ", 5), "");
        let last = ["a".repeat(9), "b".to_owned(), "c".to_owned()];
        assert_eq!(joined(&last, "", 11), last.concat(), "what is whole stays whole");
    }

    #[test]
    fn cuts_characters_not_bytes() {
        assert_eq!(shortened("äöü", 3), "äöü");
        assert_eq!(shortened("äöüß", 3), "äö…");
        assert_eq!(shortened("", 0), "");
        assert_eq!((within_bytes("äöü", 3), within_bytes("äöü", 4), within_bytes("ä", 9)), ("ä", "äö", "ä"));
    }

    #[test]
    fn a_value_is_bounded_and_null_is_nothing() {
        assert_eq!(value(&Value::Null), None);
        assert_eq!(value(&json!("Enabled")).as_deref(), Some("Enabled"));
        assert_eq!(value(&json!({"a": true})).as_deref(), Some("{\"a\":true}"));
        let long = |last| value(&json!(format!("{}{last}", "x".repeat(5000)))).unwrap();
        assert_eq!(long('a').chars().count(), VALUE);
        assert!(long('a') == long('a') && long('a') != long('b') && long('a').contains("… sha256:"), "{}", long('a'));
    }

    #[test]
    fn a_list_names_some_and_counts_the_rest() {
        assert_eq!(list(["a", "b"]), "a, b");
        let many: Vec<String> = (0..20).map(|n| n.to_string()).collect();
        assert!(list(many.iter().map(String::as_str)).ends_with(" and 4 more"));
    }

    #[test]
    fn no_group_is_crowded_out() {
        let groups: Vec<Vec<(usize, usize)>> = (0..22).map(|group| (0..5).map(|item| (group, item)).collect()).collect();
        let kept = fairly(groups);
        assert_eq!((kept.len(), &kept[..3]), (ENTRIES, [(0, 0), (0, 1), (1, 0)].as_slice()));
        assert!((0..22).all(|group| kept.contains(&(group, 0))), "{kept:?}");
    }

    #[test]
    fn a_reason_is_one_word() {
        assert_eq!(word("Access Denied!"), "AccessDenied");
        assert_eq!(word(""), "Unknown");
    }
}
