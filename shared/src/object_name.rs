//! Names that Kubernetes takes. What a user writes becomes part of a request's path, so it is checked before it does.
//! Source: Kubernetes, "Object Names and IDs" and "ConfigMaps".

/// The longest name of most objects, and the longest key of a ConfigMap or Secret, in bytes.
const LONGEST: usize = 253;

/// Whether the text can be the name of a namespace: an RFC 1123 label.
#[must_use]
pub fn is_label(text: &str) -> bool {
    let edge = |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    let bytes = text.as_bytes();
    let inner = bytes.iter().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || *byte == b'-');
    bytes.len() <= 63 && edge(bytes.first()) && edge(bytes.last()) && inner
}

/// Whether the text can be the name of an object: an RFC 1123 subdomain, whose labels may be longer than 63 bytes.
#[must_use]
pub fn is_subdomain(text: &str) -> bool {
    let edge = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let part = |part: &str| {
        let bytes = part.as_bytes();
        bytes.first().is_some_and(|byte| edge(*byte))
            && bytes.last().is_some_and(|byte| edge(*byte))
            && bytes.iter().all(|byte| edge(*byte) || *byte == b'-')
    };
    text.len() <= LONGEST && text.split('.').all(part)
}

/// Whether the text can be a key of a ConfigMap or Secret.
#[must_use]
pub fn is_key(text: &str) -> bool {
    let inner = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
    (1..=LONGEST).contains(&text.len()) && inner && text != "." && !text.starts_with("..")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_told_from_what_would_change_a_path() {
        for name in ["a", "team-1", "0", "my.app.v1"] {
            assert!(is_subdomain(name), "{name}");
        }
        assert!(is_label("team-a") && is_label(&"a".repeat(63)) && is_subdomain(&"a".repeat(253)));
        for bad in ["", "-a", "a-", "A", "a/b", "../a", "a?x=1", "a%2fb", "ä", "a b", ".a", "a..b", "a."] {
            assert!(!is_label(bad) && !is_subdomain(bad), "{bad}");
        }
        assert!(!is_label(&"a".repeat(64)) && !is_label("a.b") && !is_subdomain(&"a".repeat(254)));
    }

    #[test]
    fn keys_are_file_names() {
        for key in ["a", "BUCKET_ARN", "my.key-1", ".hidden", "team-a.photos"] {
            assert!(is_key(key), "{key}");
        }
        for bad in ["", ".", "..", "..a", "a/b", "a b", "ä"] {
            assert!(!is_key(bad), "{bad}");
        }
        assert!(is_key(&"a".repeat(253)) && !is_key(&"a".repeat(254)));
    }
}
