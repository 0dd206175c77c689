//! One pass over a Bucket, from top to bottom: guard, place, observe, plan, apply. What it found and did is a [`Report`].

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use shared::admission::AdoptionPolicy;
use shared::bucket::ConditionType;
use shared::drift_mode::DriftModes;
use shared::ignore::Ignored;
use shared::pause::Pause;
use shared::place::Place;
use shared::subconfig::remote::S3Bucket;
use shared::unset::UnsetFields;
use shared::{Bucket, BucketSpec, annotation, resync};

use crate::claims::StoreClaims;
use crate::context::{Annotations, Context};
use crate::drift::Footing;
use crate::hint::Hints;
use crate::mode::{self, Mode};
use crate::objects::ObjectError;
use crate::observe::Exists;
use crate::references::Reference;
use crate::report::{Pace, Report, Selection, State};
use crate::{absence, adoption, audit, converge, creation, deletion, drift, guard, look, memory, observe, paused, schedule, status};

/// How a pass ended.
#[derive(Debug)]
pub enum End {
    /// There is something to report.
    Reported(Arc<Bucket>, Box<Report>),
    /// The Bucket is in sync, and its next check is due then.
    NotDue(Timestamp),
    /// What S3 said has to be looked at again after this time before anything follows from it.
    Unsure(Duration),
    /// Nobody is asked anything while this lasts.
    Paused(Arc<Bucket>, Pause),
    /// The finalizer is off: the Bucket is as good as gone.
    Deleted,
    /// The Bucket was gone already, or is not the controller's to delete.
    Gone,
    /// The controller was told to stop in between.
    Stopped,
}

impl End {
    /// There is something to report.
    #[must_use]
    pub fn reported(bucket: Arc<Bucket>, report: Report) -> Self {
        Self::Reported(bucket, Box::new(report))
    }

    /// The same, with what IAMRoleSelectors came to.
    fn under(self, selection: Selection) -> Self {
        match self {
            Self::Reported(bucket, report) => Self::reported(bucket, Report { selection: Some(selection), ..*report }),
            other @ (Self::NotDue(_) | Self::Unsure(_) | Self::Paused(..) | Self::Deleted | Self::Gone | Self::Stopped) => other,
        }
    }
}

/// What a pass works on, once it is known where the bucket belongs.
pub struct Job<'a> {
    /// What every pass has at hand.
    pub context: &'a Context,
    /// What S3 shall hold, references resolved.
    pub spec: &'a BucketSpec,
    /// What became of the spec's reference, where it has one.
    pub reference: Option<&'a Reference>,
    /// Where.
    pub place: &'a Place,
    /// What becomes of the sections that the spec leaves out.
    pub unset: UnsetFields,
    /// How far the pass may go. Whatever writes asks it.
    pub mode: Mode,
    /// The fields in which S3 keeps what it holds.
    pub ignored: &'a Ignored,
    /// What is done about drift.
    pub modes: &'a DriftModes,
    /// How soon after a repair the same drift is another round of a fight.
    pub window: Duration,
    /// What others said of the bucket.
    pub hints: &'a Hints,
    /// Whether somebody asked for this very pass.
    pub requested: bool,
    /// The bucket in S3.
    pub s3: &'a S3Bucket,
}

/// One pass over the Bucket, as it came out of the cache.
///
/// # Errors
/// The API server refused a write that has to come before S3 is written.
pub async fn run(context: &Context, cached: &Arc<Bucket>) -> Result<End, ObjectError> {
    let Some(bucket) = newest(context, cached).await? else { return Ok(End::Gone) };
    if bucket.is_being_deleted() {
        return deletion::run(context, bucket).await;
    }
    let Some(namespace) = context.namespace_of(&bucket) else {
        let message = "the namespace is not known yet; if this stays, check that the controller may watch namespaces";
        return Ok(End::reported(bucket, Report::of(State::recoverable("NamespaceUnknown", message, Pace::Quick))));
    };
    if let Some(pause) = mode::pause(context, &bucket, &namespace) {
        return Ok(End::Paused(bucket, pause));
    }
    if let Some(state) = refusal(context, &bucket, &namespace) {
        count_bypass(context, &bucket, &state);
        return Ok(End::reported(bucket, Report::of(state)));
    }
    let place = match context.place_of(&bucket, &namespace) {
        Ok(place) => place,
        Err(unplaced) => return Ok(End::reported(bucket, Report::unplaced(&unplaced))),
    };
    if let Some(due) = not_due(context, &bucket, &namespace, &place) {
        return Ok(End::NotDue(due));
    }
    let modes = mode::drift(context, &bucket, &namespace);
    Ok(Box::pin(in_s3(context, bucket, &place, &modes)).await?.under(Selection::of(&place)))
}

async fn in_s3(context: &Context, bucket: Arc<Bucket>, place: &Place, modes: &DriftModes) -> Result<End, ObjectError> {
    let adopting = adoption::pending(&bucket, &context.gates);
    let Some(spec) = adoption::spec(&bucket, adopting) else {
        let state = State::terminal("spec-required", "spec is missing; give spec.name at least");
        return Ok(End::reported(bucket, Report::of(state)));
    };
    let s3 = context.aws.bucket(place, &spec.name);
    let mode = Mode::of(&bucket, context.dry_run, &context.gates);
    let unset = UnsetFields::of(&bucket, mode.unset_fields(context.unset_fields));
    let ignored = ignored(context, &bucket);
    let resolved = context.roles.resolve(&bucket, &spec).await;
    let (spec, reference) = (&resolved.spec, resolved.reference.as_ref());
    let window = drift::window(resync::period(&bucket, context.period));
    let (hints, requested) = (context.memory.of(&bucket).hints, status::requested(&bucket).is_some());
    let job = Job { context, spec, reference, place, unset, mode, ignored: &ignored, modes, window, hints: &hints, requested, s3: &s3 };
    let exists = absence::exists(context, &bucket, &s3, place).await;
    if exists.is_ok() {
        context.memory.update(&bucket, |remembered| context.metrics.hints.read(&remembered.hints.read()));
    }
    match exists {
        Ok(Exists::No) if adopting == Some(AdoptionPolicy::Adopt) => Ok(adoption::not_found(bucket, &spec.name, place)),
        Ok(Exists::No) if adoption::is_adopted(context, &bucket) => Ok(adoption::gone(bucket, &spec.name, mode)),
        Ok(Exists::No) if !job.mode.writes() => Ok(look::at_nothing(&job, bucket)),
        Ok(Exists::No) if let Some(report) = look::at_loss(&job, &bucket) => Ok(End::reported(bucket, report)),
        Ok(Exists::No) => creation::run(&job, bucket).await,
        Ok(Exists::Here) if let Some(policy) = adopting => adoption::run(&job, bucket, policy).await,
        Ok(Exists::Here) if job.mode == Mode::ReadOnly => Ok(converge::run(&job, bucket).await),
        Ok(Exists::Here) => match owned(context, bucket).await? {
            None => Ok(End::Gone),
            Some(bucket) if bucket.owns_bucket() && creation::is_unproven(context, &bucket) => creation::prove(&job, bucket).await,
            Some(bucket) if bucket.owns_bucket() => Ok(converge::run(&job, bucket).await),
            Some(bucket) => Ok(End::reported(bucket, Report::of(already_exists(&spec.name)))),
        },
        Ok(Exists::Unsure(doubt)) => Ok(doubt.end(bucket, &spec.name)),
        Ok(Exists::Elsewhere { region }) => Ok(End::reported(bucket, Report::of(elsewhere(&spec.name, place, region.as_deref())))),
        Err(fault) => {
            let fault = observe::lost(&bucket, fault);
            let check = drift::footing(&bucket) != Footing::Unsettled;
            Ok(End::reported(bucket, Report { check, ..Report::of_fault(&fault) }))
        }
    }
}

/// The Bucket out of the cache; out of the API server where the cache is behind what this process wrote itself, and where somebody
/// else's bucket may be taken over.
async fn newest(context: &Context, cached: &Arc<Bucket>) -> Result<Option<Arc<Bucket>>, ObjectError> {
    if context.memory.of(cached).is_ahead_of(cached) || adoption::pending(cached, &context.gates).is_some() {
        return Ok(context.objects.live(cached).await?.map(Arc::new));
    }
    Ok(Some(Arc::clone(cached)))
}

/// What is ignored of drift. A bucket that this process created gets all that is declared first, in however many passes.
fn ignored(context: &Context, bucket: &Bucket) -> Ignored {
    let was_synced = status::condition(bucket, ConditionType::LateInitialized).is_some();
    let half_made = context.memory.of(bucket).unread && !was_synced;
    if half_made || !context.gates.ignore_field_drift { Ignored::default() } else { Ignored::of(bucket) }
}

/// The same Bucket, read anew where it lacks the finalizer: a bucket that was just created must not look like somebody else's.
async fn owned(context: &Context, bucket: Arc<Bucket>) -> Result<Option<Arc<Bucket>>, ObjectError> {
    if bucket.owns_bucket() {
        return Ok(Some(bucket));
    }
    Ok(context.objects.live(&bucket).await?.map(Arc::new))
}

/// What the Bucket is refused for before S3 is asked anything.
#[must_use]
pub fn refusal(context: &Context, bucket: &Bucket, namespace: &Annotations) -> Option<State> {
    let of = |bucket: &Bucket| context.namespace_of(bucket).map(|annotations| (*annotations).clone());
    let claims = StoreClaims {
        buckets: &context.buckets,
        namespace: &of,
        default_region: context.identity.default_region.as_deref(),
        ignores_read_only: context.admission.ignores_read_only,
    };
    guard::refusal(bucket, namespace, &context.admission, &claims, &audit::levels(context, bucket, namespace, &claims))
}

/// Counts a Bucket that got past admission, once for each spec.
fn count_bypass(context: &Context, bucket: &Bucket, state: &State) {
    let State::Terminal { reason, .. } = state else { return };
    let told = status::condition(bucket, ConditionType::Terminal).filter(|told| told.status == "True");
    let known = told.is_some_and(|told| told.reason.as_ref() == Some(reason) && told.observed_generation == bucket.metadata.generation);
    if !known {
        context.metrics.admission_bypass.with_label_values(&[reason.as_str()]).inc();
    }
}

/// When the next check is due, if nothing asks for a look right now: neither status, nor changed annotations, nor a failed pass.
fn not_due(context: &Context, bucket: &Bucket, namespace: &Annotations, place: &Place) -> Option<Timestamp> {
    let inputs = memory::inputs(bucket, Some(namespace));
    let remembered = context.memory.of(bucket);
    let modes = mode::drift(context, bucket, namespace);
    let look = remembered.sees_change(inputs)
        || remembered.tries > 0
        || remembered.unread
        || remembered.unsure
        || remembered.called
        || status::requested(bucket).is_some()
        || (!remembered.hints.is_empty() && !modes.is_off())
        || paused::is_told(bucket)
        || is_let_go(context, bucket, &modes)
        || !status::tells_selection(bucket, place);
    context.memory.update(bucket, |remembered| remembered.saw(inputs));
    let now = (context.now)();
    let due = schedule::due(bucket, context.period, &context.gates, now).filter(|_| !look)?;
    if modes.is_off() { now.checked_add(context.period).ok() } else { Some(due).filter(|due| *due > now) }
}

/// Whether what the last pass left alone is to be put right now: annotations or flags changed while no controller ran.
fn is_let_go(context: &Context, bucket: &Bucket, modes: &DriftModes) -> bool {
    let mode = Mode::of(bucket, context.dry_run, &context.gates);
    let unset = UnsetFields::of(bucket, mode.unset_fields(context.unset_fields));
    look::is_let_go(bucket, mode, unset, &ignored(context, bucket), modes)
}

/// The state of a Bucket whose S3 bucket somebody else made; the peer's words first.
#[must_use]
pub fn already_exists(name: &str) -> State {
    let message = format!(
        "Resource already exists: S3 bucket {name:?} was not created by this Bucket and is left alone; pick another spec.name, or take it \
         over: set annotation {}=adopt-or-create, and remove {} if it is there",
        annotation::ADOPTION_POLICY,
        annotation::ADOPTED
    );
    State::terminal("AlreadyExists", &message)
}

/// The state of a Bucket whose S3 bucket is in another region.
#[must_use]
pub fn elsewhere(name: &str, place: &Place, region: Option<&str>) -> State {
    let other = region.unwrap_or("another region");
    let message = format!(
        "S3 bucket {name:?} is in {other}, and this Bucket asks for {}; pick another spec.name or, to adopt it, set annotation {}",
        place.region,
        annotation::REGION
    );
    State::terminal("RegionMismatch", &message)
}
