//! Tags of the bucket. S3 API: GetBucketTagging, PutBucketTagging, DeleteBucketTagging.

mod findings;

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::SubConfig;
use crate::BucketSpec;
use crate::admission::{Facts, Findings, Path};
use crate::place::Place;

#[cfg(test)]
pub(crate) use findings::cases;

/// The bucket's tags.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Tagging {
    /// Keys and values; the order means nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tag_set: Option<Vec<Tag>>,
}

/// A key and its value.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Tag {
    /// At most 128 characters; `aws:` is reserved.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// At most 256 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
}

impl Tag {
    /// A tag of this key and value.
    #[must_use]
    pub fn new(key: &str, value: &str) -> Self {
        Self { key: Some(key.to_owned()), value: Some(value.to_owned()) }
    }

    fn is_system(&self) -> bool {
        self.key.as_ref().is_some_and(|key| key.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("aws:")))
    }
}

impl SubConfig for Tagging {
    const NAME: &'static str = "tagging";
    const FIELD: &'static str = "tagging";
    const ABSENT: &'static str = "no tags but those of the controller; `aws:` tags stay";
    const DIRECTORY_BUCKETS: bool = true;

    fn declared(spec: &BucketSpec) -> Option<Cow<'_, Self>> {
        spec.tagging.as_ref().map(Cow::Borrowed)
    }

    /// Sorted by key; a key given twice counts by its last value, as in the peer; `aws:` tags are AWS's own and never compared.
    fn normalise(self) -> Option<Self> {
        let mut tags: Vec<Tag> = Vec::new();
        for tag in self.tag_set.unwrap_or_default() {
            let tag = Tag { key: Some(tag.key.unwrap_or_default()), value: Some(tag.value.unwrap_or_default()) };
            if tag.is_system() {
                continue;
            }
            tags.retain(|earlier| earlier.key != tag.key);
            tags.push(tag);
        }
        tags.sort_unstable();
        (!tags.is_empty()).then_some(Self { tag_set: Some(tags) })
    }

    /// The user's tags, then the controller's; the user wins where both name a key.
    fn want(spec: &BucketSpec, place: &Place) -> Option<Self> {
        let mut tags = Self::declared(spec).and_then(|section| section.tag_set.clone()).unwrap_or_default();
        for tag in &place.tags {
            if !tags.iter().any(|user| user.key.as_deref() == Some(tag.key.as_str())) {
                tags.push(Tag::new(&tag.key, &tag.value));
            }
        }
        (!tags.is_empty()).then_some(Self { tag_set: Some(tags) })
    }

    /// All tags ride on CreateBucket.
    fn after_create(spec: &BucketSpec, place: &Place) -> Option<Self> {
        Self::want(spec, place)
    }

    fn findings(&self, at: &Path<'_>, facts: &Facts<'_>, to: &mut Findings) {
        findings::findings(self, at, facts, to);
    }
}

#[cfg(feature = "s3")]
mod remote {
    use aws_sdk_s3::types::{Tag as S3Tag, Tagging as S3Tagging};

    use super::{Tag, Tagging};
    use crate::fault::{Fault, Operation};
    use crate::subconfig::Have;
    use crate::subconfig::remote::{Remote, S3Bucket, fault, unread};

    impl Remote for Tagging {
        const GET: Operation = Operation { name: "GetBucketTagging", action: "s3:GetBucketTagging" };
        const PUT: Operation = Operation { name: "PutBucketTagging", action: "s3:PutBucketTagging" };
        const DELETE: Operation = Operation { name: "DeleteBucketTagging", action: "s3:PutBucketTagging" };

        async fn read(s3: &S3Bucket) -> Result<Have<Self>, Fault> {
            let call = s3.client.get_bucket_tagging().bucket(&s3.name).set_expected_bucket_owner(s3.owner.clone());
            match call.send().await {
                Ok(answer) => Ok(Have::Value(Self::from_sdk(answer.tag_set))),
                Err(error) => unread(Self::GET, &["NoSuchTagSet"], error),
            }
        }

        async fn put(s3: &S3Bucket, want: &Self, have: Option<&Self>) -> Result<(), Fault> {
            let call = s3.client.put_bucket_tagging().bucket(&s3.name).set_expected_bucket_owner(s3.owner.clone());
            call.tagging(want.to_sdk(have)?).send().await.map(drop).map_err(|error| fault(Self::PUT, error))
        }

        async fn remove(s3: &S3Bucket, have: &Self) -> Result<(), Fault> {
            if have.tag_set.iter().flatten().any(Tag::is_system) {
                return Self::put(s3, &Self::default(), Some(have)).await;
            }
            let call = s3.client.delete_bucket_tagging().bucket(&s3.name).set_expected_bucket_owner(s3.owner.clone());
            call.send().await.map(drop).map_err(|error| fault(Self::DELETE, error))
        }
    }

    impl Tagging {
        fn from_sdk(tags: Vec<S3Tag>) -> Self {
            Self { tag_set: Some(tags.into_iter().map(|tag| Tag { key: Some(tag.key), value: Some(tag.value) }).collect()) }
        }

        /// PutBucketTagging replaces the whole set, so the `aws:` tags that are there go along.
        fn to_sdk(&self, have: Option<&Self>) -> Result<S3Tagging, Fault> {
            let user = self.tag_set.iter().flatten().filter(|tag| !tag.is_system());
            let system = have.into_iter().flat_map(|have| have.tag_set.iter().flatten()).filter(|tag| tag.is_system());
            let tags = user.chain(system).map(|tag| {
                let (key, value) = (tag.key.clone().unwrap_or_default(), tag.value.clone().unwrap_or_default());
                S3Tag::builder().key(key).value(value).build()
            });
            let tags = tags.collect::<Result<_, _>>().map_err(|e| Fault::unbuildable(Self::PUT, e))?;
            S3Tagging::builder().set_tag_set(Some(tags)).build().map_err(|e| Fault::unbuildable(Self::PUT, e))
        }
    }
}
