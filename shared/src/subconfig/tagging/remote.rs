//! Tags over the wire: S3's own calls take the whole set at once; those of S3 Control, where S3 wants them, take the changes.

use std::sync::atomic::Ordering;

use aws_sdk_s3::types::{Tag as S3Tag, Tagging as S3Tagging};

use super::{Tag, Tagging, control};
use crate::fault::{Fault, Operation};
use crate::subconfig::remote::{Remote, S3Bucket, fault, unread};
use crate::subconfig::{Have, SubConfig};

impl Remote for Tagging {
    const GET: Operation = Operation { name: "GetBucketTagging", action: "s3:GetBucketTagging" };
    const PUT: Operation = Operation { name: "PutBucketTagging", action: "s3:PutBucketTagging" };
    const DELETE: Operation = Operation { name: "DeleteBucketTagging", action: "s3:PutBucketTagging" };
    const OTHERS: &'static [Operation] = control::OPERATIONS;

    async fn read(s3: &S3Bucket) -> Result<Have<Self>, Fault> {
        if s3.is_directory() {
            return control::read(s3).await;
        }
        let call = s3.client.get_bucket_tagging().bucket(&s3.name).set_expected_bucket_owner(s3.owner.clone());
        match call.send().await {
            Ok(answer) => Ok(Have::Value(Self::from_sdk(answer.tag_set))),
            Err(error) => unread(Self::GET, &["NoSuchTagSet"], error),
        }
    }

    async fn put(s3: &S3Bucket, want: &Self, have: Option<&Self>) -> Result<(), Fault> {
        if takes_changes(s3) {
            return control::write(s3, want, have).await;
        }
        let call = s3.client.put_bucket_tagging().bucket(&s3.name).set_expected_bucket_owner(s3.owner.clone());
        call.tagging(want.to_sdk(have)?).send().await.map(drop).map_err(|error| fault(Self::PUT, error))
    }

    async fn remove(s3: &S3Bucket, have: &Self) -> Result<(), Fault> {
        if takes_changes(s3) || have.tag_set.iter().flatten().any(Tag::is_system) {
            return Self::put(s3, &Self::default(), Some(have)).await;
        }
        let call = s3.client.delete_bucket_tagging().bucket(&s3.name).set_expected_bucket_owner(s3.owner.clone());
        call.send().await.map(drop).map_err(|error| fault(Self::DELETE, error))
    }
}

/// Whether S3 refuses PutBucketTagging and DeleteBucketTagging and wants S3 Control's calls: once ABAC is on (as this pass found it;
/// reading stays the same), and always for a directory bucket.
/// Source: S3 API reference, PutBucketAbac; S3 User Guide, "Using tags with S3 directory buckets".
fn takes_changes(s3: &S3Bucket) -> bool {
    s3.is_directory() || s3.abac.load(Ordering::Relaxed)
}

impl Tagging {
    fn from_sdk(tags: Vec<S3Tag>) -> Self {
        Self { tag_set: Some(tags.into_iter().map(|tag| Tag { key: Some(tag.key), value: Some(tag.value) }).collect()) }
    }

    /// PutBucketTagging replaces the whole set, so the `aws:` tags that are there go along. Each key once: S3 takes no other set.
    fn to_sdk(&self, have: Option<&Self>) -> Result<S3Tagging, Fault> {
        let normal = self.clone().normalise().unwrap_or_default();
        let user = normal.tag_set.iter().flatten();
        let system = have.into_iter().flat_map(|have| have.tag_set.iter().flatten()).filter(|tag| tag.is_system());
        let tags = user.chain(system).map(|tag| {
            let (key, value) = (tag.key.clone().unwrap_or_default(), tag.value.clone().unwrap_or_default());
            S3Tag::builder().key(key).value(value).build()
        });
        let tags = tags.collect::<Result<_, _>>().map_err(|e| Fault::unbuildable(Self::PUT, e))?;
        S3Tagging::builder().set_tag_set(Some(tags)).build().map_err(|e| Fault::unbuildable(Self::PUT, e))
    }
}

#[cfg(test)]
mod tests {
    use crate::BucketSpec;
    use crate::place::{ControllerTag, Place};
    use crate::subconfig::laws::{remote::runtime, store::Store};
    use crate::subconfig::remote::Remote;
    use crate::subconfig::tagging::{Tag, Tagging};
    use crate::subconfig::{apply, observe, plan};
    use crate::unset::UnsetFields;

    /// One pass with this tag from the user and those from the controller; the writes that it took.
    fn pass(store: &Store, user: Option<&str>, controller: &[&str]) -> Vec<String> {
        let tagging = user.map(|value| Tagging { tag_set: Some(vec![Tag::new("team", value)]) });
        let spec = BucketSpec { name: "laws".to_owned(), tagging, ..BucketSpec::default() };
        let tags = controller.iter().map(|key| ControllerTag { key: (*key).to_owned(), value: "x".to_owned() }).collect();
        let place = Place { tags, ..Place::default() };
        let before = store.calls().len();
        runtime().block_on(async {
            let s3 = store.bucket();
            let (observed, failed) = observe(&s3).await;
            assert!(failed.is_empty(), "{failed:?}");
            let applied = apply(&s3, &plan(&spec, &observed, &place, UnsetFields::Reset), &|| true).await;
            assert!(applied.ran.len() <= 1, "{:?}", applied.ran);
        });
        store.calls().split_off(before).into_iter().filter(|call| !call.starts_with("GET")).collect()
    }

    #[test]
    fn a_bucket_of_aws_tags_has_no_drift_and_keeps_them_through_every_write() {
        let store = Store::new_bucket();
        let own: Vec<_> = (0..8).map(|index| format!("<Tag><Key>aws:stack:{index}</Key><Value>{index}</Value></Tag>")).collect();
        store.set("tagging", &format!("<Tagging><TagSet>{}</TagSet></Tagging>", own.concat()));
        let kept = || (0..8).all(|index| store.document("tagging").unwrap().contains(&format!("<Key>aws:stack:{index}</Key>")));

        assert!(pass(&store, None, &[]).is_empty(), "they are nobody's drift");
        assert_eq!(pass(&store, Some("a"), &[]), ["PUT tagging"]);
        assert!(kept() && pass(&store, Some("a"), &[]).is_empty());
        assert_eq!(pass(&store, None, &[]), ["PUT tagging"], "what goes is the user's tag alone");
        assert!(kept() && pass(&store, None, &[]).is_empty());
    }

    #[test]
    fn nothing_wanted_and_nothing_there_takes_no_write() {
        let store = Store::new_bucket();
        assert!(pass(&store, None, &[]).is_empty(), "no tags of the controller, none of the user");
        store.set("tagging", "<Tagging><TagSet/></Tagging>");
        assert!(pass(&store, None, &[]).is_empty(), "an empty set is nothing");
    }

    #[test]
    fn a_key_that_stands_there_twice_is_sent_once_with_the_value_that_counts() {
        let store = Store::new_bucket();
        let twice = Tagging { tag_set: Some(vec![Tag::new("team", "a"), Tag::new("team", "b")]) };
        runtime().block_on(Tagging::put(&store.bucket(), &twice, None)).unwrap();
        let document = store.document("tagging").unwrap();
        assert!(document.matches("<Key>team</Key>").count() == 1 && document.contains("<Value>b</Value>"), "{document}");
    }

    #[test]
    fn the_order_of_the_controllers_tags_means_nothing() {
        let store = Store::new_bucket();
        assert_eq!(pass(&store, Some("a"), &["one", "two"]), ["PUT tagging"]);
        assert!(pass(&store, Some("a"), &["two", "one"]).is_empty());
    }
}
