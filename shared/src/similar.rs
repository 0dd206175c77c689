//! The known word that a user may have meant.

/// The candidate nearest to the text: at most two slips away (a slip is a letter added, left out, changed, or swapped with its
/// neighbour), and fewer than half of the text's letters.
pub(crate) fn nearest<'a>(text: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    const LONGEST: usize = 128;
    if text.len() > LONGEST {
        return None;
    }
    let near = candidates.into_iter().map(|candidate| (strsim::osa_distance(text, candidate), candidate));
    let (slips, candidate) = near.min_by_key(|(slips, _)| *slips)?;
    (slips <= 2 && slips * 2 < text.chars().count()).then_some(candidate)
}

/// ` Did you mean x?` where a candidate is near, else nothing.
#[must_use]
pub fn did_you_mean<'a>(text: &str, candidates: impl IntoIterator<Item = &'a str>) -> String {
    nearest(text, candidates).map(|candidate| format!(" Did you mean {candidate}?")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_slips_are_forgiven_and_not_more() {
        let known = ["region", "read-only"];
        assert_eq!(nearest("regoin", known), Some("region"));
        assert_eq!(nearest("readonly", known), Some("read-only"));
        assert_eq!(nearest("rgoinn", known), None);
        assert_eq!(nearest("ab", ["a"]), None);
        assert_eq!(nearest(&"a".repeat(200), known), None);
    }
}
