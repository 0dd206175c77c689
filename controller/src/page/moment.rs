//! Times as people read them. Pure.

use std::time::Duration;

use jiff::Timestamp;

/// A point in time: exactly, and as seen from now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Moment {
    /// In UTC, RFC 3339, whole seconds.
    pub(super) exact: String,
    /// Such as `5 min ago` or `in 3 h`.
    pub(super) words: String,
}

impl Moment {
    pub(super) fn of(at: Timestamp, now: Timestamp) -> Self {
        let passed = now.duration_since(at);
        let time = span(passed.unsigned_abs());
        let words = match passed.as_secs() {
            0 => "now".to_owned(),
            1.. => format!("{time} ago"),
            i64::MIN..0 => format!("in {time}"),
        };
        Self { exact: exact(at), words }
    }
}

/// The time in UTC, whole seconds.
pub(super) fn exact(at: Timestamp) -> String {
    Timestamp::from_second(at.as_second()).unwrap_or(at).to_string()
}

/// A length of time in its two largest units.
pub(super) fn span(time: Duration) -> String {
    const UNITS: [(u64, &str); 4] = [(86_400, "d"), (3600, "h"), (60, "min"), (1, "s")];
    let seconds = time.as_secs();
    let first = UNITS.iter().position(|(length, _)| seconds >= *length).unwrap_or(UNITS.len() - 1);
    let (length, unit) = UNITS[first];
    let (whole, rest) = (seconds / length, seconds % length);
    match UNITS.get(first + 1).map(|(length, unit)| (rest / length, unit)) {
        // So long ago, or so small, that nobody asks for more.
        Some((part, smaller)) if part > 0 && whole < 10 => format!("{whole} {unit} {part} {smaller}"),
        _ => format!("{whole} {unit}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_of_time_has_two_units_at_most() {
        let of = |seconds| span(Duration::from_secs(seconds));
        let told = [0, 59, 60, 61, 599, 600, 661, 3600, 3661, 36_059, 90_000, 864_000, 4_000_000_000].map(of);
        let expected = [
            "0 s",
            "59 s",
            "1 min",
            "1 min 1 s",
            "9 min 59 s",
            "10 min",
            "11 min",
            "1 h",
            "1 h 1 min",
            "10 h",
            "1 d 1 h",
            "10 d",
            "46296 d",
        ];
        assert_eq!(told, expected);
    }

    #[test]
    fn a_moment_is_before_or_after_now() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let of = |second| Moment::of(at(second), at(1000)).words;
        assert_eq!([of(940), of(1000), of(1120)], ["1 min ago", "now", "in 2 min"]);
        assert_eq!(Moment::of("1970-01-01T00:00:00.9Z".parse().unwrap(), at(5)).exact, "1970-01-01T00:00:00Z");
        assert!(Moment::of(Timestamp::MIN, Timestamp::MAX).words.ends_with(" d ago"), "no overflow");
    }
}
