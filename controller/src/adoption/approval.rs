//! Whether the changes of an adoption may be made now. Pure.

use shared::annotation::APPROVE_PLAN;
use shared::bucket::AdoptionPlan;

use super::proposal::Proposal;
use crate::report::{Pace, State};

/// What an adoption waits for; `None` where it may go on. `shown` is the plan that the status has, `approved` the hash that somebody
/// approved.
#[must_use]
pub(super) fn waits_for(proposal: &Proposal, shown: Option<&AdoptionPlan>, approved: Option<&str>) -> Option<State> {
    if proposal.is_empty() {
        return None;
    }
    let hash = &proposal.hash;
    match (proposal.destructive(), approved.map(str::trim)) {
        (0, _) => {}
        (_, Some(approved)) if approved == hash => {}
        (_, Some(approved)) => {
            let message = format!(
                "annotation {APPROVE_PLAN} approves plan {approved:?}, and the plan is {hash} now; nothing was written. Look at \
                 status.plan again and set the annotation to {hash}"
            );
            return Some(State::recoverable("PlanStale", &message, Pace::Slow));
        }
        (harmful, None) => {
            let message = format!(
                "adopting this bucket makes {}, {harmful} of which overwrite something or can cost data or access; nothing was written. \
                 Look at status.plan; to have it done set annotation {APPROVE_PLAN}={hash}, else change the spec",
                changes(proposal.total())
            );
            return Some(State::recoverable("ApprovalRequired", &message, Pace::Slow));
        }
    }
    let is_shown = shown.is_some_and(|shown| shown.hash == *hash);
    (!is_shown).then(|| {
        let message = format!("adopting this bucket makes {}; see status.plan. It is done next", changes(proposal.total()));
        State::recoverable(SHOWN, &message, Pace::Quick)
    })
}

/// The reason of a pass that only showed a plan that nobody has to approve any more.
pub const SHOWN: &str = "PlanShown";

fn changes(total: usize) -> String {
    if total == 1 { "1 change".to_owned() } else { format!("{total} changes") }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use shared::BucketSpec;
    use shared::place::Place;
    use shared::subconfig::{self, Have, Observed};
    use shared::unset::UnsetFields;

    use super::*;

    /// What tagging a bucket `new` would change that is tagged `held`.
    fn proposal(held: Option<&str>) -> Proposal {
        let tags = |value: &str| json!({"tagSet": [{"key": "team", "value": value}]});
        let spec: BucketSpec = serde_json::from_value(json!({"name": "b", "tagging": tags("new")})).unwrap();
        let tagging = held.map_or(Have::Empty, |held| Have::Value(serde_json::from_value(tags(held)).unwrap()));
        let observed = Observed { tagging, ..Observed::default() };
        Proposal::of("b", &subconfig::plan(&spec, &observed, &Place::default(), UnsetFields::Ignore), &Place::default())
    }

    fn reason(proposal: &Proposal, shown: Option<&Proposal>, approved: Option<&str>) -> Option<String> {
        match waits_for(proposal, shown.map(Proposal::shown).as_ref(), approved) {
            Some(State::Recoverable { reason, .. }) => Some(reason),
            None => None,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn nothing_to_change_needs_no_word() {
        assert_eq!(reason(&proposal(Some("new")), None, None), None);
        assert_eq!(reason(&proposal(Some("new")), None, Some("x")), None);
    }

    #[test]
    fn what_does_no_harm_is_shown_once_and_then_done() {
        let (harmless, other) = (proposal(None), proposal(Some("new")));
        assert_eq!(reason(&harmless, None, None).as_deref(), Some(SHOWN));
        assert_eq!(reason(&harmless, Some(&other), None).as_deref(), Some(SHOWN), "another plan was shown");
        assert_eq!(reason(&harmless, Some(&harmless), None), None);
        assert_eq!(reason(&harmless, Some(&harmless), Some("stale")), None, "nobody has to approve it");
    }

    #[test]
    fn what_does_harm_waits_for_exactly_its_hash() {
        let (harmful, earlier) = (proposal(Some("old")), proposal(Some("older")));
        assert_eq!(reason(&harmful, Some(&harmful), None).as_deref(), Some("ApprovalRequired"));
        assert_eq!(reason(&harmful, Some(&earlier), Some(&earlier.hash)).as_deref(), Some("PlanStale"));
        assert_eq!(reason(&harmful, Some(&harmful), Some("")).as_deref(), Some("PlanStale"));
        assert_eq!(reason(&harmful, None, Some(&harmful.hash)).as_deref(), Some(SHOWN), "approved, and not shown yet");
        assert_eq!(reason(&harmful, Some(&harmful), Some(&format!(" {} ", harmful.hash))), None);
    }

    #[test]
    fn the_message_says_what_to_do() {
        let harmful = proposal(Some("old"));
        let told = |approved| match waits_for(&harmful, None, approved) {
            Some(State::Recoverable { message, .. }) => message,
            other => panic!("{other:?}"),
        };
        let hint = format!("{APPROVE_PLAN}={}", harmful.hash);
        assert!(told(None).contains(&hint) && told(None).contains("1 change,"), "{}", told(None));
        let stale = told(Some("0123"));
        assert!(stale.contains("\"0123\"") && stale.contains(&harmful.hash), "{stale}");
    }
}
