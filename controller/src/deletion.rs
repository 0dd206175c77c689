//! A Bucket that is being deleted: delete the S3 bucket, or leave it, and let the Bucket go. Admission findings never hold this up.

use std::sync::Arc;

use aws_sdk_s3::error::ProvideErrorMetadata;
use shared::fault::Operation;
use shared::place::{self, DeletionPolicy, Place};
use shared::subconfig::remote::{S3Bucket, fault};
use shared::{Bucket, annotation};

use crate::context::{Annotations, Context};
use crate::events::Note;
use crate::objects::ObjectError;
use crate::observe::{self, Exists};
use crate::reconcile::End;
use crate::report::{Pace, Report, State};

/// The call, and what allows it.
pub const DELETE: Operation = Operation { name: "DeleteBucket", action: "s3:DeleteBucket" };

/// Deletes, or says why not yet.
///
/// # Errors
/// The API server did not let the Bucket go.
pub async fn run(context: &Context, cached: Arc<Bucket>, namespace: &Annotations) -> Result<End, ObjectError> {
    // What is deleted in S3 does not come back: the cache is not enough to go by.
    let Some(bucket) = context.objects.live(&cached).await?.map(Arc::new) else { return Ok(End::Gone) };
    if !bucket.owns_bucket() || !bucket.is_being_deleted() {
        return Ok(End::Gone);
    }
    let looks_on = annotation::is_true(bucket.annotation(annotation::READ_ONLY));
    if looks_on || place::deletion_policy(&bucket, namespace, context.deletion_policy) == DeletionPolicy::Retain {
        return release(context, &bucket, Note::normal("Retained", "Delete", "the S3 bucket stays, as the deletion policy says")).await;
    }
    let place = match place::resolve(&bucket, namespace, &context.identity) {
        Ok(place) => place,
        Err(unplaced) => return Ok(held_up(bucket, State::recoverable(unplaced.category(), &unplaced.to_string(), Pace::Patient))),
    };
    let s3 = context.aws.bucket(&place, bucket.bucket_name().unwrap_or_default()).await;
    let never_seen = place::arn(&bucket).is_none();
    match observe::exists(&s3, &place).await {
        Ok(Exists::No) => release(context, &bucket, Note::normal("Deleted", "Delete", "the S3 bucket is gone")).await,
        Ok(Exists::Here) if context.memory.of(&bucket).unproven => release(context, &bucket, not_ours(&s3.name)).await,
        Ok(Exists::Here) => delete(context, bucket, &s3).await,
        // A Bucket that never got as far as having a bucket must not be held up by somebody else's.
        Ok(Exists::Elsewhere { .. }) if never_seen => release(context, &bucket, not_ours(&s3.name)).await,
        Err(fault) if never_seen && fault.operation == observe::HEAD && fault.code == observe::FORBIDDEN => {
            release(context, &bucket, not_ours(&s3.name)).await
        }
        Ok(Exists::Elsewhere { region }) => Ok(held_up(bucket, elsewhere(&s3.name, &place, region.as_deref()))),
        Err(fault) => Ok(held_up(bucket, State::of_fault(&fault))),
    }
}

async fn delete(context: &Context, bucket: Arc<Bucket>, s3: &S3Bucket) -> Result<End, ObjectError> {
    if !context.may_write() {
        return Ok(End::Stopped);
    }
    let done = || Note::normal("Deleted", "Delete", &format!("deleted S3 bucket {:?}", s3.name));
    match s3.client.delete_bucket().bucket(&s3.name).set_expected_bucket_owner(s3.expected_owner()).send().await {
        Ok(_) => {
            tracing::info!(bucket = s3.name, "deleted the S3 bucket");
            release(context, &bucket, done()).await
        }
        Err(error) => match error.code() {
            Some("NoSuchBucket") => release(context, &bucket, done()).await,
            Some("BucketNotEmpty") => Ok(held_up(bucket, not_empty(&s3.name))),
            _ => Ok(held_up(bucket, State::of_fault(&fault(DELETE, error)))),
        },
    }
}

/// Lets the Bucket go, and says so.
async fn release(context: &Context, bucket: &Bucket, note: Note) -> Result<End, ObjectError> {
    context.objects.remove_finalizer(bucket).await?;
    context.events.publish(bucket, vec![note]);
    Ok(End::Deleted)
}

fn held_up(bucket: Arc<Bucket>, state: State) -> End {
    End::reported(bucket, Report::of(state))
}

fn not_ours(name: &str) -> Note {
    Note::warning("Released", "Delete", &format!("S3 bucket {name:?} is not known to be this Bucket's and was left alone"))
}

fn not_empty(name: &str) -> State {
    let message = format!(
        "S3 bucket {name:?} is not empty and is not deleted: delete its objects, all their versions and unfinished uploads; or keep the bucket with annotation {}=retain on this Bucket",
        annotation::DELETION_POLICY
    );
    State::recoverable("BucketNotEmpty", &message, Pace::Slow)
}

fn elsewhere(name: &str, place: &Place, region: Option<&str>) -> State {
    let other = region.unwrap_or("another region");
    let message = format!(
        "S3 bucket {name:?} is in {other}, and this Bucket's was in {}; it is not deleted. Keep it with annotation {}=retain on this Bucket",
        place.region,
        annotation::DELETION_POLICY
    );
    State::recoverable("RegionMismatch", &message, Pace::Slow)
}
