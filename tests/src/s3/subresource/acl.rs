//! The access control list. S3 API: GetBucketAcl, PutBucketAcl.

use super::{Calls, Put, SubResource, acl_grants as grants, ownership_controls as ownership, public_access_block};
use crate::s3::error::S3Error;
use crate::s3::operation::Operation;
use crate::s3::shape::{Kind, Shape, Times};
use crate::s3::world::{Bucket, Doc};

pub(super) struct Acl;

static CALLS: Calls = Calls {
    query: "acl",
    get: Some(Operation::read("GetBucketAcl", "s3:GetBucketAcl")),
    put: Some(Operation::write("PutBucketAcl", "s3:PutBucketAcl")),
    delete: None,
    list: None,
};
pub(super) static OWNER: Shape = Shape(&[("ID", Times::Maybe, Kind::Text), ("DisplayName", Times::Maybe, Kind::Text)]);
/// Who something is granted to.
pub(super) static GRANTEE: Shape = Shape(&[
    ("ID", Times::Maybe, Kind::Text),
    ("DisplayName", Times::Maybe, Kind::Text),
    ("EmailAddress", Times::Maybe, Kind::Text),
    ("URI", Times::Maybe, Kind::Text),
]);
static GRANT: Shape = Shape(&[
    ("Grantee", Times::One, Kind::Node(&GRANTEE)),
    ("Permission", Times::One, Kind::Word(&["FULL_CONTROL", "WRITE", "WRITE_ACP", "READ", "READ_ACP"])),
]);
static GRANTS: Shape = Shape(&[("Grant", Times::Any, Kind::Node(&GRANT))]);
static SHAPE: Shape = Shape(&[("Owner", Times::Maybe, Kind::Node(&OWNER)), ("AccessControlList", Times::One, Kind::Node(&GRANTS))]);

impl SubResource for Acl {
    fn calls(&self) -> &'static Calls {
        &CALLS
    }

    fn missing(&self, bucket: &Bucket) -> Result<Doc, S3Error> {
        Ok(grants::document(&bucket.owner, &grants::private(&bucket.owner)))
    }

    fn accept(&self, put: &Put<'_>) -> Result<Option<Doc>, S3Error> {
        let owner = &put.bucket.owner;
        let wanted = match grants::of_headers(put.request, owner)? {
            Some(_) if !put.request.body.is_empty() => {
                return Err(S3Error::invalid_request("This request does not support content"));
            }
            Some(grants) => grants,
            None => grants::of_body(&put.xml("AccessControlPolicy", &SHAPE)?)?,
        };
        if ownership::is_enforced(put.bucket) && wanted != grants::private(owner) {
            return Err(S3Error::new(400, "AccessControlListNotSupported", "The bucket does not allow ACLs"));
        }
        if grants::are_public(&wanted) && public_access_block::blocks(put.world, put.bucket, "BlockPublicAcls") {
            return Err(S3Error::access_denied());
        }
        Ok(Some(grants::document(owner, &wanted)))
    }
}
