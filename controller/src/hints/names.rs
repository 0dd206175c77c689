//! Which Buckets an S3 bucket's name stands for. An account has events of many buckets that are nobody's here, so that a hint must not
//! look through ten thousand Buckets: there is an index, made anew where it may be out of date.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use kube::runtime::reflector::{ObjectRef, Store};
use shared::Bucket;
use tokio::time::Instant;

/// The index is not made anew sooner than this: names that nobody knows cost no more. A hint about a Bucket that is younger than that
/// is not needed, as its bucket is read soon after it was created anyway.
const SOONEST: Duration = Duration::from_secs(1);
/// It is made anew after this time even if all names are known: a second Bucket may have come to have the same.
const LATEST: Duration = Duration::from_mins(1);

/// The Buckets by the names of their S3 buckets.
#[derive(Default)]
pub(super) struct Names {
    made: Option<Instant>,
    by_name: HashMap<String, Vec<ObjectRef<Bucket>>>,
}

impl Names {
    /// The Buckets of this name, mostly one: endpoints of their own let two have the same.
    pub(super) fn find(&mut self, name: &str, buckets: &Store<Bucket>, now: Instant) -> Vec<Arc<Bucket>> {
        if self.is_older(LATEST, now) {
            self.make(buckets, now);
        }
        let found = self.known(name, buckets);
        if found.is_empty() && self.is_older(SOONEST, now) {
            self.make(buckets, now);
            return self.known(name, buckets);
        }
        found
    }

    fn is_older(&self, than: Duration, now: Instant) -> bool {
        self.made.is_none_or(|made| now.saturating_duration_since(made) >= than)
    }

    fn known(&self, name: &str, buckets: &Store<Bucket>) -> Vec<Arc<Bucket>> {
        let known = self.by_name.get(name).into_iter().flatten();
        known.filter_map(|key| buckets.get(key)).filter(|bucket| s3_name(bucket) == name).collect()
    }

    fn make(&mut self, buckets: &Store<Bucket>, now: Instant) {
        self.by_name.clear();
        for bucket in buckets.state() {
            self.by_name.entry(s3_name(&bucket).to_owned()).or_default().push(ObjectRef::from_obj(bucket.as_ref()));
        }
        self.made = Some(now);
    }
}

/// The name of the S3 bucket; empty where the spec is yet to be filled in.
fn s3_name(bucket: &Bucket) -> &str {
    bucket.spec.as_ref().map_or("", |spec| spec.name.as_str())
}

/// Whether the Bucket may be the one that an event is about: neither account nor region, where both are known, say otherwise.
pub(super) fn fits(bucket: &Bucket, account: Option<&str>, region: Option<&str>) -> bool {
    let Some(place) = bucket.status.as_ref().and_then(|status| status.ack_resource_metadata.as_ref()) else { return true };
    let agrees = |told: Option<&str>, known: &str| told.is_none_or(|told| known.is_empty() || told == known);
    agrees(account, &place.owner_account_id) && agrees(region, &place.region)
}

#[cfg(test)]
mod tests {
    use kube::runtime::reflector;
    use kube::runtime::watcher::Event;
    use shared::BucketSpec;
    use shared::bucket::{AckResourceMetadata, BucketStatus};

    use super::*;

    fn bucket(name: &str, s3: &str) -> Bucket {
        let mut bucket = Bucket::new(name, BucketSpec { name: s3.to_owned(), ..BucketSpec::default() });
        bucket.metadata.namespace = Some("team-a".to_owned());
        bucket
    }

    #[test]
    fn the_index_follows_the_cache_at_a_bounded_rate() {
        let (store, mut writer) = reflector::store();
        let (mut names, start) = (Names::default(), Instant::now());
        writer.apply_watcher_event(&Event::Apply(bucket("a", "s3-a")));
        let mut found = |name: &str, milliseconds| names.find(name, &store, start + Duration::from_millis(milliseconds)).len();
        assert_eq!((found("s3-a", 0), found("s3-b", 0)), (1, 0));
        writer.apply_watcher_event(&Event::Apply(bucket("b", "s3-b")));
        assert_eq!((found("s3-b", 900), found("s3-b", 1000)), (0, 1), "it is made anew once a second at most");
        writer.apply_watcher_event(&Event::Delete(bucket("a", "s3-a")));
        assert_eq!(found("s3-a", 1001), 0, "what is gone is not found, although the index has it");
        writer.apply_watcher_event(&Event::Apply(bucket("c", "s3-b")));
        assert_eq!((found("s3-b", 2000), found("s3-b", 62_000)), (1, 2));
    }

    #[test]
    fn account_and_region_have_to_agree_where_both_are_known() {
        let mut bucket = bucket("a", "s3-a");
        assert!(fits(&bucket, Some("111122223333"), Some("eu-west-1")));
        let place = AckResourceMetadata {
            owner_account_id: "111122223333".to_owned(),
            region: "eu-west-1".to_owned(),
            ..AckResourceMetadata::default()
        };
        bucket.status = Some(BucketStatus { ack_resource_metadata: Some(place), ..BucketStatus::default() });
        assert!(fits(&bucket, Some("111122223333"), Some("eu-west-1")) && fits(&bucket, None, None));
        assert!(!fits(&bucket, Some("444455556666"), None) && !fits(&bucket, None, Some("us-east-1")));
    }
}
