//! Notices that the API server drops fields of the status. That happens where the definition of Bucket is not this version's, for
//! instance because the chart of the ACK S3 controller was installed over it. The controller works all the same, but looks more often
//! than it would have to, and carries out no adoption that changes anything: nobody can have seen its plan.

use std::sync::atomic::{AtomicBool, Ordering};

use shared::bucket::BucketStatus;

/// Says it once, if the status that the API server answered lacks what was sent.
pub fn notice(sent: &BucketStatus, answered: Option<&BucketStatus>) {
    static TOLD: AtomicBool = AtomicBool::new(false);
    let fields = dropped(sent, answered);
    if !fields.is_empty() && !TOLD.swap(true, Ordering::Relaxed) {
        let fields = fields.join(" ");
        tracing::error!(
            fields,
            "the API server drops fields of the status: its definition of Bucket is another version's; apply deploy/crds. Until \
             then Buckets are looked at more often, and adoptions wait"
        );
    }
}

/// Of the fields that every status has after a pass, and of the plan of an adoption, those that did not arrive.
fn dropped(sent: &BucketStatus, answered: Option<&BucketStatus>) -> Vec<&'static str> {
    let lost = |name, was: bool, is: Option<bool>| (was && is == Some(false)).then_some(name);
    [
        lost("observedGeneration", sent.observed_generation.is_some(), answered.map(|status| status.observed_generation.is_some())),
        lost("plan", sent.plan.is_some(), answered.map(|status| status.plan.is_some())),
        lost("lastChecked", sent.last_checked.is_some(), answered.map(|status| status.last_checked.is_some())),
    ]
    .into_iter()
    .flatten()
    .collect()
}

#[cfg(test)]
mod tests {
    use shared::bucket::AdoptionPlan;

    use super::*;

    #[test]
    fn only_what_was_sent_and_did_not_arrive_is_dropped() {
        let sent = BucketStatus { observed_generation: Some(2), ..BucketStatus::default() };
        assert_eq!(dropped(&sent, Some(&sent)), [""; 0]);
        assert_eq!(dropped(&sent, Some(&BucketStatus::default())), ["observedGeneration"]);
        assert_eq!(dropped(&sent, None), [""; 0]);
        let planned = BucketStatus { plan: Some(AdoptionPlan::default()), ..sent.clone() };
        assert_eq!(dropped(&planned, Some(&sent)), ["plan"]);
    }
}
