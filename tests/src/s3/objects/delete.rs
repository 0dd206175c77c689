//! DeleteObject and DeleteObjects.

use super::{PAGE, told, versioning};
use crate::s3::error::S3Error;
use crate::s3::objects::Versioning;
use crate::s3::reply::Reply;
use crate::s3::request::Request;
use crate::s3::world::Bucket;
use crate::s3::xml::Element;

/// What became of one key.
struct Deleted {
    /// The version that was named, or the delete marker that was made.
    version: Option<String>,
    /// Whether a delete marker was made or taken away.
    marker: bool,
}

/// DeleteObject: without a version it puts a delete marker on top, where versions are kept; with one it is for good.
pub(super) fn one(bucket: &mut Bucket, request: &Request) -> Result<Reply, S3Error> {
    let deleted = delete(bucket, request.key.as_deref().unwrap_or_default(), request.parameter("versionId"))?;
    let reply = Reply::empty(204);
    let reply = if deleted.marker { reply.header("x-amz-delete-marker", "true") } else { reply };
    Ok(match deleted.version {
        Some(version) => told(reply, &version, versioning(bucket)),
        None => reply,
    })
}

/// DeleteObjects: 1,000 keys at most, each with an outcome of its own.
/// Source: S3 API reference, DeleteObjects.
pub(super) fn many(bucket: &mut Bucket, request: &Request) -> Result<Reply, S3Error> {
    let root = Element::parse(&request.body).map_err(|_| S3Error::malformed_xml())?;
    let objects: Vec<&Element> = root.all("Object").collect();
    if root.name != "Delete" || objects.is_empty() || objects.len() > PAGE || objects.iter().any(|object| !object.has("Key")) {
        return Err(S3Error::malformed_xml());
    }
    if request.header("content-md5").is_none() && !request.headers.keys().any(|name| name.as_str().starts_with("x-amz-checksum-")) {
        return Err(S3Error::invalid_request("Missing required header for this request: Content-MD5"));
    }
    let quiet = root.text_of("Quiet") == Some("true");
    let mut result = Element::new("DeleteResult");
    for object in objects {
        let (key, id) = (object.text_of("Key").unwrap_or_default(), object.text_of("VersionId"));
        match delete(bucket, key, id) {
            Ok(_) if quiet => {}
            Ok(deleted) => result = result.with(told_of(key, id, &deleted)),
            Err(error) => {
                let entry = Element::new("Error").leaf("Key", key);
                let entry = id.into_iter().fold(entry, |entry, id| entry.leaf("VersionId", id));
                result = result.with(entry.leaf("Code", error.code.as_ref()).leaf("Message", error.message));
            }
        }
    }
    Ok(Reply::xml(&result))
}

fn told_of(key: &str, id: Option<&str>, deleted: &Deleted) -> Element {
    let entry = Element::new("Deleted").leaf("Key", key);
    let entry = id.into_iter().fold(entry, |entry, id| entry.leaf("VersionId", id));
    match (&deleted.version, deleted.marker) {
        (Some(version), true) => entry.leaf("DeleteMarker", "true").leaf("DeleteMarkerVersionId", version),
        _ => entry,
    }
}

fn delete(bucket: &mut Bucket, key: &str, id: Option<&str>) -> Result<Deleted, S3Error> {
    let versioning = versioning(bucket);
    match id {
        // Not one version of the key may go for good; a delete marker on top takes nothing away.
        _ if bucket.objects.kept.contains(key) && (id.is_some() || versioning == Versioning::Never) => Err(S3Error::access_denied()),
        Some(id) if versioning == Versioning::Never && id != "null" => {
            Err(S3Error::new(404, "NoSuchVersion", "The specified version does not exist."))
        }
        Some(id) => {
            let marker = bucket.objects.remove(key, id).is_some_and(|removed| removed.size.is_none());
            Ok(Deleted { version: Some(id.to_owned()), marker })
        }
        None => {
            let version = bucket.objects.delete(key, versioning);
            Ok(Deleted { marker: version.is_some(), version })
        }
    }
}
