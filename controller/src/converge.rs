//! A bucket that exists and is ours: read all of it, plan, write what differs, and tell drift from work.

use std::sync::Arc;

use shared::Bucket;
use shared::subconfig::remote::{Applied, Outcome};
use shared::subconfig::{self};

use crate::drift::{self, Footing};
use crate::reconcile::{End, Job};
use crate::references::Reference;
use crate::report::{self, Report, State};
use crate::unmanaged::{self, Shown};

/// Brings S3 to what the spec says. Everything is read at once; writes go one after the other.
pub async fn run(job: &Job<'_>, bucket: Arc<Bucket>) -> End {
    let (mut observed, unread) = subconfig::observe(job.s3).await;
    let held_back = job.reference.and_then(Reference::holds_back);
    if let Some(section) = held_back {
        observed.forget(section);
    }
    let plan = subconfig::plan(job.spec, &observed, job.place, job.unset);
    let footing = drift::footing(&bucket);
    let mut drift = drift::found(footing, plan.differences(), &created_with(job), job.place);
    drift.retain(|drifted| !unmanaged::was_shown(&bucket, drifted.config));
    let shown = plan.unmanaged().into_iter().map(|(config, fields)| Shown { config, fields });

    let applied = subconfig::apply(job.s3, &plan, &|| job.context.may_write()).await;
    let Some(state) = State::after(&unread, &applied) else { return End::Stopped };
    for drifted in &mut drift {
        drifted.repaired = is_done(&applied, drifted.config);
    }
    let report = Report {
        state: state.and(job.reference.and_then(Reference::state)),
        place: Some(job.place.clone()),
        complete: unread.is_empty() && held_back.is_none(),
        check: footing != Footing::Unsettled,
        drift,
        unmanaged: shown.collect(),
        reference: job.reference.cloned(),
        written: report::written(&applied),
        ..Report::default()
    };
    End::reported(bucket, report)
}

/// The sub-configurations that are written right after a creation, because a new bucket differs from the spec in them.
fn created_with(job: &Job<'_>) -> Vec<&'static str> {
    let new = subconfig::after_create(job.spec, job.place);
    subconfig::plan(job.spec, &new, job.place, job.unset).differences().into_iter().map(|(config, _)| config).collect()
}

fn is_done(applied: &Applied, config: &str) -> bool {
    applied.ran.iter().any(|ran| ran.config == config && matches!(ran.outcome, Outcome::Done))
}
