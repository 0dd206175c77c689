//! A bucket that exists and is ours: read all of it, plan, write what differs, and tell drift from work.

use std::sync::Arc;

use shared::subconfig::remote::{Applied, Failed, Outcome};
use shared::subconfig::{self, Difference, NAMES, Observed, Plan};
use shared::{Bucket, annotation};

use crate::adoption::Proposal;
use crate::audit::Seen;
use crate::drift::{self, Footing, Hold};
use crate::mode::Mode;
use crate::reconcile::{End, Job};
use crate::references::Reference;
use crate::report::{self, Drifted, Report, State};
use crate::unmanaged::{self, Shown};
use crate::{ignored, look};

/// Brings S3 to what the spec says. Everything is read at once; writes go one after the other.
pub async fn run(job: &Job<'_>, bucket: Arc<Bucket>) -> End {
    let (observed, unread) = subconfig::observe(job.s3).await;
    with(job, bucket, observed, unread).await
}

/// What separates S3 from the spec.
#[must_use]
pub fn plan(job: &Job<'_>, observed: &Observed) -> Plan {
    subconfig::plan_ignoring(job.spec, observed, job.place, job.unset, job.ignored)
}

/// Brings S3, of which this was read, to what the spec says.
pub async fn with(job: &Job<'_>, bucket: Arc<Bucket>, mut observed: Observed, unread: Vec<Failed>) -> End {
    let held_back = job.reference.and_then(Reference::holds_back);
    if let Some(section) = held_back {
        observed.forget(section);
    }
    let looks_on = job.mode == Mode::ReadOnly;
    let as_tagged = looks_on.then(|| observed.place_as_tagged(job.place));
    let job = &Job { place: as_tagged.as_ref().unwrap_or(job.place), ..*job };
    // Who only looks on has no work to do: whatever differs is drift.
    let footing = if looks_on { Footing::Settled } else { drift::footing(&bucket) };
    let off: Vec<&str> = job.modes.off().filter(|_| footing != Footing::Unsettled).collect();
    let plan = plan_without(job, &observed, &off);
    let mut sections = drift::applied(job.spec, job.modes);
    let mut drift = found(job, &bucket, footing, &plan, &sections);
    let now = (job.context.now)();
    if let Some(lag) = job.context.memory.of(&bucket).fresh.lag(drift.iter().map(|drifted| drifted.config), now) {
        return End::Unsure(lag);
    }
    let proposal = hold(job, &bucket, &mut drift);
    let shown = |all: Vec<(&'static str, Vec<Difference>)>| all.into_iter().map(|(config, fields)| Shown { config, fields }).collect();
    let found = Report {
        place: Some(job.place.clone()),
        plan: proposal,
        check: footing != Footing::Unsettled,
        unmanaged: shown(plan.unmanaged()),
        ignored: shown(plan.ignored.clone()),
        reference: job.reference.cloned(),
        mode: job.mode,
        window: job.window,
        hints: job.hints.clone(),
        off,
        ..Report::default()
    };
    if !job.mode.writes() {
        remember(job, &bucket, &plan, observed, &[]);
        return End::reported(bucket, look::at_plan(job, &plan, &unread, Report { drift, ..found }));
    }

    let held: Vec<&str> = drift.iter().filter(|drifted| drifted.hold.is_some()).map(|drifted| drifted.config).collect();
    let writable = (!held.is_empty()).then(|| plan_without(job, &observed, &[held.as_slice(), &found.off].concat()));
    let applied = subconfig::apply(job.s3, writable.as_ref().unwrap_or(&plan), &|| job.context.may_write()).await;
    let Some(state) = State::after(&unread, &applied) else { return End::Stopped };
    let done: Vec<&str> = NAMES.iter().copied().filter(|config| is_done(&applied, config)).collect();
    remember(job, &bucket, &plan, observed, &done);
    for drifted in &mut drift {
        drifted.repaired = is_done(&applied, drifted.config);
    }
    let pending: Vec<&str> = pending(&bucket, footing, &unread, &applied, &drift).into_iter().chain(held_back).collect();
    sections.retain(|config, _| !pending.contains(config));
    let report = Report {
        state: state.and(job.reference.and_then(Reference::state)).and(look::at_fight(&drift)),
        complete: unread.is_empty() && held_back.is_none(),
        pending: Some(pending),
        applied: sections,
        drift,
        written: report::written(&applied),
        faults: report::faults(&unread, &applied),
        ..found
    };
    End::reported(bucket, report)
}

/// What of the differences is drift.
fn found(job: &Job<'_>, bucket: &Bucket, footing: Footing, plan: &Plan, applied: &drift::Applied) -> Vec<Drifted> {
    let differences = plan.differences();
    let looks_on = job.mode == Mode::ReadOnly;
    if footing == Footing::Unsettled {
        return drift::untouched(bucket, differences, applied);
    }
    let mut drift = drift::found(footing, differences, &created_with(job), drift::pending(bucket), job.place);
    drift.retain(|drifted| looks_on || !is_work(bucket, drifted));
    drift
}

/// Settles what of the drift stays as it is for now, and gives what putting right that which is only shown would change.
pub fn hold(job: &Job<'_>, bucket: &Bucket, drift: &mut [Drifted]) -> Option<Proposal> {
    if !job.mode.writes() {
        return None;
    }
    let asking = drift::Asking { modes: job.modes, now: (job.context.now)(), window: job.window, requested: job.requested };
    for drifted in drift.iter_mut() {
        drifted.hold = drift::held(bucket, drifted, &asking);
    }
    let shown = drift.iter().filter(|drifted| drifted.hold == Some(Hold::Warn));
    let proposal = Proposal::of_drift(&job.spec.name, shown, bucket, asking.now, job.place);
    if bucket.annotation(annotation::APPROVE_PLAN).map(str::trim) != Some(&proposal.hash) {
        return Some(proposal).filter(|proposal| !proposal.is_empty());
    }
    drift.iter_mut().filter(|drifted| drifted.hold == Some(Hold::Warn)).for_each(|drifted| drifted.hold = None);
    None
}

/// What separates S3 from the spec, as if these had not been read.
fn plan_without(job: &Job<'_>, observed: &Observed, configs: &[&str]) -> Box<Plan> {
    if configs.is_empty() {
        return Box::new(plan(job, observed));
    }
    let mut rest = observed.clone();
    for config in configs {
        rest.forget(config);
    }
    Box::new(plan(job, &rest))
}

/// The sub-configurations that the spec asks for and that are not carried out yet.
fn pending(bucket: &Bucket, footing: Footing, unread: &[Failed], applied: &Applied, drift: &[Drifted]) -> Vec<&'static str> {
    let before = drift::pending(bucket);
    let is_pending = |config: &str| footing == Footing::Unsettled || before.iter().any(|before| before == config);
    let unread = unread.iter().map(|failed| failed.config).filter(|config| is_pending(config));
    let is_drift = |config: &str| drift.iter().any(|drifted| drifted.config == config);
    let failed = applied.ran.iter().filter(|ran| !matches!(ran.outcome, Outcome::Done) && !is_drift(ran.config));
    unread.chain(failed.map(|ran| ran.config)).collect()
}

/// Remembers what S3 holds after the pass, for the audit; of a bucket in which nothing differs there is nothing to remember.
fn remember(job: &Job<'_>, bucket: &Bucket, plan: &Plan, observed: Observed, done: &[&str]) {
    let is_as_asked = plan.is_empty() && plan.unmanaged().is_empty() && plan.ignored.is_empty() && observed.unread().is_empty();
    let seen = (!is_as_asked).then(|| Seen::after(job.spec, observed, done, job.place)).flatten().map(Arc::new);
    job.context.memory.update(bucket, |remembered| remembered.seen = seen);
    job.context.policies.touch();
}

/// Whether the difference was known and left alone until now: not managed, or ignored.
fn is_work(bucket: &Bucket, drifted: &Drifted) -> bool {
    unmanaged::was_shown(bucket, drifted.config) || drifted.fields.iter().all(|field| ignored::was_shown(bucket, drifted.config, field))
}

/// The sub-configurations that are written right after a creation, because a new bucket differs from the spec in them.
fn created_with(job: &Job<'_>) -> Vec<&'static str> {
    let new = subconfig::after_create(job.spec, job.place);
    subconfig::plan(job.spec, &new, job.place, job.unset).differences().into_iter().map(|(config, _)| config).collect()
}

fn is_done(applied: &Applied, config: &str) -> bool {
    applied.ran.iter().any(|ran| ran.config == config && matches!(ran.outcome, Outcome::Done))
}
