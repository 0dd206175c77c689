//! When an action happens: some days after an object was made, or on a date. S3 takes dates at midnight UTC only.
//! Source: S3 User Guide, "Lifecycle configuration elements", "Lifecycle rules: Based on a specific date".

use std::fmt::{self, Display};

use jiff::Timestamp;

use crate::admission::{Findings, Path, Reason, quote};

const SECONDS_PER_DAY: i64 = 86_400;

/// Days after an object was made, or a date in days since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum When {
    Days(i64),
    Date(i64),
}

impl When {
    /// `None` where neither or both are said, or what is said is wrong by itself: other rules speak of that.
    pub(super) fn of(days: Option<i64>, date: Option<&str>) -> Option<Self> {
        match (days, date) {
            (Some(days), None) => Some(Self::Days(days)).filter(|_| (0..=i64::from(i32::MAX)).contains(&days)),
            (None, Some(date)) => date.parse().ok().filter(is_midnight).map(|date: Timestamp| Self::Date(day(date))),
            _ => None,
        }
    }

    /// How many days later than the other; `None` where one is a date and the other is not.
    pub(super) fn days_after(self, other: Self) -> Option<i64> {
        match (self, other) {
            (Self::Days(this), Self::Days(other)) | (Self::Date(this), Self::Date(other)) => Some(this.saturating_sub(other)),
            (Self::Days(_), Self::Date(_)) | (Self::Date(_), Self::Days(_)) => None,
        }
    }

    /// The member that says it.
    pub(super) fn member(self) -> &'static str {
        match self {
            Self::Days(_) => "days",
            Self::Date(_) => "date",
        }
    }
}

impl Display for When {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Days(days) => write!(f, "day {days}"),
            Self::Date(day) => match Timestamp::from_second(day.saturating_mul(SECONDS_PER_DAY)) {
                Ok(date) => date.strftime("%Y-%m-%d").fmt(f),
                Err(_) => f.write_str("that day"),
            },
        }
    }
}

fn day(date: Timestamp) -> i64 {
    date.as_second().div_euclid(SECONDS_PER_DAY)
}

fn is_midnight(date: &Timestamp) -> bool {
    date.as_second().rem_euclid(SECONDS_PER_DAY) == 0 && date.subsec_nanosecond() == 0
}

/// Two rules: a date that is no midnight, and one that is past. `stored` are the dates that stand there already, sorted: those are
/// past for ever, and somebody was told.
pub(super) fn date_findings(text: Option<&str>, stored: &[&str], at: &Path<'_>, to: &mut Findings) {
    const MIDNIGHT: &str = "lifecycle-date-midnight";
    let Some(text) = text else { return };
    match text.parse::<Timestamp>() {
        Err(_) => {
            let message = format!("{} is no time; write midnight UTC, such as 2030-01-01T00:00:00Z", quote(text));
            to.deny(MIDNIGHT, Reason::Invalid, at, message);
        }
        Ok(date) if !is_midnight(&date) => {
            let message = format!("{} is not midnight UTC; use {}T00:00:00Z", quote(text), When::Date(day(date)));
            to.deny(MIDNIGHT, Reason::Invalid, at, message);
        }
        Ok(date) if date < Timestamp::now() && stored.binary_search(&text).is_err() => {
            let message = format!("{} is past: all objects are due at once, and every new one too", quote(text));
            to.warn("lifecycle-date-past", Reason::Invalid, at, message);
        }
        Ok(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_right_by_itself_is_a_time() {
        assert_eq!(When::of(Some(0), None), Some(When::Days(0)));
        for (days, date) in [(None, None), (Some(1), Some("2030-01-01T00:00:00Z")), (Some(-1), None), (Some(i64::MAX), None)] {
            assert_eq!(When::of(days, date), None, "{days:?} {date:?}");
        }
        for date in ["", "soon", "2030-01-01", "2030-01-01T00:00:01Z", "2030-01-01T00:00:00.5Z", "2030-01-01T00:00:00+01:00"] {
            assert_eq!(When::of(None, Some(date)), None, "{date}");
        }
        assert_eq!(When::of(None, Some("2030-01-01T01:00:00+01:00")).unwrap().to_string(), "2030-01-01");
        assert_eq!(When::of(None, Some("1969-12-31T00:00:00Z")), Some(When::Date(-1)));
    }

    #[test]
    fn days_and_dates_are_not_compared() {
        assert_eq!(When::Days(31).days_after(When::Days(30)), Some(1));
        assert_eq!(When::Date(0).days_after(When::Days(0)), None);
        assert_eq!(When::Date(i64::MAX).to_string(), "that day");
    }
}
