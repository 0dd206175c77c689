//! When the Buckets of a list get their next pass. Pure. A restart calls S3 for nothing that is not due, and spreads what is overdue.

use std::time::Duration;

use jiff::Timestamp;
use shared::bucket::ConditionType;
use shared::pause::Pause;
use shared::{Bucket, annotation};

use crate::paused;
use crate::queue::Key;
use crate::schedule;
use crate::settings::gates::Gates;
use crate::status;
use crate::trigger::Lane;

/// Overdue checks are made up for at twice the rate of checks in ordinary times: all of them within half a period.
const HASTE: u32 = 2;

/// How a Bucket stands when it is seen for the first time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Not in sync, as far as its status tells.
    Unsettled,
    /// In sync as the ACK S3 controller left it, and never looked at by this one.
    HandedOver,
    /// In sync, with its next check then.
    Due(Timestamp),
}

/// What follows for a Bucket of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planned {
    /// The Bucket.
    pub key: Key,
    /// The lane of its pass.
    pub lane: Lane,
    /// The time until then.
    pub after: Duration,
}

impl Standing {
    /// How the Bucket stands, with this time between two checks.
    #[must_use]
    pub fn of(bucket: &Bucket, period: Duration, gates: &Gates, now: Timestamp) -> Self {
        // A pass over a paused Bucket calls S3 for nothing, and one whose pause is over has waited long enough.
        if paused::is_told(bucket) || Pause::of(bucket.annotation(annotation::PAUSED), None, now).is_some() {
            return Self::Unsettled;
        }
        if let Some(due) = schedule::due(bucket, period, gates, now) {
            return Self::Due(due);
        }
        let is_synced = status::condition(bucket, ConditionType::ResourceSynced).is_some_and(|condition| condition.status == "True");
        let is_unknown = bucket.status.as_ref().is_some_and(|status| status.observed_generation.is_none());
        if is_synced && is_unknown && bucket.owns_bucket() && bucket.metadata.deletion_timestamp.is_none() {
            Self::HandedOver
        } else {
            Self::Unsettled
        }
    }
}

/// When each of these Buckets gets its pass. What is not in sync comes first. What is not due is looked at without a call to S3, so
/// that the pass knows from then on what it depends on. What the ACK S3 controller left needs one check each, as soon as the limits of
/// requests allow. What is overdue is spread, the longest overdue first, so that restarts again and again get on as well.
#[must_use]
pub fn plan(listed: Vec<(Key, Standing)>, period: Duration, now: Timestamp) -> Vec<Planned> {
    let apart = period / HASTE / u32::try_from(listed.len().max(1)).unwrap_or(u32::MAX);
    let mut planned = Vec::with_capacity(listed.len());
    let mut overdue = Vec::new();
    for (key, standing) in listed {
        match standing {
            Standing::Unsettled => planned.push(Planned { key, lane: Lane::Retry, after: Duration::ZERO }),
            Standing::Due(due) if due <= now => overdue.push((due, key)),
            Standing::HandedOver | Standing::Due(_) => planned.push(Planned { key, lane: Lane::Sweep, after: Duration::ZERO }),
        }
    }
    overdue.sort_unstable();
    let spread = (0..).zip(overdue).map(|(turn, (_, key))| Planned { key, lane: Lane::Sweep, after: apart * turn });
    planned.extend(spread);
    planned
}

#[cfg(test)]
mod tests {
    use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
    use shared::BucketSpec;
    use shared::bucket::{BucketStatus, Condition, FINALIZER};

    use super::*;

    const PERIOD: Duration = Duration::from_hours(10);
    const TEN_MINUTES: Duration = Duration::from_mins(10);

    fn key(number: usize) -> Key {
        Key::new("n", &number.to_string())
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn bucket(conditions: &[ConditionType], generation: Option<i64>, checked: Option<i64>) -> Bucket {
        let mut bucket = Bucket::new("b", BucketSpec { name: "b".to_owned(), ..BucketSpec::default() });
        bucket.metadata.generation = Some(1);
        bucket.metadata.finalizers = Some(vec![FINALIZER.to_owned()]);
        let of = |kind: &ConditionType| Condition {
            type_: kind.as_str().to_owned(),
            status: "True".to_owned(),
            observed_generation: generation,
            ..Condition::default()
        };
        bucket.status = Some(BucketStatus {
            conditions: Some(conditions.iter().map(of).collect()),
            observed_generation: generation,
            last_checked: checked.map(|second| Time(at(second))),
            ..BucketStatus::default()
        });
        bucket
    }

    #[test]
    fn a_bucket_stands_as_its_status_says() {
        let in_sync = bucket(&[ConditionType::Ready, ConditionType::ResourceSynced], Some(1), Some(0));
        assert!(
            matches!(Standing::of(&in_sync, PERIOD, &Gates::default(), at(0)), Standing::Due(due) if (32_400..=39_600).contains(&due.as_second()))
        );
        let ahead = bucket(&[ConditionType::Ready, ConditionType::ResourceSynced], Some(1), Some(4_000_000_000));
        assert_eq!(Standing::of(&ahead, PERIOD, &Gates::default(), at(0)), Standing::Due(at(0)), "the clock was wrong once");
        let left = bucket(&[ConditionType::Ready, ConditionType::ResourceSynced], None, None);
        assert_eq!(Standing::of(&left, PERIOD, &Gates::default(), at(0)), Standing::HandedOver);
        let changes: [fn(&mut Bucket); 4] = [
            |bucket| bucket.metadata.finalizers = None,
            |bucket| bucket.metadata.deletion_timestamp = Some(Time(Timestamp::UNIX_EPOCH)),
            |bucket| bucket.status = None,
            |bucket| bucket.status.as_mut().unwrap().conditions = None,
        ];
        for change in changes {
            let mut other = left.clone();
            change(&mut other);
            assert_eq!(Standing::of(&other, PERIOD, &Gates::default(), at(0)), Standing::Unsettled);
        }
        assert_eq!(
            Standing::of(&bucket(&[ConditionType::Terminal], Some(1), Some(0)), PERIOD, &Gates::default(), at(0)),
            Standing::Unsettled
        );
    }

    #[test]
    fn a_pause_is_told_and_ended_at_once() {
        let standing = |bucket: &Bucket| Standing::of(bucket, PERIOD, &Gates::default(), at(1_000_000));
        let overdue = bucket(&[ConditionType::Ready, ConditionType::ResourceSynced], Some(1), Some(0));
        assert!(matches!(standing(&overdue), Standing::Due(due) if due < at(1_000_000)));
        let paused = |value: &str| {
            let mut paused = overdue.clone();
            paused.metadata.annotations = Some([(annotation::PAUSED.to_owned(), value.to_owned())].into());
            paused
        };
        assert_eq!(standing(&paused("true")), Standing::Unsettled, "the status does not tell it yet");
        assert!(matches!(standing(&paused("1970-01-01T01:00:00Z")), Standing::Due(_)));
        let told = bucket(&[ConditionType::Ready, ConditionType::ResourceSynced, ConditionType::Paused], Some(1), Some(0));
        assert_eq!(standing(&told), Standing::Unsettled, "the pause may be over");
    }

    #[test]
    fn after_a_long_rest_the_first_ten_minutes_see_a_twentieth_at_most() {
        let listed: Vec<_> = (0..10_000).map(|number| (key(number), Standing::Due(at(-i64::try_from(number).unwrap())))).collect();
        let planned = plan(listed, PERIOD, at(0));
        assert_eq!(planned.len(), 10_000);
        let soon = planned.iter().filter(|planned| planned.after <= TEN_MINUTES).count();
        assert!(soon <= 500 && soon > 100, "{soon}");
        assert!(planned.iter().all(|planned| planned.after <= PERIOD / 2 && planned.lane == Lane::Sweep));
        assert_eq!((&planned[0].key, planned[0].after), (&key(9_999), Duration::ZERO), "the longest overdue first");
    }

    #[test]
    fn a_short_rest_is_made_up_for_at_once() {
        let standing = |number: usize| Standing::Due(at(if number < 3 { -5 } else { 5_000 }));
        let planned = plan((0..10_000).map(|number| (key(number), standing(number))).collect(), PERIOD, at(0));
        let overdue: Vec<_> = planned.iter().filter(|planned| (0..3).any(|number| planned.key == key(number))).collect();
        assert!(overdue.len() == 3 && overdue.iter().all(|planned| planned.after < Duration::from_secs(10)), "{overdue:?}");
        assert_eq!(planned.iter().filter(|planned| planned.after.is_zero()).count(), 9_998, "a look at the status costs nothing");
    }

    #[test]
    fn what_is_not_in_sync_comes_first() {
        let planned = plan(vec![(key(1), Standing::HandedOver), (key(2), Standing::Unsettled)], PERIOD, at(0));
        let of = |number| planned.iter().find(|planned| planned.key == key(number)).map(|planned| (planned.lane, planned.after));
        assert_eq!((of(1), of(2)), (Some((Lane::Sweep, Duration::ZERO)), Some((Lane::Retry, Duration::ZERO))));
        assert!(plan(Vec::new(), PERIOD, at(0)).is_empty());
    }
}
