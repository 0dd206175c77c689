//! A bucket that does not exist: put the finalizer on, create, write what differs from a new bucket, all in one pass.
//!
//! The finalizer comes first. Whatever ends the process afterwards, the next pass finds it and knows that the bucket may be this
//! Bucket's. That is no proof: a creation may have failed, and somebody else may have made a bucket of this name since. Until the
//! status holds the bucket's ARN, the tags that ride on the creation tell.

use std::sync::Arc;
use std::time::Duration;

use shared::Bucket;
use shared::fault::{Class, Fault};
use shared::place;
use shared::subconfig::{self};

use crate::context::Context;
use crate::create::{self, Created};
use crate::objects::ObjectError;
use crate::reconcile::{self, End, Job, already_exists};
use crate::references::Reference;
use crate::report::{self, Drifted, Pace, Report, State};
use crate::{adoption, converge, drift, mode};

/// When to look again where the namespace changed; once its watch has caught up it calls for a look itself.
const BEHIND: Duration = Duration::from_secs(5);

/// Creates the bucket and brings it to what the spec says.
///
/// # Errors
/// The API server refused the finalizer.
pub async fn run(job: &Job<'_>, bucket: Arc<Bucket>) -> Result<End, ObjectError> {
    if !job.context.may_write() {
        return Ok(End::Stopped);
    }
    if !namespace_agrees(job, &bucket).await? {
        tracing::info!("the namespace says something else than the controller knew; the bucket is created by what it says now");
        return Ok(End::Unsure(BEHIND));
    }
    let gone = (bucket.owns_bucket() && place::arn(&bucket).is_some()).then(|| drift::of_gone_bucket(&job.spec.name));
    let bucket = marked(job.context, bucket).await?;
    let created = create::create(job.s3, job.spec, job.place).await;
    after(job, bucket, created, gone).await
}

/// Whether the S3 bucket may be somebody else's though the finalizer is on: nothing tells yet that this Bucket made it or took it over.
#[must_use]
pub fn is_unproven(context: &Context, bucket: &Bucket) -> bool {
    place::arn(bucket).is_none() && !context.memory.of(bucket).unread && !adoption::is_adopted(context, bucket)
}

/// A bucket that [may be somebody else's](is_unproven).
///
/// # Errors
/// The API server did not let go of the finalizer.
pub async fn prove(job: &Job<'_>, bucket: Arc<Bucket>) -> Result<End, ObjectError> {
    let proof = create::prove(job.s3, job.spec, job.place).await;
    after(job, bucket, proof, None).await
}

/// What follows from the answer.
async fn after(job: &Job<'_>, bucket: Arc<Bucket>, created: Created, gone: Option<Drifted>) -> Result<End, ObjectError> {
    job.context.memory.update(&bucket, |remembered| {
        if matches!(created, Created::Made { .. }) {
            (remembered.unread, remembered.absent) = (true, None);
        }
    });
    match created {
        Created::Made { location } => {
            tracing::info!(bucket = job.spec.name, region = job.place.region, "created the S3 bucket");
            Ok(configured(job, bucket, location, gone).await)
        }
        // After HeadBucket did not see what has long been there, nothing was created.
        Created::Already if gone.is_some() => Ok(converge::run(job, bucket).await),
        Created::Already => Ok(told_as_created(converge::run(job, bucket).await)),
        Created::Unproven(fault) => Ok(counted(&fault, failed(bucket, State::of_fault(&fault), None))),
        // Somebody changed its tags besides; it has long been this Bucket's all the same.
        Created::Foreign if gone.is_some() => Ok(failed(bucket, unsure(&job.spec.name), None)),
        Created::Foreign => released(job.context, bucket, already_exists(&job.spec.name), gone).await,
        Created::Taken => released(job.context, bucket, taken(&job.spec.name), gone).await,
        Created::Failed(fault) if is_refusal(&fault) => {
            Ok(counted(&fault, released(job.context, bucket, State::of_fault(&fault), gone).await?))
        }
        Created::Failed(fault) => Ok(counted(&fault, failed(bucket, State::of_fault(&fault), gone))),
    }
}

/// Whether the namespace as it is stored now leads to the same place. Its watch is another one than that of Buckets and may be behind: a
/// bucket must not be created in an account or region that the namespace no longer names.
async fn namespace_agrees(job: &Job<'_>, bucket: &Bucket) -> Result<bool, ObjectError> {
    let context = job.context;
    let Some(live) = context.deletions.namespace(bucket).await? else { return Ok(false) };
    let annotations = live.annotations.unwrap_or_default();
    let place = context.accounts.place(bucket, &annotations, live.labels.as_ref(), &context.identity);
    let may = mode::pause(context, bucket, &annotations).is_none() && reconcile::refusal(context, bucket, &annotations).is_none();
    Ok(may && place.is_ok_and(|place| place == *job.place))
}

/// The Bucket with the finalizer on.
async fn marked(context: &Context, bucket: Arc<Bucket>) -> Result<Arc<Bucket>, ObjectError> {
    if bucket.owns_bucket() {
        return Ok(bucket);
    }
    let marked = context.objects.add_finalizer(&bucket).await?;
    context.memory.wrote(&marked);
    Ok(Arc::new(marked))
}

/// Writes what a new bucket lacks. Its state is known, so that nothing has to be read.
async fn configured(job: &Job<'_>, bucket: Arc<Bucket>, location: Option<String>, gone: Option<Drifted>) -> End {
    let mut new = subconfig::after_create(job.spec, job.place);
    if let Some(section) = job.reference.and_then(Reference::holds_back) {
        new.forget(section);
    }
    let plan = subconfig::plan(job.spec, &new, job.place, job.unset);
    let applied = subconfig::apply(job.s3, &plan, &|| job.context.may_write()).await;
    let Some(state) = State::after(&[], &applied) else { return End::Stopped };
    let report = Report {
        state: state.and(job.reference.and_then(Reference::state)),
        place: Some(job.place.clone()),
        location,
        created: true,
        check: gone.is_some(),
        drift: gone.map(|drifted| Drifted { repaired: true, ..drifted }).into_iter().collect(),
        reference: job.reference.cloned(),
        written: report::written(&applied),
        faults: report::faults(&[], &applied),
        ..Report::default()
    };
    End::reported(bucket, report)
}

fn told_as_created(end: End) -> End {
    match end {
        End::Reported(bucket, report) if report.mode.writes() => End::reported(bucket, Report { created: true, ..*report }),
        other @ (End::Reported(..) | End::NotDue(_) | End::Unsure(_) | End::Paused(..) | End::Deleted | End::Gone | End::Stopped) => other,
    }
}

/// Takes the finalizer off again: the bucket is not this Bucket's.
async fn released(context: &Context, bucket: Arc<Bucket>, state: State, gone: Option<Drifted>) -> Result<End, ObjectError> {
    if context.dry_run {
        return Ok(failed(bucket, state, gone));
    }
    let Some(released) = context.objects.remove_finalizer(&bucket).await? else { return Ok(End::Gone) };
    context.memory.wrote(&released);
    Ok(failed(Arc::new(released), state, gone))
}

fn failed(bucket: Arc<Bucket>, state: State, gone: Option<Drifted>) -> End {
    End::reported(bucket, Report { check: gone.is_some(), drift: gone.into_iter().collect(), ..Report::of(state) })
}

/// The same end, with the fault that led to it.
fn counted(fault: &Fault, end: End) -> End {
    match end {
        End::Reported(bucket, report) => End::reported(bucket, Report { faults: vec![fault.class], ..*report }),
        other @ (End::NotDue(_) | End::Unsure(_) | End::Paused(..) | End::Deleted | End::Gone | End::Stopped) => other,
    }
}

/// Whether S3 said for certain that it did not create the bucket. After a time-out or a 5xx it may have.
fn is_refusal(fault: &Fault) -> bool {
    matches!(fault.class, Class::Terminal | Class::Denied | Class::Limit)
}

fn unsure(name: &str) -> State {
    let message = format!("S3 says of bucket {name:?} both that it is there and that it is not; looking again");
    State::recoverable("Transient", &message, Pace::Quick)
}

fn taken(name: &str) -> State {
    let message = format!("bucket name {name:?} belongs to another AWS account; pick another spec.name");
    State::terminal("BucketAlreadyExists", &message)
}
