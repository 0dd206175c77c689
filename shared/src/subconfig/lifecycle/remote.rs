//! How lifecycle rules are read from and written to S3.

use aws_sdk_s3::types::{BucketLifecycleConfiguration, LifecycleRule as S3Rule};

use super::types::{
    AbortIncompleteMultipartUpload, Lifecycle, LifecycleExpiration, LifecycleFilter, LifecycleRule, LifecycleTransition,
    NoncurrentExpiration, NoncurrentTransition,
};
use super::wire::{PUT, all, one};
use crate::admission::Path;
use crate::fault::{Fault, Operation};
use crate::subconfig::remote::{Remote, S3Bucket, fault, given, unread};
use crate::subconfig::{Have, SubConfig};

impl Remote for Lifecycle {
    const GET: Operation = Operation { name: "GetBucketLifecycleConfiguration", action: "s3:GetLifecycleConfiguration" };
    const PUT: Operation = PUT;
    const DELETE: Operation = Operation { name: "DeleteBucketLifecycle", action: "s3:PutLifecycleConfiguration" };

    async fn read(s3: &S3Bucket) -> Result<Have<Self>, Fault> {
        let call = s3.client.get_bucket_lifecycle_configuration().bucket(&s3.name).set_expected_bucket_owner(s3.expected_owner());
        match call.send().await {
            Ok(answer) => {
                let size = answer.transition_default_minimum_object_size.map(|size| size.as_str().to_owned());
                let of = |rules: Vec<S3Rule>| Self {
                    rules: Some(rules.into_iter().map(LifecycleRule::from_sdk).collect()),
                    transition_default_minimum_object_size: size,
                };
                Ok(answer.rules.map_or(Have::Unsupported, |rules| Have::Value(of(rules))))
            }
            Err(error) => unread(Self::GET, &["NoSuchLifecycleConfiguration"], error),
        }
    }

    async fn put(s3: &S3Bucket, want: &Self, _have: Option<&Self>) -> Result<(), Fault> {
        let call = s3.client.put_bucket_lifecycle_configuration().bucket(&s3.name).set_expected_bucket_owner(s3.expected_owner());
        let size = want.transition_default_minimum_object_size.as_deref().filter(|size| !size.is_empty()).map(Into::into);
        let call = call.lifecycle_configuration(want.to_sdk()?).set_transition_default_minimum_object_size(size);
        call.send().await.map(drop).map_err(|error| fault(PUT, error))
    }

    async fn remove(s3: &S3Bucket, _have: &Self) -> Result<(), Fault> {
        let call = s3.client.delete_bucket_lifecycle().bucket(&s3.name).set_expected_bucket_owner(s3.expected_owner());
        call.send().await.map(drop).map_err(|error| fault(Self::DELETE, error))
    }
}

impl Lifecycle {
    fn to_sdk(&self) -> Result<BucketLifecycleConfiguration, Fault> {
        let spec = Path::root("spec");
        let lifecycle = spec.member(Self::FIELD);
        let at = lifecycle.member("rules");
        let rules = self.rules.iter().flatten().enumerate().map(|(index, rule)| rule.to_sdk(&at.index(index)));
        let rules = rules.collect::<Result<_, _>>()?;
        BucketLifecycleConfiguration::builder().set_rules(Some(rules)).build().map_err(|error| Fault::unbuildable(PUT, error))
    }
}

impl LifecycleRule {
    #[expect(deprecated, reason = "S3 still hands out the older prefix of rules that were written with it")]
    fn from_sdk(rule: S3Rule) -> Self {
        Self {
            id: rule.id,
            prefix: rule.prefix,
            status: given(rule.status.as_str()),
            abort_incomplete_multipart_upload: rule
                .abort_incomplete_multipart_upload
                .as_ref()
                .map(AbortIncompleteMultipartUpload::from_sdk),
            expiration: rule.expiration.as_ref().map(LifecycleExpiration::from_sdk),
            filter: rule.filter.map(LifecycleFilter::from_sdk),
            noncurrent_version_expiration: rule.noncurrent_version_expiration.as_ref().map(NoncurrentExpiration::from_sdk),
            noncurrent_version_transitions: rule
                .noncurrent_version_transitions
                .map(|all| all.into_iter().map(NoncurrentTransition::from_sdk).collect()),
            transitions: rule.transitions.map(|all| all.into_iter().map(LifecycleTransition::from_sdk).collect()),
        }
    }

    /// The normal form is sent: it is the spelling that S3 takes. Only a rule with the older prefix is sent with that, as S3 takes
    /// no newer member beside it, and a rule for every object names the empty prefix, which more stores take than an empty filter.
    #[expect(deprecated, reason = "a spec may still use the older prefix")]
    fn to_sdk(&self, at: &Path<'_>) -> Result<S3Rule, Fault> {
        let normal = self.clone().normalise();
        let older = self.prefix.clone().filter(|_| self.filter.is_none());
        let filter = match &older {
            Some(_) => None,
            None => Some(normal.filter.unwrap_or_else(|| LifecycleFilter { prefix: Some(String::new()), ..LifecycleFilter::default() })),
        };
        let builder = S3Rule::builder()
            .set_id(normal.id)
            .set_prefix(older.or(normal.prefix))
            .set_status(normal.status.as_deref().map(Into::into))
            .set_filter(one(filter.as_ref(), &at.member("filter"))?)
            .set_abort_incomplete_multipart_upload(one(
                normal.abort_incomplete_multipart_upload.as_ref(),
                &at.member("abortIncompleteMultipartUpload"),
            )?)
            .set_expiration(one(normal.expiration.as_ref(), &at.member("expiration"))?)
            .set_noncurrent_version_expiration(one(
                normal.noncurrent_version_expiration.as_ref(),
                &at.member("noncurrentVersionExpiration"),
            )?)
            .set_noncurrent_version_transitions(all(
                normal.noncurrent_version_transitions.as_deref(),
                &at.member("noncurrentVersionTransitions"),
            )?)
            .set_transitions(all(normal.transitions.as_deref(), &at.member("transitions"))?);
        builder.build().map_err(|error| Fault::unbuildable(PUT, error))
    }
}
