//! A bucket that was there before its Bucket: read all of it, show what taking it over would change, and only then mark it as this
//! Bucket's own and bring it to what the spec says.
//!
//! Until the mark is set (finalizer and annotation `adopted`, in one write) nothing is written to S3, and deleting the Bucket touches
//! nothing there.

mod approval;
mod proposal;

use std::sync::Arc;

use shared::admission::{Adoption, AdoptionPolicy};
use shared::place::Place;
use shared::subconfig::remote::{Applied, Failed};
use shared::subconfig::{self};
use shared::unset::UnsetFields;
use shared::{Bucket, BucketSpec, annotation};

pub use self::approval::SHOWN;
pub use self::proposal::Proposal;
use crate::context::Context;
use crate::mode::Mode;
use crate::objects::ObjectError;
use crate::reconcile::{self, End, Job};
use crate::references::Reference;
use crate::report::{Drifted, Pace, Report, State};
use crate::settings::gates::Gates;
use crate::{converge, drift, look, memory, status};

/// What is said of a plan before its own words where the Bucket is read-only.
const LOOKS_ON: &str = "this Bucket is read-only, and what the plan says is written to S3 once it no longer is: ";
/// The reason of what was adopted and is gone.
pub const GONE: &str = "AdoptedNotFound";

/// How the Bucket wants to come to a bucket that is there already, where it still has to and the controller lets it. One that only
/// looks on makes nothing its own; what it adopts is filled in all the same.
#[must_use]
pub fn pending(bucket: &Bucket, gates: &Gates) -> Option<AdoptionPolicy> {
    let looks_on = Mode::of(bucket, false, gates) == Mode::ReadOnly;
    AdoptionPolicy::pending(bucket).filter(|policy| gates.resource_adoption && (!looks_on || *policy == AdoptionPolicy::Adopt))
}

/// The spec to work by: the Bucket's own or, where it only says which bucket to adopt, that name.
#[must_use]
pub fn spec(bucket: &Bucket, pending: Option<AdoptionPolicy>) -> Option<BucketSpec> {
    if pending != Some(AdoptionPolicy::Adopt) {
        return bucket.spec.clone();
    }
    let name = Adoption::bucket_name(bucket)?.into_owned();
    Some(BucketSpec { name, ..bucket.spec.clone().unwrap_or_default() })
}

/// Takes the bucket over, or says what it waits for.
///
/// # Errors
/// The API server refused the mark; with a conflict where somebody changed the Bucket in between.
pub async fn run(job: &Job<'_>, bucket: Arc<Bucket>, policy: AdoptionPolicy) -> Result<End, ObjectError> {
    let fills_in = policy == AdoptionPolicy::Adopt;
    let reference = job.reference.filter(|_| !fills_in);
    if let Some(state) = reference.and_then(Reference::state) {
        return Ok(waiting(bucket, state, reference));
    }
    let (observed, unread) = subconfig::observe(job.s3).await;
    if let Some(state) = incomplete(&unread) {
        return Ok(waiting(bucket, state, reference));
    }
    let spec = if fills_in { observed.export(job.spec, job.place) } else { job.spec.clone() };
    let adopted = adopted(&bucket, fills_in.then_some(&spec));
    if let Some(state) = fills_in.then(|| unacceptable(job.context, &adopted)).flatten() {
        return Ok(waiting(bucket, state, reference));
    }
    let unset = UnsetFields::of(&adopted, job.mode.unset_fields(job.context.unset_fields));
    let job = Job { spec: &spec, unset, reference, ..*job };
    let proposal = Proposal::of(&spec.name, &converge::plan(&job, &observed), job.place);
    let state = if job.context.dry_run {
        Some(dry_run())
    } else {
        // Also where S3 is not written now: what is marked as the Bucket's own is written once it is no longer read-only.
        let state = approval::waits_for(&proposal, status::plan(&bucket), bucket.annotation(annotation::APPROVE_PLAN));
        state.map(|state| if job.mode == Mode::ReadOnly { state.introduced(LOOKS_ON) } else { state })
    };
    if let Some(state) = state {
        let report = Report { plan: Some(proposal), reference: reference.cloned(), mode: job.mode, ..Report::of(state) };
        return Ok(End::reported(bucket, report));
    }
    if !job.context.may_write() {
        return Ok(End::Stopped);
    }
    let marked = mark(job.context, &bucket, fills_in.then_some(&spec)).await?;
    tracing::info!(bucket = spec.name, plan = proposal.hash, changes = proposal.total(), "adopted the S3 bucket");
    Ok(told_as_adopted(converge::with(&job, marked, observed, unread).await))
}

/// A bucket that is to be adopted and is not there.
#[must_use]
pub fn not_found(bucket: Arc<Bucket>, name: &str, place: &Place) -> End {
    let message = format!(
        "there is no S3 bucket {name:?} to adopt (asked in {}; a new one may take a moment to show); correct the name, or have it \
         created: write a spec and set annotation {}=adopt-or-create",
        place.region,
        annotation::ADOPTION_POLICY
    );
    End::reported(bucket, Report::of(State::recoverable("AdoptionNotFound", &message, Pace::Patient)))
}

/// Whether the bucket was there before its Bucket. Such a bucket is never created anew.
#[must_use]
pub fn is_adopted(context: &Context, bucket: &Bucket) -> bool {
    context.gates.resource_adoption && annotation::is_true(bucket.annotation(annotation::ADOPTED))
}

/// A bucket that was adopted and is gone.
#[must_use]
pub fn gone(bucket: Arc<Bucket>, name: &str, mode: Mode) -> End {
    let message = format!(
        "adopted S3 bucket {name:?} is gone, and what was adopted is not created anew; to have an empty one created from the spec remove \
         annotation {} from this Bucket, else delete this Bucket",
        annotation::ADOPTED
    );
    let state = State::recoverable(GONE, &message, Pace::Patient);
    let drift: Vec<Drifted> = vec![drift::of_gone_bucket(name)];
    End::reported(bucket, Report { check: true, drift, mode, ..Report::of(state) })
}

/// What could not be read, if anything: what nobody knows cannot be shown.
fn incomplete(unread: &[Failed]) -> Option<State> {
    let state = State::after(unread, &Applied::default()).filter(|state| *state != State::Synced)?;
    let names: Vec<&str> = unread.iter().map(|failed| failed.config).collect();
    Some(state.introduced(&format!("not adopted, as all has to be read first and {} could not be: ", names.join(", "))))
}

/// Why the Bucket would be refused with the spec that S3 gives it.
fn unacceptable(context: &Context, adopted: &Bucket) -> Option<State> {
    let namespace = context.namespace_of(adopted)?;
    let state = reconcile::refusal(context, adopted, &namespace)?;
    let advice = format!(
        "not adopted, as the spec that S3 gives is refused (correct it in S3, or write a spec and use {}=adopt-or-create): ",
        annotation::ADOPTION_POLICY
    );
    Some(state.introduced(&advice))
}

/// The Bucket as it is once the bucket is its own.
#[must_use]
pub fn adopted(bucket: &Bucket, spec: Option<&BucketSpec>) -> Bucket {
    let mut adopted = bucket.clone();
    adopted.metadata.annotations.get_or_insert_default().insert(annotation::ADOPTED.to_owned(), "true".to_owned());
    adopted.metadata.finalizers.get_or_insert_default().push(shared::bucket::FINALIZER.to_owned());
    if let Some(spec) = spec {
        adopted.spec = Some(spec.clone());
    }
    adopted
}

/// Marks the bucket as this Bucket's own, and fills the spec in.
async fn mark(context: &Context, bucket: &Bucket, spec: Option<&BucketSpec>) -> Result<Arc<Bucket>, ObjectError> {
    let marked = context.objects.adopt(bucket, spec).await?;
    context.memory.wrote(&marked);
    // The annotation is the controller's own change: it calls for no further look.
    let inputs = memory::inputs(&marked, context.namespace_of(&marked).as_deref());
    context.memory.update(&marked, |remembered| remembered.saw(inputs));
    Ok(Arc::new(marked))
}

fn waiting(bucket: Arc<Bucket>, state: State, reference: Option<&Reference>) -> End {
    End::reported(bucket, Report { reference: reference.cloned(), ..Report::of(state) })
}

fn told_as_adopted(end: End) -> End {
    let End::Reported(bucket, report) = end else { return end };
    End::reported(bucket, Report { adopted: true, ..*report })
}

fn dry_run() -> State {
    let message = "would adopt this bucket, see status.plan; the controller runs with --dry-run and writes nothing";
    State::recoverable(look::DRY_RUN, message, Pace::Check)
}

#[cfg(test)]
mod tests {
    use shared::fault::{Class, Fault, Operation};

    use super::*;

    fn bucket(annotations: &[(&str, &str)], spec: Option<BucketSpec>) -> Bucket {
        let mut bucket = Bucket::new("b", BucketSpec::default());
        bucket.spec = spec;
        bucket.metadata.annotations = Some(annotations.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect());
        bucket
    }

    #[test]
    fn the_gate_and_a_bucket_that_looks_on_limit_what_is_adopted() {
        let (open, shut) = (Gates::default(), Gates { resource_adoption: false, ..Gates::default() });
        let of = |policy: &str, looks_on: &str, gates: &Gates| {
            pending(&bucket(&[(annotation::ADOPTION_POLICY, policy), (annotation::READ_ONLY, looks_on)], None), gates)
        };
        assert_eq!(of("adopt-or-create", "false", &open), Some(AdoptionPolicy::AdoptOrCreate));
        assert_eq!(of("adopt-or-create", "true", &open), None);
        assert_eq!(of("adopt", "true", &open), Some(AdoptionPolicy::Adopt));
        assert_eq!(of("adopt", "false", &shut), None);
    }

    #[test]
    fn only_what_is_to_be_filled_in_does_without_a_spec() {
        let fields = (annotation::ADOPTION_FIELDS, r#"{"name":"old"}"#);
        let name = |bucket: &Bucket, pending| spec(bucket, pending).map(|spec| spec.name);
        assert_eq!(name(&bucket(&[fields], None), Some(AdoptionPolicy::Adopt)).as_deref(), Some("old"));
        assert_eq!(name(&bucket(&[fields], None), Some(AdoptionPolicy::AdoptOrCreate)), None);
        assert_eq!(name(&bucket(&[fields], None), None), None);
        let own = BucketSpec { name: "own".to_owned(), object_ownership: Some("ObjectWriter".to_owned()), ..BucketSpec::default() };
        let named = bucket(&[], Some(own.clone()));
        assert_eq!(spec(&named, Some(AdoptionPolicy::Adopt)), Some(own));
    }

    #[test]
    fn what_was_not_read_is_named() {
        assert_eq!(incomplete(&[]), None);
        let operation = Operation { name: "GetBucketPolicy", action: "s3:GetBucketPolicy" };
        let fault = Fault { class: Class::Denied, operation, code: "AccessDenied".to_owned(), message: "no".to_owned(), source: None };
        let Some(State::Recoverable { reason, message, .. }) = incomplete(&[Failed { config: "policy", fault }]) else { panic!() };
        assert_eq!(reason, "Denied");
        assert!(message.starts_with("not adopted") && message.contains("policy") && message.contains("s3:GetBucketPolicy"), "{message}");
    }

    #[test]
    fn a_mark_adds_to_what_is_there() {
        let mut before = bucket(&[("a", "b")], None);
        before.metadata.finalizers = Some(vec!["other".to_owned()]);
        let filled = BucketSpec { name: "old".to_owned(), ..BucketSpec::default() };
        let after = adopted(&before, Some(&filled));
        assert_eq!(after.metadata.finalizers.as_ref().map(Vec::len), Some(2));
        assert!(after.owns_bucket() && after.annotation(annotation::ADOPTED) == Some("true") && after.annotation("a") == Some("b"));
        assert_eq!((after.spec, adopted(&before, None).spec), (Some(filled), None));
        assert_eq!(UnsetFields::of(&adopted(&before, None), UnsetFields::Reset), UnsetFields::Ignore);
    }
}
