//! Bounds for what is shown to people: conditions, Events and status stay readable whatever S3 or a user writes.

use serde_json::Value;

/// The longest message of a condition, in characters.
pub const MESSAGE: usize = 1500;
/// The longest note of an Event, in bytes. Kubernetes takes 1,024.
pub const NOTE: usize = 1000;
/// The longest value in `status.drift`, in characters.
pub const VALUE: usize = 120;
/// The most fields that one message names, and that `status.drift` holds.
pub const FIELDS: usize = 16;

/// The text, cut after `most` characters (and then ending in an ellipsis).
#[must_use]
pub fn shortened(text: &str, most: usize) -> String {
    if text.chars().nth(most).is_none() {
        return text.to_owned();
    }
    let kept: String = text.chars().take(most.saturating_sub(1)).collect();
    format!("{kept}…")
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
        Value::String(text) => Some(shortened(text, VALUE)),
        Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => Some(shortened(&value.to_string(), VALUE)),
    }
}

/// The items separated by commas, at most [`FIELDS`] of them by name.
#[must_use]
pub fn list<'a>(items: impl IntoIterator<Item = &'a str>) -> String {
    let items: Vec<&str> = items.into_iter().collect();
    let named = items.iter().take(FIELDS).copied().collect::<Vec<_>>().join(", ");
    match items.len().saturating_sub(FIELDS) {
        0 => named,
        more => format!("{named} and {more} more"),
    }
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
        assert_eq!(value(&json!("x".repeat(5000))).map(|text| text.chars().count()), Some(VALUE));
    }

    #[test]
    fn a_list_names_some_and_counts_the_rest() {
        assert_eq!(list(["a", "b"]), "a, b");
        let many: Vec<String> = (0..20).map(|n| n.to_string()).collect();
        assert!(list(many.iter().map(String::as_str)).ends_with(" and 4 more"));
    }

    #[test]
    fn a_reason_is_one_word() {
        assert_eq!(word("Access Denied!"), "AccessDenied");
        assert_eq!(word(""), "Unknown");
    }
}
