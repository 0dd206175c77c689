//! The block on public access. S3 API: GetPublicAccessBlock, PutPublicAccessBlock. DeletePublicAccessBlock is never called: it turns
//! all four protections off, and some other stores take the call for DeleteBucket.
//!
//! The order of writing, in which no moment opens the bucket wider than what was there or what is wanted: first ACL and policy that
//! go, then the block, then the new ACL and the new policy. Where the block loosens and one of those two takes the place of an older
//! one, the block is written twice: at first it only lets the new ones in, and once they stand it stops covering them. It goes on
//! covering them where an older one could not be taken away, or could not be read.

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

/// Which kinds of public access S3 blocks. Left out, or without any member, all four are true; where one member is given the
/// others are false unless given too.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PublicAccessBlock {
    /// Whether S3 refuses ACLs that grant public access.
    #[serde(rename = "blockPublicACLs", skip_serializing_if = "Option::is_none")]
    pub block_public_acls: Option<bool>,
    /// Whether S3 refuses a bucket policy that grants public access.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub block_public_policy: Option<bool>,
    /// Whether S3 takes no notice of public ACLs that are there.
    #[serde(rename = "ignorePublicACLs", skip_serializing_if = "Option::is_none")]
    pub ignore_public_acls: Option<bool>,
    /// Whether a bucket with a public policy answers only AWS services and identities of the bucket's own account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub restrict_public_buckets: Option<bool>,
}

impl PublicAccessBlock {
    /// What S3 gives a new bucket. Source: S3 User Guide, "Blocking public access to your Amazon S3 storage".
    fn all() -> Self {
        let on = Some(true);
        Self { block_public_acls: on, block_public_policy: on, ignore_public_acls: on, restrict_public_buckets: on }
    }
}

impl SubConfig for PublicAccessBlock {
    const NAME: &'static str = "public_access_block";
    const FIELD: &'static str = "publicAccessBlock";
    const ABSENT: &'static str = "all four true";
    /// Who came in by a public policy or ACL stays outside.
    const ENDANGERS: bool = true;

    fn declared(spec: &BucketSpec) -> Option<Cow<'_, Self>> {
        spec.public_access_block.as_ref().map(Cow::Borrowed)
    }

    fn declare(self, spec: &mut BucketSpec) {
        spec.public_access_block = Some(self);
    }

    /// A missing member is false, as in PutPublicAccessBlock; with all four missing nothing is said.
    fn normalise(self) -> Option<Self> {
        let given = |member: Option<bool>| Some(member.unwrap_or_default());
        (self != Self::default()).then_some(Self {
            block_public_acls: given(self.block_public_acls),
            block_public_policy: given(self.block_public_policy),
            ignore_public_acls: given(self.ignore_public_acls),
            restrict_public_buckets: given(self.restrict_public_buckets),
        })
    }

    /// What keeps public policies and ACLs from having any effect goes last: until then an older policy or ACL may stand that is
    /// wider than the new one. What refuses them goes first, or the new ones could not be written.
    fn interim(&self, have: &Self) -> Option<Self> {
        let kept = |want: Option<bool>, have: Option<bool>| Some(want.unwrap_or_default() || have.unwrap_or_default());
        let narrower = Self {
            ignore_public_acls: kept(self.ignore_public_acls, have.ignore_public_acls),
            restrict_public_buckets: kept(self.restrict_public_buckets, have.restrict_public_buckets),
            ..self.clone()
        };
        (narrower.clone().normalise() != self.clone().normalise()).then_some(narrower)
    }

    fn absent(_spec: &BucketSpec) -> Option<Self> {
        Some(Self::all())
    }

    fn after_create(_spec: &BucketSpec, _place: &Place) -> Option<Self> {
        Some(Self::all())
    }

    fn findings(&self, at: &Path<'_>, facts: &Facts<'_>, to: &mut Findings) {
        findings::findings(self, at, facts, to);
    }

    fn absent_findings(at: &Path<'_>, facts: &Facts<'_>, to: &mut Findings) {
        findings::absent_findings(at, facts, to);
    }
}

#[cfg(feature = "s3")]
mod remote {
    use aws_sdk_s3::types::PublicAccessBlockConfiguration;

    use super::PublicAccessBlock;
    use crate::fault::{Fault, Operation};
    use crate::subconfig::Have;
    use crate::subconfig::remote::{Remote, S3Bucket, fault, unread};

    impl Remote for PublicAccessBlock {
        const GET: Operation = Operation { name: "GetPublicAccessBlock", action: "s3:GetBucketPublicAccessBlock" };
        const PUT: Operation = Operation { name: "PutPublicAccessBlock", action: "s3:PutBucketPublicAccessBlock" };
        const DELETE: Operation = Self::PUT;

        async fn read(s3: &S3Bucket) -> Result<Have<Self>, Fault> {
            let call = s3.client.get_public_access_block().bucket(&s3.name).set_expected_bucket_owner(s3.expected_owner());
            match call.send().await {
                // Without a single member it is no answer to this question.
                Ok(answer) => {
                    let block = answer.public_access_block_configuration.as_ref().map(Self::from_sdk);
                    Ok(block.filter(|block| *block != Self::default()).map_or(Have::Unsupported, Have::Value))
                }
                Err(error) => unread(Self::GET, &["NoSuchPublicAccessBlockConfiguration"], error),
            }
        }

        async fn put(s3: &S3Bucket, want: &Self, _have: Option<&Self>) -> Result<(), Fault> {
            let call = s3.client.put_public_access_block().bucket(&s3.name).set_expected_bucket_owner(s3.expected_owner());
            let call = call.public_access_block_configuration(want.to_sdk());
            call.send().await.map(drop).map_err(|error| fault(Self::PUT, error))
        }

        /// Back to what S3 gives a new bucket.
        async fn remove(s3: &S3Bucket, have: &Self) -> Result<(), Fault> {
            Self::put(s3, &Self::all(), Some(have)).await
        }
    }

    impl PublicAccessBlock {
        fn from_sdk(block: &PublicAccessBlockConfiguration) -> Self {
            Self {
                block_public_acls: block.block_public_acls,
                block_public_policy: block.block_public_policy,
                ignore_public_acls: block.ignore_public_acls,
                restrict_public_buckets: block.restrict_public_buckets,
            }
        }

        /// All four are sent: some stores keep an earlier member where one is missing.
        fn to_sdk(&self) -> PublicAccessBlockConfiguration {
            PublicAccessBlockConfiguration::builder()
                .block_public_acls(self.block_public_acls.unwrap_or_default())
                .block_public_policy(self.block_public_policy.unwrap_or_default())
                .ignore_public_acls(self.ignore_public_acls.unwrap_or_default())
                .restrict_public_buckets(self.restrict_public_buckets.unwrap_or_default())
                .build()
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::subconfig::{Have, Step};

    fn plan(want: Option<PublicAccessBlock>, have: &Have<PublicAccessBlock>) -> Step<PublicAccessBlock> {
        let spec = BucketSpec { public_access_block: want, ..BucketSpec::default() };
        Step::plan(&spec, have, &Place::default())
    }

    fn of(members: serde_json::Value) -> PublicAccessBlock {
        serde_json::from_value(members).unwrap()
    }

    #[test]
    fn silence_blocks_everything_even_where_s3_holds_nothing() {
        for silent in [None, Some(PublicAccessBlock::default())] {
            assert_eq!(plan(silent.clone(), &Have::Value(PublicAccessBlock::all())), Step::None);
            let step = plan(silent.clone(), &Have::Empty);
            assert_eq!(step, Step::Put { want: PublicAccessBlock::all(), have: None });
            let open =
                of(json!({"blockPublicACLs": true, "blockPublicPolicy": false, "ignorePublicACLs": true, "restrictPublicBuckets": true}));
            let step = plan(silent, &Have::Value(open));
            assert_eq!(
                step.differences().iter().map(|d| d.field.as_str()).collect::<Vec<_>>(),
                ["spec.publicAccessBlock.blockPublicPolicy"]
            );
        }
    }

    #[test]
    fn what_takes_the_effect_from_older_policies_is_loosened_last() {
        let open = of(json!({"blockPublicPolicy": false}));
        let members = serde_json::to_value(open.interim(&PublicAccessBlock::all()).unwrap()).unwrap();
        assert_eq!(members, json!({"blockPublicPolicy": false, "ignorePublicACLs": true, "restrictPublicBuckets": true}));
        assert_eq!(PublicAccessBlock::all().interim(&open), None, "tighter at once");
        let refusing = of(json!({"ignorePublicACLs": true, "restrictPublicBuckets": true}));
        assert_eq!(refusing.interim(&PublicAccessBlock::all()), None, "to let new ones in opens nothing");
    }

    #[test]
    fn a_missing_member_is_false() {
        let partial = of(json!({"blockPublicACLs": true}));
        let whole =
            of(json!({"blockPublicACLs": true, "blockPublicPolicy": false, "ignorePublicACLs": false, "restrictPublicBuckets": false}));
        assert_eq!(plan(Some(partial.clone()), &Have::Value(whole)), Step::None);
        assert!(matches!(plan(Some(partial), &Have::Value(PublicAccessBlock::all())), Step::Put { .. }));
    }
}
