//! What the normal forms have in common: an empty text or list says as little as an absent one.

/// The text, `None` where it is empty.
pub(super) fn text(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.is_empty())
}

/// The list, `None` where it is empty.
pub(super) fn list<T>(items: Vec<T>) -> Option<Vec<T>> {
    (!items.is_empty()).then_some(items)
}

/// The list as a set: sorted, each item once, `None` where it is empty.
pub(super) fn set<T: Ord>(items: Option<Vec<T>>) -> Option<Vec<T>> {
    let mut items = items.unwrap_or_default();
    items.sort_unstable();
    items.dedup();
    list(items)
}

/// The value, `None` where it says nothing.
pub(super) fn said<T: Default + PartialEq>(value: T) -> Option<T> {
    (value != T::default()).then_some(value)
}
