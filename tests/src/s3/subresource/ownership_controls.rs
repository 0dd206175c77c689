//! Object ownership. S3 API: GetBucketOwnershipControls, PutBucketOwnershipControls, DeleteBucketOwnershipControls.

use super::{Calls, Put, SubResource, acl_grants as grants, not_found};
use crate::s3::error::S3Error;
use crate::s3::operation::Operation;
use crate::s3::shape::{Kind, Shape, Times};
use crate::s3::world::{Bucket, Doc};
use crate::s3::xml::Element;

pub(super) struct OwnershipControls;

const QUERY: &str = "ownershipControls";
static CALLS: Calls = Calls {
    query: QUERY,
    get: Some(Operation::read("GetBucketOwnershipControls", "s3:GetBucketOwnershipControls")),
    put: Some(Operation::write("PutBucketOwnershipControls", "s3:PutBucketOwnershipControls")),
    delete: Some(Operation::write("DeleteBucketOwnershipControls", "s3:PutBucketOwnershipControls")),
    list: None,
};
/// What an owner can be.
pub(crate) const WORDS: &[&str] = &["BucketOwnerEnforced", "BucketOwnerPreferred", "ObjectWriter"];
const ENFORCED: &str = "BucketOwnerEnforced";
const ROOT: &str = "OwnershipControls";
static RULE: Shape = Shape(&[("ObjectOwnership", Times::One, Kind::Word(WORDS))]);
static SHAPE: Shape = Shape(&[("Rule", Times::One, Kind::Node(&RULE))]);

/// Whether the bucket takes no ACLs.
pub(crate) fn is_enforced(bucket: &Bucket) -> bool {
    bucket.text_at(QUERY, &["Rule", "ObjectOwnership"]).is_some_and(|text| text == ENFORCED)
}

/// The controls of this ownership.
pub(crate) fn document(ownership: &str) -> Doc {
    Doc::xml(&Element::new(ROOT).with(Element::new("Rule").leaf("ObjectOwnership", ownership)))
}

impl SubResource for OwnershipControls {
    fn calls(&self) -> &'static Calls {
        &CALLS
    }

    /// Since April 2023 a new bucket takes no ACLs.
    fn at_birth(&self, bucket: &Bucket) -> Option<Doc> {
        (!bucket.is_directory()).then(|| document(ENFORCED))
    }

    fn missing(&self, _bucket: &Bucket) -> Result<Doc, S3Error> {
        Err(not_found("OwnershipControlsNotFoundError", "The bucket ownership controls were not found"))
    }

    fn accept(&self, put: &Put<'_>) -> Result<Option<Doc>, S3Error> {
        let root = put.xml(ROOT, &SHAPE)?;
        let wanted = root.at(&["Rule", "ObjectOwnership"]).map(|element| element.text.as_str());
        if wanted == Some(ENFORCED) && grants::reach_others(put.bucket) {
            let text = "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting";
            return Err(S3Error::new(400, "InvalidBucketAclWithObjectOwnership", text));
        }
        Ok(Some(Doc::xml(&root)))
    }
}
