//! Drift that stays as it is for now: because drift-mode says warn, or because somebody else writes it again whenever it was put right.
//! Two who write the same field would go on for ever; so the repairs come further and further apart, and people are told.

use std::time::Duration;

use jiff::Timestamp;
use shared::Bucket;
use shared::bucket::Drift;
use shared::drift_mode::{DriftMode, DriftModes};

use super::name;
use crate::report::Drifted;

/// From so many rounds on it is a fight: once is a mistake, twice a bad habit.
const ROUNDS: i64 = 3;
/// How long the first repair of a fight waits.
const FIRST: Duration = Duration::from_mins(10);
/// How long a repair waits at most.
const LONGEST: Duration = Duration::from_hours(24);
/// Drift that comes back so soon after the repair is another round,
const SOON: Duration = Duration::from_hours(36);
/// as is what so many checks in a row find.
const CHECKS: u32 = 3;

/// Why drift stays as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hold {
    /// drift-mode says warn, and nobody approved the plan.
    Warn,
    /// Somebody else keeps writing it. It is put right again then.
    Contested {
        /// How often it was found.
        rounds: i64,
        /// When it is put right again.
        until: Timestamp,
    },
}

/// What a pass asks by.
#[derive(Clone, Copy, Debug)]
pub struct Asking<'a> {
    /// What is done about drift.
    pub modes: &'a DriftModes,
    /// The time.
    pub now: Timestamp,
    /// How soon after the repair drift is another round.
    pub window: Duration,
    /// Whether somebody asked for this very pass. What is contested is put right at once then.
    pub requested: bool,
}

/// How soon after a repair the same drift is another round, with this time between two checks.
#[must_use]
pub fn window(period: Duration) -> Duration {
    SOON.max(period.saturating_mul(CHECKS))
}

/// Why the drift stays; `None` where it is put right now.
#[must_use]
pub fn held(bucket: &Bucket, drifted: &Drifted, asking: &Asking<'_>) -> Option<Hold> {
    if asking.modes.about(drifted.config) == DriftMode::Warn {
        return Some(Hold::Warn);
    }
    let round = |field| {
        let known = known(bucket, drifted.config, &name(field));
        let since = known.filter(|known| known.remediated_at.is_none()).and_then(|known| known.first_seen.as_ref()).map(|since| since.0);
        (rounds(known, asking.now, asking.window), since.unwrap_or(asking.now))
    };
    let (rounds, since) = drifted.fields.iter().map(round).max_by_key(|(rounds, _)| *rounds)?;
    let until = until(rounds, since).filter(|until| *until > asking.now && !asking.requested)?;
    Some(Hold::Contested { rounds, until })
}

/// Whether somebody else keeps writing the field.
#[must_use]
pub fn is_contested(drift: &Drift) -> bool {
    drift.rounds.is_some_and(|rounds| rounds >= ROUNDS)
}

/// What the status knows of a field.
pub(super) fn known<'a>(bucket: &'a Bucket, config: &str, field: &str) -> Option<&'a Drift> {
    let all = bucket.status.as_ref()?.drift.as_ref()?;
    all.iter().find(|known| known.config == config && known.field == field)
}

/// How often a field that differs now was found, soon after a repair each time.
pub(super) fn rounds(known: Option<&Drift>, now: Timestamp, window: Duration) -> i64 {
    let Some(known) = known else { return 1 };
    let before = known.rounds.unwrap_or(1);
    match &known.remediated_at {
        None => before,
        Some(at) if Duration::try_from(now.duration_since(at.0)).is_ok_and(|since| since <= window) => before.saturating_add(1),
        Some(_) => 1,
    }
}

/// When a field that was found so often, this time at `since`, is put right again.
fn until(rounds: i64, since: Timestamp) -> Option<Timestamp> {
    let beyond = rounds.checked_sub(ROUNDS).filter(|beyond| *beyond >= 0)?;
    let wait = FIRST.saturating_mul(1 << beyond.min(16)).min(LONGEST);
    since.checked_add(wait).ok()
}

#[cfg(test)]
mod tests {
    use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
    use serde_json::json;
    use shared::bucket::BucketStatus;
    use shared::drift_mode::Said;
    use shared::subconfig::Difference;

    use super::*;

    const DAY: i64 = 86_400;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn bucket(rounds: Option<i64>, remediated_at: Option<i64>) -> Bucket {
        let time = |second| Time(at(second));
        let known = Drift {
            config: "cors".to_owned(),
            field: "spec.cors".to_owned(),
            first_seen: Some(time(100)),
            remediated_at: remediated_at.map(time),
            rounds,
            ..Drift::default()
        };
        let mut bucket = Bucket::default();
        bucket.status = Some(BucketStatus { drift: Some(vec![known]), ..BucketStatus::default() });
        bucket
    }

    fn ask(bucket: &Bucket, second: i64, mode: &str, requested: bool) -> Option<Hold> {
        let modes = DriftModes::of(bucket, None, &Said::parse(mode).unwrap());
        let drifted = Drifted::found("cors", vec![Difference { field: "spec.cors".to_owned(), desired: json!(1), observed: json!(2) }]);
        let window = window(Duration::from_hours(10));
        held(bucket, &drifted, &Asking { modes: &modes, now: at(second), window, requested })
    }

    #[test]
    fn the_third_time_in_a_row_it_is_a_fight() {
        assert_eq!(ask(&Bucket::default(), 200, "", false), None, "the first time");
        assert_eq!(ask(&bucket(None, Some(200)), 300, "", false), None, "the second");
        assert_eq!(ask(&bucket(Some(2), Some(200)), 300, "", false), Some(Hold::Contested { rounds: 3, until: at(900) }));
        assert_eq!(ask(&bucket(Some(2), Some(200)), 300, "", true), None, "somebody asked for it");
        assert_eq!(ask(&bucket(Some(9), Some(200)), 200 + 2 * DAY, "", false), None, "it was quiet for long");
    }

    #[test]
    fn repairs_come_further_and_further_apart() {
        let wait = |rounds| match ask(&bucket(Some(rounds), Some(200)), 300, "", false) {
            Some(Hold::Contested { until, .. }) => until.as_second() - 300,
            other => panic!("{other:?}"),
        };
        assert_eq!([2, 3, 4, 5].map(wait), [600, 1200, 2400, 4800]);
        assert_eq!([60, i64::MAX - 1].map(wait), [DAY; 2]);
    }

    #[test]
    fn while_it_stands_it_waits_from_when_it_was_found() {
        let standing = bucket(Some(3), None);
        assert_eq!(ask(&standing, 500, "", false), Some(Hold::Contested { rounds: 3, until: at(700) }));
        assert_eq!(ask(&standing, 700, "", false), None, "the time has come");
    }

    #[test]
    fn weekly_checks_see_a_fight_as_well() {
        assert_eq!(window(Duration::from_hours(10)), SOON);
        assert_eq!(window(Duration::from_hours(24 * 7)), Duration::from_hours(24 * 21));
    }

    #[test]
    fn what_is_only_shown_stays() {
        assert_eq!(ask(&Bucket::default(), 200, "warn", false), Some(Hold::Warn));
        assert_eq!(ask(&Bucket::default(), 200, "warn", true), Some(Hold::Warn), "to look is not to approve");
        assert_eq!(ask(&Bucket::default(), 200, "warn,cors=remediate", false), None);
    }
}
