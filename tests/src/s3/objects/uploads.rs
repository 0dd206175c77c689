//! Multipart uploads that were begun and not finished.

use super::limit;
use crate::s3::error::S3Error;
use crate::s3::reply::Reply;
use crate::s3::request::{Request, encode};
use crate::s3::world::Bucket;
use crate::s3::xml::Element;

/// CreateMultipartUpload.
pub(super) fn start(bucket: &mut Bucket, request: &Request) -> Reply {
    let key = request.key.clone().unwrap_or_default();
    let id = bucket.objects.upload(&key);
    let upload = Element::new("InitiateMultipartUploadResult").leaf("Bucket", bucket.name.as_ref()).leaf("Key", key).leaf("UploadId", id);
    Reply::xml(&upload)
}

/// AbortMultipartUpload.
pub(super) fn abort(bucket: &mut Bucket, request: &Request) -> Result<Reply, S3Error> {
    let upload = (request.key.clone().unwrap_or_default(), request.parameter("uploadId").unwrap_or_default().to_owned());
    if bucket.objects.uploads.remove(&upload) {
        return Ok(Reply::empty(204));
    }
    let text = "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.";
    Err(S3Error::new(404, "NoSuchUpload", text))
}

/// ListMultipartUploads, without delimiters.
pub(super) fn list(bucket: &Bucket, request: &Request) -> Result<Reply, S3Error> {
    let limit = limit(request, "max-uploads")?;
    let prefix = request.parameter("prefix").unwrap_or_default();
    let after = (request.parameter("key-marker").unwrap_or_default(), request.parameter("upload-id-marker").unwrap_or_default());
    // A key marker without an id is past all uploads of that key.
    let is_after = |key: &str, id: &str| if after.1.is_empty() { key > after.0 } else { (key, id) > after };
    let mut left = bucket.objects.uploads.iter().filter(|(key, id)| key.starts_with(prefix) && is_after(key, id));
    let page: Vec<_> = left.by_ref().take(limit).collect();
    let more = left.next().is_some();
    let url = request.parameter("encoding-type") == Some("url");
    let shown = |key: &str| if url { encode(key) } else { key.to_owned() };
    let mut root = Element::new("ListMultipartUploadsResult")
        .leaf("Bucket", bucket.name.as_ref())
        .leaf("KeyMarker", shown(after.0))
        .leaf("UploadIdMarker", after.1)
        .leaf("MaxUploads", limit.to_string())
        .leaf("IsTruncated", more.to_string());
    if let (true, Some((key, id))) = (more, page.last()) {
        root = root.leaf("NextKeyMarker", shown(key)).leaf("NextUploadIdMarker", id);
    }
    if url {
        root = root.leaf("EncodingType", "url");
    }
    let upload = |(key, id): &(String, String)| {
        let upload = Element::new("Upload").leaf("Key", shown(key)).leaf("UploadId", id);
        upload.leaf("Initiated", bucket.created.to_string()).leaf("StorageClass", "STANDARD")
    };
    Ok(Reply::xml(&root.with_all(page.into_iter().map(upload))))
}
