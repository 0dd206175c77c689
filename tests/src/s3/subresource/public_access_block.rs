//! Block Public Access. S3 API: GetPublicAccessBlock, PutPublicAccessBlock, DeletePublicAccessBlock.

use super::{Calls, Put, SubResource, not_found};
use crate::s3::error::S3Error;
use crate::s3::operation::Operation;
use crate::s3::shape::{Kind, Shape, Times};
use crate::s3::world::{Bucket, Doc, World};
use crate::s3::xml::Element;

pub(crate) struct PublicAccessBlock;

const QUERY: &str = "publicAccessBlock";
static CALLS: Calls = Calls {
    query: QUERY,
    get: Some(Operation::read("GetPublicAccessBlock", "s3:GetBucketPublicAccessBlock")),
    put: Some(Operation::write("PutPublicAccessBlock", "s3:PutBucketPublicAccessBlock")),
    delete: Some(Operation::write("DeletePublicAccessBlock", "s3:PutBucketPublicAccessBlock")),
    list: None,
};
const ROOT: &str = "PublicAccessBlockConfiguration";
const MEMBERS: [&str; 4] = ["BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"];
static SHAPE: Shape = Shape(&[
    ("BlockPublicAcls", Times::Maybe, Kind::Bool),
    ("IgnorePublicAcls", Times::Maybe, Kind::Bool),
    ("BlockPublicPolicy", Times::Maybe, Kind::Bool),
    ("RestrictPublicBuckets", Times::Maybe, Kind::Bool),
]);

/// Whether one of the four is on, for the bucket or for its account. On directory buckets all four always are.
pub(super) fn blocks(world: &World, bucket: &Bucket, member: &str) -> bool {
    let account = world.account_blocks.get(&bucket.owner).and_then(|root| root.text_of(member));
    bucket.is_directory() || account == Some("true") || bucket.text_at(QUERY, &[member]).is_some_and(|text| text == "true")
}

/// Reads a PUT. It replaces all four: what it does not name is off.
pub(crate) fn read(body: &[u8]) -> Result<Element, S3Error> {
    let root = SHAPE.read(ROOT, body)?;
    if root.children.is_empty() {
        return Err(S3Error::invalid_request("Must specify at least one configuration."));
    }
    Ok(document(|member| root.text_of(member).is_some_and(|text| text.eq_ignore_ascii_case("true"))))
}

/// 404 where there is no block.
pub(crate) fn not_there() -> S3Error {
    not_found("NoSuchPublicAccessBlockConfiguration", "The public access block configuration was not found")
}

impl SubResource for PublicAccessBlock {
    fn calls(&self) -> &'static Calls {
        &CALLS
    }

    /// Since April 2023 a new bucket has all four.
    fn at_birth(&self, bucket: &Bucket) -> Option<Doc> {
        (!bucket.is_directory()).then(|| Doc::xml(&document(|_| true)))
    }

    fn missing(&self, _bucket: &Bucket) -> Result<Doc, S3Error> {
        Err(not_there())
    }

    fn accept(&self, put: &Put<'_>) -> Result<Option<Doc>, S3Error> {
        read(&put.request.body).map(|root| Some(Doc::xml(&root)))
    }
}

fn document(is_on: impl Fn(&str) -> bool) -> Element {
    let write = |root: Element, member: &str| root.leaf(member, is_on(member).to_string());
    MEMBERS.into_iter().fold(Element::new(ROOT), write)
}
