//! Calls on buckets as a whole: head, delete, list, location. S3 API: HeadBucket, DeleteBucket, ListBuckets, GetBucketLocation.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::directory;
use super::error::S3Error;
use super::identity::Caller;
use super::reply::Reply;
use super::request::Request;
use super::subresource::acl_grants::canonical_id;
use super::world::{Bucket, World};
use super::xml::Element;

/// The most buckets on a page, and the page where none is asked for.
const PAGE: usize = 10_000;
/// S3's first region, where GetBucketLocation says nothing.
pub(crate) const FIRST_REGION: &str = "us-east-1";

/// HeadBucket.
pub(crate) fn head(bucket: &Bucket) -> Reply {
    let reply = Reply::empty(200).header("x-amz-bucket-region", bucket.region.as_ref());
    let reply = reply.header("x-amz-bucket-arn", bucket.arn()).header("x-amz-access-point-alias", "false");
    match directory::Zone::of(&bucket.name) {
        Some(zone) => reply.header("x-amz-bucket-location-type", zone.kind()).header("x-amz-bucket-location-name", zone.id),
        None => reply,
    }
}

/// GetBucketLocation.
pub(crate) fn location(bucket: &Bucket) -> Reply {
    let mut root = Element::new("LocationConstraint");
    if bucket.location.as_ref() != FIRST_REGION {
        bucket.location.as_ref().clone_into(&mut root.text);
    }
    Reply::xml(&root)
}

/// DeleteBucket.
pub(crate) fn delete(world: &mut World, name: &str) -> Result<Reply, S3Error> {
    let bucket = world.bucket(name)?;
    // Only a directory bucket minds unfinished uploads. Source: S3 User Guide, "Deleting a directory bucket".
    if !bucket.objects.is_empty() || (bucket.is_directory() && !bucket.objects.uploads.is_empty()) {
        return Err(S3Error::new(409, "BucketNotEmpty", "The bucket you tried to delete is not empty"));
    }
    world.buckets.remove(name);
    Ok(Reply::empty(204))
}

/// ListBuckets, of all regions.
pub(crate) fn list(world: &World, request: &Request, caller: &Caller) -> Result<Reply, S3Error> {
    let limit = match request.parameter("max-buckets").map(str::parse::<usize>) {
        None => PAGE,
        Some(Ok(limit)) if (1..=PAGE).contains(&limit) => limit,
        Some(_) => return Err(S3Error::invalid_argument("Argument max-buckets must be an integer between 1 and 10000")),
    };
    let prefix = request.parameter("prefix").unwrap_or_default();
    let region = request.parameter("bucket-region");
    let after = request.parameter("continuation-token").map(token).transpose()?.unwrap_or_default();
    let mut left = world.buckets.values().filter(|bucket| {
        bucket.owner == caller.account
            && !bucket.is_directory()
            && bucket.name.starts_with(prefix)
            && bucket.name.as_ref() > after.as_str()
            && region.is_none_or(|region| region == bucket.region.as_ref())
    });
    let page: Vec<_> = left.by_ref().take(limit).collect();
    let more = left.next().is_some();
    let owner = Element::new("Owner").leaf("ID", canonical_id(&caller.account));
    let buckets = Element::new("Buckets").with_all(page.iter().map(|bucket| entry(bucket)));
    let mut root = Element::new("ListAllMyBucketsResult").with(owner).with(buckets);
    if request.parameter("prefix").is_some() {
        root = root.leaf("Prefix", prefix);
    }
    if let (true, Some(last)) = (more, page.last()) {
        root = root.leaf("ContinuationToken", URL_SAFE_NO_PAD.encode(last.name.as_bytes()));
    }
    Ok(Reply::xml(&root))
}

fn entry(bucket: &Bucket) -> Element {
    Element::new("Bucket")
        .leaf("Name", bucket.name.as_ref())
        .leaf("CreationDate", bucket.created.strftime("%Y-%m-%dT%H:%M:%S.000Z").to_string())
        .leaf("BucketRegion", bucket.region.as_ref())
        .leaf("BucketArn", bucket.arn())
}

pub(crate) fn token(text: &str) -> Result<String, S3Error> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok();
    let name = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
    name.ok_or_else(|| S3Error::invalid_argument("The continuation token provided is incorrect"))
}
