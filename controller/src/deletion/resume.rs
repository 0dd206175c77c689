//! Ends the pause of all deletions: `POST /deletion-breaker/reset` at the admin address.

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{get, post};
use jiff::Timestamp;
use kube::runtime::reflector::{ObjectRef, Store};
use shared::Bucket;

use super::Breaker;
use crate::lease::Leadership;
use crate::trigger::{Lane, Triggers};

/// `GET /deletion-breaker` tells whether deletions wait, `POST /deletion-breaker/reset` has all of them go on that were asked for
/// until then. Bodies are not read. A process that does not lead answers 409: it deletes nothing, and knows nothing of the breaker.
pub fn router(breaker: Breaker, leadership: Leadership) -> Router {
    let state = Asked { breaker, leadership };
    Router::new().route("/deletion-breaker", get(tell)).route("/deletion-breaker/reset", post(reset)).with_state(state)
}

#[derive(Clone)]
struct Asked {
    breaker: Breaker,
    leadership: Leadership,
}

/// What is answered; not at a standby.
type Answer = Result<&'static str, (StatusCode, &'static str)>;

impl Asked {
    fn leads(&self) -> Result<(), (StatusCode, &'static str)> {
        const STANDBY: &str = "this process does not lead and deletes nothing; ask the one that holds the Lease (spec.holderIdentity)\n";
        if self.leadership.holds() { Ok(()) } else { Err((StatusCode::CONFLICT, STANDBY)) }
    }
}

async fn tell(State(asked): State<Asked>) -> Answer {
    asked.leads()?;
    Ok(if asked.breaker.is_open() { "open: deletions wait\n" } else { "closed\n" })
}

async fn reset(State(asked): State<Asked>) -> Answer {
    asked.leads()?;
    let was_open = asked.breaker.reset(Timestamp::now());
    tracing::warn!(was_open, "the deletion breaker was reset");
    Ok(if was_open { "closed; what waited goes on\n" } else { "it was closed; what is being deleted is looked at now\n" })
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
        let standby = || State(Asked { breaker: breaker.clone(), leadership: Leadership::none() });
        let leader = || State(Asked { breaker: breaker.clone(), leadership: Leadership::forever() });
        assert_eq!(reset(standby()).await.unwrap_err().0, StatusCode::CONFLICT);
        assert!(tell(standby()).await.is_err() && breaker.is_open() && !breaker.has_passed(Some(Timestamp::UNIX_EPOCH)));
        assert_eq!(tell(leader()).await, Ok("open: deletions wait\n"));
        assert_eq!(reset(leader()).await, Ok("closed; what waited goes on\n"));
        assert!(breaker.has_passed(Some(Timestamp::UNIX_EPOCH)));
        assert_eq!(tell(leader()).await, Ok("closed\n"));
        assert_eq!(asked_for.next().await.map(|(bucket, _)| bucket.name).as_deref(), Some("waits"));
        follower.abort();
        assert!(asked_for.next().await.is_none(), "nothing else was asked for");
    }
}
