//! A pass that writes nothing: what would be done is worked out, shown and left. The Bucket is read-only, or the controller runs with
//! --dry-run.

use std::sync::Arc;

use shared::drift_mode::{DriftMode, DriftModes};
use shared::ignore::Ignored;
use shared::subconfig::remote::{Applied, Failed};
use shared::subconfig::{self, Plan};
use shared::unset::UnsetFields;
use shared::{Bucket, annotation, place};

use crate::adoption::Proposal;
use crate::drift::Hold;
use crate::mode::Mode;
use crate::reconcile::{End, Job};
use crate::references::Reference;
use crate::report::{self, Drifted, Pace, Report, State};
use crate::{converge, drift, ignored, text, unmanaged};

/// The reason of what is not done because of --dry-run.
pub const DRY_RUN: &str = "DryRun";

/// There is no such bucket.
#[must_use]
pub fn at_nothing(job: &Job<'_>, bucket: Arc<Bucket>) -> End {
    let name = &job.spec.name;
    let gone = (bucket.owns_bucket() || job.mode == Mode::ReadOnly) && place::arn(&bucket).is_some();
    let drift: Vec<Drifted> = gone.then(|| drift::of_gone_bucket(name)).into_iter().collect();
    let report = if job.mode == Mode::ReadOnly {
        let message = format!(
            "there is no S3 bucket {name:?} to look at (asked in {}); correct the name or the region, or remove the annotation read-only to have it created",
            job.place.region
        );
        Report::of(State::recoverable("NotFound", &message, Pace::Patient))
    } else {
        let plan = subconfig::plan(job.spec, &subconfig::after_create(job.spec, job.place), job.place, job.unset);
        let proposal = Proposal::of_creation(name, &plan, job.place);
        let deed = format!("create S3 bucket {name:?} in {}", job.place.region);
        let writes: Vec<String> = proposal.configs().skip(1).map(|config| format!("write {config}")).collect();
        let deeds = std::iter::once(deed.as_str()).chain(writes.iter().map(String::as_str));
        Report { plan: Some(proposal), ..Report::of(would(&text::list(deeds))) }
    };
    End::reported(bucket, Report { check: gone, drift, mode: job.mode, ..report })
}

/// The reason of drift that somebody else writes again and again.
pub const CONTESTED: &str = "DriftContested";
/// The reason of a bucket that is gone and is not made again.
pub const LOST: &str = "BucketGone";

/// The bucket was there, is gone, and is not made again for now; `None` where that does not hold.
#[must_use]
pub fn at_loss(job: &Job<'_>, bucket: &Bucket) -> Option<Report> {
    let name = &job.spec.name;
    if !bucket.owns_bucket() || place::arn(bucket).is_none() {
        return None;
    }
    let mut drift = [drift::of_gone_bucket(name)];
    let plan = converge::hold(job, bucket, &mut drift);
    let state = match drift[0].hold? {
        Hold::Warn => {
            let hash = plan.as_ref().map_or("", |plan| plan.hash.as_str());
            let message = format!(
                "S3 bucket {name:?} is gone, and drift-mode warn keeps it from being made again; to have an empty one made set annotation \
                 {}={hash}, else delete this Bucket",
                annotation::APPROVE_PLAN
            );
            State::recoverable(LOST, &message, Pace::Check)
        }
        Hold::Contested { .. } => at_fight(&drift)?,
    };
    Some(Report { check: true, drift: drift.into(), plan, window: job.window, hints: job.hints.clone(), ..Report::of(state) })
}

/// The state of a Bucket of which somebody else writes something again and again.
#[must_use]
pub fn at_fight(drift: &[Drifted]) -> Option<State> {
    let fights = drift.iter().filter_map(|drifted| match drifted.hold {
        Some(Hold::Contested { rounds, until }) => Some((drifted.config, rounds, until)),
        Some(Hold::Warn) | None => None,
    });
    let fights: Vec<_> = fights.collect();
    let until = fights.iter().map(|(.., until)| *until).min()?;
    let rounds = fights.iter().map(|(_, rounds, _)| *rounds).max()?;
    let message = format!(
        "somebody else keeps changing {}: it was put right and found changed again {rounds} times. It is put right again at {until}, or at \
         once with a new annotation {}; find out who writes it (status.drift may tell), or set annotation {} or {}",
        text::list(fights.iter().map(|(config, ..)| *config)),
        annotation::RECONCILE_REQUESTED_AT,
        annotation::DRIFT_MODE,
        annotation::IGNORE_FIELD_DRIFT
    );
    Some(State::recoverable(CONTESTED, &message, Pace::At(until)))
}

/// The bucket is there, and this is what would be done. `found` is what was found of it.
#[must_use]
pub fn at_plan(job: &Job<'_>, plan: &Plan, unread: &[Failed], found: Report) -> Report {
    let nothing = Applied::default();
    let state = State::after(unread, &nothing).unwrap_or_default();
    let report = Report { faults: report::faults(unread, &nothing), ..found };
    let state = state.and(job.reference.and_then(Reference::state));
    // What waits for a reference was not compared.
    let complete = unread.is_empty() && job.reference.and_then(Reference::holds_back).is_none();
    if job.mode == Mode::ReadOnly {
        // As in the peer, in sync is what was read; the condition Drifted tells whether it is as declared.
        return Report { state, complete, ..report };
    }
    let deeds = deeds(plan);
    let proposal = Proposal::of(&job.spec.name, plan, job.place);
    Report {
        state: if deeds.is_empty() { state } else { state.and(Some(would(&deeds))) },
        plan: Some(proposal).filter(|proposal| !proposal.is_empty()),
        complete,
        ..report
    }
}

/// Whether the status of a Bucket in sync shows something that was left alone and no longer is: drift, sections that were not managed,
/// ignored fields (where some still are, the next check tells).
#[must_use]
pub fn is_let_go(bucket: &Bucket, mode: Mode, unset: UnsetFields, ignored: &Ignored, modes: &DriftModes) -> bool {
    let managed = unset == UnsetFields::Reset && !unmanaged::standing(bucket).is_empty();
    let enforced = ignored.is_empty() && !ignored::standing(bucket).is_empty();
    let put_right = || drift::standing(bucket).any(|drift| modes.about(&drift.config) == DriftMode::Remediate);
    mode.writes() && (managed || enforced || put_right())
}

/// What would be done, in words.
fn deeds(plan: &Plan) -> String {
    let parts = plan.differences().into_iter().map(|(config, fields)| {
        let fields: Vec<String> = fields.iter().map(change).collect();
        match fields.as_slice() {
            [] => format!("fail to write {config}, which this store does not implement"),
            fields => format!("write {config} ({})", text::list_by("; ", fields.iter().map(String::as_str))),
        }
    });
    let parts: Vec<String> = parts.collect();
    text::joined(&parts, ", ", text::MESSAGE / 2)
}

fn change(field: &subconfig::Difference) -> String {
    let side = |value| text::value(value).unwrap_or_else(|| "nothing".to_owned());
    format!("{} from {} to {}", field.field, side(&field.observed), side(&field.desired))
}

fn would(deeds: &str) -> State {
    State::recoverable(DRY_RUN, &format!("would {deeds}; the controller runs with --dry-run and writes nothing"), Pace::Check)
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
    use serde_json::json;
    use shared::BucketSpec;
    use shared::bucket::{BucketStatus, Drift, IgnoredDrift, Unmanaged};
    use shared::place::Place;
    use shared::subconfig::{Have, Observed};
    use shared::unset::UnsetFields;

    use super::*;

    fn plan(spec: &serde_json::Value, observed: &Observed) -> Plan {
        let spec: BucketSpec = serde_json::from_value(spec.clone()).unwrap();
        subconfig::plan(&spec, observed, &Place::default(), UnsetFields::Reset)
    }

    #[test]
    fn what_was_left_alone_is_let_go_once_nothing_says_so_any_more() {
        let of = |status: BucketStatus, mode, unset, ignored: &str| {
            let mut bucket = Bucket::default();
            bucket.status = Some(status);
            is_let_go(&bucket, mode, unset, &Ignored::parse(ignored).unwrap(), &DriftModes::default())
        };
        let (all, reset, ignore) = (BucketStatus::default, UnsetFields::Reset, UnsetFields::Ignore);
        assert!(!of(all(), Mode::Manage, reset, ""));
        let drifted = |remediated_at| BucketStatus { drift: Some(vec![Drift { remediated_at, ..Drift::default() }]), ..all() };
        let now = Some(Time(Timestamp::UNIX_EPOCH));
        assert!(of(drifted(None), Mode::Manage, reset, "") && !of(drifted(None), Mode::ReadOnly, ignore, ""));
        assert!(!of(drifted(now), Mode::Manage, reset, ""), "it was put right");
        let unmanaged = || BucketStatus { unmanaged: Some(vec![Unmanaged::default()]), ..all() };
        assert!(of(unmanaged(), Mode::Manage, reset, "") && !of(unmanaged(), Mode::Manage, ignore, ""));
        let ignored = || BucketStatus { ignored: Some(vec![IgnoredDrift::default()]), ..all() };
        assert!(of(ignored(), Mode::Manage, reset, "") && !of(ignored(), Mode::Manage, reset, "spec.cors"));
    }

    #[test]
    fn what_would_be_done_is_told_by_field() {
        let observed = Observed { versioning: Have::Empty, cors: Have::Unsupported, ..Observed::default() };
        let cors = json!({ "corsRules": [{ "allowedMethods": ["GET"], "allowedOrigins": ["*"] }] });
        let told = deeds(&plan(&json!({ "name": "b", "versioning": { "status": "Enabled" }, "cors": cors }), &observed));
        assert!(told.starts_with("write versioning (spec.versioning from nothing to {\"status\":\"Enabled\"})"), "{told}");
        assert!(told.ends_with("fail to write cors, which this store does not implement"), "{told}");
        assert_eq!(deeds(&plan(&json!({ "name": "b" }), &Observed::default())), "");
        let State::Recoverable { reason, message, pace } = would(&told) else { panic!() };
        assert_eq!((reason.as_str(), pace), ("DryRun", Pace::Check));
        assert!(message.starts_with("would write versioning"), "{message}");
    }
}
