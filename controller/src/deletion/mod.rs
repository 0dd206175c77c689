//! A Bucket that is being deleted: delete the S3 bucket, or leave it, and let the Bucket go. Admission findings never hold this up.

mod breaker;
mod decide;
pub mod empty;
mod metrics;
mod progress;
pub mod resume;
mod surroundings;
mod words;

use std::sync::Arc;

use aws_sdk_s3::error::ProvideErrorMetadata;
use kube::Client;
use kube::core::ObjectMeta;
use prometheus::Registry;
use shared::Bucket;
use shared::bucket::ConditionType;
use shared::fault::{Class, Fault, Operation};
use shared::place;
use shared::subconfig::remote::{S3Bucket, fault};

pub use self::breaker::Breaker;
use self::breaker::{Admission, Slot};
use self::decide::{Circumstances, Decision, Going, decide};
use self::empty::Emptying;
pub use self::metrics::DeletionMetrics;
use self::progress::{Emptied, Progress, UnderWay};
use self::surroundings::{Found, Surroundings};
pub use self::words::EMPTYING;
use crate::absence;
use crate::context::{Annotations, Context};
use crate::create::{self, Created};
use crate::creation;
use crate::events::Note;
use crate::mode::{self, Mode};
use crate::objects::ObjectError;
use crate::observe::{self, Exists};
use crate::reconcile::End;
use crate::report::{Report, State};
use crate::settings::safety::SafetySettings;
use crate::status;

/// The call, and what allows it.
pub const DELETE: Operation = Operation { name: "DeleteBucket", action: "s3:DeleteBucket" };

/// What all deletions have at hand.
pub struct Deletions {
    /// Stops deletions that nobody can have meant.
    pub breaker: Breaker,
    emptying: Option<Emptying>,
    surroundings: Surroundings,
    under_way: UnderWay,
    metrics: DeletionMetrics,
}

impl Deletions {
    /// As the flags say.
    ///
    /// # Errors
    /// The registry has metrics of these names already.
    pub fn new(client: Client, settings: &SafetySettings, breaker: Breaker, registry: &Registry) -> prometheus::Result<Self> {
        let metrics = DeletionMetrics::register(registry)?;
        Ok(Self {
            breaker,
            emptying: settings.emptying.map(|rate| Emptying::new(rate, metrics.emptied.clone())),
            surroundings: Surroundings::new(client),
            under_way: UnderWay::default(),
            metrics,
        })
    }

    /// Forgets what another process now sees to; but not that people reset the breaker.
    pub fn forget(&self) {
        self.under_way.clear();
        self.breaker.forget();
    }

    /// The Bucket's namespace, read anew; `None` where it is gone.
    ///
    /// # Errors
    /// The API server did not say.
    pub async fn namespace(&self, bucket: &Bucket) -> Result<Option<ObjectMeta>, ObjectError> {
        self.surroundings.namespace(bucket).await
    }
}

/// Deletes, or says why not yet.
///
/// # Errors
/// The API server did not let the Bucket go.
pub async fn run(context: &Context, cached: Arc<Bucket>) -> Result<End, ObjectError> {
    // What is deleted in S3 does not come back: the cache is not enough to go by.
    let live = context.objects.live(&cached).await?.map(Arc::new);
    let Some(bucket) = live.filter(|bucket| bucket.owns_bucket() && bucket.is_being_deleted()) else {
        context.deletions.under_way.forget(&cached);
        return Ok(End::Gone);
    };
    let around = context.deletions.surroundings.of(&bucket).await;
    let why = around.as_ref().err().map(ToString::to_string).unwrap_or_default();
    let Found { going, namespace } = around.unwrap_or_else(|_| Found { going: Going::Unknown, namespace: Annotations::new() });
    let pause = mode::pause(context, &bucket, &namespace);
    let known = circumstances(context, &bucket, &namespace, going, pause.is_some());
    let name = bucket.bucket_name().unwrap_or_default();
    match decide(&known) {
        Decision::Detach => release(context, &bucket, "detached", words::detached()).await,
        Decision::Retain(because) => release(context, &bucket, "retained", words::retained(because)).await,
        Decision::Wait(hold) => {
            let why = pause.as_ref().map_or(why, ToString::to_string);
            let state = words::waits(hold, name, context.deletions.breaker.most(), &why);
            Ok(End::reported(bucket, Report { pause, ..Report::of(state) }))
        }
        Decision::Delete => Box::pin(in_s3(context, bucket, &namespace, known.confirmed)).await,
    }
}

fn circumstances(context: &Context, bucket: &Bucket, namespace: &Annotations, going: Going, paused: bool) -> Circumstances {
    let breaker = &context.deletions.breaker;
    let asked_for = |bucket: &Bucket| bucket.metadata.deletion_timestamp.as_ref().map(|time| time.0);
    let still_waits = |bucket: &Bucket| bucket.is_being_deleted() && waits(bucket) && !breaker.has_passed(asked_for(bucket));
    breaker.recall(|| context.buckets.find(still_waits).is_some());
    let mode = Mode::of(bucket, context.dry_run, &context.gates);
    let known = Circumstances::of(bucket, namespace, context.deletion_policy, mode);
    let confirmed = known.confirmed || breaker.has_passed(asked_for(bucket));
    Circumstances { paused, going, breaker_open: breaker.is_open(), confirmed, ..known }
}

/// Whether the Bucket was told that deletions are paused.
fn waits(bucket: &Bucket) -> bool {
    let blocked = status::condition(bucket, ConditionType::DeletionBlocked);
    blocked.is_some_and(|blocked| blocked.reason.as_deref() == Some(words::PAUSED))
}

async fn in_s3(context: &Context, bucket: Arc<Bucket>, namespace: &Annotations, confirmed: bool) -> Result<End, ObjectError> {
    // Once deletion is asked for, neither admission nor the definition's own rule keeps the name what it was.
    if let Some(was) = place::name(&bucket).filter(|was| bucket.bucket_name() != Some(was)) {
        return Ok(held_up(Arc::clone(&bucket), words::renamed(was, bucket.bucket_name().unwrap_or_default())));
    }
    let place = match context.place_of(&bucket, namespace) {
        Ok(place) => place,
        Err(unplaced) => {
            let report = Report::unplaced(&unplaced);
            let state = words::with_way_out(report.state);
            return Ok(End::reported(bucket, Report { state, ..report }));
        }
    };
    let s3 = context.aws.bucket(&place, bucket.bucket_name().unwrap_or_default());
    let (never_seen, unproven) = (place::arn(&bucket).is_none(), creation::is_unproven(context, &bucket));
    if context.deletions.under_way.of(&bucket).full && !unproven {
        return delete(context, bucket, &s3, confirmed).await;
    }
    let not_ours = || release(context, &bucket, "released", words::not_ours(&s3.name));
    match absence::exists(context, &bucket, &s3, &place).await {
        Ok(Exists::Unsure(doubt)) => Ok(doubt.end(bucket, &s3.name)),
        Ok(Exists::No) => release(context, &bucket, "deleted", gone()).await,
        Ok(Exists::Here) if unproven => match create::prove(&s3, &bucket.spec.clone().unwrap_or_default(), &place).await {
            Created::Already => delete(context, bucket, &s3, confirmed).await,
            Created::Unproven(fault) => Ok(failed(bucket, &fault)),
            Created::Made { .. } | Created::Foreign | Created::Taken | Created::Failed(_) => not_ours().await,
        },
        Ok(Exists::Here) => delete(context, bucket, &s3, confirmed).await,
        // A Bucket that never got as far as having a bucket must not be held up by somebody else's.
        Ok(Exists::Elsewhere { .. }) if never_seen => not_ours().await,
        Err(fault) if never_seen && fault.operation == observe::HEAD && fault.code == observe::FORBIDDEN => not_ours().await,
        Ok(Exists::Elsewhere { region }) => Ok(held_up(bucket, words::elsewhere(&s3.name, &place, region.as_deref()))),
        Err(fault) => Ok(failed(bucket, &fault)),
    }
}

async fn delete(context: &Context, bucket: Arc<Bucket>, s3: &S3Bucket, confirmed: bool) -> Result<End, ObjectError> {
    if !context.may_write() {
        return Ok(End::Stopped);
    }
    let progress = context.deletions.under_way.of(&bucket);
    let slot = match admitted(context, s3, confirmed || progress.emptied.is_some()) {
        Ok(slot) => slot,
        Err(state) => return Ok(held_up(bucket, state)),
    };
    match s3.client.delete_bucket().bucket(&s3.name).set_expected_bucket_owner(s3.expected_owner()).send().await {
        Ok(_) => {
            tracing::info!(bucket = s3.name, "deleted the S3 bucket");
            slot.into_iter().for_each(Slot::spend);
            release(context, &bucket, "deleted", deleted(&s3.name, progress.emptied)).await
        }
        Err(error) => match error.code() {
            Some("NoSuchBucket") => release(context, &bucket, "deleted", gone()).await,
            Some("BucketNotEmpty") => {
                context.deletions.under_way.set(&bucket, Progress { full: true, ..progress });
                Box::pin(empty::run(context, bucket, s3, slot)).await
            }
            _ => {
                context.deletions.under_way.set(&bucket, Progress { full: false, ..progress });
                let fault = fault(DELETE, error);
                if fault.class == Class::Transient {
                    // Nobody knows whether it is deleted.
                    slot.into_iter().for_each(Slot::spend);
                }
                Ok(failed(bucket, &fault))
            }
        },
    }
}

/// The breaker's consent; without a slot where this deletion is not counted.
fn admitted(context: &Context, s3: &S3Bucket, uncounted: bool) -> Result<Option<Slot>, State> {
    let breaker = &context.deletions.breaker;
    if uncounted {
        return Ok(None);
    }
    match breaker.admit() {
        Admission::Granted(slot) => Ok(Some(slot)),
        Admission::Later => Err(words::later(&s3.name)),
        Admission::Open { tripped } => {
            if tripped {
                tracing::error!(max_per_minute = breaker.most(), "too many S3 buckets deleted: deletions are paused; {}", words::RESUME);
            }
            Err(words::deletions_paused(&s3.name, breaker.most()))
        }
    }
}

/// Lets the Bucket go, counts it, and says so.
async fn release(context: &Context, bucket: &Bucket, result: &str, note: Note) -> Result<End, ObjectError> {
    context.objects.remove_finalizer(bucket).await?;
    context.deletions.under_way.forget(bucket);
    context.deletions.metrics.deletions.with_label_values(&[result]).inc();
    context.events.publish(bucket, vec![note]);
    Ok(End::Deleted)
}

fn failed(bucket: Arc<Bucket>, fault: &Fault) -> End {
    End::reported(bucket, Report { faults: vec![fault.class], ..Report::of(words::failed(fault)) })
}

fn held_up(bucket: Arc<Bucket>, state: State) -> End {
    End::reported(bucket, Report::of(state))
}

fn gone() -> Note {
    Note::normal("Deleted", "Delete", "the S3 bucket is gone")
}

fn deleted(name: &str, emptied: Option<Emptied>) -> Note {
    let text = match emptied {
        None => format!("deleted S3 bucket {name:?}"),
        Some(emptied) => {
            format!("emptied and deleted S3 bucket {name:?}: {} versions and delete markers, {} uploads", emptied.versions, emptied.uploads)
        }
    };
    Note::normal("Deleted", "Delete", &text)
}
