//! Ends the pause of all deletions: `POST /deletion-breaker/reset` at the admin address.

use axum::Router;
use axum::extract::State;
use axum::routing::{get, post};
use jiff::Timestamp;
use kube::runtime::reflector::{ObjectRef, Store};
use shared::Bucket;

use super::Breaker;
use crate::trigger::{Lane, Triggers};

/// `GET /deletion-breaker` tells whether deletions wait, `POST /deletion-breaker/reset` has all of them go on that were asked for
/// until then. Bodies are not read.
pub fn router(breaker: Breaker) -> Router {
    Router::new().route("/deletion-breaker", get(tell)).route("/deletion-breaker/reset", post(reset)).with_state(breaker)
}

async fn tell(State(breaker): State<Breaker>) -> &'static str {
    if breaker.is_open() { "open: deletions wait\n" } else { "closed\n" }
}

async fn reset(State(breaker): State<Breaker>) -> &'static str {
    let was_open = breaker.reset(Timestamp::now());
    tracing::warn!(was_open, "the deletion breaker was reset");
    if was_open { "closed; what waited goes on\n" } else { "it was closed; what is being deleted is looked at now\n" }
}

/// Has every Bucket that is being deleted looked at after each reset.
pub async fn follow(breaker: Breaker, buckets: Store<Bucket>, triggers: Triggers) {
    loop {
        breaker.resumed().await;
        for bucket in buckets.state_filter(Bucket::is_being_deleted) {
            triggers.send(ObjectRef::from_obj(bucket.as_ref()), Lane::Retry);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;

    use futures::StreamExt;
    use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
    use kube::runtime::reflector;
    use kube::runtime::watcher::Event;
    use prometheus::Registry;
    use shared::BucketSpec;

    use super::*;

    #[tokio::test]
    async fn a_reset_closes_the_breaker_and_has_those_that_wait_looked_at() {
        let (buckets, mut writer) = reflector::store();
        for (name, deleted) in [("stays", false), ("waits", true)] {
            let mut bucket = Bucket::new(name, BucketSpec::default());
            bucket.metadata.namespace = Some("team-a".to_owned());
            bucket.metadata.deletion_timestamp = deleted.then_some(Time(Timestamp::UNIX_EPOCH));
            writer.apply_watcher_event(&Event::Apply(bucket));
        }
        let (triggers, mut asked_for) = Triggers::new();
        let breaker = Breaker::register(NonZeroU32::new(1), &Registry::new()).unwrap();
        breaker.recall(|| true);
        let follower = tokio::spawn(follow(breaker.clone(), buckets, triggers));
        assert_eq!(tell(State(breaker.clone())).await, "open: deletions wait\n");
        assert_eq!(reset(State(breaker.clone())).await, "closed; what waited goes on\n");
        assert!(breaker.has_passed(Some(Timestamp::UNIX_EPOCH)));
        assert_eq!(tell(State(breaker)).await, "closed\n");
        assert_eq!(asked_for.next().await.map(|(bucket, _)| bucket.name).as_deref(), Some("waits"));
        follower.abort();
        assert!(asked_for.next().await.is_none(), "nothing else was asked for");
    }
}
