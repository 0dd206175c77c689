//! Durations as Go writes them, such as `5s`, `1m30s` and `500ms`. The API server writes its time limit so.

use std::time::Duration;

const NANOS: [(&str, f64); 8] = [("ns", 1.0), ("us", 1e3), ("µs", 1e3), ("μs", 1e3), ("ms", 1e6), ("s", 1e9), ("m", 60e9), ("h", 3600e9)];

/// The longest duration that is read; anything above is a mistake.
const LONGEST: Duration = Duration::from_hours(366 * 24);

/// Reads a Go duration (source: Go, `time.ParseDuration`). Negative ones and such above a year are none.
pub(crate) fn parse(text: &str) -> Option<Duration> {
    let mut rest = text;
    let mut nanos = 0.0;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let number: f64 = rest[..digits].parse().ok()?;
        rest = &rest[digits..];
        let length = rest.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(rest.len());
        let (_, unit) = NANOS.iter().find(|(name, _)| *name == &rest[..length])?;
        nanos += number * unit;
        rest = &rest[length..];
    }
    let duration = Duration::try_from_secs_f64(nanos / 1e9).ok()?;
    (!text.is_empty() && duration <= LONGEST).then_some(duration)
}

/// Reads a command line value: seconds, such as `10` or `0.2`, or a Go duration.
///
/// # Errors
/// The text is neither.
pub(crate) fn seconds(text: &str) -> Result<Duration, String> {
    let plain = text.parse::<f64>().ok().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()).filter(|d| *d <= LONGEST);
    plain.or_else(|| parse(text)).ok_or_else(|| format!("{text:?} is no duration; use seconds such as 10 or 0.5, or 1m30s"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_go_writes() {
        let cases = [("5s", 5000), ("500ms", 500), ("1m30s", 90_000), ("1.5s", 1500), ("1h", 3_600_000), ("0s", 0), ("2000000ns", 2)];
        for (text, millis) in cases {
            assert_eq!(parse(text), Some(Duration::from_millis(millis)), "{text}");
        }
    }

    #[test]
    fn refuses_what_is_none() {
        for text in ["", "5", "s", "-5s", "5 s", "1e3s", "..s", "5x", "99999999999999999999h", "sm", "٣s"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_flag_takes_seconds_too() {
        assert_eq!(seconds("10").unwrap(), Duration::from_secs(10));
        assert_eq!(seconds("0.25").unwrap(), Duration::from_millis(250));
        assert_eq!(seconds("2m").unwrap(), Duration::from_mins(2));
        for text in ["", "soon", "-1", "NaN", "inf", "1e300"] {
            assert!(seconds(text).unwrap_err().contains("no duration"), "{text}");
        }
    }
}
