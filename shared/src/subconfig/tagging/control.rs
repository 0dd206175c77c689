//! Tags by S3 Control: the calls that S3 wants where a bucket's ABAC is on, and for directory buckets. They take changes, not the whole
//! set. S3 Control API: ListTagsForResource, TagResource, UntagResource.

use aws_sdk_s3control::types::Tag as S3Tag;

use super::{Tag, Tagging};
use crate::annotation;
use crate::fault::{Class, Fault, Operation};
use crate::subconfig::remote::{S3Bucket, fault, unread};
use crate::subconfig::{Have, SubConfig};

const LIST: Operation = Operation { name: "ListTagsForResource", action: "s3:ListTagsForResource" };
const TAG: Operation = Operation { name: "TagResource", action: "s3:TagResource" };
const UNTAG: Operation = Operation { name: "UntagResource", action: "s3:UntagResource" };

/// All calls of this file, as general purpose buckets allow them.
pub(super) const OPERATIONS: &[Operation] = &[LIST, TAG, UNTAG];

/// Reads the tags of a directory bucket.
pub(super) async fn read(s3: &S3Bucket) -> Result<Have<Tagging>, Fault> {
    let operation = allowed(s3, LIST);
    let call = s3.control.list_tags_for_resource().account_id(account(s3, operation)?).resource_arn(&s3.arn);
    match call.send().await {
        Ok(answer) => Ok(answer.tags.map(Tagging::from_control).into()),
        Err(error) => unread(operation, &["NoSuchTagSet"], error),
    }
}

/// Brings the tags to what is wanted. What goes goes first, as both together may be more tags than S3 allows.
pub(super) async fn write(s3: &S3Bucket, want: &Tagging, have: Option<&Tagging>) -> Result<(), Fault> {
    let (add, drop_keys) = changes(want, have);
    if !drop_keys.is_empty() {
        let operation = allowed(s3, UNTAG);
        let call = s3.control.untag_resource().account_id(account(s3, operation)?).resource_arn(&s3.arn);
        call.set_tag_keys(Some(drop_keys)).send().await.map_err(|error| fault(operation, error))?;
    }
    if !add.is_empty() {
        let operation = allowed(s3, TAG);
        let tags =
            add.into_iter().map(|tag| S3Tag::builder().key(tag.key.unwrap_or_default()).value(tag.value.unwrap_or_default()).build());
        let tags = tags.collect::<Result<_, _>>().map_err(|error| Fault::unbuildable(operation, error))?;
        let call = s3.control.tag_resource().account_id(account(s3, operation)?).resource_arn(&s3.arn);
        call.set_tags(Some(tags)).send().await.map_err(|error| fault(operation, error))?;
    }
    Ok(())
}

/// The tags that are new or have another value, and the keys that go; `aws:` tags are in neither.
fn changes(want: &Tagging, have: Option<&Tagging>) -> (Vec<Tag>, Vec<String>) {
    let tags = |side: Option<&Tagging>| side.cloned().and_then(Tagging::normalise).and_then(|side| side.tag_set).unwrap_or_default();
    let (want, have) = (tags(Some(want)), tags(have));
    let gone = have.iter().filter(|tag| !want.iter().any(|wanted| wanted.key == tag.key)).filter_map(|tag| tag.key.clone()).collect();
    (want.into_iter().filter(|tag| !have.contains(tag)).collect(), gone)
}

/// The account that S3 Control wants to be told with every call.
fn account(s3: &S3Bucket, operation: Operation) -> Result<&str, Fault> {
    s3.owner.as_deref().ok_or_else(|| Fault {
        class: Class::Terminal,
        operation,
        code: "AccountUnknown".to_owned(),
        message: format!(
            "the tags of bucket {:?} are reached by S3 Control, which wants the account, and it is not known; name it in annotation {} of the namespace",
            s3.name,
            annotation::OWNER_ACCOUNT_ID
        ),
        source: None,
    })
}

/// The call with the IAM action that allows it on this kind of bucket.
/// Source: S3 Control API reference, TagResource, "Permissions".
fn allowed(s3: &S3Bucket, operation: Operation) -> Operation {
    let action = match operation.name {
        _ if !s3.is_directory() => operation.action,
        "ListTagsForResource" => "s3express:ListTagsForResource",
        "TagResource" => "s3express:TagResource",
        _ => "s3express:UntagResource",
    };
    Operation { action, ..operation }
}

impl Tagging {
    fn from_control(tags: Vec<S3Tag>) -> Self {
        Self { tag_set: Some(tags.into_iter().map(|tag| Tag { key: Some(tag.key), value: Some(tag.value) }).collect()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::subconfig::laws::{remote::runtime, store::Store};
    use crate::subconfig::remote::Remote;
    use crate::subconfig::{Abac, Step};
    use crate::{BucketSpec, place::Place};

    fn tagging(tags: &[(&str, &str)]) -> Tagging {
        Tagging { tag_set: Some(tags.iter().map(|(key, value)| Tag::new(key, value)).collect()) }
    }

    /// Brings the tags to these, by what is read; the writes that it took.
    fn settle(store: &Store, s3: &S3Bucket, tags: &[(&str, &str)]) -> Vec<String> {
        let spec = BucketSpec { name: s3.name.clone(), tagging: Some(tagging(tags)), ..BucketSpec::default() };
        let step = |have| Step::<Tagging>::plan(&spec, &have, &Place::default());
        let before = store.calls().len();
        runtime().block_on(async {
            match step(Tagging::read(s3).await.unwrap()) {
                Step::Put { want, have } => Tagging::put(s3, &want, have.as_ref()).await.unwrap(),
                Step::Remove { have } => Tagging::remove(s3, &have).await.unwrap(),
                Step::None | Step::Unsupported | Step::Unmanaged { .. } => {}
            }
            assert_eq!(step(Tagging::read(s3).await.unwrap()), Step::None);
        });
        store.calls().split_off(before).into_iter().filter(|call| !call.starts_with("GET")).collect()
    }

    /// A bucket whose ABAC is on, as a pass finds it.
    fn with_abac(store: &Store) -> S3Bucket {
        store.set("abac", "<AbacStatus><Status>Enabled</Status></AbacStatus>");
        let s3 = store.bucket();
        runtime().block_on(Abac::read(&s3)).unwrap();
        s3
    }

    fn directory(store: &Store) -> S3Bucket {
        let mut s3 = store.bucket();
        "laws--use1-az4--x-s3".clone_into(&mut s3.name);
        "arn:aws:s3express:us-east-1:123456789012:bucket/laws--use1-az4--x-s3".clone_into(&mut s3.arn);
        s3
    }

    #[test]
    fn only_what_differs_is_sent_and_aws_tags_are_left_alone() {
        for bucket in [with_abac, directory] {
            let store = Store::new_bucket();
            store.set("tagging", "<Tagging><TagSet><Tag><Key>aws:stack</Key><Value>s</Value></Tag></TagSet></Tagging>");
            let s3 = bucket(&store);
            let one = [("a", "1"), ("b", "<2> & 3")];
            assert_eq!(settle(&store, &s3, &one), ["POST tags a=1, b=<2> & 3"]);
            assert!(settle(&store, &s3, &one).is_empty());
            assert_eq!(settle(&store, &s3, &[("a", "1"), ("b", "4"), ("aws:stack", "mine")]), ["POST tags b=4"]);
            assert_eq!(settle(&store, &s3, &[("b", "4"), ("c d", "5")]), ["DELETE tags a", "POST tags c d=5"]);
            assert_eq!(settle(&store, &s3, &[]), ["DELETE tags b,c d"]);
            assert!(store.document("tagging").unwrap().contains("aws:stack"));
        }
    }

    #[test]
    fn abac_on_is_read_as_before_and_written_as_before_once_it_is_off() {
        let store = Store::new_bucket();
        let s3 = with_abac(&store);
        settle(&store, &s3, &[("a", "1")]);
        runtime().block_on(Abac::remove(&s3, &Abac { status: Some("Enabled".to_owned()) })).unwrap();
        assert_eq!(settle(&store, &s3, &[("a", "2")]), ["PUT tagging"], "S3 took it off just before");
        assert!(store.calls().iter().all(|call| call != "GET tags"));
    }

    #[test]
    fn a_directory_bucket_without_tags_holds_nothing() {
        let store = Store::new_bucket();
        let s3 = directory(&store);
        assert_eq!(runtime().block_on(Tagging::read(&s3)).unwrap(), Have::Empty);
        assert!(settle(&store, &s3, &[]).is_empty());
    }

    #[test]
    fn an_unknown_account_is_a_fault_that_says_so() {
        let store = Store::new_bucket();
        let mut s3 = directory(&store);
        s3.owner = None;
        let fault = runtime().block_on(Tagging::read(&s3)).unwrap_err();
        assert!(fault.code == "AccountUnknown" && fault.to_string().contains("account"), "{fault}");
        let fault = runtime().block_on(Tagging::put(&s3, &tagging(&[("a", "1")]), None)).unwrap_err();
        assert_eq!((fault.operation.name, fault.code.as_str()), ("TagResource", "AccountUnknown"));
        assert!(store.calls().is_empty());
    }

    #[test]
    fn a_denial_names_the_action_of_the_kind_of_bucket() {
        let denied = Store::answering(403, "<Error><Code>AccessDenied</Code></Error>");
        let fault = runtime().block_on(Tagging::read(&directory(&denied))).unwrap_err();
        assert!(fault.to_string().contains("s3express:ListTagsForResource"), "{fault}");
        let s3 = denied.bucket();
        s3.abac.store(true, std::sync::atomic::Ordering::Relaxed);
        let fault = runtime().block_on(Tagging::remove(&s3, &tagging(&[("a", "1")]))).unwrap_err();
        assert!(fault.to_string().contains("s3:UntagResource"), "{fault}");
    }
}
