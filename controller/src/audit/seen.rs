//! What is known of what S3 holds, without asking it: what the last pass saw, or, where the status says that all is as asked, what the
//! spec asks for.

use shared::bucket::ConditionType;
use shared::place::Place;
use shared::subconfig::{self, Observed};
use shared::unset::UnsetFields;
use shared::{Bucket, BucketSpec};

use crate::{drift, ignored, status, unmanaged};

/// What a pass saw in S3, of a bucket that is not as its Bucket asks. JSON takes a fraction of the room of a spec.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    spec: Box<[u8]>,
    unread: Vec<&'static str>,
}

impl Seen {
    /// What S3 holds after a pass; `None` where that is what the spec asks for, so that nothing has to be remembered. `done` are the
    /// sub-configurations that the pass wrote.
    #[must_use]
    pub fn after(spec: &BucketSpec, mut observed: Observed, done: &[&str], place: &Place) -> Option<Self> {
        let asked = Observed::as_asked(spec, place);
        for name in done {
            observed.take_over(name, &asked);
        }
        let unread = observed.unread();
        let is_as_asked = subconfig::plan(spec, &observed, place, UnsetFields::Reset).is_empty() && unread == asked.unread();
        (!is_as_asked).then(|| Self { spec: serde_json::to_vec(&observed.export(spec, place)).unwrap_or_default().into(), unread })
    }
}

/// What S3 holds.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Held {
    /// A spec that says it.
    pub spec: BucketSpec,
    /// The sub-configurations of which nothing is known.
    pub unread: Vec<&'static str>,
}

/// What S3 holds of the Bucket. `None` where nothing is known at all: no pass of
/// this process saw the bucket, and its status does not say that all is as asked.
#[must_use]
pub(super) fn held(bucket: &Bucket, seen: Option<&Seen>, place: &Place) -> Option<Held> {
    if let Some(seen) = seen {
        return Some(Held { spec: serde_json::from_slice(&seen.spec).ok()?, unread: seen.unread.clone() });
    }
    let spec = bucket.spec.as_ref().filter(|_| is_as_asked(bucket))?;
    let asked = Observed::as_asked(spec, place);
    Some(Held { spec: asked.export(spec, place), unread: asked.unread() })
}

/// Whether the last pass over this very spec left S3 as it asks, with nothing left alone.
fn is_as_asked(bucket: &Bucket) -> bool {
    let ready = status::condition(bucket, ConditionType::Ready).is_some_and(|condition| condition.status == "True");
    let generation = bucket.status.as_ref().and_then(|status| status.observed_generation);
    ready
        && generation == bucket.metadata.generation
        && drift::standing(bucket).next().is_none()
        && unmanaged::standing(bucket).is_empty()
        && ignored::standing(bucket).is_empty()
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use shared::bucket::{BucketStatus, Condition, Drift};
    use shared::subconfig::Have;

    use super::*;

    fn spec(text: &serde_json::Value) -> BucketSpec {
        serde_json::from_value(text.clone()).unwrap()
    }

    fn synced(spec: BucketSpec) -> Bucket {
        let mut bucket = Bucket::new("b", spec);
        bucket.metadata.generation = Some(3);
        let ready = Condition { type_: "Ready".to_owned(), status: "True".to_owned(), ..Condition::default() };
        bucket.status = Some(BucketStatus { conditions: Some(vec![ready]), observed_generation: Some(3), ..BucketStatus::default() });
        bucket
    }

    #[test]
    fn a_bucket_in_sync_takes_no_room_and_holds_what_absent_sections_mean() {
        let (asked, place) = (spec(&json!({"name": "logs", "versioning": {"status": "Enabled"}})), Place::default());
        assert_eq!(Seen::after(&asked, Observed::as_asked(&asked, &place), &[], &place), None);
        let Held { spec: holds, unread } = held(&synced(asked), None, &place).unwrap();
        let holds = serde_json::to_value(holds).unwrap();
        assert_eq!((&holds["versioning"]["status"], &holds["publicAccessBlock"]["blockPublicACLs"]), (&json!("Enabled"), &json!(true)));
        assert!(unread.is_empty(), "{unread:?}");
    }

    #[test]
    fn what_differs_is_remembered_until_it_was_written() {
        let (asked, place) = (spec(&json!({"name": "logs", "versioning": {"status": "Enabled"}})), Place::default());
        let mut observed = Observed::as_asked(&asked, &place);
        observed.versioning = Have::Empty;
        assert_eq!(Seen::after(&asked, observed.clone(), &["versioning"], &place), None);
        observed.cors = Have::Unread;
        let seen = Seen::after(&asked, observed, &[], &place).unwrap();
        let Held { spec: holds, unread } = held(&synced(asked), Some(&seen), &place).unwrap();
        assert_eq!((holds.versioning, unread), (None, vec!["cors"]));
    }

    #[test]
    fn nothing_is_known_where_the_status_does_not_say_that_all_is_well() {
        let good = || synced(spec(&json!({"name": "logs"})));
        assert!(held(&good(), None, &Place::default()).is_some());
        let with = |change: fn(&mut Bucket)| {
            let mut bucket = good();
            change(&mut bucket);
            held(&bucket, None, &Place::default())
        };
        let changes: [fn(&mut Bucket); 4] = [
            |bucket| bucket.metadata.generation = Some(4),
            |bucket| bucket.status = None,
            |bucket| bucket.spec = None,
            |bucket| bucket.status.as_mut().unwrap().drift = Some(vec![Drift::default()]),
        ];
        assert!(changes.into_iter().all(|change| with(change).is_none()));
    }

    #[test]
    fn of_a_directory_bucket_only_what_it_has_is_known() {
        let bucket = synced(spec(&json!({"name": "logs--euw1-az1--x-s3"})));
        let Held { unread, .. } = held(&bucket, None, &Place::default()).unwrap();
        assert!(unread.contains(&"versioning") && !unread.contains(&"encryption"), "{unread:?}");
    }
}
