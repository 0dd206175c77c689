//! Buckets that nobody touches for a while: annotation `s3.services.k8s.aws/paused` on the Bucket, or on its namespace for all in it.

use std::fmt;

use jiff::Timestamp;

use crate::annotation;

/// What the annotation says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Word {
    /// Paused until somebody takes the annotation away.
    On,
    /// Not paused.
    Off,
    /// Paused until then.
    Until(Timestamp),
}

/// A pause that is on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pause {
    /// Whether the namespace says so, not the Bucket.
    pub of_namespace: bool,
    /// When it ends by itself; `None` where somebody has to end it.
    pub until: Option<Timestamp>,
    /// What the annotation says, where it is none of the words and no time. A slip must not cost a write, so that it is a pause.
    pub unclear: Option<String>,
}

impl Pause {
    /// The pause that is on at this time, given the annotation of the Bucket and that of its namespace. Of two the longer one counts.
    #[must_use]
    pub fn of(bucket: Option<&str>, namespace: Option<&str>, now: Timestamp) -> Option<Self> {
        let both = [(bucket, false), (namespace, true)];
        let on = both.into_iter().filter_map(|(value, of_namespace)| Self::said(value?, of_namespace, now));
        on.min_by_key(|pause| pause.until.map(|until| -until.as_second()))
    }

    fn said(value: &str, of_namespace: bool, now: Timestamp) -> Option<Self> {
        match Word::parse(value) {
            Some(Word::Off) => None,
            Some(Word::On) => Some(Self { of_namespace, until: None, unclear: None }),
            Some(Word::Until(until)) => (until > now).then_some(Self { of_namespace, until: Some(until), unclear: None }),
            None => Some(Self { of_namespace, until: None, unclear: Some(value.to_owned()) }),
        }
    }
}

impl fmt::Display for Pause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whose = if self.of_namespace { "the namespace" } else { "this Bucket" };
        write!(f, "S3 is not asked and not written")?;
        if let Some(until) = self.until {
            write!(f, " until {until}")?;
        }
        write!(f, ", as annotation {} of {whose} says", annotation::PAUSED)?;
        match &self.unclear {
            Some(value) => write!(f, "; it is {value:?}, which is not understood and counts as true: {USE}"),
            None => write!(f, "; remove it to go on"),
        }
    }
}

/// What to write.
pub const USE: &str = r#"use "true", or the time until which it shall be paused, such as "2030-01-31T12:00:00Z""#;

/// Whether the annotation's value is one that is understood.
#[must_use]
pub fn is_clear(value: &str) -> bool {
    Word::parse(value).is_some()
}

impl Word {
    /// A time is one of RFC 3339, with its offset from UTC.
    fn parse(value: &str) -> Option<Self> {
        match value {
            _ if value.eq_ignore_ascii_case("true") => Some(Self::On),
            _ if value.eq_ignore_ascii_case("false") => Some(Self::Off),
            _ => value.parse().ok().map(Self::Until),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: &str = "2026-05-01T12:00:00Z";

    fn at(bucket: Option<&str>, namespace: Option<&str>) -> Option<Pause> {
        Pause::of(bucket, namespace, NOW.parse().unwrap())
    }

    #[test]
    fn true_is_on_false_is_off_and_a_time_ends_it() {
        for on in ["true", "True", "2026-05-01T12:00:01Z", "2026-05-01T15:00:00+02:00"] {
            assert!(at(Some(on), None).is_some_and(|pause| pause.unclear.is_none() && !pause.of_namespace), "{on}");
        }
        for off in ["false", NOW, "2026-05-01T13:00:00+02:00"] {
            assert_eq!(at(Some(off), None), None, "{off}");
        }
        assert_eq!(at(None, None), None);
    }

    #[test]
    fn what_is_not_understood_is_a_pause() {
        for slip in ["", "yes", "tomorrow", "2026-13-01T00:00:00Z", "2026-05-02"] {
            let pause = at(Some(slip), None).unwrap();
            assert!(pause.unclear.as_deref() == Some(slip) && pause.until.is_none() && !is_clear(slip), "{slip}");
            assert!(pause.to_string().contains("is not understood"), "{pause}");
        }
    }

    #[test]
    fn the_namespace_pauses_all_and_the_longer_one_counts() {
        let (near, far) = ("2026-05-02T00:00:00Z", "2026-06-01T00:00:00Z");
        assert!(at(Some("false"), Some("true")).unwrap().of_namespace);
        assert!(!at(Some(far), Some(near)).unwrap().of_namespace);
        assert!(at(Some(far), Some("true")).unwrap().of_namespace, "without an end is longest");
        assert!(!at(Some("true"), Some(far)).unwrap().of_namespace);
        let told = at(None, Some(near)).unwrap().to_string();
        assert!(told.contains("until 2026-05-02T00:00:00Z, as annotation s3.services.k8s.aws/paused of the namespace says"), "{told}");
    }
}
