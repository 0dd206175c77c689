//! How a path is written: `spec.tagging.tagSet[key=team].value`, or shorter `spec.tagging.tagSet[team].value`, as differences are told.

/// One step of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Segment {
    /// A field.
    Member(String),
    /// An item of a list.
    Item(Item),
}

/// An item of a list, by its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Item {
    /// The field that holds the key; `None` for whichever does.
    pub(super) by: Option<String>,
    /// The key.
    pub(super) key: String,
}

/// What a path looks like, for people.
const SHAPE: &str = "is no path; write the fields from spec on with dots between them, such as spec.versioning.status, and an item of a \
                     list by its key, such as spec.tagging.tagSet[key=team]";

/// The paths of a list, cut at commas that are not between brackets.
pub(super) fn split(text: &str) -> Vec<&str> {
    let mut paths = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (path, after) = rest.split_at(end_of_path(rest));
        paths.push(path.trim());
        rest = after.strip_prefix(',').unwrap_or(after);
    }
    paths.retain(|path| !path.is_empty());
    paths
}

fn end_of_path(text: &str) -> usize {
    let mut from = 0;
    while let Some(at) = text[from..].find([',', '[']).map(|at| from + at) {
        if text[at..].starts_with(',') {
            return at;
        }
        match closing(&text[at + 1..]) {
            Some(close) => from = at + 1 + close + 1,
            None => return text.len(),
        }
    }
    text.len()
}

/// Where the bracket closes that opened before the text. Keys may hold brackets too: only one that ends the segment counts.
fn closing(text: &str) -> Option<usize> {
    let ends = |after: &str| after.is_empty() || after.starts_with(['.', ',']) || after.starts_with(char::is_whitespace);
    text.match_indices(']').map(|(at, _)| at).find(|at| ends(&text[at + 1..]))
}

/// The segments of one path, as they are written.
///
/// # Errors
/// What is wrong with it.
pub(super) fn parse(path: &str) -> Result<Vec<Segment>, String> {
    let mut segments = Vec::new();
    let mut rest = path;
    loop {
        let (name, after) = rest.split_at(rest.find(['.', '[']).unwrap_or(rest.len()));
        if !is_name(name) {
            return Err(SHAPE.to_owned());
        }
        segments.push(Segment::Member(name.to_owned()));
        rest = after;
        if let Some(inside) = rest.strip_prefix('[') {
            let close = closing(inside).filter(|close| *close > 0).ok_or(SHAPE)?;
            segments.push(Segment::Item(Item { by: None, key: inside[..close].to_owned() }));
            rest = &inside[close + 1..];
        }
        match rest.strip_prefix('.') {
            Some(next) => rest = next,
            None if rest.is_empty() => return Ok(segments),
            None => return Err(SHAPE.to_owned()),
        }
    }
}

/// A letter, then letters, digits and underscores, as in the peer.
fn is_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic()) && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn written(path: &str) -> Option<Vec<String>> {
        let name = |segment: &Segment| match segment {
            Segment::Member(name) => name.clone(),
            Segment::Item(item) => format!("[{}]", item.key),
        };
        parse(path).ok().map(|segments| segments.iter().map(name).collect())
    }

    #[test]
    fn commas_and_dots_and_brackets_in_a_key_belong_to_it() {
        assert_eq!(split(" spec.a , spec.b[x,y].c,,spec.d[e"), ["spec.a", "spec.b[x,y].c", "spec.d[e"]);
        assert_eq!(written("spec.b[x,y.z].c").unwrap(), ["spec", "b", "[x,y.z]", "c"]);
        assert_eq!(written("spec.b[a[0]b].c").unwrap(), ["spec", "b", "[a[0]b]", "c"]);
        assert_eq!(written("spec.b[key=a=b]").unwrap(), ["spec", "b", "[key=a=b]"]);
    }

    #[test]
    fn what_is_no_path_is_refused() {
        for bad in ["", ".", "spec.", "spec..a", ".spec", "spec.1a", "spec.a[]", "spec.a[x", "spec.a[x]b", "spec.[x]", "spec a"] {
            assert_eq!(written(bad), None, "{bad}");
        }
    }

    proptest! {
        #[test]
        fn whatever_is_written_there_is_an_answer(text in "\\PC{0,60}|[a-z.,\\[\\]= ]{0,40}") {
            for path in split(&text) {
                prop_assert!(text.contains(path));
                if let Some(segments) = written(path) {
                    prop_assert!(segments.iter().all(|segment| !segment.is_empty()));
                }
            }
        }
    }
}
