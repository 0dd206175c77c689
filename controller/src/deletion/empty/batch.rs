//! One batch of versions, or of uploads: listed and deleted.
//! Source: S3 API reference, ListObjectVersions, DeleteObjects, ListMultipartUploads, AbortMultipartUpload.

use std::sync::Arc;

use aws_sdk_s3::error::{BuildError, ProvideErrorMetadata};
use aws_sdk_s3::types::{Delete, Error as KeyError, MultipartUpload, ObjectIdentifier};
use shared::fault::{Fault, Operation, classify};
use shared::subconfig::remote::{S3Bucket, fault};

/// The most keys of one DeleteObjects.
pub(super) const MOST: u32 = 1000;

const LIST: Operation = Operation { name: "ListObjectVersions", action: "s3:ListBucketVersions" };
const DELETE: Operation = Operation { name: "DeleteObjects", action: "s3:DeleteObjectVersion" };
const LIST_UPLOADS: Operation = Operation { name: "ListMultipartUploads", action: "s3:ListBucketMultipartUploads" };
const ABORT: Operation = Operation { name: "AbortMultipartUpload", action: "s3:AbortMultipartUpload" };

/// All calls, and what allows each.
pub const OPERATIONS: [Operation; 4] = [LIST, DELETE, LIST_UPLOADS, ABORT];

/// Versions and delete markers that are to be deleted.
pub(super) struct Batch(Vec<ObjectIdentifier>);

/// What became of a batch.
pub(super) struct Outcome {
    /// How many are gone.
    pub(super) gone: u64,
    /// What S3 said of those that are not.
    pub(super) fault: Option<Fault>,
}

impl Batch {
    /// The first versions and delete markers of the bucket.
    pub(super) async fn of_versions(s3: &S3Bucket, most: u32) -> Result<Self, Fault> {
        let call = s3.client.list_object_versions().bucket(&s3.name).set_expected_bucket_owner(s3.expected_owner());
        let page = call.max_keys(i32::try_from(most).unwrap_or(i32::MAX)).send().await.map_err(|error| fault(LIST, error))?;
        let versions = page.versions.unwrap_or_default().into_iter().map(|version| (version.key, version.version_id));
        let markers = page.delete_markers.unwrap_or_default().into_iter().map(|marker| (marker.key, marker.version_id));
        let named = versions.chain(markers).map(|(key, version)| {
            ObjectIdentifier::builder().set_key(key).set_version_id(version).build().map_err(|error| unbuildable(LIST, error))
        });
        named.collect::<Result<_, _>>().map(Self)
    }

    /// Whether there is nothing.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// Deletes them for good. Each has an outcome of its own; locks and holds are respected, as nothing bypasses governance.
    pub(super) async fn delete(self, s3: &S3Bucket) -> Result<Outcome, Fault> {
        let all = self.len();
        let delete = Delete::builder().set_objects(Some(self.0)).quiet(true).build().map_err(|error| unbuildable(DELETE, error))?;
        let call = s3.client.delete_objects().bucket(&s3.name).set_expected_bucket_owner(s3.expected_owner()).delete(delete);
        let errors = call.send().await.map_err(|error| fault(DELETE, error))?.errors.unwrap_or_default();
        let gone = u64::try_from(all.saturating_sub(errors.len())).unwrap_or_default();
        Ok(Outcome { gone, fault: refused(&errors, all) })
    }
}

/// The first uploads of the bucket that were begun and not finished.
pub(super) async fn uploads(s3: &S3Bucket, most: u32) -> Result<Vec<MultipartUpload>, Fault> {
    let call = s3.client.list_multipart_uploads().bucket(&s3.name).set_expected_bucket_owner(s3.expected_owner());
    let page = call.max_uploads(i32::try_from(most).unwrap_or(i32::MAX)).send().await.map_err(|error| fault(LIST_UPLOADS, error))?;
    Ok(page.uploads.unwrap_or_default())
}

/// Aborts one; one that is gone by now is no fault.
pub(super) async fn abort(s3: &S3Bucket, upload: MultipartUpload) -> Result<(), Fault> {
    let call = s3.client.abort_multipart_upload().bucket(&s3.name).set_expected_bucket_owner(s3.expected_owner());
    match call.set_key(upload.key).set_upload_id(upload.upload_id).send().await {
        Ok(_) => Ok(()),
        Err(error) if error.code() == Some("NoSuchUpload") => Ok(()),
        Err(error) => Err(fault(ABORT, error)),
    }
}

/// Of the keys that S3 refused, the first by name.
fn refused(errors: &[KeyError], all: usize) -> Option<Fault> {
    let first = errors.first()?;
    let code = first.code().unwrap_or("Unknown").to_owned();
    let version = first.version_id().map(|version| format!(" version {version}")).unwrap_or_default();
    let message = format!(
        "{} of {all} keys were refused, the first {:?}{version}: {}",
        errors.len(),
        first.key().unwrap_or_default(),
        first.message().unwrap_or_default()
    );
    Some(Fault { class: classify(200, &code), operation: DELETE, code, message, source: None })
}

fn unbuildable(operation: Operation, error: BuildError) -> Fault {
    let (code, message) = ("IncompleteAnswer".to_owned(), format!("S3 listed a version without a key: {error}"));
    Fault { class: classify(200, &code), operation, code, message, source: Some(Arc::new(error)) }
}

#[cfg(test)]
mod tests {
    use shared::fault::Class;

    use super::*;

    #[test]
    fn a_key_that_is_refused_is_named_with_the_action_to_allow() {
        let error = |code: &str| KeyError::builder().key("a/b").version_id("v1").code(code).message("no").build();
        assert!(refused(&[], 5).is_none());
        let denied = refused(&[error("AccessDenied"), error("InternalError")], 5).unwrap();
        assert_eq!(denied.class, Class::Denied);
        for part in ["2 of 5 keys", "\"a/b\" version v1", "s3:DeleteObjectVersion"] {
            assert!(denied.to_string().contains(part), "{denied}");
        }
        assert_eq!(refused(&[error("SlowDown")], 1).unwrap().class, Class::Throttled);
    }
}
