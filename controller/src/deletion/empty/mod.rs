//! Empties the S3 bucket of a deleted Bucket, where both the controller (`--enable-bucket-emptying`) and the Bucket (annotation
//! `empty-on-deletion` with the bucket's name) ask for it. What is deleted here does not come back.
//!
//! One pass deletes a few batches and ends, so that other Buckets get their turn, and so that a pause, a stop and the breaker are
//! heeded in between. Nothing is remembered of where it stopped: the next pass, or the next process, lists what is still there.

mod batch;
mod fitness;
mod throttle;

use std::num::NonZeroU32;
use std::sync::Arc;

use aws_sdk_s3::error::ProvideErrorMetadata;
use prometheus::IntCounterVec;
use shared::fault::Fault;
use shared::subconfig::remote::S3Bucket;
use shared::{Bucket, annotation};

pub use self::batch::OPERATIONS;
use self::batch::{Batch, MOST};
use self::throttle::Throttle;
use super::breaker::Slot;
use super::progress::{Emptied, Progress};
use super::{deleted, gone, held_up, release, words};
use crate::context::Context;
use crate::objects::ObjectError;
use crate::reconcile::End;

/// How many batches one pass deletes of versions, and then of uploads.
const BATCHES: usize = 5;

/// What all emptying has at hand.
pub struct Emptying {
    throttle: Throttle,
    batch: u32,
    metric: IntCounterVec,
}

impl Emptying {
    /// Deletes at most so many objects a second, of all buckets together.
    #[must_use]
    pub fn new(per_second: NonZeroU32, metric: IntCounterVec) -> Self {
        // A batch is never more than a second's worth.
        Self { throttle: Throttle::new(per_second), batch: per_second.get().min(MOST), metric }
    }
}

/// How a pass over a bucket's content ended.
enum Round {
    /// Nothing is left that a list shows.
    Empty,
    /// There is more.
    More,
    /// The controller was told to stop.
    Stopped,
}

/// What follows from S3 saying that the bucket is not empty. The slot is the breaker's, for a deletion that was not counted yet.
///
/// # Errors
/// The API server did not let the Bucket go.
pub(super) async fn run(context: &Context, bucket: Arc<Bucket>, s3: &S3Bucket, slot: Option<Slot>) -> Result<End, ObjectError> {
    let wish = bucket.annotation(annotation::EMPTY_ON_DELETION);
    let emptying = match (wish, &context.deletions.emptying) {
        (None, _) => return Ok(held_up(bucket, words::not_empty(&s3.name, ""))),
        (Some(name), _) if name != s3.name => {
            let hint = format!("; annotation {}={name:?} does nothing, as it is not the bucket's name", annotation::EMPTY_ON_DELETION);
            return Ok(held_up(bucket, words::not_empty(&s3.name, &hint)));
        }
        (Some(_), None) => {
            let hint = format!(
                "; annotation {} does nothing, as the controller runs without --enable-bucket-emptying",
                annotation::EMPTY_ON_DELETION
            );
            return Ok(held_up(bucket, words::not_empty(&s3.name, &hint)));
        }
        (Some(_), Some(emptying)) => emptying,
    };
    if let Err(why) = fitness::check(context, &bucket, s3).await {
        return Ok(held_up(bucket, words::not_emptied(&s3.name, &why)));
    }
    // From here on data goes: that is a deletion.
    slot.into_iter().for_each(Slot::spend);
    let progress = context.deletions.under_way.of(&bucket);
    if progress.emptied.is_none() {
        tracing::warn!(bucket = s3.name, "emptying the S3 bucket of a deleted Bucket");
    }
    let before = progress.emptied.unwrap_or_default();
    let mut emptied = before;
    let round = round(context, emptying, s3, &mut emptied).await;
    context.deletions.under_way.set(&bucket, Progress { emptied: Some(emptied), ..progress });
    match round {
        Ok(Round::Stopped) => Ok(End::Stopped),
        Ok(Round::More) => Ok(held_up(bucket, words::emptying(&s3.name, emptied.versions, emptied.uploads))),
        // Had this pass deleted nothing, it would say the same for ever.
        Ok(Round::Empty) if emptied == before => {
            Ok(held_up(bucket, words::not_empty(&s3.name, "; the lists of versions and uploads show nothing")))
        }
        Ok(Round::Empty) => finish(context, bucket, s3, emptied).await,
        Err(fault) => Ok(held_up(bucket, words::failed(&fault))),
    }
}

async fn round(context: &Context, emptying: &Emptying, s3: &S3Bucket, emptied: &mut Emptied) -> Result<Round, Fault> {
    for _ in 0..BATCHES {
        let batch = Batch::of_versions(s3, emptying.batch).await?;
        if batch.is_empty() {
            return uploads(context, emptying, s3, emptied).await;
        }
        match turn(context, emptying, batch.len()).await {
            Turn::Now => {}
            Turn::NotSoon => return Ok(Round::More),
            Turn::Never => return Ok(Round::Stopped),
        }
        let outcome = batch.delete(s3).await?;
        emptied.versions += outcome.gone;
        emptying.metric.with_label_values(&["version"]).inc_by(outcome.gone);
        if let Some(fault) = outcome.fault {
            return Err(fault);
        }
    }
    Ok(Round::More)
}

async fn uploads(context: &Context, emptying: &Emptying, s3: &S3Bucket, emptied: &mut Emptied) -> Result<Round, Fault> {
    for _ in 0..BATCHES {
        let uploads = batch::uploads(s3, emptying.batch).await?;
        if uploads.is_empty() {
            return Ok(Round::Empty);
        }
        match turn(context, emptying, uploads.len()).await {
            Turn::Now => {}
            Turn::NotSoon => return Ok(Round::More),
            Turn::Never => return Ok(Round::Stopped),
        }
        for upload in uploads {
            if !context.may_write() {
                return Ok(Round::Stopped);
            }
            batch::abort(s3, upload).await?;
            emptied.uploads += 1;
            emptying.metric.with_label_values(&["upload"]).inc();
        }
    }
    Ok(Round::More)
}

/// When so many objects may be deleted.
enum Turn {
    Now,
    NotSoon,
    Never,
}

async fn turn(context: &Context, emptying: &Emptying, objects: usize) -> Turn {
    let Some(wait) = emptying.throttle.reserve(objects) else { return Turn::NotSoon };
    tokio::select! {
        () = tokio::time::sleep(wait) => {}
        () = context.stop.cancelled() => {}
    }
    if context.may_write() { Turn::Now } else { Turn::Never }
}

/// Deletes the bucket, now that nothing is left in it.
async fn finish(context: &Context, bucket: Arc<Bucket>, s3: &S3Bucket, emptied: Emptied) -> Result<End, ObjectError> {
    if !context.may_write() {
        return Ok(End::Stopped);
    }
    tracing::info!(bucket = s3.name, versions = emptied.versions, uploads = emptied.uploads, "emptied the S3 bucket");
    match s3.client.delete_bucket().bucket(&s3.name).set_expected_bucket_owner(s3.expected_owner()).send().await {
        Ok(_) => release(context, &bucket, "deleted", deleted(&s3.name, Some(emptied))).await,
        Err(error) => match error.code() {
            Some("NoSuchBucket") => release(context, &bucket, "deleted", gone()).await,
            // Somebody put something in.
            Some("BucketNotEmpty") => Ok(held_up(bucket, words::emptying(&s3.name, emptied.versions, emptied.uploads))),
            _ => Ok(held_up(bucket, words::failed(&shared::subconfig::remote::fault(super::DELETE, error)))),
        },
    }
}
