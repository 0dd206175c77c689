//! What the condition Drifted says after a pass.

use shared::bucket::ConditionType;
use shared::{Bucket, annotation};

use super::Hold;
use crate::look::CONTESTED;
use crate::mode::Mode;
use crate::report::{Report, State};
use crate::status::{self, New};
use crate::text;

/// Whether S3 differs although the spec did not change. It is said for the first time once S3 was read; a repair is told until
/// there is other drift or the spec changes.
#[must_use]
pub fn condition(bucket: &Bucket, report: &Report) -> Option<New> {
    let fields = || text::list(report.drift.iter().flat_map(|drifted| drifted.fields.iter().map(|field| field.field.as_str())));
    let told = |status, reason, message: String| Some(New::of(status, reason, &text::shortened(&message, text::MESSAGE)));
    if report.drift.iter().any(|drifted| !drifted.repaired) {
        let is_fight = report.drift.iter().any(|drifted| matches!(drifted.hold, Some(Hold::Contested { .. })));
        let reason = if is_fight { CONTESTED } else { "DriftDetected" };
        return told("True", reason, format!("S3 differs from the spec in {}; see status.drift{}", fields(), stays(bucket, report)));
    }
    if !report.drift.is_empty() {
        return told("False", "Remediated", format!("S3 differed from the spec and was put right: {}", fields()));
    }
    // Of what a change of the spec asks for some may fail for long; the rest is known then all the same.
    let is_carried_out = !report.check && report.pending.is_some();
    if !is_carried_out && !(report.complete && (report.check || report.state == State::Synced)) {
        return None;
    }
    let known = status::condition(bucket, ConditionType::Drifted).filter(|old| report.check && old.reason.as_deref() == Some("Remediated"));
    let pending = report.pending.as_deref().unwrap_or_default();
    match known.and_then(|old| old.message.clone()) {
        Some(message) => told("False", "Remediated", message),
        None if !pending.is_empty() => {
            let message = format!("not carried out yet: {}; in all else S3 holds what the spec says", text::list(pending.iter().copied()));
            told("False", "Pending", message)
        }
        None => told("False", "InSync", "S3 holds what the spec says".to_owned()),
    }
}

/// Why what differs stays as it is, and what to do.
fn stays(bucket: &Bucket, report: &Report) -> String {
    match (report.mode, &report.plan) {
        (Mode::ReadOnly, _) => "; it stays so, as this Bucket is read-only".to_owned(),
        (Mode::DryRun, _) => "; it stays so, as the controller runs with --dry-run".to_owned(),
        (Mode::Manage, Some(plan)) if plan.of_drift => {
            let (key, hash) = (annotation::APPROVE_PLAN, &plan.hash);
            let stale = bucket
                .annotation(key)
                .map(|old| format!("; {key}={} approves another plan, and nothing was written for it", text::shortened(old, text::VALUE)));
            format!("; it stays so, as drift-mode says warn; to have it put right set annotation {key}={hash}{}", stale.unwrap_or_default())
        }
        (Mode::Manage, _) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use serde_json::json;
    use shared::place::Place;
    use shared::subconfig::Difference;

    use super::*;
    use crate::adoption::Proposal;
    use crate::report::{Drifted, Pace};

    fn held(config: &'static str, hold: Option<Hold>) -> Drifted {
        let field = Difference { field: format!("spec.{config}"), desired: json!(1), observed: json!(2) };
        Drifted { hold, ..Drifted::found(config, vec![field]) }
    }

    fn told(bucket: &Bucket, report: &Report) -> Option<(String, String)> {
        let new = condition(bucket, report)?;
        Some((new.reason()?.to_owned(), new.message()?.to_owned()))
    }

    #[test]
    fn what_is_only_shown_says_how_to_have_it_put_right() {
        let drift = vec![held("cors", Some(Hold::Warn))];
        let mut bucket = Bucket::default();
        let plan = Proposal::of_drift("b", drift.iter(), &bucket, Timestamp::UNIX_EPOCH, &Place::default());
        let hash = plan.hash.clone();
        let report = Report { check: true, complete: true, plan: Some(plan), drift, ..Report::default() };
        let (reason, message) = told(&bucket, &report).unwrap();
        assert_eq!(reason, "DriftDetected");
        assert!(message.contains("spec.cors") && message.ends_with(&format!("approve-plan={hash}")), "{message}");
        bucket.metadata.annotations = Some([(annotation::APPROVE_PLAN.to_owned(), "0123".to_owned())].into());
        let (_, stale) = told(&bucket, &report).unwrap();
        assert!(stale.contains("approve-plan=0123 approves another plan, and nothing was written"), "{stale}");
    }

    #[test]
    fn a_fight_is_told_as_such() {
        let fight = Hold::Contested { rounds: 3, until: Timestamp::UNIX_EPOCH };
        let report = Report { check: true, drift: vec![held("cors", Some(fight)), held("policy", None)], ..Report::default() };
        assert_eq!(told(&Bucket::default(), &report).unwrap().0, CONTESTED);
    }

    #[test]
    fn what_was_never_carried_out_does_not_keep_the_rest_from_being_known() {
        let failed = State::recoverable("Denied", "no", Pace::Quick);
        let first = Report { pending: Some(vec!["cors"]), ..Report::of(failed.clone()) };
        let (reason, message) = told(&Bucket::default(), &first).unwrap();
        assert_eq!((reason.as_str(), message.starts_with("not carried out yet: cors;")), ("Pending", true));
        assert_eq!(told(&Bucket::default(), &Report::of(failed.clone())), None, "it did not get so far");
        let check = Report { check: true, complete: true, ..Report { pending: Some(vec!["cors"]), ..Report::of(failed) } };
        assert_eq!(told(&Bucket::default(), &check).unwrap().0, "Pending");
        let all = Report { check: true, complete: true, pending: Some(Vec::new()), ..Report::default() };
        assert_eq!(told(&Bucket::default(), &all).unwrap().0, "InSync");
    }
}
