//! S3 says that a bucket is gone which was there. That is not believed at once: reads lag behind a creation, and under throttling S3
//! and what stands before it were seen to answer 404 for buckets that exist. What follows from it cannot be taken back: a bucket that
//! is created anew, or a Bucket that is let go.
//!
//! So it is looked at again after a pause, by another call too, and while S3 throttles the account it is not believed for long.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use shared::Bucket;
use shared::fault::Fault;
use shared::place::{self, Place};
use shared::subconfig::remote::{Remote, S3Bucket};
use shared::subconfig::{Have, Policy, SubConfig, Versioning};

use crate::context::Context;
use crate::observe::{self, Exists};
use crate::reconcile::End;
use crate::report::{Pace, Report, State};

/// How long after the first 404 the second look is.
const PAUSE: Duration = Duration::from_secs(5);
/// For so long after S3 throttled the account a 404 is not believed.
const CALM: Duration = Duration::from_mins(1);
/// An absence that lasted for so long is believed even while S3 throttles.
const STUBBORN: Duration = Duration::from_mins(10);
/// The code of the answer that confirms it.
const GONE: &str = "NoSuchBucket";

/// Why a 404 is not believed yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// It is the first; the next look is this much later.
    First(Duration),
    /// S3 throttles the account.
    Throttled,
    /// Another call still finds the bucket.
    Denied,
}

impl Doubt {
    /// How a pass ends that goes no further. Of the first look nothing is said.
    #[must_use]
    pub fn end(self, bucket: Arc<Bucket>, name: &str) -> End {
        let why = match self {
            Self::First(wait) => return End::Unsure(wait),
            Self::Throttled => "while it throttles this account",
            Self::Denied => "and another call finds it",
        };
        let message = format!("S3 says that bucket {name:?} is not there, {why}; it is looked at again before anything is done about it");
        End::reported(bucket, Report::of(State::recoverable("Unverified", &message, Pace::Quick)))
    }
}

/// Whether the bucket exists, as [`observe::exists`] says; but that a bucket which was there is gone only where that is certain. That one
/// is not there yet is asked twice while S3 throttles.
///
/// # Errors
/// As [`observe::exists`].
pub async fn exists(context: &Context, bucket: &Bucket, s3: &S3Bucket, place: &Place) -> Result<Exists, Fault> {
    let found = observe::exists(s3, place).await?;
    if found != Exists::No || !may_have_been_there(bucket) {
        context.memory.update(bucket, |remembered| remembered.absent = None);
        // A creation may be answered as made where the account has the bucket already. Source: S3 API reference, CreateBucket,
        // BucketAlreadyOwnedByYou: us-east-1 answers 200.
        let is_doubtful = found == Exists::No && context.aws.was_throttled(place, CALM);
        return if is_doubtful && !confirmed(s3).await? { Ok(Exists::Unsure(Doubt::Denied)) } else { Ok(found) };
    }
    let now = (context.now)();
    let since = context.memory.of(bucket).absent;
    context.memory.update(bucket, |remembered| remembered.absent = remembered.absent.or(Some(now)));
    if let Some(doubt) = doubt(since, now, context.aws.was_throttled(place, CALM)) {
        return Ok(Exists::Unsure(doubt));
    }
    if confirmed(s3).await? { Ok(Exists::No) } else { Ok(Exists::Unsure(Doubt::Denied)) }
}

/// Whether the bucket was there as far as anybody knows. While its creation may have gone unanswered, letting go of the Bucket would
/// leave the bucket behind.
fn may_have_been_there(bucket: &Bucket) -> bool {
    place::arn(bucket).is_some() || bucket.is_being_deleted() && bucket.owns_bucket()
}

/// Why an absence that was first seen at this time is not believed yet.
fn doubt(since: Option<Timestamp>, now: Timestamp, throttled: bool) -> Option<Doubt> {
    let lasts = since.map_or(Duration::ZERO, |since| Duration::try_from(now.duration_since(since)).unwrap_or_default());
    match (PAUSE.checked_sub(lasts).filter(|left| !left.is_zero()), throttled && lasts < STUBBORN) {
        (Some(left), _) => Some(Doubt::First(left)),
        (None, true) => Some(Doubt::Throttled),
        (None, false) => None,
    }
}

/// Whether a call that is answered elsewhere says so too. A store that does not know the call confirms nothing and denies nothing.
async fn confirmed(s3: &S3Bucket) -> Result<bool, Fault> {
    if s3.is_directory() { says_gone::<Policy>(s3).await } else { says_gone::<Versioning>(s3).await }
}

async fn says_gone<S: Remote + SubConfig>(s3: &S3Bucket) -> Result<bool, Fault> {
    match S::read(s3).await {
        Ok(Have::Unsupported | Have::Unread) => Ok(true),
        Ok(Have::Value(_) | Have::Empty) => Ok(false),
        Err(fault) if fault.code == GONE => Ok(true),
        Err(fault) => Err(fault),
    }
}

#[cfg(test)]
mod tests {
    use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
    use shared::bucket::FINALIZER;

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn the_first_404_is_looked_at_again_after_a_pause() {
        assert_eq!(doubt(None, at(100), false), Some(Doubt::First(PAUSE)));
        assert_eq!(doubt(Some(at(100)), at(102), false), Some(Doubt::First(Duration::from_secs(3))), "somebody asked in between");
        assert_eq!(doubt(Some(at(100)), at(105), false), None);
        assert_eq!(doubt(Some(at(100)), at(99), false), Some(Doubt::First(PAUSE)), "the clock was set back");
    }

    #[test]
    fn while_s3_throttles_a_404_is_not_believed_for_long() {
        assert_eq!(doubt(None, at(100), true), Some(Doubt::First(PAUSE)));
        for second in [105, 200, 699] {
            assert_eq!(doubt(Some(at(100)), at(second), true), Some(Doubt::Throttled), "{second}");
        }
        assert_eq!(doubt(Some(at(100)), at(700), true), None, "ten minutes of 404 and of throttling");
    }

    #[test]
    fn a_bucket_whose_creation_nobody_answered_may_be_there_when_its_bucket_is_deleted() {
        let mut bucket = Bucket::default();
        bucket.metadata.finalizers = Some(vec![FINALIZER.to_owned()]);
        assert!(!may_have_been_there(&bucket), "it is to be created");
        bucket.metadata.deletion_timestamp = Some(Time(at(1)));
        assert!(may_have_been_there(&bucket));
        bucket.metadata.finalizers = None;
        assert!(!may_have_been_there(&bucket));
    }

    #[test]
    fn what_is_doubted_is_said() {
        let end = |doubt: Doubt| doubt.end(Arc::default(), "logs");
        assert!(matches!(end(Doubt::First(PAUSE)), End::Unsure(PAUSE)));
        for doubt in [Doubt::Throttled, Doubt::Denied] {
            let End::Reported(_, report) = end(doubt) else { panic!() };
            let State::Recoverable { message, .. } = report.state else { panic!() };
            assert!(message.contains("\"logs\"") && message.contains("looked at again"), "{message}");
        }
    }
}
