//! From an answer to the class of its fault. Pure.

use super::table::ROWS;
use super::{Class, KMS};

/// Refusals of what the spec says that heal all the same, by a phrase of their text (in lower case): what the spec refers to is not
/// there yet, or another change has not reached all of S3.
/// Sources: S3 User Guide, "Bucket policy errors", "Troubleshooting replication", "Event notifications: unable to validate".
const HEALS: &[(&str, &str, Class)] = &[
    // A principal that was made a moment ago, or that is gone.
    ("MalformedPolicy", "invalid principal in policy", Class::Missing),
    // A queue, topic or function that is not there, or whose policy does not let S3 in yet.
    ("InvalidArgument", "unable to validate the following destination", Class::Missing),
    ("InvalidRequest", "destination bucket must", Class::Missing),
    // Versioning that was switched on a moment ago.
    ("InvalidRequest", "versioning must be 'enabled' on the bucket", Class::Missing),
];

/// The class of an error code, the HTTP status deciding where the code is unknown.
/// Source: S3 API reference, "Error responses"; STS API reference, "Common errors".
#[must_use]
pub fn classify(status: u16, code: &str) -> Class {
    known(code).or_else(|| known(code.strip_prefix(KMS)?)).unwrap_or_else(|| of_status(status))
}

/// The class of an error whose text is known too. One code can stand for what is wrong in the spec and for what is not there yet.
#[must_use]
pub fn classify_told(status: u16, code: &str, message: &str) -> Class {
    let told = message.to_ascii_lowercase();
    let heals = HEALS.iter().find(|(of, phrase, _)| *of == code && told.contains(phrase));
    heals.map_or_else(|| classify(status, code), |(.., class)| *class)
}

fn known(code: &str) -> Option<Class> {
    ROWS.binary_search_by_key(&code, |(known, ..)| known).ok().map(|found| ROWS[found].1)
}

/// Source: RFC 9110, "Status codes"; S3 answers 503 to callers that are too fast.
fn of_status(status: u16) -> Class {
    match status {
        401 | 403 => Class::Denied,
        404 | 410 => Class::Missing,
        409 | 412 | 423 => Class::Conflict,
        429 | 503 | 509 => Class::Throttled,
        301 | 400..=407 | 411 | 413..=424 | 426..=499 | 501 => Class::Terminal,
        _ => Class::Transient,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// Rows of code, HTTP status and class, in a file of their own: what is expected is written twice.
    const CODES: &str = include_str!("codes.txt");

    fn codes() -> Vec<(&'static str, u16, &'static str)> {
        let rows = CODES.lines().filter(|line| !line.starts_with('#'));
        let fields = rows.map(|line| line.split(' ').collect::<Vec<_>>());
        fields.map(|fields| (fields[0], fields[1].parse().unwrap(), fields[2])).collect()
    }

    #[test]
    fn every_code_has_the_class_that_is_expected() {
        let codes = codes();
        assert!(codes.len() >= 120, "{}", codes.len());
        for (code, status, class) in &codes {
            assert_eq!(classify(*status, code).as_str(), *class, "{status} {code}");
        }
        let expected: BTreeSet<&str> = codes.iter().map(|(code, ..)| *code).collect();
        let unexpected: Vec<&str> = ROWS.iter().map(|(code, ..)| *code).filter(|code| !expected.contains(code)).collect();
        assert!(unexpected.is_empty(), "{unexpected:?} are not in codes.txt");
    }

    #[test]
    fn the_table_is_in_order_so_that_codes_are_found() {
        assert!(ROWS.is_sorted_by(|(one, ..), (next, ..)| one < next));
    }

    #[test]
    fn codes_go_before_statuses() {
        for (status, code, class) in [
            (400, "RequestTimeout", Class::Transient),
            (403, "RequestTimeTooSkewed", Class::Transient),
            (400, "ExpiredToken", Class::Transient),
            (400, "TooManyBuckets", Class::Limit),
            (409, "BucketAlreadyExists", Class::Terminal),
            (403, "CrossLocationLoggingProhibited", Class::Terminal),
            (403, "SomethingNew", Class::Denied),
            (400, "KMS.AccessDeniedException", Class::Denied),
        ] {
            assert_eq!(classify(status, code), class, "{status} {code}");
        }
    }

    #[test]
    fn unknown_codes_go_by_the_status() {
        for (class, statuses) in [
            (Class::Terminal, &[301, 400, 405, 411, 422, 451, 499, 501][..]),
            (Class::Denied, &[401, 403]),
            (Class::Missing, &[404, 410]),
            (Class::Conflict, &[409, 412, 423]),
            (Class::Throttled, &[429, 503, 509]),
            (Class::Transient, &[0, 200, 204, 304, 307, 408, 425, 500, 502, 504, 599, 999]),
        ] {
            for status in statuses {
                assert_eq!(classify(*status, "SomethingNew"), class, "{status}");
                // Not every store says what went wrong: LocalStack answers 501 InternalFailure to what it lacks.
                assert_eq!(classify(*status, "InternalFailure"), class, "{status}");
            }
        }
    }

    #[test]
    fn what_is_not_there_yet_is_told_from_what_is_wrong() {
        let invalid = |code, message| classify_told(400, code, message);
        assert_eq!(invalid("MalformedPolicy", "Invalid principal in policy"), Class::Missing);
        assert_eq!(invalid("MalformedPolicy", "Policy has invalid action"), Class::Terminal);
        assert_eq!(invalid("InvalidArgument", "Unable to validate the following destination configurations"), Class::Missing);
        assert_eq!(invalid("InvalidArgument", "The XML is odd"), Class::Terminal);
        assert_eq!(invalid("InvalidRequest", "Destination bucket must exist."), Class::Missing);
        assert_eq!(invalid("InvalidRequest", "Destination bucket must have versioning enabled."), Class::Missing);
        let versioning = "Versioning must be 'Enabled' on the bucket to apply a replication configuration";
        assert_eq!(invalid("InvalidRequest", versioning), Class::Missing);
        assert_eq!(invalid("InvalidTag", versioning), Class::Terminal);
    }
}
