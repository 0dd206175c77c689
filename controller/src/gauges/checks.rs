//! How long ago Buckets were checked.

use std::time::Duration;

use jiff::Timestamp;
use shared::{Bucket, resync};

/// A check that is so much later than the longest wait is overdue: queues, back-off and throttling take their time.
const GRACE: Duration = Duration::from_mins(5);
/// A check follows the one before after so many periods at most.
const LATEST: f64 = 1.1;

/// What is found over all Buckets.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Checks {
    /// The age of the check that is longest ago, in seconds.
    pub(super) oldest: f64,
    /// How many checks are overdue.
    pub(super) overdue: u32,
}

impl Checks {
    /// Takes in a Bucket that is looked at for drift, with this time between two checks where it does not say.
    pub(super) fn add(&mut self, bucket: &Bucket, period: Duration, now: Timestamp) {
        // As long as it was never checked, that is from the beginning.
        let Some(since) = checked(bucket).or_else(|| bucket.metadata.creation_timestamp.as_ref().map(|created| created.0)) else { return };
        let age = Duration::try_from(now.duration_since(since)).unwrap_or_default();
        self.oldest = self.oldest.max(age.as_secs_f64());
        self.overdue += u32::from(age > resync::period(bucket, period).mul_f64(LATEST) + GRACE);
    }
}

/// When the Bucket was last checked.
pub(super) fn checked(bucket: &Bucket) -> Option<Timestamp> {
    bucket.status.as_ref()?.last_checked.as_ref().map(|checked| checked.0)
}

#[cfg(test)]
mod tests {
    use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
    use shared::annotation;
    use shared::bucket::BucketStatus;

    use super::*;

    const PERIOD: Duration = Duration::from_hours(1);

    fn of(checked: Option<i64>, annotated: &str) -> Checks {
        let time = |second| Time(Timestamp::from_second(second).unwrap());
        let mut bucket = Bucket::default();
        bucket.metadata.creation_timestamp = Some(time(1000));
        bucket.metadata.annotations = Some([(annotation::RESYNC_SECONDS.to_owned(), annotated.to_owned())].into());
        bucket.status = Some(BucketStatus { last_checked: checked.map(time), ..BucketStatus::default() });
        let mut checks = Checks::default();
        checks.add(&bucket, PERIOD, Timestamp::from_second(10_000).unwrap());
        checks
    }

    #[test]
    fn a_check_is_overdue_after_its_period_and_some_grace() {
        assert_eq!(of(Some(9000), ""), Checks { oldest: 1000.0, overdue: 0 });
        assert_eq!(of(Some(10_000 - 4260), "").overdue, 0);
        assert_eq!(of(Some(10_000 - 4261), "").overdue, 1);
        assert_eq!(of(Some(9000), "600").overdue, 1, "it wants to be checked more often");
        assert_eq!(of(None, ""), Checks { oldest: 9000.0, overdue: 1 }, "never checked since it was made");
        assert_eq!(of(Some(20_000), "").oldest.to_bits(), 0.0_f64.to_bits(), "a check in the future");
    }
}
