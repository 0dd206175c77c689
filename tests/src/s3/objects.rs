//! Objects, as far as a bucket's life depends on them: whether it is empty.

use std::collections::BTreeMap;

use super::error::S3Error;
use super::reply::Reply;
use super::request::Request;
use super::world::Bucket;
use super::xml::Element;

/// A page of ListObjects.
const PAGE: usize = 1000;

/// The objects of a bucket. Their content is not kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Objects {
    /// Sizes in bytes by key.
    pub(crate) sizes: BTreeMap<String, u64>,
    /// Old versions and delete markers.
    pub(crate) remnants: u64,
}

impl Objects {
    pub(crate) fn is_empty(&self) -> bool {
        self.sizes.is_empty() && self.remnants == 0
    }
}

/// PutObject.
pub(crate) fn put(bucket: &mut Bucket, request: &Request) -> Reply {
    let key = request.key.clone().unwrap_or_default();
    let decoded = request.header("x-amz-decoded-content-length").and_then(|length| length.parse().ok());
    let size = decoded.unwrap_or(request.body.len() as u64);
    if bucket.objects.sizes.insert(key, size).is_some() && versioned(bucket) {
        bucket.objects.remnants += 1;
    }
    Reply::empty(200).header("etag", format!("\"{size:032x}\""))
}

/// DeleteObject: in a versioned bucket the version stays and a delete marker comes on top.
pub(crate) fn delete(bucket: &mut Bucket, request: &Request) -> Reply {
    let there = bucket.objects.sizes.remove(request.key.as_deref().unwrap_or_default()).is_some();
    if versioned(bucket) {
        bucket.objects.remnants += 1 + u64::from(there);
    }
    Reply::empty(204)
}

/// CreateMultipartUpload. An open upload does not keep a bucket from being deleted, so nothing is kept.
pub(crate) fn start_upload(request: &Request) -> Reply {
    let upload = Element::new("InitiateMultipartUploadResult")
        .leaf("Bucket", request.bucket.clone().unwrap_or_default())
        .leaf("Key", request.key.clone().unwrap_or_default())
        .leaf("UploadId", "upload-1");
    Reply::xml(&upload)
}

/// ListObjects and ListObjectsV2, without delimiters.
pub(crate) fn list(bucket: &Bucket, request: &Request) -> Result<Reply, S3Error> {
    let limit = match request.parameter("max-keys").map(str::parse::<usize>) {
        None => PAGE,
        Some(Ok(limit)) => limit.min(PAGE),
        Some(Err(_)) => return Err(S3Error::invalid_argument("Provided max-keys not an integer or within integer range")),
    };
    let prefix = request.parameter("prefix").unwrap_or_default();
    let after = ["continuation-token", "start-after", "marker"].iter().find_map(|name| request.parameter(name)).unwrap_or_default();
    let matching = || bucket.objects.sizes.iter().filter(|(key, _)| key.starts_with(prefix) && key.as_str() > after);
    let page: Vec<_> = matching().take(limit).collect();
    let more = matching().count() > page.len();
    let mut root = Element::new("ListBucketResult")
        .leaf("Name", bucket.name.as_ref())
        .leaf("Prefix", prefix)
        .leaf("KeyCount", page.len().to_string())
        .leaf("MaxKeys", limit.to_string())
        .leaf("IsTruncated", more.to_string());
    if let (true, Some((last, _))) = (more, page.last()) {
        root = root.leaf("NextContinuationToken", last.as_str()).leaf("NextMarker", last.as_str());
    }
    let contents = |(key, size): (&String, &u64)| {
        let content = Element::new("Contents").leaf("Key", key.as_str()).leaf("LastModified", bucket.created.to_string());
        content.leaf("Size", size.to_string()).leaf("StorageClass", "STANDARD")
    };
    Ok(Reply::xml(&root.with_all(page.into_iter().map(contents))))
}

fn versioned(bucket: &Bucket) -> bool {
    bucket.text_at("versioning", &["Status"]).is_some()
}
