//! Default encryption. S3 API: GetBucketEncryption, PutBucketEncryption, DeleteBucketEncryption.

use super::{Calls, Put, SubResource, encryption_directory};
use crate::s3::error::S3Error;
use crate::s3::operation::Operation;
use crate::s3::shape::{Kind, Shape, Times};
use crate::s3::world::{Bucket, Doc};
use crate::s3::xml::Element;

pub(super) struct Encryption;

static CALLS: Calls = Calls {
    query: QUERY,
    get: Some(Operation::read("GetBucketEncryption", "s3:GetEncryptionConfiguration")),
    put: Some(Operation::write("PutBucketEncryption", "s3:PutEncryptionConfiguration")),
    delete: Some(Operation::write("DeleteBucketEncryption", "s3:PutEncryptionConfiguration")),
    list: None,
};
pub(super) const QUERY: &str = "encryption";
const ROOT: &str = "ServerSideEncryptionConfiguration";
pub(super) const DEFAULT: &str = "ApplyServerSideEncryptionByDefault";
static BY_DEFAULT: Shape = Shape(&[
    ("SSEAlgorithm", Times::One, Kind::Word(&["AES256", "aws:kms", "aws:kms:dsse"])),
    ("KMSMasterKeyID", Times::Maybe, Kind::Text),
]);
static BLOCKED: Shape = Shape(&[("EncryptionType", Times::Any, Kind::Word(&["NONE", "SSE-C"]))]);
static RULE: Shape = Shape(&[
    (DEFAULT, Times::Maybe, Kind::Node(&BY_DEFAULT)),
    ("BucketKeyEnabled", Times::Maybe, Kind::Bool),
    ("BlockedEncryptionTypes", Times::Maybe, Kind::Node(&BLOCKED)),
]);
static SHAPE: Shape = Shape(&[("Rule", Times::One, Kind::Node(&RULE))]);

impl SubResource for Encryption {
    fn calls(&self) -> &'static Calls {
        &CALLS
    }

    /// SSE-S3, and since April 2026 no SSE-C.
    fn at_birth(&self, bucket: &Bucket) -> Option<Doc> {
        Some(new_bucket(bucket))
    }

    fn on_directories(&self) -> bool {
        true
    }

    fn missing(&self, bucket: &Bucket) -> Result<Doc, S3Error> {
        Ok(new_bucket(bucket))
    }

    /// A KMS key is not looked up: S3 takes any text and refuses the first object instead.
    fn accept(&self, put: &Put<'_>) -> Result<Option<Doc>, S3Error> {
        let mut root = put.xml(ROOT, &SHAPE)?;
        let key = root.at(&["Rule", DEFAULT, "KMSMasterKeyID"]);
        let algorithm = root.at(&["Rule", DEFAULT, "SSEAlgorithm"]).map(|element| element.text.as_str());
        if key.is_some() && algorithm == Some("AES256") {
            let text = "a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms or aws:kms:dsse";
            return Err(S3Error::invalid_argument(text));
        }
        if put.bucket.is_directory() {
            encryption_directory::check(&mut root, put.bucket)?;
        }
        for rule in root.children.iter_mut().filter(|rule| !rule.has("BucketKeyEnabled")) {
            rule.children.push(Element { name: "BucketKeyEnabled".to_owned(), text: "false".to_owned(), ..Element::default() });
        }
        Ok(Some(Doc::xml(&root)))
    }

    fn remove(&self, bucket: &Bucket) -> Result<Option<Doc>, S3Error> {
        Ok(Some(new_bucket(bucket)))
    }
}

fn new_bucket(bucket: &Bucket) -> Doc {
    let rule = Element::new("Rule").with(Element::new(DEFAULT).leaf("SSEAlgorithm", "AES256")).leaf("BucketKeyEnabled", "false");
    let blocked = Element::new("BlockedEncryptionTypes").leaf("EncryptionType", "SSE-C");
    Doc::xml(&Element::new(ROOT).with(if bucket.is_directory() { rule } else { rule.with(blocked) }))
}
