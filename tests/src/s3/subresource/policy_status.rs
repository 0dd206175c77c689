//! Whether the bucket is public by its policy. S3 API: GetBucketPolicyStatus.

use super::policy;
use super::policy_public::is_public;
use super::{Calls, Put, SubResource};
use crate::s3::error::S3Error;
use crate::s3::operation::Operation;
use crate::s3::world::{Bucket, Doc};
use crate::s3::xml::Element;

pub(super) struct PolicyStatus;

static CALLS: Calls = Calls {
    query: "policyStatus",
    get: Some(Operation::read("GetBucketPolicyStatus", "s3:GetBucketPolicyStatus")),
    put: None,
    delete: None,
    list: None,
};

impl SubResource for PolicyStatus {
    fn calls(&self) -> &'static Calls {
        &CALLS
    }

    /// Nothing is kept: the policy says it.
    fn missing(&self, bucket: &Bucket) -> Result<Doc, S3Error> {
        let doc = bucket.doc(policy::QUERY).ok_or_else(policy::missing)?;
        let public = serde_json::from_str(doc.text()).is_ok_and(|policy| is_public(&policy));
        Ok(Doc::xml(&Element::new("PolicyStatus").leaf("IsPublic", public.to_string())))
    }

    fn accept(&self, _put: &Put<'_>) -> Result<Option<Doc>, S3Error> {
        Err(S3Error::method_not_allowed())
    }
}
