//! What a Bucket waits for, as its status says. Pure.

use shared::Bucket;
use shared::bucket::{AdoptionPlan, Condition, ConditionType};

use crate::{drift, status};

/// What a Bucket waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Wait<'a> {
    /// A stable word.
    pub(super) reason: &'a str,
    /// What happened, with what, and what to do.
    pub(super) message: &'a str,
    /// What it is about.
    pub(super) about: About,
}

/// What somebody has to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum About {
    /// Approve a plan.
    Plan,
    /// Find out who else writes the same field.
    Fight,
    /// End a pause.
    Pause,
    /// What the message says.
    Other,
}

/// What the Bucket waits for; `None` where all is well.
pub(super) fn of(bucket: &Bucket) -> Option<Wait<'_>> {
    let standing = |kind| status::condition(bucket, kind).filter(|condition| condition.status == "True");
    if bucket.is_being_deleted() {
        let blocked = standing(ConditionType::DeletionBlocked).map(|condition| told(condition, About::Other));
        return Some(blocked.unwrap_or(Wait { reason: "Deleting", message: "it is being deleted", about: About::Other }));
    }
    if let Some(paused) = standing(ConditionType::Paused) {
        return Some(told(paused, About::Pause));
    }
    if let Some(terminal) = standing(ConditionType::Terminal) {
        return Some(told(terminal, About::Other));
    }
    let said = standing(ConditionType::Recoverable).or_else(|| standing(ConditionType::Drifted));
    if plan(bucket).is_some() {
        let message = said.and_then(|said| said.message.as_deref()).unwrap_or("a plan waits for approval");
        let is_stale = said.is_some_and(|said| said.reason.as_deref() == Some("PlanStale"));
        return Some(Wait { reason: if is_stale { "PlanStale" } else { "ApprovalRequired" }, message, about: About::Plan });
    }
    if let Some(said) = said {
        let about = if drift::standing(bucket).any(drift::is_contested) { About::Fight } else { About::Other };
        return Some(told(said, about));
    }
    match status::condition(bucket, ConditionType::Ready) {
        Some(ready) if ready.status == "True" => None,
        Some(ready) => Some(told(ready, About::Other)),
        None => Some(Wait { reason: "New", message: "no pass over it has ended yet", about: About::Other }),
    }
}

fn told(condition: &Condition, about: About) -> Wait<'_> {
    let reason = condition.reason.as_deref().filter(|reason| !reason.is_empty()).unwrap_or(&condition.type_);
    Wait { reason, message: condition.message.as_deref().unwrap_or_default(), about }
}

/// The plan that waits for approval.
pub(super) fn plan(bucket: &Bucket) -> Option<&AdoptionPlan> {
    status::plan(bucket).filter(|plan| plan.approval_required)
}

#[cfg(test)]
mod tests {
    use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
    use shared::bucket::{BucketStatus, Drift};

    use super::*;

    fn bucket(conditions: &[(&str, &str, &str)]) -> Bucket {
        let of = |(kind, status, reason): &(&str, &str, &str)| Condition {
            type_: (*kind).to_owned(),
            status: (*status).to_owned(),
            reason: Some((*reason).to_owned()),
            message: Some(format!("about {kind}")),
            ..Condition::default()
        };
        let mut bucket = Bucket::default();
        bucket.status = Some(BucketStatus { conditions: Some(conditions.iter().map(of).collect()), ..BucketStatus::default() });
        bucket
    }

    #[test]
    fn the_first_thing_to_know_is_told() {
        let told = |conditions: &[(&str, &str, &str)]| of(&bucket(conditions)).map(|wait| wait.reason.to_owned());
        assert_eq!(told(&[("Ready", "True", ""), ("Drifted", "False", "InSync")]), None);
        assert_eq!(told(&[]).as_deref(), Some("New"));
        assert_eq!(told(&[("Ready", "Unknown", "")]).as_deref(), Some("Ready"), "the type where there is no reason");
        assert_eq!(
            told(&[("Ready", "False", ""), ("ACK.Recoverable", "True", "Denied"), ("Drifted", "True", "x")]).as_deref(),
            Some("Denied")
        );
        assert_eq!(told(&[("Ready", "True", ""), ("Drifted", "True", "DriftDetected")]).as_deref(), Some("DriftDetected"));
        assert_eq!(told(&[("ACK.Terminal", "True", "rule"), ("Paused", "True", "Annotation")]).as_deref(), Some("Annotation"));
    }

    #[test]
    fn a_plan_a_fight_a_pause_and_a_deletion_are_told_apart() {
        let mut planned = bucket(&[("Ready", "True", ""), ("Drifted", "True", "DriftDetected")]);
        let plan = AdoptionPlan { approval_required: true, ..AdoptionPlan::default() };
        planned.status.as_mut().unwrap().plan = Some(plan);
        let about = |bucket: &Bucket| of(bucket).map(|wait| wait.about);
        assert_eq!((about(&planned), of(&planned).map(|wait| wait.message)), (Some(About::Plan), Some("about Drifted")));
        planned.status.as_mut().unwrap().plan.as_mut().unwrap().approval_required = false;
        assert_eq!(about(&planned), Some(About::Other), "a plan that nobody has to approve");
        let mut fought = bucket(&[("ACK.Recoverable", "True", "DriftContested")]);
        fought.status.as_mut().unwrap().drift = Some(vec![Drift { rounds: Some(3), ..Drift::default() }]);
        assert_eq!(about(&fought), Some(About::Fight));
        assert_eq!(about(&bucket(&[("Paused", "True", "Annotation")])), Some(About::Pause));
        let mut deleted = bucket(&[("Paused", "True", "Annotation"), ("DeletionBlocked", "True", "NotEmpty")]);
        deleted.metadata.deletion_timestamp = Some(Time(jiff::Timestamp::UNIX_EPOCH));
        assert_eq!(of(&deleted).map(|wait| wait.reason), Some("NotEmpty"));
    }
}
