//! When a Bucket is looked at next. Pure.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;

use jiff::Timestamp;
use shared::bucket::ConditionType;
use shared::{Bucket, resync};

use crate::mode::Mode;
use crate::report::{Pace, State};
use crate::settings::gates::Gates;
use crate::status;

/// How soon after its creation a bucket is read for the first time.
const FIRST_CHECK: Duration = Duration::from_secs(30);
/// The longest time between two looks at a Bucket in a terminal condition: what is wrong may be put right outside.
const TERMINAL: Duration = Duration::from_hours(1);
/// The time between two tries where nothing outside the cluster is asked, as in the peer.
const STEADY: Duration = Duration::from_secs(15);
/// The time between two looks at what waits for people.
const RARE: Duration = Duration::from_mins(5);
/// The time between two parts of long work.
const ONWARD: Duration = Duration::from_secs(1);
/// A check follows the one before after so many periods at least, and
const EARLIEST: f64 = 0.9;
/// after so many at most.
const LATEST: f64 = 1.1;
/// The shortest time between two tries.
const SHORTEST: Duration = Duration::from_millis(250);

/// When the next check of a Bucket in sync is due: the period (its own, else this one) after the last one, give or take 10 %, so that buckets created
/// together are not checked together. A restart works out the same time. `None` where the Bucket is not in sync: look at it now. A check
/// in the future is none (the clock was wrong then, or the status comes from elsewhere): the next one is due now.
#[must_use]
pub fn due(bucket: &Bucket, period: Duration, gates: &Gates, now: Timestamp) -> Option<Timestamp> {
    let period = resync::period(bucket, period);
    let generation = bucket.metadata.generation;
    let ready = status::condition(bucket, ConditionType::Ready)?;
    let known = bucket.status.as_ref()?;
    let in_sync = ready.status == "True" && ready.observed_generation == generation && known.observed_generation == generation;
    let looks_on = Mode::of(bucket, false, gates) == Mode::ReadOnly;
    if !in_sync || generation.is_none() || !(bucket.owns_bucket() || looks_on) {
        return None;
    }
    let (from, wait) = match &known.last_checked {
        Some(checked) => (checked.0, spread(period, bucket.metadata.uid.as_deref().unwrap_or_default(), checked.0)),
        None => (ready.last_transition_time.as_ref()?.0, first_check(period)),
    };
    let latest = now.checked_add(period.mul_f64(LATEST)).ok();
    from.checked_add(wait).ok().map(|due| if latest.is_some_and(|latest| due > latest) { now } else { due })
}

/// How soon a bucket is read after its creation.
#[must_use]
pub fn first_check(period: Duration) -> Duration {
    FIRST_CHECK.min(period)
}

/// How long to wait after a pass that failed for the `tries`th time in a row (1 for the first). `roll` is a random number from 0 to
/// 1: waits are spread over the whole range, so that Buckets that failed together do not try together.
#[must_use]
pub fn wait(state: &State, tries: u32, period: Duration, roll: f64) -> Duration {
    let (base, most) = match state {
        State::Synced => return period.mul_f64(0.9 + 0.2 * roll),
        State::Terminal { pace: None, .. } => return period.min(TERMINAL).mul_f64(0.9 + 0.1 * roll),
        State::Terminal { pace: Some(pace), .. } | State::Recoverable { pace, .. } => match pace {
            Pace::Quick => (1, 900),
            Pace::Steady => return STEADY.mul_f64(0.9 + 0.1 * roll),
            Pace::Patient => (1, 300),
            Pace::Slow => (30, 900),
            // Never sooner: it is told as a bound.
            Pace::Rare => return RARE.mul_f64(1.0 + 0.2 * roll),
            Pace::Onward => return ONWARD,
            // The caller knows the time.
            Pace::At(_) | Pace::Check => return period.mul_f64(0.9 + 0.2 * roll),
        },
    };
    let doubled = Duration::from_secs(base).saturating_mul(1 << tries.saturating_sub(1).min(16));
    doubled.min(Duration::from_secs(most)).mul_f64(roll).max(SHORTEST)
}

/// A number from 0 to 1 that looks random and is the same for the same seed.
#[must_use]
pub fn roll(seed: impl Hash) -> f64 {
    let mut hasher = DefaultHasher::new();
    seed.hash(&mut hasher);
    let high = u32::try_from(hasher.finish() >> 32).unwrap_or_default();
    f64::from(high) / f64::from(u32::MAX)
}

fn spread(period: Duration, uid: &str, checked: Timestamp) -> Duration {
    period.mul_f64(EARLIEST + (LATEST - EARLIEST) * roll((uid, checked.as_second())))
}

#[cfg(test)]
mod tests {
    use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
    use proptest::prelude::*;
    use shared::bucket::{BucketStatus, Condition, FINALIZER};
    use shared::{BucketSpec, annotation};

    use super::*;

    const PERIOD: Duration = Duration::from_hours(10);
    const NOW: i64 = 2000;

    fn in_sync(uid: &str, checked: Option<i64>) -> Bucket {
        let mut bucket = Bucket::new("b", BucketSpec { name: "b".to_owned(), ..BucketSpec::default() });
        bucket.metadata.generation = Some(2);
        bucket.metadata.uid = Some(uid.to_owned());
        bucket.metadata.finalizers = Some(vec![FINALIZER.to_owned()]);
        let ready = Condition {
            type_: "Ready".to_owned(),
            status: "True".to_owned(),
            observed_generation: Some(2),
            last_transition_time: Some(Time(Timestamp::from_second(1000).unwrap())),
            ..Condition::default()
        };
        bucket.status = Some(BucketStatus {
            conditions: Some(vec![ready]),
            observed_generation: Some(2),
            last_checked: checked.map(|second| Time(Timestamp::from_second(second).unwrap())),
            ..BucketStatus::default()
        });
        bucket
    }

    fn seconds(bucket: &Bucket) -> Option<i64> {
        due(bucket, PERIOD, &Gates::default(), Timestamp::from_second(NOW).unwrap()).map(Timestamp::as_second)
    }

    #[test]
    fn a_bucket_in_sync_is_due_about_a_period_after_its_last_check() {
        let all: Vec<i64> = (0..500).map(|n| seconds(&in_sync(&format!("uid-{n}"), Some(0))).unwrap()).collect();
        assert!(all.iter().all(|due| (32_400..=39_600).contains(due)), "{all:?}");
        let early = all.iter().filter(|due| **due < 36_000).count();
        assert!((150..350).contains(&early), "{early} of 500 are early");
        assert_eq!(seconds(&in_sync("uid-7", Some(0))), Some(all[7]), "a restart works out the same");
        assert_ne!(seconds(&in_sync("uid-7", Some(1))), Some(all[7] + 1), "each period is spread anew");
    }

    #[test]
    fn a_bucket_may_ask_to_be_checked_more_often() {
        let mut bucket = in_sync("uid", Some(1900));
        bucket.metadata.annotations = Some([(annotation::RESYNC_SECONDS.to_owned(), "1000".to_owned())].into());
        assert!((2800..=3000).contains(&seconds(&bucket).unwrap()), "{:?}", seconds(&bucket));
    }

    #[test]
    fn a_check_in_the_future_is_none() {
        let years = 4_000_000_000;
        assert_eq!(seconds(&in_sync("uid", Some(years))), Some(NOW));
        let mut new = in_sync("uid", None);
        new.status.as_mut().unwrap().conditions.as_mut().unwrap()[0].last_transition_time =
            Some(Time(Timestamp::from_second(years).unwrap()));
        assert_eq!(seconds(&new), Some(NOW), "nor is a creation");
        assert!(seconds(&in_sync("uid", Some(NOW))).is_some_and(|due| due > NOW), "one of this very second is one");
    }

    #[test]
    fn a_new_bucket_is_read_soon() {
        assert_eq!(seconds(&in_sync("uid", None)), Some(1030));
        assert_eq!(first_check(Duration::from_secs(5)), Duration::from_secs(5));
    }

    #[test]
    fn who_only_looks_on_is_checked_as_well_while_that_means_something() {
        let mut bucket = in_sync("uid", None);
        bucket.metadata.finalizers = None;
        bucket.metadata.annotations = Some([(annotation::READ_ONLY.to_owned(), "true".to_owned())].into());
        let now = Timestamp::from_second(NOW).unwrap();
        let of = |on| due(&bucket, PERIOD, &Gates { read_only_resources: on, ..Gates::default() }, now).map(Timestamp::as_second);
        assert_eq!([true, false].map(of), [Some(1030), None]);
    }

    #[test]
    fn whatever_is_not_in_sync_is_looked_at_now() {
        let changes: [fn(&mut Bucket); 6] = [
            |bucket| bucket.metadata.generation = Some(3),
            |bucket| bucket.metadata.finalizers = None,
            |bucket| bucket.status = None,
            |bucket| bucket.status.as_mut().unwrap().observed_generation = None,
            |bucket| bucket.status.as_mut().unwrap().conditions.as_mut().unwrap()[0].status = "False".to_owned(),
            |bucket| bucket.status.as_mut().unwrap().conditions.as_mut().unwrap()[0].observed_generation = Some(1),
        ];
        for (index, change) in changes.iter().enumerate() {
            let mut bucket = in_sync("uid", Some(0));
            change(&mut bucket);
            assert_eq!(seconds(&bucket), None, "change {index}");
        }
    }

    #[test]
    fn waits_double_up_to_their_bound() {
        let recoverable = |pace| State::recoverable("", "", pace);
        let of = |state: &State, tries| wait(state, tries, PERIOD, 1.0).as_secs();
        let quick = recoverable(Pace::Quick);
        let first: Vec<u64> = (1..=5).map(|tries| of(&quick, tries)).collect();
        assert_eq!(first, [1, 2, 4, 8, 16]);
        assert_eq!((of(&quick, 11), of(&quick, u32::MAX)), (900, 900));
        assert_eq!(of(&recoverable(Pace::Patient), 30), 300);
        assert_eq!([1, 30].map(|tries| of(&recoverable(Pace::Steady), tries)), [15, 15]);
        let slow: Vec<u64> = (1..=7).map(|tries| of(&recoverable(Pace::Slow), tries)).collect();
        assert_eq!(slow, [30, 60, 120, 240, 480, 900, 900]);
        for tries in [1, 9] {
            assert_eq!(wait(&recoverable(Pace::Rare), tries, PERIOD, 0.0), RARE, "never sooner");
            assert_eq!((of(&recoverable(Pace::Rare), tries), of(&recoverable(Pace::Onward), tries)), (360, 1));
        }
        let terminal = State::terminal("", "");
        assert_eq!(of(&terminal, 9), 3600);
        assert_eq!(wait(&terminal, 1, Duration::from_mins(1), 1.0).as_secs(), 60);
    }

    proptest! {
        #[test]
        fn a_wait_is_never_nothing_and_never_beyond_its_bound(tries: u32, seed: u64) {
            let state = State::recoverable("", "", Pace::Quick);
            let wait = wait(&state, tries, PERIOD, roll(seed));
            prop_assert!(wait >= SHORTEST && wait <= Duration::from_mins(15));
        }
    }
}
