//! What follows from a message: mostly nothing, else a hint that is remembered and a look that is asked for. A hint is remembered before
//! its message is deleted, and never given up: over the bounds the look comes later.

use std::sync::Arc;

use kube::runtime::reflector::ObjectRef;
use shared::Bucket;
use tokio::time::Instant;

use super::message::{self, Change, Message, Source};
use super::names::{self, Names};
use super::own::is_own;
use super::pace::{Flow, Pace, Turn};
use super::repeats::Repeats;
use crate::context::Context;
use crate::hint::Hint;
use crate::memory::Uid;
use crate::trigger::{Lane, Triggers};

/// A change that is this much older than the last check needs no look. A check may read long before it is over, as its requests wait up to
/// two minutes for their turn; and the clocks of AWS and of this machine may differ.
const SLACK: jiff::SignedDuration = jiff::SignedDuration::from_mins(5);

/// What follows from messages.
pub struct Intake {
    context: Arc<Context>,
    triggers: Triggers,
    /// The ARN of the controller's own identity.
    caller: String,
    names: Names,
    repeats: Repeats,
    pace: Pace,
    flow: Flow,
}

/// What becomes of a hint, the least first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Fate {
    UnknownBucket,
    Own,
    Stale,
    Duplicate,
    Limited,
    Enqueued,
}

impl Fate {
    fn label(self) -> &'static str {
        match self {
            Self::UnknownBucket => "unknown_bucket",
            Self::Own => "own",
            Self::Stale => "stale",
            Self::Duplicate => "duplicate",
            Self::Limited => "limited",
            Self::Enqueued => "enqueued",
        }
    }
}

impl Intake {
    /// An intake that asks for so many looks a second at most; for as many as there are hints, if `None`.
    #[must_use]
    pub fn new(context: Arc<Context>, triggers: Triggers, caller: &str, per_second: Option<f64>) -> Self {
        let now = Instant::now();
        Self {
            context,
            triggers,
            caller: caller.to_owned(),
            names: Names::default(),
            repeats: Repeats::new(now),
            pace: Pace::default(),
            flow: Flow::new(per_second, now),
        }
    }

    /// Forgets which events came: this process ceased to lead, and forgot the hints that it had of them as well.
    pub fn forget(&mut self) {
        self.repeats = Repeats::new(Instant::now());
        self.pace = Pace::default();
    }

    /// Takes the body of a message in. It waits while there are too many hints: then the queue holds the next ones.
    pub async fn take(&mut self, body: &str) {
        let (source, result) = match message::parse(body) {
            Message::Ignored(source) => (source, "ignored"),
            Message::Unreadable(source) => {
                tracing::debug!(bytes = body.len(), "a message of the hint queue is no event");
                (source, "unreadable")
            }
            Message::Changed(change) => (change.source, self.change(&change).await),
        };
        self.context.metrics.hints.count(source, result);
    }

    async fn change(&mut self, change: &Change) -> &'static str {
        let now = Instant::now();
        if change.id.as_deref().is_some_and(|id| self.repeats.is_known(id, now)) {
            return Fate::Duplicate.label();
        }
        let mut fate = Fate::UnknownBucket;
        for bucket in self.names.find(&change.bucket, &self.context.buckets, now) {
            if names::fits(&bucket, change.account.as_deref(), change.region.as_deref()) {
                fate = fate.max(self.hint(&bucket, change).await);
            }
        }
        fate.label()
    }

    async fn hint(&mut self, bucket: &Arc<Bucket>, change: &Change) -> Fate {
        if self.is_own(bucket, change) {
            return Fate::Own;
        }
        let now = (self.context.now)();
        self.context.metrics.hints.came_after(now.duration_since(change.at).as_secs_f64().max(0.0));
        if is_stale(bucket, change) {
            return Fate::Stale;
        }
        let hint = Hint {
            config: change.config,
            event: change.event.clone(),
            principal: change.actor.principal.clone(),
            // What happens in the future is a clock that goes wrong.
            at: change.at.min(now),
        };
        tracing::debug!(bucket = change.bucket, event = hint.event, principal = hint.principal, "somebody changed a bucket");
        // Also where one like it waits: the look at that one may have begun before this change.
        let mut alike = false;
        self.context.memory.update(bucket, |remembered| {
            alike = remembered.hints.has_alike(&hint);
            remembered.hints.add(hint);
        });
        let in_time = self.ask(bucket).await;
        match (alike, in_time) {
            (true, _) => Fate::Duplicate,
            (false, true) => Fate::Enqueued,
            (false, false) => Fate::Limited,
        }
    }

    /// Asks for a look at the Bucket. Whether it may come right now.
    async fn ask(&mut self, bucket: &Arc<Bucket>) -> bool {
        let turn = self.pace.ask(Uid::of(bucket), Instant::now());
        if turn == Turn::Planned {
            return false;
        }
        let wait = self.flow.wait(Instant::now());
        if !wait.is_zero() {
            tokio::time::sleep(wait).await;
        }
        let (triggers, key) = (self.triggers.clone(), ObjectRef::from_obj(bucket.as_ref()));
        let Turn::Then(then) = turn else {
            triggers.send(key, Lane::Hint);
            return wait.is_zero();
        };
        let stop = self.context.stop.clone();
        tokio::spawn(async move {
            tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep_until(then) => triggers.send(key, Lane::Hint),
            }
        });
        false
    }

    /// Whether the controller itself did it, with the identity that this Bucket is written with.
    fn is_own(&self, bucket: &Bucket, change: &Change) -> bool {
        change.source == Source::CloudTrail
            && self.context.namespace_of(bucket).is_some_and(|namespace| {
                let place = self.context.place_of(bucket, &namespace);
                place.is_ok_and(|place| is_own(&change.actor, &self.caller, place.role.as_deref()))
            })
    }
}

/// Whether all of the bucket was read well after the change.
fn is_stale(bucket: &Bucket, change: &Change) -> bool {
    let checked = bucket.status.as_ref().and_then(|status| status.last_checked.as_ref()).map(|time| time.0);
    checked.and_then(|checked| checked.checked_sub(SLACK).ok()).is_some_and(|enough| change.at < enough)
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
    use shared::bucket::BucketStatus;

    use super::*;
    use crate::hints::message::Actor;

    #[test]
    fn a_change_that_a_later_check_saw_is_stale() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let change = |second| Change {
            source: Source::CloudTrail,
            id: None,
            bucket: "b".to_owned(),
            account: None,
            region: None,
            config: None,
            event: "PutBucketCors".to_owned(),
            actor: Actor::default(),
            at: at(second),
        };
        let mut bucket = Bucket::default();
        assert!(!is_stale(&bucket, &change(0)), "never checked");
        bucket.status = Some(BucketStatus { last_checked: Some(Time(at(10_000))), ..BucketStatus::default() });
        assert!(is_stale(&bucket, &change(9_699)) && !is_stale(&bucket, &change(9_700)) && !is_stale(&bucket, &change(10_001)));
    }

    #[test]
    fn of_several_buckets_the_strongest_counts() {
        assert!(Fate::Enqueued > Fate::Limited && Fate::Limited > Fate::Duplicate && Fate::Own > Fate::UnknownBucket);
        for fate in [Fate::UnknownBucket, Fate::Own, Fate::Stale, Fate::Duplicate, Fate::Limited, Fate::Enqueued] {
            assert!(super::super::metrics::RESULTS.contains(&fate.label()), "{fate:?}");
        }
    }
}
