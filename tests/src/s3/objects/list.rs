//! ListObjects, ListObjectsV2 and ListObjectVersions, without delimiters.

use super::limit;
use super::versions::Version;
use crate::s3::error::S3Error;
use crate::s3::reply::Reply;
use crate::s3::request::{Request, encode};
use crate::s3::world::Bucket;
use crate::s3::xml::Element;

/// ListObjects and ListObjectsV2.
pub(super) fn objects(bucket: &Bucket, request: &Request) -> Result<Reply, S3Error> {
    let limit = limit(request, "max-keys")?;
    let prefix = request.parameter("prefix").unwrap_or_default();
    let after = ["continuation-token", "start-after", "marker"].iter().find_map(|name| request.parameter(name)).unwrap_or_default();
    let mut left = bucket.objects.current().filter(|(key, _)| key.starts_with(prefix) && key.as_str() > after);
    let page: Vec<_> = left.by_ref().take(limit).collect();
    let more = left.next().is_some();
    let mut root = Element::new("ListBucketResult")
        .leaf("Name", bucket.name.as_ref())
        .leaf("Prefix", prefix)
        .leaf("KeyCount", page.len().to_string())
        .leaf("MaxKeys", limit.to_string())
        .leaf("IsTruncated", more.to_string());
    if let (true, Some((last, _))) = (more, page.last()) {
        root = root.leaf("NextContinuationToken", last.as_str()).leaf("NextMarker", last.as_str());
    }
    let contents = |(key, size): (&String, u64)| {
        let content = Element::new("Contents").leaf("Key", key.as_str()).leaf("LastModified", bucket.created.to_string());
        content.leaf("Size", size.to_string()).leaf("StorageClass", "STANDARD")
    };
    Ok(Reply::xml(&root.with_all(page.into_iter().map(contents))))
}

/// ListObjectVersions: by key, of each key the newest first.
pub(super) fn versions(bucket: &Bucket, request: &Request) -> Result<Reply, S3Error> {
    let limit = limit(request, "max-keys")?;
    let prefix = request.parameter("prefix").unwrap_or_default();
    let (key_marker, id_marker) = (request.parameter("key-marker").unwrap_or_default(), request.parameter("version-id-marker"));
    if id_marker.is_some_and(|id| !id.is_empty()) && key_marker.is_empty() {
        return Err(S3Error::invalid_argument("A version-id marker cannot be specified without a key marker."));
    }
    let after: Vec<(&String, usize, &Version)> = bucket
        .objects
        .keys
        .iter()
        .filter(|(key, _)| key.starts_with(prefix) && key.as_str() >= key_marker)
        .flat_map(|(key, versions)| {
            let at = |id: &str| versions.iter().position(|version| version.id == id).map_or(versions.len(), |index| index + 1);
            let seen = match id_marker.filter(|id| !id.is_empty()) {
                _ if key.as_str() != key_marker || key_marker.is_empty() => 0,
                Some(id) => at(id),
                None => versions.len(),
            };
            versions.iter().enumerate().skip(seen).map(move |(index, version)| (key, index, version))
        })
        .take(limit + 1)
        .collect();
    let page = &after[..after.len().min(limit)];
    let url = request.parameter("encoding-type") == Some("url");
    let key = |key: &str| if url { encode(key) } else { key.to_owned() };
    let more = after.len() > page.len();
    let mut root = Element::new("ListVersionsResult")
        .leaf("Name", bucket.name.as_ref())
        .leaf("Prefix", key(prefix))
        .leaf("KeyMarker", key(key_marker))
        .leaf("VersionIdMarker", id_marker.unwrap_or_default())
        .leaf("MaxKeys", limit.to_string())
        .leaf("IsTruncated", more.to_string());
    if let (true, Some((last, _, version))) = (more, page.last()) {
        root = root.leaf("NextKeyMarker", key(last)).leaf("NextVersionIdMarker", version.id.as_str());
    }
    if url {
        root = root.leaf("EncodingType", "url");
    }
    let entry = |(name, index, version): &(&String, usize, &Version)| {
        let kind = if version.size.is_some() { "Version" } else { "DeleteMarker" };
        let entry = Element::new(kind).leaf("Key", key(name)).leaf("VersionId", version.id.as_str());
        let entry = entry.leaf("IsLatest", (*index == 0).to_string()).leaf("LastModified", bucket.created.to_string());
        version.size.into_iter().fold(entry, |entry, size| entry.leaf("Size", size.to_string()).leaf("StorageClass", "STANDARD"))
    };
    Ok(Reply::xml(&root.with_all(page.iter().map(entry))))
}
